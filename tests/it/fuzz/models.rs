//! Successes of every operation, with mutated examples as bodies.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::mutation::{changed, changes};
use super::{Wire, config};
use crate::operations::case::{self, Call};
use crate::operations::cases;
use crate::support::ServerResponse;

#[test]
fn every_model_is_read_without_loss_or_is_an_error() {
    let cases: Vec<(Call, Value)> =
        cases().into_iter().map(|(id, call)| (call, case::example(id))).collect();
    let wire = Wire::start();
    let input = (any::<Index>(), changes());
    let read = Cell::new(0);
    proptest!(config(), |((index, changes) in input)| {
        let (call, example) = &cases[index.index(cases.len())];
        let body = changed(example.clone(), &changes);
        let json = [("content-type", "application/json")];
        let response = ServerResponse::new(200, &json, &body);
        if let Ok(value) = wire.call(response, async |client| call(client).await) {
            read.set(read.get() + 1);
            // Serializing and decoding the value again must not change it.
            let again = ServerResponse::new(200, &json, value.to_string());
            let again = wire.call(again, async |client| call(client).await);
            let again = again.map_err(|error| TestCaseError::fail(format!("{error}: {value}")))?;
            prop_assert!(is_same(&value, &again), "{value}, and again {again}");
        }
    });
    assert!(read.get() > 0, "no body was read");
}

/// Compares two values, as serde_json may round the last digit of a number differently.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let is_in_other = |(name, value)| other.get(name).is_some_and(|it| is_same(value, it));
            one.len() == other.len() && one.iter().all(is_in_other)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, it)| is_same(one, it))
        }
        (Value::Number(one), Value::Number(other)) if one != other => {
            let numbers = one.as_f64().zip(other.as_f64());
            numbers.is_some_and(|(one, other)| (one - other).abs() <= one.abs() * 1e-15)
        }
        _ => one == other,
    }
}
