//! Message events with the field names of the vendor's earlier versions.

use pilot_status::Timestamp;
use pilot_status::webhooks::Event;
use serde_json::json;

use super::{event, unknown};

/// Some fields of a message event: `id`, `to`, `createdAt`, `content`, `contentReplied`.
fn fields(event: &Event) -> [Option<&str>; 5] {
    macro_rules! fields {
        ($data:expr) => {{
            let data = &$data;
            let created_at = data.created_at.as_ref().map(Timestamp::as_str);
            [Some(data.id.as_str()), data.to.as_deref(), created_at, data.content.as_deref(), None]
        }};
    }
    match event {
        Event::MessageSent(event) => fields!(event.data),
        Event::MessageFailed(event) => fields!(event.data),
        Event::MessageReceived(event) => fields!(event.data),
        Event::MessageReply(event) => {
            let mut fields = fields!(event.data);
            fields[4] = event.data.content_replied.as_deref();
            fields
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn field_names_of_earlier_versions_are_read() {
    let earlier = json!({"internalMessageId": "msg_1", "destinationNumber": "+55", "sentAt": "t"});
    let both = json!({"internalMessageId": "msg_0", "id": "msg_1", "destinationNumber": "+1",
        "to": "+55", "sentAt": "t0", "createdAt": "t"});
    let one_null = json!({"internalMessageId": "msg_1", "id": null, "to": "+55", "createdAt": "t"});
    for data in [earlier, both, one_null] {
        for name in ["message.sent", "message.received", "message.reply", "message.failed"] {
            let wrapped = json!({"event": name, "data": data});
            let mut flat = data.clone();
            flat["event"] = json!(name);
            for body in [wrapped, flat] {
                let expected = [Some("msg_1"), Some("+55"), Some("t"), None, None];
                assert_eq!(fields(&event(&body)), expected, "{body}");
            }
        }
    }
}

/// The fields of the vendor's description of about June 2026, which precedes `data.id`.
#[test]
fn events_of_earlier_versions_have_the_time_of_the_event() {
    for (name, time) in [
        ("delivered", "deliveredAt"),
        ("read", "readAt"),
        ("failed", "failedAt"),
        ("sent", "sentAt"),
    ] {
        let mut data = json!({"messageId": "wamid.1", "internalMessageId": "msg_1",
            "destinationNumber": "+55", "sentAt": "t0", "environment": "LIVE"});
        data[time] = json!("t");
        let event = event(&json!({"event": format!("message.{name}"), "data": data}));
        let (id, at) = match &event {
            Event::MessageDelivered(event) => (&event.data.id, &event.data.created_at),
            Event::MessageRead(event) => (&event.data.id, &event.data.created_at),
            Event::MessageFailed(event) => (&event.data.id, &event.data.created_at),
            Event::MessageSent(event) => (&event.data.id, &event.data.created_at),
            other => panic!("{other:?}"),
        };
        let at = at.as_ref().map(Timestamp::as_str);
        assert_eq!((id.as_str(), at), ("msg_1", Some("t")), "{name}");
    }
}

/// Earlier versions gave received messages only the id of the provider.
#[test]
fn received_messages_of_earlier_versions_are_read() {
    let common = json!({"messageId": "wamid.1", "environment": "LIVE", "fromMe": false});
    let person = json!({"from": "+5511988887777", "destinationNumber": "+551133334444",
        "receivedAt": "t", "content": "Oi"});
    let author = json!({"fromNumber": "+5511988887777", "fromName": "Ana", "happenedAt": "t",
        "content": "Oi", "groupId": "1@g.us", "newsletterId": "1@newsletter"});
    for (name, more) in
        [("received", &person), ("reply", &person), ("group", &author), ("newsletter", &author)]
    {
        let mut data = common.clone();
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut flat = data.clone();
        let name = format!("message.{name}");
        flat["event"] = json!(name);
        for body in [json!({"event": name, "data": data}), flat] {
            let event = event(&body);
            macro_rules! found {
                ($data:expr) => {{
                    let data = &$data;
                    let time = data.created_at.as_ref().map(Timestamp::as_str);
                    let texts = [data.message_id.as_deref(), time, data.content.as_deref()];
                    (data.id.as_str(), texts, data.sender(), data.participant_name.as_deref())
                }};
            }
            let (id, texts, sender, participant) = match &event {
                Event::MessageReceived(event) => found!(event.data),
                Event::MessageReply(event) => found!(event.data),
                Event::MessageGroup(event) => found!(event.data),
                Event::MessageNewsletter(event) => found!(event.data),
                other => panic!("{other:?}"),
            };
            assert_eq!((id, sender), ("wamid.1", Some("+5511988887777")), "{body}");
            assert_eq!(texts, ["wamid.1", "t", "Oi"].map(Some), "{body}");
            assert_eq!(participant.is_some(), body.to_string().contains("fromName"));
            assert_eq!(event.json(), body);
        }
    }
    // The id of the provider is not the one that a send returned.
    let sent = json!({"event": "message.sent", "data": {"messageId": "wamid.1"}});
    assert_eq!(unknown(sent.to_string()).name, "message.sent");
}

#[test]
fn the_content_of_a_reply_is_its_text_in_every_version() {
    for (texts, content, replied) in [
        (json!({"content": "Oi?", "replyContent": "Sim"}), Some("Sim"), Some("Oi?")),
        (json!({"replyContent": "Sim"}), Some("Sim"), None),
        (json!({"content": null, "replyContent": "Sim"}), Some("Sim"), None),
        (json!({"content": "Sim", "contentReplied": "Oi?"}), Some("Sim"), Some("Oi?")),
        (
            json!({"content": "Sim", "contentReplied": "Oi?", "replyContent": "x"}),
            Some("Sim"),
            Some("Oi?"),
        ),
        (json!({"contentReplied": "Oi?", "replyContent": "Sim"}), Some("Sim"), Some("Oi?")),
        (json!({"content": "Sim", "replyContent": null}), Some("Sim"), None),
    ] {
        let mut data = texts.clone();
        data["id"] = json!("msg_1");
        let event = event(&json!({"event": "message.reply", "data": data}));
        assert_eq!(fields(&event)[3..], [content, replied], "{texts}");
    }
}

#[test]
fn the_error_of_a_failed_message_is_read_under_either_name() {
    for (given, expected) in [
        (json!({"error": "a"}), Some("a")),
        (json!({"errorMessage": "b"}), Some("b")),
        (json!({"error": "a", "errorMessage": "b"}), Some("a")),
        (json!({}), None),
    ] {
        let mut data = given.clone();
        data["id"] = json!("msg_1");
        let event = event(&json!({"event": "message.failed", "data": data}));
        let Event::MessageFailed(event) = event else { panic!("{event:?}") };
        assert_eq!(event.data.error.as_deref(), expected, "{given}");
    }
}
