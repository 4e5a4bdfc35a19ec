//! Leaves one response to the generator, the success. Of the others, of which the
//! hand-written layer makes its error, only the words are kept.

use serde_json::{Map, Value, json};

use super::media::{self, JSON};

/// Adapts the responses of an operation, and says what its `Accept` has to be
/// where it is not the generator's.
pub fn adapt(
    method: &str,
    operation: &mut Value,
    notes: &mut Vec<String>,
) -> Result<Option<String>, String> {
    let responses = operation.get_mut("responses").map(Value::take).unwrap_or_default();
    let responses = responses.as_object().cloned().unwrap_or_default();
    let (mut successes, errors): (Map<_, _>, Map<_, _>) = responses
        .into_iter()
        .filter(|(status, _)| !status.starts_with("x-"))
        .partition(|(status, _)| status.starts_with('2'));
    describe_errors(operation, &errors);
    if let Some(default) = errors.get("default").filter(|_| successes.is_empty()) {
        successes.insert("default".to_owned(), default.clone());
    }
    if successes.is_empty() {
        notes.push("it has no 2xx response; what one holds is not read".to_owned());
    }
    let mut answers = Vec::new();
    for success in successes.values().filter(|_| method != "head") {
        answers.push(answer(success)?);
    }
    let first = successes.values().next();
    let description = first.and_then(|response| response.get("description")).cloned();
    let mut success = json!({ "description": description.unwrap_or_else(|| json!("")) });
    let accept = answers.iter().flatten().find_map(|(name, _)| media::unusual(name, JSON));
    if let Some(schema) = one_schema(&answers) {
        success["content"] = json!({ JSON: { "schema": schema } });
    }
    // Whichever 2xx status the server picks: 200 where the document says 201
    // must not fail a call.
    operation["responses"] = json!({ "2XX": success });
    Ok(accept)
}

fn describe_errors(operation: &mut Value, errors: &Map<String, Value>) {
    let errors: Vec<String> = errors
        .iter()
        .filter(|(status, _)| *status != "default")
        .map(|(status, response)| {
            format!("{status} ({})", response["description"].as_str().unwrap_or_default())
        })
        .collect();
    if !errors.is_empty() {
        let description = operation["description"].as_str().unwrap_or_default();
        operation["description"] =
            json!(format!("{description}\n\nDocumented errors: {}.", errors.join(", ")));
    }
}

/// The media type and schema of an answer; none where it is empty.
fn answer(response: &Value) -> Result<Option<(String, Value)>, String> {
    let content = response.get("content").unwrap_or(&Value::Null);
    if let Some((name, media_type)) = media::json(content) {
        let schema = media_type.get("schema").cloned().unwrap_or_else(|| json!({}));
        return Ok(Some((name.clone(), schema)));
    }
    match content.as_object().and_then(|types| types.keys().next()) {
        Some(name) => Err(format!("its answer is {name}, and only JSON is read")),
        None => Ok(None),
    }
}

/// One schema for all answers: null stands for one that is empty.
fn one_schema(answers: &[Option<(String, Value)>]) -> Option<Value> {
    let mut schemas: Vec<&Value> = answers.iter().flatten().map(|(_, schema)| schema).collect();
    schemas.dedup();
    let empty = answers.iter().any(Option::is_none);
    match (schemas.as_slice(), empty) {
        ([], _) => None,
        ([only], false) => Some((*only).clone()),
        ([only], true) => Some(json!({"allOf": [only], "nullable": true})),
        (several, empty) => Some(json!({"oneOf": several, "nullable": empty})),
    }
}
