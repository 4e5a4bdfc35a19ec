//! Deliveries to a webhook, as the service signs and sends them.

use hmac::{Hmac, KeyInit, Mac};
use pilot_status::mock::sign_delivery;
use pilot_status::webhooks::{Event, Refused, Verifier};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "plwh_marked_0123456789";

fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}

/// What a receiver makes of a body that is signed rightly.
fn received(body: impl Into<Vec<u8>>) -> Result<Event, Refused> {
    let body = body.into();
    Verifier::new(SECRET).verify(signature(SECRET, &body), body)
}

fn event(body: &Value) -> Event {
    received(body.to_string()).unwrap()
}

/// What the document says of the bodies: the mapping from names to schemas.
fn documented() -> (Value, Vec<String>) {
    let document: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
    let schemas = document["components"]["schemas"].clone();
    let mapping = &schemas["WebhookEvent"]["discriminator"]["mapping"];
    let names = mapping.as_object().unwrap().keys().cloned().collect();
    (schemas, names)
}

#[test]
fn a_signature_that_another_implementation_made_is_right() {
    // RFC 4231, test case 2, whose body is no event.
    let refused = Verifier::new("Jefe").verify(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "what do ya want for nothing?",
    );
    assert_eq!(refused.unwrap_err(), Refused::NoEvent);
    // Made with Python's hmac.
    let event = Verifier::new("whsec ç").verify(
        "be6c84ee14c7a612b36ae9ddde61e2c399c51e3bf6e90932703a7965e3b49b9d",
        r#"{"event":"message.edited","data":{"text":"Olá"}}"#,
    );
    assert_eq!(event.unwrap().name(), "message.edited");
}

#[test]
fn a_delivery_of_a_test_is_signed_as_by_another_implementation() {
    for (secret, body) in [(SECRET, &b"{}"[..]), ("", b""), ("ç", &[0xff; 100])] {
        assert_eq!(sign_delivery(secret, body), signature(secret, body));
    }
}

#[test]
fn a_body_is_read_under_any_of_the_secrets() {
    let body = json!({"event": "message.received", "data": {}}).to_string();
    let verifier = Verifier::new("new").or("old");
    for secret in ["new", "old"] {
        let signature = signature(secret, body.as_bytes());
        assert!(verifier.verify(&signature, &body).is_ok());
        assert!(verifier.verify(signature.to_uppercase(), &body).is_ok());
        assert!(verifier.verify(format!(" {signature} "), &body).is_ok());
    }
    let other = signature("other", body.as_bytes());
    assert_eq!(verifier.verify(other, body).unwrap_err(), Refused::OtherSignature);
}

#[test]
fn what_is_not_signed_rightly_is_refused() {
    let body = json!({"event": "message.sent", "data": {}}).to_string();
    let right = signature(SECRET, body.as_bytes());
    let verifier = Verifier::new(SECRET);
    let flipped = format!("{}{}", if right.starts_with('0') { '1' } else { '0' }, &right[1..]);
    for (signature, refused) in [
        (flipped.as_str(), Refused::OtherSignature),
        ("", Refused::NoSignature),
        (&right[..63], Refused::NoSignature),
        (&format!("{right}00"), Refused::NoSignature),
        (&right.replace(|c: char| c.is_ascii_digit(), "g"), Refused::NoSignature),
        (&format!("sha256={right}"), Refused::NoSignature),
    ] {
        assert_eq!(verifier.verify(signature, &body).unwrap_err(), refused, "{signature}");
    }
    for changed in [body.replace("sent", "read"), format!("{body} "), String::new()] {
        let error = verifier.verify(&right, changed).unwrap_err();
        assert_eq!(error, Refused::OtherSignature);
    }
}

#[test]
fn a_blank_secret_lets_nobody_in() {
    let body = json!({"event": "message.sent", "data": {}}).to_string();
    for blank in ["", " \n"] {
        let verifier = Verifier::new(blank);
        let error = verifier.verify(signature(blank, body.as_bytes()), &body).unwrap_err();
        assert_eq!(error, Refused::NoSecret);
        assert!(
            Verifier::new(blank)
                .or(SECRET)
                .verify(signature(SECRET, body.as_bytes()), &body)
                .is_ok()
        );
    }
}

#[test]
fn a_body_that_is_no_event_is_refused() {
    for body in [
        "",
        "[]",
        r#"["message.sent"]"#,
        r#""message.sent""#,
        "{}",
        r#"{"event": 7}"#,
        r#"{"event": "a""#,
        "<html>",
    ] {
        assert_eq!(received(body).unwrap_err(), Refused::NoEvent, "{body}");
    }
    assert_eq!(received([0xff, 0xfe]).unwrap_err(), Refused::NoEvent);
}

#[test]
fn every_documented_event_has_its_variant() {
    let (_, names) = documented();
    let mut known: Vec<String> = Event::KNOWN.iter().map(ToString::to_string).collect();
    known.sort();
    assert_eq!(known, names);
}

#[test]
fn every_documented_example_is_read_as_what_it_is() {
    let document: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
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

/// The least that the document lets a body hold: what is required.
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
fn every_event_is_read_with_what_is_required_and_with_more() {
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
fn an_unknown_event_keeps_its_name_data_and_body() {
    let body = json!({"event": "message.edited", "data": {"id": "msg_1"}, "more": true});
    let text = body.to_string();
    let Event::Unknown(event) = received(text.clone()).unwrap() else { panic!("known") };
    assert_eq!((event.name.as_str(), &event.data), ("message.edited", &json!({"id": "msg_1"})));
    assert_eq!((event.raw, event.problem), (text.into(), None));
    let flat = json!({"event": "call.held", "callId": "call_1"});
    let Event::Unknown(event) = received(flat.to_string()).unwrap() else { panic!("known") };
    assert_eq!(event.data, flat);
}

#[test]
fn a_known_event_of_another_shape_is_kept_and_says_why() {
    let body = json!({"event": "message.received", "data": "marked"});
    let Event::Unknown(event) = event(&body) else { panic!("it fits") };
    assert_eq!(event.data, json!("marked"));
    assert!(event.problem.as_deref().unwrap().contains("$.data"), "{:?}", event.problem);
    assert!(!format!("{event:?}").contains("marked"));
}

#[test]
fn an_event_with_text_that_was_cut_within_a_character_is_read() {
    let body = |name: &str| {
        let data = r#"{"id": "msg_1", "numberId": "num_1", "messageId": null, "fromMe": true,
            "createdAt": "2026-06-28T10:00:00.000Z", "content": "a\ud83d"}"#;
        format!(r#"{{"event": "{name}", "data": {data}}}"#)
    };
    let Event::MessageReceived(event) = received(body("message.received")).unwrap() else {
        panic!("it is read as another")
    };
    assert_eq!(event.data.content.as_deref(), Some("a\u{fffd}"));
    let edited = body("message.edited");
    let Event::Unknown(event) = received(edited.clone()).unwrap() else { panic!("known") };
    assert_eq!((&event.data["content"], event.raw), (&json!("a\u{fffd}"), edited.into()));
}

#[test]
fn a_byte_order_mark_before_an_event_is_skipped() {
    let body = format!("\u{feff}{}", json!({"event": "message.edited", "data": {"a": 1}}));
    let Event::Unknown(event) = received(body.clone()).unwrap() else { panic!("known") };
    assert_eq!((event.data, event.raw), (json!({"a": 1}), body.into()));
}

#[test]
fn a_field_that_an_event_lacks_is_named() {
    let body = json!({"event": "message.received", "data": {"content": "Olá"}});
    let Event::Unknown(event) = event(&body) else { panic!("it is read") };
    let problem = event.problem.unwrap();
    assert!(problem.starts_with("$.data lacks \""), "{problem}");
}

#[test]
fn an_event_that_is_nested_too_deep_is_kept() {
    let nested = "[".repeat(200) + &"]".repeat(200);
    let body = format!(r#"{{"event": "message.edited", "data": {nested}}}"#);
    let Event::Unknown(event) = received(body.clone()).unwrap() else { panic!("known") };
    assert_eq!((event.data, event.raw), (Value::Null, body.into()));
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
fn nothing_prints_a_secret_or_what_was_written() {
    let verifier = Verifier::new(SECRET);
    assert_eq!(format!("{verifier:?}"), "Verifier(1 secrets: [redacted])");
    for refused in
        [Refused::NoSecret, Refused::NoSignature, Refused::OtherSignature, Refused::NoEvent]
    {
        let shown = format!("{refused} {refused:?}");
        assert!(!shown.contains("marked"), "{shown}");
        assert!(!refused.to_string().contains('\n'));
    }
}

proptest::proptest! {
    #[test]
    fn no_delivery_is_a_panic(signature in ".{0,70}", body in ".{0,60}") {
        _ = Verifier::new(SECRET).verify(&signature, &body);
        _ = received(body);
    }
}
