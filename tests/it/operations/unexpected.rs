//! Success statuses with an undocumented body. If the body does not come from the API, the call
//! fails with an error that describes and keeps the response.

use pilot_status::mock::Reply;
use pilot_status::{Client, Error, ErrorCode, ErrorKind, StatusCode};
use serde_json::{Value, json};

use crate::operations::case::{self, Called, Operation};

const PAGE: &str = "<!doctype html><title>Just a moment</title>";

/// Calls an operation that gets this reply.
async fn call(
    id: &str,
    call: for<'c> fn(&'c Client) -> Called<'c>,
    reply: Reply,
) -> Result<Value, Error> {
    let sandbox = case::sandbox(id, [reply]).await;
    call(&sandbox.client()).await
}

fn json_reply(body: impl Into<String>) -> Reply {
    Reply::new(StatusCode::OK, body.into()).header("content-type", "application/json").unwrap()
}

/// Checks one operation against all unexpected bodies.
pub async fn check(id: &str, made: for<'c> fn(&'c Client) -> Called<'c>) {
    let operation = Operation::find(id);
    for content_type in ["text/html; charset=utf-8", "application/json"] {
        let page = Reply::new(StatusCode::OK, PAGE).header("content-type", content_type).unwrap();
        let error = call(id, made, page).await.expect_err("a page is not a success");
        let what = if content_type.starts_with("text") { "text/html" } else { "HTML or XML" };
        assert!(error.to_string().contains(&format!("its body is {what}, not JSON")), "{error}");
        keeps(&error, &operation, PAGE);
    }
    check_error_objects(&operation, made).await;
    check_other_objects(&operation, made).await;
    check_other_texts(&operation, made).await;
    check_blank_bodies(&operation, made).await;
    check_mislabelled(&operation, made).await;
    check_lists(&operation, made).await;
    let marked = match operation.schema() {
        Some(_) => format!("\u{feff}{}", case::example(id)),
        None => "\u{feff}".to_owned(),
    };
    call(id, made, json_reply(marked)).await.expect("a byte order mark is skipped");
}

/// A list is not an object, whatever its entries.
async fn check_lists(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    let has_fields = operation.schema().is_some_and(|schema| schema.get("properties").is_some());
    if !has_fields || operation.returns_union() || operation.returns_list() {
        return;
    }
    for body in ["[]", "[true]", r#"["a", null]"#, "[{}]"] {
        let error = call(&operation.id, made, json_reply(body)).await.expect_err(body);
        assert!(error.to_string().contains("it is a list, not an object"), "{error}");
        keeps(&error, operation, body);
    }
}

/// Servers may mislabel JSON or an empty body as HTML.
async fn check_mislabelled(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    let body = match operation.schema() {
        Some(_) => case::example(&operation.id).to_string(),
        None => String::new(),
    };
    let reply = Reply::new(StatusCode::OK, body).header("content-type", "text/html").unwrap();
    call(&operation.id, made, reply).await.expect("the body is valid");
}

async fn check_error_objects(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    for body in [
        json!({"error": true, "message": "No"}),
        json!({"errors": ["No"]}),
        json!({"code": "NUMBER_NOT_FOUND", "message": "No"}),
        json!({"title": "No", "detail": "There is no such number", "status": 404}),
        json!({"ok": false, "status": 402, "error": {"message": "No"}, "code": 1}),
    ] {
        let is_field = |name: &&String| {
            let schema = operation.schema().unwrap_or_default();
            let expected = !schema["properties"][name.as_str()].is_null();
            expected && body["error"].is_null()
        };
        if body.as_object().unwrap().keys().any(|name| is_field(&name)) {
            continue;
        }
        let error = call(&operation.id, made, json_reply(body.to_string())).await;
        let error = error.expect_err("an error object is not a success");
        keeps(&error, operation, &body.to_string());
    }
    let nested = format!(r#"{{"error": "No", "x": {}{}}}"#, "[".repeat(200), "]".repeat(200));
    // Strings truncated within a surrogate pair, in a value or in a name.
    for body in [r#"{"error": "No \ud83d"}"#, r#"{"\ud83d": 1, "error": "No"}"#, &nested] {
        let error = call(&operation.id, made, json_reply(body)).await;
        keeps(&error.expect_err("an error object is not a success"), operation, body);
    }
    let body = json!({"error": "There is no such number", "code": "NUMBER_NOT_FOUND"});
    let error = call(&operation.id, made, json_reply(body.to_string())).await;
    let error = error.expect_err("an error object is not a success");
    assert_eq!(error.code(), Some(&ErrorCode::NumberNotFound), "{error}");
    let text = error.to_string();
    assert!(text.contains("its body is an error: \"There is no such number\""), "{text}");
    keeps(&error, operation, &body.to_string());
}

/// Texts that proxies send with a success status instead of the service.
async fn check_other_texts(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    if operation.schema().is_none() || operation.returns_union() {
        return;
    }
    for text in ["no healthy upstream", "fault filter abort", "  502 bad gateway", "null", "\"OK\""]
    {
        let outcome = call(&operation.id, made, json_reply(text)).await;
        let error = outcome.expect_err("a text is not a success");
        keeps(&error, operation, text);
    }
}

async fn check_other_objects(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    let body = json!({"addedLater": {"a": 1}, "another": [1]});
    let outcome = call(&operation.id, made, json_reply(body.to_string())).await;
    let takes_any = |schema: Value| schema["type"] == "object" && schema["properties"].is_null();
    if operation.returns_union() {
        assert_eq!(outcome.expect("any alternative is kept"), body);
        return;
    }
    if operation.schema().is_none_or(takes_any) {
        outcome.expect("any object is a success");
        return;
    }
    let error = outcome.expect_err("another object is not a success");
    let text = error.to_string();
    let is_described =
        text.contains("none of the expected fields") || text.contains("unexpected type");
    assert!(is_described, "{text}");
    keeps(&error, operation, &body.to_string());
}

/// An empty body after a write is an empty model if the model has no required field.
async fn check_blank_bodies(operation: &Operation, made: for<'c> fn(&'c Client) -> Called<'c>) {
    let requires = operation.schema().map(|schema| {
        let required = schema["required"].as_array().into_iter().flatten();
        let mut properties = required.map(|name| &schema["properties"][name.as_str().unwrap()]);
        properties.any(|property| property["nullable"] != true && property["type"] != "array")
    });
    for (status, body) in [(200, ""), (201, " \r\n"), (202, "\u{feff}"), (204, "")] {
        let reply = Reply::new(StatusCode::from_u16(status).unwrap(), body);
        let outcome = call(&operation.id, made, reply).await;
        let succeeds = match requires {
            None => true,
            Some(requires) => !operation.is_read_only() && !requires,
        };
        match outcome {
            Ok(_) => assert!(succeeds, "{} {status} {body:?}", operation.id),
            Err(error) => {
                assert!(!succeeds, "{error}");
                assert!(error.to_string().contains("its body is empty"), "{error}");
                let reported = error.to_string().contains("the server reported success");
                assert_eq!(reported, !operation.is_read_only(), "{error}");
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
                assert!(error.body().is_some());
            }
        }
    }
}

/// Asserts that an error keeps the response and does not report success.
fn keeps(error: &Error, operation: &Operation, body: &str) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
    assert_eq!(error.body().map(|body| &body[..]), Some(body.as_bytes()), "{error}");
    assert!(error.headers().unwrap().contains_key("content-type"));
    assert_eq!(error.may_have_taken_effect(), !operation.is_read_only(), "{error}");
    assert!(!error.to_string().contains("reported success"), "{error}");
    let has_key = operation.takes_idempotency_key();
    assert_eq!(error.idempotency_key().is_some(), has_key, "{error}");
    let printed = format!("{error:?} {error}");
    assert!(!printed.contains("moment") && !printed.contains("addedLater"), "{printed}");
}
