//! Webhook deliveries, signed as the service signs them.

mod earlier_versions;
mod meta;
mod signatures;

use hmac::{Hmac, KeyInit, Mac};
use pilot_status::mock::delivery;
use pilot_status::webhooks::{AddressToken, Event, UnknownEvent, Verifier, VerifyError};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "plwh_marked_0123456789";

fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}

/// Verifies a signed body, and asserts that the same unsigned body gives the same event.
fn received(body: impl Into<Vec<u8>>) -> Event {
    let body = body.into();
    let event = Verifier::new(SECRET).verify(signature(SECRET, &body), &body).unwrap();
    assert_eq!(event.raw(), &body);
    assert_eq!(event, Event::from_unverified(body));
    event
}

fn event(body: &Value) -> Event {
    received(body.to_string())
}

fn unknown(body: impl Into<Vec<u8>>) -> UnknownEvent {
    match received(body) {
        Event::Unknown(event) => event,
        other => panic!("a known event: {other:?}"),
    }
}

#[test]
fn a_list_is_an_event_without_a_name() {
    for body in [r#"["message.received", null]"#, r#" ["message.received"]"#, "[]"] {
        assert_eq!(unknown(body).name, "");
    }
}

/// Returns the document's schemas and the names of its webhook events.
fn documented() -> (Value, Vec<String>) {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let schemas = document["components"]["schemas"].clone();
    let mapping = &schemas["WebhookEvent"]["discriminator"]["mapping"];
    let names = mapping.as_object().unwrap().keys().cloned().collect();
    (schemas, names)
}

#[test]
fn any_signed_json_is_kept() {
    for (body, name, data) in [
        ("[]", "", json!([])),
        ("{}", "", json!({})),
        (r#""message.sent""#, "", json!("message.sent")),
        ("null", "", Value::Null),
        ("7", "", json!(7)),
        (r#"["message.sent"]"#, "", json!(["message.sent"])),
        (r#"[{"event": "message.sent"}]"#, "", json!([{"event": "message.sent"}])),
        (r#"{"type": "ping"}"#, "", json!({"type": "ping"})),
        (r#"{"event": 7, "data": {"a": 1}}"#, "", json!({"a": 1})),
        (r#"{"event": null}"#, "", json!({"event": null})),
        (r#"{"event": ""}"#, "", json!({"event": ""})),
        (r#"{"object": "page", "entry": []}"#, "", json!({"object": "page", "entry": []})),
        (r#"{"object": ["whatsapp_business_account"], "data": null}"#, "", Value::Null),
        (r#"{"event": "ping"}"#, "ping", json!({"event": "ping"})),
    ] {
        let event = unknown(body);
        assert_eq!((event.name.as_str(), &event.data), (name, &data), "{body}");
        assert_eq!(event.problem, None, "{body}");
    }
}

#[test]
fn a_signed_body_that_is_not_json_has_a_problem() {
    let bodies: [&[u8]; 6] =
        [b"", b" \n", b"<html>marked</html>", br#"{"event": "marked""#, b"\xff\xfe", b"{} {}"];
    for body in bodies {
        let event = unknown(body);
        assert_eq!((event.name.as_str(), &event.data), ("", &Value::Null));
        let problem = event.problem.unwrap();
        assert!(problem.contains("JSON") && !problem.contains("marked"), "{problem}");
    }
}

#[test]
fn every_documented_event_has_a_variant() {
    let (_, names) = documented();
    let mut known: Vec<String> = Event::KNOWN.iter().map(ToString::to_string).collect();
    known.sort();
    assert_eq!(known, names);
}

#[test]
fn every_documented_example_is_read_as_its_event() {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let callback = &document["paths"]["/v1/webhooks"]["post"]["callbacks"]["delivery"];
    let delivery = &callback["{$request.body#/url}"]["post"]["requestBody"];
    let examples = delivery["content"]["application/json"]["examples"].as_object().unwrap();
    assert!(examples.len() >= 4);
    for (name, example) in examples {
        let body = &example["value"];
        let event = event(body);
        assert_eq!(event.name(), body["event"], "{name}");
        assert!(!matches!(event, Event::Unknown(_)), "{name}: {event:?}");
    }
}

/// Builds the smallest body that the document allows: only the required fields.
fn least(schemas: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return least(schemas, &schemas[name]);
    }
    let mut object = serde_json::Map::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        match least(schemas, part) {
            Value::Object(fields) => object.extend(fields),
            other => return other,
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        object.insert(name.to_owned(), least(schemas, &schema["properties"][name]));
    }
    if !object.is_empty() {
        return Value::Object(object);
    }
    if let Some(first) = schema.pointer("/anyOf/0").or_else(|| schema.pointer("/oneOf/0")) {
        return least(schemas, first);
    }
    match schema["type"].as_str() {
        _ if schema["nullable"] == true => Value::Null,
        Some("string") if schema["format"] == "date-time" => json!("2026-06-28T10:00:00.000Z"),
        Some("string") => json!("x"),
        Some("boolean") => json!(false),
        Some("integer") => json!(1),
        Some("array") => json!([]),
        _ => json!({}),
    }
}

#[test]
fn every_event_is_read_with_required_and_with_extra_fields() {
    let (schemas, names) = documented();
    for name in names {
        let mapped = &schemas["WebhookEvent"]["discriminator"]["mapping"][&name];
        let mut body = least(&schemas, &json!({ "$ref": mapped }));
        body["event"] = json!(name);
        let plain = event(&body);
        assert!(!matches!(plain, Event::Unknown(_)), "{name}: {plain:?}");
        assert_eq!(plain.name(), name);
        body["newField"] = json!({"a": [1]});
        if body["data"].is_object() {
            body["data"]["newField"] = json!("b");
        }
        assert!(!matches!(event(&body), Event::Unknown(_)), "{name}");
    }
}

#[test]
fn the_name_of_an_event_may_be_in_another_case() {
    for name in ["Message.Received", "MESSAGE.RECEIVED"] {
        // The second body has the names of an earlier version.
        for id in ["id", "internalMessageId"] {
            let event = event(&json!({"event": name, "data": {id: "msg_1"}}));
            assert_eq!(event.name(), "message.received", "{event:?}");
        }
    }
    assert_eq!(unknown(r#"{"event": "Message.Edited"}"#).name, "Message.Edited");
}

#[test]
fn an_unknown_event_keeps_its_name_data_and_body() {
    let body = json!({"event": "message.edited", "data": {"id": "msg_1"}, "more": true});
    let text = body.to_string();
    let event = unknown(text.clone());
    assert_eq!((event.name.as_str(), &event.data), ("message.edited", &json!({"id": "msg_1"})));
    assert_eq!((event.raw, event.problem), (text.into(), None));
    let flat = json!({"event": "call.held", "callId": "call_1"});
    let event = unknown(flat.to_string());
    assert_eq!(event.data, flat);
}

#[test]
fn a_malformed_known_event_is_kept_with_its_problem() {
    let body = json!({"event": "message.received", "data": "marked"});
    let event = unknown(body.to_string());
    assert_eq!(event.data, json!("marked"));
    assert!(event.problem.as_deref().unwrap().contains("$.data"), "{:?}", event.problem);
    assert!(!format!("{event:?}").contains("marked"));
}

#[test]
fn an_event_with_an_unpaired_surrogate_is_read() {
    let body = |name: &str| {
        let data = r#"{"id": "msg_1", "numberId": "num_1", "messageId": null, "fromMe": true,
            "createdAt": "2026-06-28T10:00:00.000Z", "content": "a\ud83d"}"#;
        format!(r#"{{"event": "{name}", "data": {data}}}"#)
    };
    let Event::MessageReceived(event) = received(body("message.received")) else {
        panic!("another event")
    };
    assert_eq!(event.data.content.as_deref(), Some("a\u{fffd}"));
    let edited = body("message.edited");
    let event = unknown(edited.clone());
    assert_eq!((&event.data["content"], event.raw), (&json!("a\u{fffd}"), edited.into()));
}

#[test]
fn the_last_of_two_names_of_an_event_takes_precedence() {
    let body = r#"{"event": "ping", "event": "message.received", "data": {"id": "msg_1"}}"#;
    let event = received(body.to_owned());
    assert_eq!(event.name(), "message.received");
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let body = format!("\u{feff}{}", json!({"event": "message.edited", "data": {"a": 1}}));
    let event = unknown(body.clone());
    assert_eq!((event.data, event.raw), (json!({"a": 1}), body.into()));
}

#[test]
fn a_problem_names_a_missing_field() {
    let body = json!({"event": "message.received", "data": {"content": "Olá"}});
    let event = unknown(body.to_string());
    let problem = event.problem.unwrap();
    assert!(problem.starts_with("$.data lacks \""), "{problem}");
}

#[test]
fn an_unknown_event_that_is_nested_too_deeply_is_kept() {
    let nested = "[".repeat(200) + &"]".repeat(200);
    let body = format!(r#"{{"event": "message.edited", "data": {nested}}}"#);
    let event = unknown(body.clone());
    assert_eq!((event.data, event.raw), (Value::Null, body.into()));
}

#[test]
fn a_text_nested_in_texts_does_not_exhaust_the_stack() {
    let mut nested = "1".to_owned();
    for _ in 0..100 {
        // serde_json parses the text in a field of this name.
        let escaped = nested.replace('\\', "\\u005c").replace('"', "\\u0022");
        let field = format!(r#"{{"$serde_json::private::RawValue": "{escaped}"}}"#);
        nested = "[".repeat(120) + &field + &"]".repeat(120);
    }
    for name in ["message.sent", "message.edited"] {
        let body = format!(r#"{{"event": "{name}", "data": {{"id": "msg_1", "x": {nested}}}}}"#);
        let event = unknown(body.clone());
        assert_eq!((event.data, event.raw), (Value::Null, body.into()));
    }
}

#[test]
fn a_message_without_its_personal_data_is_read() {
    let names = ["sent", "delivered", "read", "failed", "received", "reply", "group", "newsletter"];
    for name in names.map(|name| format!("message.{name}")) {
        let missing = json!({"event": name, "data": {"id": "msg_1", "numberId": "num_1",
            "messageId": null, "fromMe": true, "createdAt": "2026-06-28T10:00:00.000Z"}});
        let mut null = missing.clone();
        for field in ["from", "to", "content", "mediaLink", "mediaCaption", "participantName"] {
            null["data"][field] = Value::Null;
        }
        let mut empty = missing.clone();
        for field in ["from", "to", "content"] {
            empty["data"][field] = json!("");
        }
        for body in [missing, null, empty] {
            let event = event(&body);
            assert!(!matches!(event, Event::Unknown(_)), "{body}: {event:?}");
        }
    }
}

#[test]
fn secrets_are_not_printed() {
    let verifier = Verifier::new(SECRET);
    assert_eq!(format!("{verifier:?}"), "Verifier(1 secrets: [redacted])");
    let token = AddressToken::new(SECRET);
    assert_eq!(format!("{token:?}"), "AddressToken([redacted])");
    for refused in [
        VerifyError::NoSecret,
        VerifyError::NoSignature,
        VerifyError::OtherSignature,
        VerifyError::MarkedSecret,
    ] {
        let shown = format!("{refused} {refused:?}");
        assert!(!shown.contains("marked"), "{shown}");
        assert!(!refused.to_string().contains('\n'));
    }
}

#[test]
fn an_address_token_matches_only_itself() {
    let token = AddressToken::new(" marked-0123456789\n");
    assert!(token.matches("marked-0123456789"));
    for other in ["", "marked-012345678", "marked-01234567890", "Marked-0123456789", "other"] {
        assert!(!token.matches(other), "{other}");
    }
    for blank in ["", " \n", "\"\"", "\u{feff}"] {
        assert!(!AddressToken::new(blank).matches(blank));
        assert!(!AddressToken::new(blank).matches(""));
    }
}

#[test]
fn undocumented_fields_are_in_the_body_of_an_event() {
    let body = json!({"event": "message.received", "at": 1,
        "data": {"id": "msg_1", "mood": {"marked": true}, "content": "Oi"}});
    let event = event(&body);
    assert_eq!(event.json(), body);
    let Event::MessageReceived(message) = &event else { panic!("{event:?}") };
    assert_eq!(message.data.content.as_deref(), Some("Oi"));
    assert_eq!(message.json()["data"]["mood"]["marked"], true);
    assert_eq!(serde_json::from_slice::<Value>(&message.raw).unwrap(), body);
    assert!(!format!("{event:?}").contains("marked"), "{event:?}");
}

#[test]
fn fields_seen_in_practice_are_typed() {
    let event = event(&json!({"event": "message.reply", "data": {
        "id": "msg_1", "userId": "BR.1349", "pushName": "Ana", "buttonId": "yes",
        "profilePictureUrl": "https://pps.example/1", "referral": {"sourceId": "ad_1"},
        "mediaId": "1003", "phoneNumberId": "1065", "base64": "T2k=", "media": {"url": null},
        "mediaLink": null, "content": null,
    }}));
    let Event::MessageReply(reply) = event else { panic!("{event:?}") };
    let data = &reply.data;
    let texts = [&data.user_id, &data.push_name, &data.button_id, &data.profile_picture_url];
    let texts = texts.map(Option::as_deref);
    assert_eq!(texts, ["BR.1349", "Ana", "yes", "https://pps.example/1"].map(Some));
    assert_eq!(
        (data.media_id.as_deref(), data.phone_number_id.as_deref()),
        (Some("1003"), Some("1065"))
    );
    assert_eq!(data.referral.as_ref().unwrap()["sourceId"], "ad_1");
    assert_eq!(data.base64.as_ref().and_then(pilot_status::DataUrl::decode), Some(b"Oi".to_vec()));
    assert_eq!((&data.media_link, &data.content), (&None, &None));
    // These fields have no documented schema, so any value is accepted.
    for (media, referral) in [(json!("https://x"), json!("ad_1")), (json!([1]), json!(false))] {
        let body = json!({"event": "message.group", "data": {
            "id": "msg_1", "media": media, "referral": referral}});
        let Event::MessageGroup(group) = received(body.to_string()) else { panic!("{body}") };
        assert_eq!(group.data.media.as_ref(), Some(&media));
    }
}

#[test]
fn a_sender_is_a_phone_number_or_else_a_user_id() {
    for (fields, sender) in [
        (json!({"from": "+5511988887777", "userId": "BR.1"}), Some("+5511988887777")),
        (json!({"from": "+5511988887777"}), Some("+5511988887777")),
        (json!({"userId": "BR.1"}), Some("BR.1")),
        (json!({"from": null, "userId": "BR.1"}), Some("BR.1")),
        (json!({"from": " ", "userId": "BR.1"}), Some("BR.1")),
        (json!({"from": "123@lid", "userId": "BR.1"}), Some("BR.1")),
        (json!({"from": "123@lid"}), Some("123@lid")),
        (json!({"from": "", "userId": ""}), None),
        (json!({}), None),
    ] {
        let mut data = fields.clone();
        data["id"] = json!("msg_1");
        for name in ["received", "reply", "group", "newsletter"] {
            let body = json!({"event": format!("message.{name}"), "data": data});
            let event = event(&body);
            let found = match &event {
                Event::MessageReceived(event) => event.data.sender(),
                Event::MessageReply(event) => event.data.sender(),
                Event::MessageGroup(event) => event.data.sender(),
                Event::MessageNewsletter(event) => event.data.sender(),
                other => panic!("{other:?}"),
            };
            assert_eq!(found, sender, "{fields}");
        }
    }
}

#[test]
fn a_known_event_with_a_deeply_nested_extra_field_is_read() {
    let nested = "[".repeat(200) + &"]".repeat(200);
    let body = format!(r#"{{"event": "message.sent", "data": {{"id": "msg_1", "x": {nested}}}}}"#);
    let event = received(body);
    assert!(matches!(event, Event::MessageSent(_)), "{event:?}");
    assert_eq!(event.json(), Value::Null);
}

#[test]
fn mock_deliveries_are_read_as_their_events() {
    for name in Event::KNOWN {
        let fields = json!({"id": "a", "numberId": "a", "leadId": "a", "leadgenId": "a",
            "status": "a", "instance": "a"});
        let body = delivery::event(name, &fields);
        let event = received(body);
        assert_eq!(event.name(), *name);
        assert!(
            !matches!(event, Event::Unknown(_)) || name.starts_with("phone_line."),
            "{event:?}"
        );
    }
    let line = json!({"id": "evt_1", "data": {"lineId": "line_1", "reason": "unpaid"}});
    let Event::PhoneLineReturned(event) = received(delivery::event("phone_line.returned", &line))
    else {
        panic!("another event")
    };
    assert_eq!((event.id.as_str(), event.data.line_id.as_str()), ("evt_1", "line_1"));
    assert_eq!(unknown(delivery::event("message.edited", &json!({"a": 1}))).data, json!({"a": 1}));
}

proptest::proptest! {
    #[test]
    fn no_delivery_panics(signature in ".{0,70}", body in ".{0,60}") {
        _ = Verifier::new(SECRET).verify(&signature, &body);
        _ = AddressToken::new(&signature).matches(&body);
        received(body);
    }

    #[test]
    fn no_json_panics(body in json_text()) {
        received(body);
    }
}

/// Generates JSON from the names and values of deliveries, in arbitrary places.
fn json_text() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    const NAMES: [&str; 24] = [
        "event",
        "object",
        "data",
        "entry",
        "changes",
        "value",
        "messages",
        "statuses",
        "contacts",
        "message_echoes",
        "metadata",
        "phone_number_id",
        "id",
        "text",
        "image",
        "interactive",
        "button_reply",
        "errors",
        "internalMessageId",
        "replyContent",
        "content",
        "referral",
        "status",
        "body",
    ];
    const VALUES: [&str; 10] = [
        "\"message.reply\"",
        "\"whatsapp_business_account\"",
        "\"calls\"",
        "null",
        "7",
        "-1.5e300",
        "true",
        "\"\\ud83d\"",
        "\"\"",
        "\"x@lid\"",
    ];
    let leaf = prop::sample::select(&VALUES[..]).prop_map(str::to_owned);
    leaf.prop_recursive(6, 60, 6, |inner| {
        let entry = (prop::sample::select(&NAMES[..]), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec(entry, 0..8).prop_map(|entries| {
                let entries: Vec<_> =
                    entries.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}
