//! Drops from schemas what says nothing.

use serde_json::{Map, Value, json};

/// Tidies a schema.
pub fn tidy(schema: &mut Map<String, Value>) {
    schema.retain(|key, value| key != "required" || *value != json!([]));
    for key in ["enum", "required"] {
        if let Some(values) = schema.get_mut(key).and_then(Value::as_array_mut) {
            let mut seen = Vec::new();
            values.retain(|value| {
                let is_new = !seen.contains(value);
                seen.push(value.clone());
                is_new
            });
        }
    }
}
