//! Meta's envelopes, in the documented form and in malformed ones.

use pilot_status::Timestamp;
use pilot_status::mock::{OperationId, Reply, Sandbox, delivery};
use pilot_status::webhooks::meta::{Change, Envelope, Message};
use pilot_status::webhooks::{Event, Received};
use serde_json::{Value, json};

use super::{event, received, unknown};

fn envelope(body: impl Into<Vec<u8>>) -> Received<Envelope> {
    match received(body) {
        Event::Meta(envelope) => envelope,
        other => panic!("not an envelope: {other:?}"),
    }
}

/// Returns the only change of an envelope.
fn change(body: String) -> Change {
    let envelope = envelope(body);
    let [change] = envelope.changes.as_slice() else { panic!("{envelope:?}") };
    change.clone()
}

fn message(message: &Value) -> Message {
    let change = change(delivery::meta_message(message));
    let [message] = change.messages.as_slice() else { panic!("{change:?}") };
    message.clone()
}

#[test]
fn a_message_is_typed_with_its_number_and_its_sender() {
    let change = change(delivery::meta(
        "messages",
        &json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": "1065"},
            "contacts": [{"profile": {"name": "Ana", "username": "ana"}, "wa_id": "5511988887777",
                "user_id": "BR.1349"}],
            "messages": [{"from": "5511988887777", "from_user_id": "BR.1349", "id": "wamid.1",
                "timestamp": "1749416383", "type": "text", "text": {"body": "Olá"},
                "context": {"from": "15550783881", "id": "wamid.0"},
                "referral": {"source_id": "ad_1"}}],
        }),
    ));
    assert_eq!(change.field.as_deref(), Some("messages"));
    assert_eq!(change.account_id.as_deref(), Some("102290129340398"));
    assert_eq!(change.phone_number_id.as_deref(), Some("1065"));
    assert_eq!(change.display_phone_number.as_deref(), Some("15550783881"));
    let contact = &change.contacts[0];
    let texts = [&contact.wa_id, &contact.user_id, &contact.name, &contact.username];
    assert_eq!(texts.map(Option::as_deref), ["5511988887777", "BR.1349", "Ana", "ana"].map(Some));
    let message = &change.messages[0];
    assert_eq!((message.id.as_str(), message.sender()), ("wamid.1", Some("5511988887777")));
    let sent = message.timestamp.as_ref().and_then(Timestamp::datetime).unwrap();
    assert_eq!(sent.timestamp(), 1_749_416_383);
    assert_eq!((message.type_.as_deref(), message.text.as_deref()), (Some("text"), Some("Olá")));
    let context = message.context.as_ref().unwrap();
    assert_eq!(context.id.as_deref(), Some("wamid.0"));
    assert_eq!(context.from.as_deref(), Some("15550783881"));
    assert_eq!(message.referral.as_ref().unwrap()["source_id"], "ad_1");
}

#[test]
fn a_sender_without_a_phone_number_has_a_user_id() {
    for (from, sender) in [
        (json!({"from_user_id": "BR.1"}), Some("BR.1")),
        (json!({"from": "", "from_user_id": "BR.1"}), Some("BR.1")),
        (json!({"from": "55", "from_user_id": "BR.1"}), Some("55")),
        (json!({}), None),
    ] {
        let mut given = from.clone();
        given["id"] = json!("wamid.1");
        assert_eq!(message(&given).sender(), sender, "{from}");
    }
}

#[test]
fn each_kind_of_media_has_the_ids_that_a_download_takes() {
    for kind in ["image", "video", "audio", "document", "sticker"] {
        let body = delivery::meta_message(&json!({"id": "wamid.1", "type": kind, kind: {
            "id": "1003", "mime_type": "a/b", "caption": "c", "filename": "d", "sha256": "e",
            "url": "https://lookaside.fbsbx.com/1003"}}));
        let envelope = envelope(body);
        let [found] = envelope.media().collect::<Vec<_>>()[..] else { panic!("{envelope:?}") };
        assert_eq!((found.media_id, found.phone_number_id), ("1003", delivery::PHONE_NUMBER_ID));
        assert_eq!(found.message.type_.as_deref(), Some(kind));
        let media = found.media;
        let texts = [&media.mime_type, &media.caption, &media.filename];
        assert_eq!(texts.map(Option::as_deref), ["a/b", "c", "d"].map(Some));
        assert_eq!(found.message.raw[kind]["sha256"], "e");
    }
}

#[test]
fn a_kind_without_content_does_not_hide_another() {
    for empty in [json!(false), json!(""), json!([]), Value::Null] {
        let message = message(&json!({"id": "wamid.1", "image": empty, "document": {"id": "42"}}));
        assert_eq!(message.media.and_then(|media| media.id).as_deref(), Some("42"), "{empty}");
    }
}

#[test]
fn a_field_that_is_null_is_missing() {
    let message = message(&json!({"id": "wamid.1", "referral": null, "image": null, "text": null}));
    assert_eq!((message.referral, message.media, message.text), (None, None, None));
}

#[test]
fn media_with_both_ids_is_found_in_all_changes() {
    let image = |id: Value| json!({"id": "wamid.1", "image": {"id": id}});
    let number = |id: &str| json!({"phone_number_id": id});
    let body = json!({"object": "whatsapp_business_account", "entry": [
        {"changes": [
            {"value": {"metadata": number("1"), "messages": [image(json!("a")), image(json!(7))]}},
            {"value": {"metadata": number("2"), "message_echoes": [image(json!("b"))]}},
            {"value": {"messages": [image(json!("without a number"))]}},
        ]},
        {"changes": [{"value": {"metadata": number("3"), "messages": [
            image(Value::Null), {"id": "wamid.2", "type": "image"}, image(json!("c"))]}}]},
    ]});
    let envelope = envelope(body.to_string());
    let found: Vec<_> = envelope.media().map(|it| (it.phone_number_id, it.media_id)).collect();
    assert_eq!(found, [("1", "a"), ("1", "7"), ("2", "b"), ("3", "c")]);
}

#[tokio::test]
async fn media_of_an_envelope_is_downloaded() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::GetMedia, Reply::documented());
    let body = delivery::meta_message(&json!({"id": "wamid.1", "audio": {"id": "1003"}}));
    let envelope = envelope(body);
    let client = sandbox.client();
    for found in envelope.media() {
        let call = client.get_media().media_id(found.media_id);
        call.phone_number_id(found.phone_number_id).send().await.unwrap();
    }
    let [request] = &sandbox.requests()[..] else { panic!("expected one request") };
    let line = format!("GET /v1/media/1003?phoneNumberId={}", delivery::PHONE_NUMBER_ID);
    assert_eq!(request.line(), line);
}

#[test]
fn a_choice_of_any_kind_is_a_reply() {
    for (fields, id, title) in [
        (json!({"button": {"payload": "p", "text": "Sim"}}), Some("p"), Some("Sim")),
        (
            json!({"interactive": {"type": "button_reply",
                "button_reply": {"id": "b", "title": "Sim"}}}),
            Some("b"),
            Some("Sim"),
        ),
        (
            json!({"interactive": {"type": "list_reply",
                "list_reply": {"id": "r", "title": "Corte", "description": "30 min"}}}),
            Some("r"),
            Some("Corte"),
        ),
        (json!({"button": {"text": "Sim"}}), None, Some("Sim")),
    ] {
        let mut given = fields.clone();
        given["id"] = json!("wamid.1");
        let reply = message(&given).reply.unwrap();
        assert_eq!((reply.id.as_deref(), reply.title.as_deref()), (id, title), "{fields}");
    }
    let flow = json!({"id": "wamid.1", "interactive": {"nfm_reply": {"response_json": "{}"}}});
    let message = message(&flow);
    assert_eq!(message.reply, None);
    assert_eq!(message.raw["interactive"]["nfm_reply"]["response_json"], "{}");
}

#[test]
fn a_status_is_typed_with_its_errors() {
    let change = change(delivery::meta_status(&json!({
        "id": "wamid.1", "status": "failed", "timestamp": "1750857384",
        "recipient_id": "5516992318222", "recipient_user_id": "BR.1",
        "conversation": {"id": "c"}, "pricing": {"billable": true},
        "errors": [{"code": 131_049, "title": "t", "message": "m", "error_data": {"details": "d"}},
            "odd", {"code": "131026"}],
    })));
    let [status] = change.statuses.as_slice() else { panic!("{change:?}") };
    assert_eq!((status.id.as_str(), status.status.as_str()), ("wamid.1", "failed"));
    assert_eq!(status.timestamp, Some("1750857384".into()));
    let texts = [&status.recipient_id, &status.recipient_user_id];
    assert_eq!(texts.map(Option::as_deref), ["5516992318222", "BR.1"].map(Some));
    let codes: Vec<_> = status.errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, [Some(131_049), Some(131_026)]);
    let error = &status.errors[0];
    let texts = [&error.title, &error.message, &error.details];
    assert_eq!(texts.map(Option::as_deref), ["t", "m", "d"].map(Some));
    assert_eq!(status.raw["pricing"]["billable"], true);
}

#[test]
fn echoes_are_typed_and_other_fields_are_kept() {
    let echo = json!({"from": "5511999999999", "to": "5511988887777", "to_user_id": "BR.1",
        "id": "wamid.1", "timestamp": 1_739_321_024, "type": "text", "text": {"body": "Oi"}});
    let echoes = change(delivery::meta("smb_message_echoes", &json!({"message_echoes": [echo]})));
    assert!(echoes.messages.is_empty());
    let [echo] = echoes.message_echoes.as_slice() else { panic!("{echoes:?}") };
    assert_eq!(echo.timestamp, Some("1739321024".into()));
    let texts = [&echo.to, &echo.to_user_id, &echo.text];
    assert_eq!(texts.map(Option::as_deref), ["5511988887777", "BR.1", "Oi"].map(Some));

    let history = json!({"history": [{"metadata": {"phase": 0}, "threads": []}]});
    let history = change(delivery::meta("history", &history));
    assert_eq!(history.field.as_deref(), Some("history"));
    assert_eq!(history.raw["history"][0]["metadata"]["phase"], 0);

    let location = json!({"id": "wamid.1", "type": "location", "location": {"latitude": -23.5}});
    let location = message(&location);
    assert_eq!(location.raw["location"]["latitude"], -23.5);
    assert_eq!((location.text, location.media), (None, None));
}

#[test]
fn a_malformed_element_is_skipped_and_stays_in_the_body() {
    let odd = [Value::Null, json!(7), json!("odd"), json!([]), json!({}), json!({"id": null})];
    let good = json!({"id": "wamid.1", "status": "read", "type": "text", "text": {"body": "Oi"}});
    for odd in odd {
        let list = json!([odd, good, odd]);
        for field in ["messages", "statuses", "message_echoes"] {
            let body = delivery::meta("messages", &json!({field: list, "contacts": odd}));
            let change = change(body.clone());
            let counts =
                [change.messages.len(), change.statuses.len(), change.message_echoes.len()];
            assert_eq!(counts.iter().sum::<usize>(), 1, "{body}");
            assert_eq!(change.raw[field], list);
        }
        // Each part of the envelope is replaced in turn.
        for pointer in [
            "/entry",
            "/entry/0",
            "/entry/0/id",
            "/entry/0/changes",
            "/entry/0/changes/0",
            "/entry/0/changes/0/field",
            "/entry/0/changes/0/value",
            "/entry/0/changes/0/value/metadata",
            "/entry/0/changes/0/value/messages",
            "/entry/0/changes/0/value/messages/0/text",
        ] {
            let body = delivery::meta("messages", &json!({"messages": [good]}));
            let mut body: Value = serde_json::from_str(&body).unwrap();
            *body.pointer_mut(pointer).unwrap() = odd.clone();
            assert_eq!(envelope(body.to_string()).json(), body);
        }
    }
    assert_eq!(envelope(r#"{"object": "whatsapp_business_account"}"#).changes, []);
}

#[test]
fn only_an_envelope_about_whatsapp_is_read_as_one() {
    let named = json!({"event": "message.sent", "object": "whatsapp_business_account",
        "data": {"id": "msg_1"}});
    assert!(matches!(event(&named), Event::MessageSent(_)));
    let new = json!({"event": "messages", "object": "whatsapp_business_account", "entry": []});
    assert!(matches!(event(&new), Event::Meta(_)));
    assert_eq!(unknown(r#"{"object": "page", "entry": []}"#).name, "");
    let body = delivery::meta_message(&json!({"id": "wamid.1", "text": {"body": "\u{1f600}"}}));
    let cut = body.replace("\u{1f600}", "\\ud83d");
    let name = received(format!("\u{feff}{cut}"));
    assert_eq!(name.name(), "whatsapp_business_account");
    let Event::Meta(envelope) = name else { panic!("not an envelope") };
    assert_eq!(envelope.changes[0].messages[0].text.as_deref(), Some("\u{fffd}"));
}

#[test]
fn the_raw_fields_of_an_envelope_are_not_printed() {
    let body = delivery::meta_message(&json!({"id": "wamid.1", "referral": {"url": "marked"},
        "location": {"name": "marked"}}));
    let printed = format!("{:?}", received(body));
    assert!(!printed.contains("marked") && printed.contains("location"), "{printed}");
}
