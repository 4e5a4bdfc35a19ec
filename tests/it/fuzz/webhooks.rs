//! Webhook deliveries: almost valid signatures, and mutated bodies of every kind.

use std::cell::Cell;

use pilot_status::mock::{delivery, sign_delivery};
use pilot_status::webhooks::{AddressToken, Event, Verifier};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::config;
use super::mutation::{changed, changes};

const SECRET: &str = "plwh_marked_0123456789";

/// Returns a delivery of every kind.
fn deliveries() -> Vec<Value> {
    let fields = json!({
        "id": "msg_1", "numberId": "num_1", "leadId": "lead_1", "leadgenId": "1", "instance": "i",
        "status": "SENT", "content": "Oi", "replyContent": "Sim", "senderNumber": "+5511988887777",
        "createdAt": "2026-06-28T10:00:00Z", "lineId": "line_1", "error": "a", "participants": [],
    });
    let events = Event::KNOWN.iter().map(|name| delivery::event(name, &fields));
    let message = json!({
        "id": "wamid.1", "from": "5511988887777", "timestamp": "1782640800", "type": "text",
        "text": {"body": "Oi"}, "context": {"id": "wamid.0"}, "referral": {"source_id": "1"},
        "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Sim"}},
    });
    let status = json!({
        "id": "wamid.1", "status": "failed", "timestamp": 1_782_640_800, "recipient_id": "1",
        "errors": [{"code": 131_047, "title": "a", "error_data": {"details": "b"}}],
    });
    let meta = [
        delivery::meta_message(&message),
        delivery::meta_status(&status),
        delivery::meta("calls", &json!({"calls": [message]})),
        delivery::meta("smb_message_echoes", &json!({"message_echoes": [message]})),
    ];
    events.chain(meta).map(|body| serde_json::from_str(&body).unwrap()).collect()
}

#[test]
fn every_signed_delivery_keeps_its_body() {
    let deliveries = deliveries();
    let input = (any::<Index>(), changes());
    let known = Cell::new(0);
    proptest!(config(), |((index, changes) in input)| {
        let body = changed(deliveries[index.index(deliveries.len())].clone(), &changes);
        let event = Verifier::new(SECRET).verify(sign_delivery(SECRET, &body), &body).unwrap();
        prop_assert_eq!(event.raw(), &body);
        prop_assert_eq!(&event, &Event::from_unverified(&body));
        // Printing must not panic.
        _ = format!("{event:?} {event:#?} {} {}", event.name(), event.json());
        if let Event::Meta(envelope) = &event {
            _ = format!("{envelope:?}");
        }
        known.set(known.get() + u32::from(!matches!(event, Event::Unknown(_))));
    });
    assert!(known.get() > 0, "no delivery was recognized");
}

/// A mutation of a signature.
#[derive(Clone, Debug)]
enum Change {
    Put(Index, u8),
    Cut(Index),
    Add(Vec<u8>),
    Prefix(&'static str),
    Case,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), prop_oneof![any::<u8>(), b'0'..=b'9', b'a'..=b'f'])
            .prop_map(|(at, byte)| Change::Put(at, byte)),
        any::<Index>().prop_map(Change::Cut),
        proptest::collection::vec(any::<u8>(), 1..4).prop_map(Change::Add),
        proptest::sample::select(&["sha256=", "SHA256= ", "sha1=", " ", "0x"][..])
            .prop_map(Change::Prefix),
        Just(Change::Case),
    ]
}

/// Normalizes a signature to its digits, as the documentation allows several notations.
fn digits(signature: &[u8]) -> String {
    let text = String::from_utf8_lossy(signature).to_lowercase();
    let text = text.trim_matches(|char: char| char.is_ascii_whitespace());
    text.strip_prefix("sha256=").unwrap_or(text).trim_ascii_start().to_owned()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn only_the_exact_signature_is_accepted(
        body in proptest::collection::vec(any::<u8>(), 0..40),
        changes in proptest::collection::vec(change(), 0..3),
    ) {
        let right = sign_delivery(SECRET, &body);
        let mut given = right.clone().into_bytes();
        for change in changes {
            match change {
                Change::Put(at, byte) if !given.is_empty() => {
                    let at = at.index(given.len());
                    given[at] = byte;
                }
                Change::Put(..) => {}
                Change::Cut(at) => given.truncate(at.index(given.len() + 1)),
                Change::Add(bytes) => given.extend(bytes),
                Change::Prefix(prefix) => drop(given.splice(..0, prefix.bytes())),
                Change::Case => given.make_ascii_uppercase(),
            }
        }
        let verifier = Verifier::new("another secret").with_previous_secret(SECRET);
        let result = verifier.verify(&given, &body);
        prop_assert_eq!(result.is_ok(), digits(&given) == right, "{:?}", given);
        if let Err(error) = result {
            let shown = format!("{verifier:?} {error} {error:?}");
            prop_assert!(!shown.contains("marked") && !shown.contains(&right), "{shown}");
        }
        // The signature does not match another body.
        let other = [&body[..], b" "].concat();
        prop_assert!(verifier.verify(&right, other).is_err());
    }

    #[test]
    fn an_address_token_matches_only_itself(token in any::<String>(), other in any::<String>()) {
        let matches = AddressToken::new(&token).matches(&other);
        prop_assert!(!matches || token.trim() == other);
    }
}
