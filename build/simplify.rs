//! Removes from the document what the generator must not read. Bounds and patterns would become
//! types that refuse the values of a newer server, and the hand-written layer decodes error
//! responses.

use serde_json::{Map, Value, json};

use super::reach::Reach;
use super::schema::{self, elements_mut, entries, entries_mut, operations_mut, visit};
use super::select::features;

/// The header parameter that the client sets itself.
pub const NUMBER_ID: &str = "x-whatsapp-number-id";

/// The header parameter that the client sets if the caller does not.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The format of dates in responses. They become a `crate::Timestamp`, which keeps any text.
/// Dates in requests stay `chrono::DateTime<Utc>`.
pub const TIMESTAMP: &str = "timestamp";

/// Replaces references to shared parameters, bodies and responses with their content.
pub fn inline_shared(document: &mut Value) {
    let components = document["components"].clone();
    let inline = |part: &mut Value| {
        let pointer = part["$ref"].as_str().and_then(|target| target.strip_prefix("#/components"));
        if let Some(shared) = pointer.and_then(|pointer| components.pointer(pointer)) {
            *part = shared.clone();
        }
    };
    for operation in operations_mut(document) {
        elements_mut(operation, "parameters").for_each(inline);
        operation.get_mut("requestBody").into_iter().for_each(inline);
        entries_mut(operation, "responses").map(|(_, response)| response).for_each(inline);
    }
}

/// Simplifies the operations and schemas of a document.
pub fn simplify(document: &mut Value, reach: &Reach) {
    for operation in operations_mut(document) {
        describe(operation);
        simplify_parameters(operation);
        operation["responses"] = success(operation);
        if let Some(entries) = operation.as_object_mut() {
            entries.retain(|key, _| !key.starts_with("x-") && key != "callbacks");
        }
    }
    for (name, schema) in entries_mut(&mut document["components"], "schemas") {
        visit(schema, &mut |schema| simplify_schema(schema, !reach.is_only_sent(name)));
    }
}

/// Adds the documented errors and the feature to the description of an operation.
fn describe(operation: &mut Value) {
    let errors = entries(operation, "responses")
        .filter(|(status, _)| status.starts_with(['3', '4', '5']))
        .map(|(status, error)| {
            format!("{status} ({})", error["description"].as_str().unwrap_or_default())
        });
    let errors = errors.collect::<Vec<_>>().join(", ");
    let features = features(operation).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let mut text = vec![operation["description"].as_str().unwrap_or_default().to_owned()];
    if !errors.is_empty() {
        text.push(format!("Documented errors: {errors}."));
    }
    text.push(format!("Cargo feature: {}.", features.join(" or ")));
    operation["description"] = json!(text.join("\n\n"));
}

fn simplify_parameters(operation: &mut Value) {
    if let Some(Value::Array(all)) = operation.get_mut("parameters") {
        all.retain(|parameter| !is_header(parameter, NUMBER_ID));
    }
    for parameter in elements_mut(operation, "parameters") {
        if is_header(parameter, IDEMPOTENCY_KEY) {
            parameter["required"] = json!(false);
        }
        visit(&mut parameter["schema"], &mut |schema| simplify_schema(schema, false));
    }
}

/// Whether a parameter is the header with a name.
pub fn is_header(parameter: &Value, name: &str) -> bool {
    parameter["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// One response for every 2xx status: a call must not fail if the server sends 200 in place of
/// 201.
fn success(operation: &Value) -> Value {
    let mut success = schema::success(operation).clone();
    match success.get_mut("content").map(|content| content.get_mut("application/json")) {
        Some(Some(body)) => visit(&mut body["schema"], &mut |part| simplify_schema(part, true)),
        Some(None) => success["content"] = json!({"application/octet-stream": {}}),
        None => {}
    }
    json!({"2XX": success})
}

fn simplify_schema(schema: &mut Map<String, Value>, is_received: bool) {
    schema.retain(|key, _| is_read(key));
    take_null_for_nullable(schema);
    // `unions` and `rules` read the alternatives.
    schema.remove("anyOf");
    if schema.contains_key("properties") {
        schema.remove("allOf");
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => _ = schema.remove("additionalProperties"),
        // Undocumented members may be any JSON.
        Some(_) if schema.contains_key("properties") => {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
        _ => {}
    }
    let text = |key| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_date = matches!(
        (text("type"), text("format")),
        ("string", "date-time" | "date") | ("integer", "unixtime")
    );
    if is_received && is_date {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!(TIMESTAMP));
    }
}

/// Whether the generator may read a keyword of a schema.
#[rustfmt::skip]
fn is_read(key: &str) -> bool {
    matches!(key, "$ref" | "type" | "format" | "nullable" | "enum" | "description" | "deprecated"
        | "properties" | "required" | "items" | "additionalProperties" | "allOf" | "anyOf")
}

/// Turns `anyOf` of a reference and null into a nullable reference.
fn take_null_for_nullable(schema: &mut Map<String, Value>) {
    let either = schema.get("anyOf").cloned().unwrap_or_default();
    if either[1]["enum"] == json!([null]) {
        schema.insert("allOf".to_owned(), json!([either[0]]));
        schema.insert("nullable".to_owned(), json!(true));
    }
}
