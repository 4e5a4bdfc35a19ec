//! Referrals: messages that ads and posts led to, and their totals.

use pilot_status::mock::Reply;
use pilot_status::{Client, Error, ErrorKind, types};
use serde_json::{Value, json};

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_referrals {
        call: |client| client
            .list_referrals()
            .end_date(case::moment("2026-06-30T23:59:59.5Z"))
            .page(3)
            .page_size(50)
            .source_id("120210000000000001")
            .source_type(types::ReferralSourceType::Ad)
            .start_date(case::moment("2026-06-01T00:00:00-03:00")),
        sends: "GET /v1/referrals?endDate=2026-06-30T23%3A59%3A59.500Z&page=3&pageSize=50\
            &sourceId=120210000000000001&sourceType=ad&startDate=2026-06-01T03%3A00%3A00Z",
        reads: |page| {
            let [message] = page.referrals.as_slice() else { panic!("{page:?}") };
            assert_eq!(message.id, "cm_01HZX...");
            assert_eq!(message.direction, Some(types::MessageDirection::Inbound));
            assert_eq!(message.message_type, Some(types::MessageType::Text));
            assert_eq!(message.text.as_deref(), Some("Olá, ainda está disponível?"));
            assert_eq!((&message.origin, &message.media, &message.sent_at), (&None, &None, &None));
            assert_eq!(message.redacted, None);
            let referral = &message.referral;
            assert_eq!(referral.source_id.as_deref(), Some("120210000000000001"));
            assert_eq!(referral.source_type.as_deref(), Some("ad"));
            assert_eq!(referral.ctwa_clid.as_deref(), Some("ARAkLkA8..."));
            assert_eq!(referral.campaign_name.as_deref(), Some("Inverno"));
            assert_eq!((&referral.media_type, &referral.redacted), (&None, &None));
            assert_eq!((page.total, page.total_pages), (Some(1), Some(1)));
        },
        refused: (400, "INVALID_SOURCE_TYPE"),
    }

    get_referral_summary {
        call: |client| client
            .get_referral_summary()
            .end_date(case::moment("2026-06-30T23:59:59Z"))
            .start_date(case::moment("2026-06-01T00:00:00Z")),
        sends: "GET /v1/referrals/summary?endDate=2026-06-30T23%3A59%3A59Z\
            &startDate=2026-06-01T00%3A00%3A00Z",
        reads: |summary| {
            let [ad] = summary.ads.as_slice() else { panic!("{summary:?}") };
            assert_eq!((ad.conversations, ad.messages), (Some(12), Some(40)));
            assert_eq!(ad.source_id, "120210000000000001");
            assert_eq!(ad.first_at, Some("2026-06-01T12:00:00.000Z".into()));
            assert_eq!(ad.last_headline.as_deref(), Some("Orçamento grátis"));
            assert_eq!((summary.total, summary.limit, summary.truncated), (Some(1), Some(200), Some(false)));
            assert_eq!((&summary.notice, &summary.pii_notice), (&None, &None));
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }
}

#[tokio::test]
async fn a_message_without_its_content_is_read() {
    let mut message = message("cm_1");
    message["redacted"] = true.into();
    message["text"] = Value::Null;
    for field in message["referral"].as_object_mut().unwrap().values_mut() {
        *field = Value::Null;
    }
    message["referral"]["redacted"] = true.into();
    let page = json!({"referrals": [message], "total": 1, "page": 1, "pageSize": 30,
        "totalPages": 1, "notice": "PII_RELAY_ONLY"});
    let sandbox = sandbox("list_referrals", [ok(&page)]).await;
    let page = sandbox.client().list_referrals().send().await.unwrap();
    let message = &page.referrals[0];
    assert_eq!((&message.text, message.redacted), (&None, Some(true)));
    assert_eq!((&message.referral.source_id, message.referral.redacted), (&None, Some(true)));
    assert_eq!(page.notice.as_deref(), Some("PII_RELAY_ONLY"));
}

#[tokio::test]
async fn a_summary_reports_truncation_and_redaction() {
    let mut summary = case::example("get_referral_summary");
    summary["truncated"] = true.into();
    summary["piiNotice"] = "PII_RELAY_ONLY".into();
    summary["ads"][0]["sourceType"] = Value::Null;
    let sandbox = sandbox("get_referral_summary", [ok(&summary)]).await;
    let summary = sandbox.client().get_referral_summary().send().await.unwrap();
    assert_eq!(
        (summary.truncated, summary.pii_notice.as_deref()),
        (Some(true), Some("PII_RELAY_ONLY"))
    );
    assert_eq!(summary.ads[0].source_type, None);
}

#[tokio::test]
async fn a_stream_keeps_its_filters_and_number_on_every_page() {
    let sandbox = sandbox("list_referrals", [page(1, 3), page(2, 3), page(3, 3)]).await;
    let scoped = sandbox.client().for_number("wn_01HZX");
    assert_eq!(ids(&scoped).await.unwrap(), ["cm_1", "cm_2", "cm_3"]);
    let received = sandbox.requests();
    assert_eq!(received.len(), 3);
    for (received, page) in received.iter().zip(1..) {
        let line = format!("GET /v1/referrals?page={page}&sourceType=post");
        assert_eq!(received.line(), line);
        assert_eq!(received.headers["x-whatsapp-number-id"], "wn_01HZX");
    }
}

#[tokio::test]
async fn a_stream_ends_early_if_the_number_of_pages_drops() {
    let sandbox = sandbox("list_referrals", [page(1, 5), page(2, 2)]).await;
    assert_eq!(ids(&sandbox.client()).await.unwrap(), ["cm_1", "cm_2"]);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn an_error_ends_a_stream() {
    let refusal = case::error("list_referrals", 400, "INVALID_DATE_RANGE");
    let sandbox = sandbox("list_referrals", [page(1, 5), refusal]).await;
    let error = ids(&sandbox.client()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::BadRequest, Some(&"INVALID_DATE_RANGE".into()))
    );
    assert_eq!(sandbox.requests().len(), 2);
}

/// Streams the ids of all messages from posts.
async fn ids(client: &Client) -> Result<Vec<String>, Error> {
    let mut messages =
        client.list_referrals().source_type(types::ReferralSourceType::Post).stream();
    let mut ids = Vec::new();
    while let Some(message) = messages.next().await {
        ids.push(message?.id);
    }
    Ok(ids)
}

/// The documented message with another id.
fn message(id: &str) -> Value {
    let mut message = case::example("list_referrals")["referrals"][0].take();
    message["id"] = id.into();
    message
}

/// Builds a page with one message.
fn page(number: usize, pages: usize) -> Reply {
    let messages = [message(&format!("cm_{number}"))];
    let page = json!({"referrals": messages, "total": pages, "page": number, "pageSize": 30,
        "totalPages": pages});
    ok(&page)
}
