//! Bounds and counts.

use std::cmp::Ordering;

use anyhow::Result;
use serde_json::{Number, Value};

use super::Schema;
use crate::convert::refuse;
use crate::pointer::Pointer;

const COUNTS: &[&str] =
    &["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

pub(super) fn exclusive_bounds(schema: &mut Schema) {
    exclusive_bound(schema, "minimum", "exclusiveMinimum", Ordering::Greater);
    exclusive_bound(schema, "maximum", "exclusiveMaximum", Ordering::Less);
}

/// A number in 3.1 is a flag beside the bound in 3.0. Of two bounds the
/// narrower counts.
fn exclusive_bound(schema: &mut Schema, bound: &str, exclusive: &str, narrower: Ordering) {
    let Some(Value::Number(limit)) = schema.get(exclusive).cloned() else {
        // A flag from 3.0 means nothing without the bound.
        if !schema.contains_key(bound) {
            schema.remove(exclusive);
        }
        return;
    };
    schema.remove(exclusive);
    let inclusive = schema.get(bound).and_then(Value::as_number);
    if inclusive.is_none_or(|inclusive| compare(inclusive, &limit) != Some(narrower)) {
        schema.insert(bound.into(), limit.into());
        schema.insert(exclusive.into(), true.into());
    }
}

fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// `1.0` is an integer in JSON Schema, and not to all readers of 3.0.
pub(super) fn counts(schema: &mut Schema, at: &Pointer) -> Result<()> {
    for key in COUNTS {
        if let Some(count) = schema.get_mut(*key) {
            to_integer(count);
            if !count.is_u64() {
                return Err(refuse(&at.join(key), "a count was expected"));
            }
        }
    }
    if schema.get("multipleOf").and_then(Value::as_f64).is_some_and(|factor| factor <= 0.0) {
        return Err(refuse(&at.join("multipleOf"), "a number above 0 was expected"));
    }
    Ok(())
}

/// Writes a number without fraction as an integer.
pub(super) fn to_integer(value: &mut Value) {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    if let Some(float) = value.as_f64().filter(|_| value.is_f64())
        && float.fract() == 0.0
        && float.abs() < 9e15
    {
        *value = (float as i64).into();
    }
}
