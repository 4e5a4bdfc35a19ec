//! Scalars with a JSON type other than the documented one: numbers and booleans as strings,
//! integers with a fraction, strings as numbers. Each scalar of a success is changed alone,
//! then all together.

use pilot_status::mock::sign_delivery;
use pilot_status::types::{CancelledMessages as Cancelled, CheckoutAmount};
use pilot_status::webhooks::{Event, Verifier};
use serde_json::{Value, json};

use crate::operations::case::{self, Called, Operation};
use crate::operations::newer;

/// Asserts that an operation reads the intended values.
pub async fn check(id: &str, call: for<'c> fn(&'c pilot_status::Client) -> Called<'c>) {
    let Some(body) = Operation::find(id).newer().into_iter().next() else { return };
    let bodies = spelled(&body);
    let sandbox = case::sandbox(id, bodies.iter().map(case::ok)).await;
    let client = sandbox.client();
    for body in bodies {
        let read = call(&client).await.unwrap_or_else(|error| panic!("{error}: {body}"));
        assert_eq!(meant(&newer::known(&read)), meant(&newer::known(&body)), "{body}");
    }
}

#[test]
fn events_with_other_scalar_types_are_read() {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let events = &document["components"]["schemas"]["WebhookEvent"]["discriminator"]["mapping"];
    for (name, schema) in events.as_object().unwrap() {
        let mut body = newer::bodies(&document, &json!({ "$ref": schema })).swap_remove(0);
        body.as_object_mut().unwrap().remove("event");
        for mut body in spelled(&body) {
            body["event"] = json!(name);
            let body = body.to_string();
            let signature = sign_delivery("secret", &body);
            let event = Verifier::new("secret").verify(signature, &body).unwrap();
            assert_eq!(event.name(), name);
            assert!(!matches!(event, Event::Unknown(_)), "{event:?} {body}");
        }
    }
}

#[test]
fn a_number_as_text_is_read_in_a_union_without_text() {
    fn read<T: serde::de::DeserializeOwned>(value: impl Into<Value>) -> T {
        serde_json::from_value(value.into()).unwrap()
    }
    for three in [json!(3), json!(3.0), json!("3")] {
        assert_eq!(read::<Cancelled>(three), Cancelled::Count(3));
    }
    for other in [json!("three"), json!("3.5"), json!(true), json!({"0": 3}), json!([[]])] {
        assert_eq!(read::<Cancelled>(other.clone()), Cancelled::Unknown(other));
    }
    assert_eq!(read::<CheckoutAmount>("50"), CheckoutAmount::String("50".to_owned()));
    assert_eq!(read::<CheckoutAmount>(50), CheckoutAmount::Number(50.0));
}

fn spelled(body: &Value) -> Vec<Value> {
    let mut scalars = Vec::new();
    places(body, String::new(), &mut scalars);
    let with = |body: &Value, place: &str, spelling: Value| {
        let mut body = body.clone();
        *body.pointer_mut(place).unwrap() = spelling;
        body
    };
    let mut spelled = Vec::new();
    let mut all = body.clone();
    for place in scalars {
        for spelling in spellings(body.pointer(&place).unwrap()) {
            spelled.push(with(body, &place, spelling.clone()));
            all = with(&all, &place, spelling);
        }
    }
    spelled.push(all);
    spelled
}

fn places(value: &Value, here: String, scalars: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            places(field, format!("{here}/{}", name.replace('/', "~1")), scalars);
        }),
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .for_each(|(index, entry)| places(entry, format!("{here}/{index}"), scalars)),
        Value::Null => {}
        _ => scalars.push(here),
    }
}

fn spellings(scalar: &Value) -> Vec<Value> {
    match scalar {
        Value::Number(number) if number.is_f64() => vec![json!(number.to_string())],
        Value::Number(number) => vec![json!(number.as_f64()), json!(number.to_string())],
        Value::Bool(is_true) => {
            vec![json!(is_true.to_string()), json!(is_true.to_string().to_uppercase())]
        }
        _ => vec![json!(4711)],
    }
}

/// Normalizes all scalars to one notation.
fn meant(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), meant(field))).collect()
        }
        Value::Array(entries) => entries.iter().map(meant).collect(),
        Value::Null => Value::Null,
        Value::Number(number) => json!(number.as_f64().unwrap().to_string()),
        Value::String(text) => json!(text.to_lowercase()),
        Value::Bool(is_true) => json!(is_true.to_string()),
    }
}
