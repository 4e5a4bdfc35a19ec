//! Values as the client writes them into a query.

use httpmock::When;
use serde::Serialize;
use serde_json::Value;

/// Expects a value in a query: a list as one parameter for each of its values.
pub(crate) fn expect(when: When, name: &str, value: &impl Serialize) -> When {
    // What cannot be written is not sent either.
    match serde_json::to_value(value).unwrap_or_default() {
        Value::Array(values) => {
            values.iter().fold(when, |when, value| when.query_param(name, text(value)))
        }
        value => when.query_param(name, text(&value)),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
