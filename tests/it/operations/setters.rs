//! The argument types of setters.

use std::collections::BTreeMap;

use pilot_status::chrono::DateTime;
use pilot_status::mock::Sandbox;
use pilot_status::types::{self, Flag, MessageRequest, NumberCheckRequest, WebhookEventName};
use pilot_status::{Client, Error, ErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::operations::case::{lines, quick};

/// Returns the request lines that these calls send.
async fn sent<T, E: std::fmt::Debug>(calls: impl AsyncFn(Client) -> Result<T, E>) -> Vec<String> {
    let sandbox = Sandbox::start().await.unwrap();
    calls(quick(&sandbox)).await.unwrap();
    lines(&sandbox)
}

#[tokio::test]
async fn a_query_parameter_accepts_an_option() {
    let lines = sent(async |client| {
        client.list_conversations().page(None::<i64>).page_size(Some(5)).send().await?;
        client.list_conversations().page(2_u32).page_size(None::<i64>).send().await?;
        client.list_conversations().page(2).start_date(DateTime::UNIX_EPOCH).send().await?;
        let event = "message.sent".to_owned();
        client.list_webhook_logs().id("w").event(event).limit(7_usize).send().await?;
        let event = None::<WebhookEventName>;
        client.list_webhook_logs().id("w").event(event).send().await
    });
    assert_eq!(
        lines.await,
        [
            "GET /v1/conversations?pageSize=5",
            "GET /v1/conversations?page=2",
            "GET /v1/conversations?page=2&startDate=1970-01-01T00%3A00%3A00Z",
            "GET /v1/webhooks/w/logs?event=message.sent&limit=7",
            "GET /v1/webhooks/w/logs",
        ]
    );
}

#[tokio::test]
async fn a_flag_accepts_a_bool() {
    let lines = sent(async |client| {
        client.get_number().id("a").refresh(true).send().await?;
        client.get_number().id("a").refresh(false).send().await?;
        client.get_number().id("a").refresh(Flag::On).send().await
    });
    let [on, off] = ["GET /v1/numbers/a?refresh=1", "GET /v1/numbers/a"];
    assert_eq!(lines.await, [on, off, on]);
}

#[tokio::test]
async fn an_integer_out_of_range_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = quick(&sandbox).list_calls().limit(u64::MAX).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let expected = "`limit`: 18446744073709551615 is greater than 9223372036854775807";
    assert!(error.to_string().contains(expected) && lines(&sandbox).is_empty(), "{error}");
}

#[test]
fn a_builder_builds_a_valid_model_or_fails() -> Result<(), Error> {
    let message = MessageRequest::builder().destination_number("+5511999999999").text("Oi");
    assert_eq!(message.build()?.text.as_deref(), Some("Oi"));
    let error = MessageRequest::builder().text("Oi").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("exactly one of destinationNumber"), "{error}");
    let error = NumberCheckRequest::builder().numbers(vec!["1"; 21]).build().unwrap_err();
    assert!(error.to_string().contains("takes 1 to 20 entries"), "{error}");
    Ok(())
}

/// A program may store a request as JSON before it sends it.
#[test]
fn a_null_that_clears_a_field_is_kept_in_json() {
    fn stored<T: DeserializeOwned + Serialize>(request: Value) -> Value {
        serde_json::to_value(serde_json::from_value::<T>(request).unwrap()).unwrap()
    }
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let mut tested = 0;
    for (name, stored) in [
        ("BrandingUpdateRequest", stored::<types::BrandingUpdateRequest> as fn(Value) -> Value),
        ("LeadFormConfigRequest", stored::<types::LeadFormConfigRequest>),
        ("NumberSettingsRequest", stored::<types::NumberSettingsRequest>),
        ("NumberUpdateRequest", stored::<types::NumberUpdateRequest>),
    ] {
        let schema = &document["components"]["schemas"][name];
        let required = schema["required"].as_array().into_iter().flatten();
        let required: Vec<_> = required.map(|name| name.as_str().unwrap()).collect();
        for (field, property) in schema["properties"].as_object().unwrap() {
            if property["nullable"] == true && !required.contains(&field.as_str()) {
                let mut request = json!({field: null});
                for name in &required {
                    request[name] = Value::Null;
                }
                request["autoSendEnabled"] = true.into();
                let again = stored(request.clone());
                assert_eq!(again.get(field), Some(&Value::Null), "{name} {request}");
                tested += 1;
            }
        }
    }
    assert!(tested > 10, "{tested}");
}

#[test]
fn a_setter_accepts_a_map_by_reference() -> Result<(), Error> {
    let variables = BTreeMap::from([("nome".to_owned(), "Ana".to_owned())]);
    let message = MessageRequest::builder().destination_number("1").template_id("t");
    assert_eq!(message.variables(&variables).build()?.variables, Some(variables));
    Ok(())
}
