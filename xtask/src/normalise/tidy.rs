//! Drops from schemas what says nothing.

use serde_json::{Map, Value, json};

/// Tidies a schema.
pub fn tidy(schema: &mut Map<String, Value>) {
    schema.retain(|key, value| key != "required" || *value != json!([]));
    for key in ["enum", "required"] {
        if let Some(values) = schema.get_mut(key).and_then(Value::as_array_mut) {
            drop_repeated(values);
        }
    }
}

fn drop_repeated(values: &mut Vec<Value>) {
    let mut kept: Vec<Value> = Vec::new();
    for value in values.drain(..) {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    *values = kept;
}
