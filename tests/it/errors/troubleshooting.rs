//! Checks that the troubleshooting page quotes the client's messages.

use pilot_status::types::WebhookRequest;
use pilot_status::webhooks::Verifier;

use super::*;

/// Fails unless a line of the page matches `text`, in which `...` stands for any text.
fn assert_quoted(text: &impl ToString) {
    let text = text.to_string();
    let page = include_str!("../../../docs/troubleshooting.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let quotes = page.lines().chain(cells.map(|(quote, _)| quote));
    let is_quoted = quotes.filter(|quote| quote.len() > 10).any(|quote| matches(quote, &text));
    assert!(is_quoted, "docs/troubleshooting.md does not quote: {text}");
}

fn matches(quote: &str, text: &str) -> bool {
    let mut parts = quote.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.is_empty() || quote.ends_with("...")
}

#[tokio::test]
async fn the_troubleshooting_page_quotes_response_errors() {
    let error = |status, code| Reply::error(status, code);
    assert_quoted(&call(error(StatusCode::UNAUTHORIZED, None)).await);
    assert_quoted(
        &call(error(StatusCode::FORBIDDEN, Some(ErrorCode::TenantScopeNotAllowed))).await,
    );
    assert_quoted(&call(Reply::html(StatusCode::OK)).await);
    assert_quoted(&call(reply(301, "").header("location", "https://other.example").unwrap()).await);

    let sandbox = Sandbox::start().await.unwrap();
    assert_quoted(&call_at(format!("{}/v1/v1", sandbox.url())).await);
    sandbox.enqueue(
        OperationId::CreateWebhook,
        Reply::error(StatusCode::BAD_REQUEST, ErrorCode::NumberMismatch),
    );
    let webhook = WebhookRequest::builder().url("https://shop.example/webhook");
    assert_quoted(&sandbox.client().create_webhook().body(webhook).send().await.unwrap_err());
}

#[tokio::test]
async fn the_troubleshooting_page_quotes_limit_errors() {
    let sandbox = Sandbox::start().await.unwrap();
    let short = RetryPolicy::default().total_timeout(Duration::from_millis(300));
    let client = sandbox.builder().max_concurrent_requests(1).retry(short).build().unwrap();

    sandbox.enqueue(OperationId::ListNumbers, Reply::documented().delay(Duration::from_secs(5)));
    let (_, no_slot) = tokio::join!(client.list_numbers().send(), client.list_numbers().send());
    assert_quoted(&no_slot.unwrap_err());

    for _ in 0..3 {
        let rejection = Reply::too_many_requests(Some(Duration::from_secs(30)));
        sandbox.enqueue(OperationId::ListNumbers, rejection);
    }
    for _ in 0..4 {
        assert_quoted(&client.list_numbers().send().await.unwrap_err());
    }
    assert_eq!(sandbox.requests().len(), 4);
}

#[test]
fn the_troubleshooting_page_quotes_signature_errors() {
    let signature = "0".repeat(64);
    let verifier = Verifier::new("secret");
    assert_quoted(&verifier.verify(&signature, "{}").unwrap_err());
    assert_quoted(&verifier.verify("", "{}").unwrap_err());
    assert_quoted(&Verifier::new("'secret'").verify(&signature, "{}").unwrap_err());
    assert_quoted(&Verifier::new("").verify(&signature, "{}").unwrap_err());
}
