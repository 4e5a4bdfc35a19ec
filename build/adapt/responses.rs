//! Leaves one response to the generator, the success. Of the others, of which the
//! hand-written layer makes its error, only the words are kept.

use serde_json::{Map, Value, json};

use super::media::{self, BYTES, JSON};

/// Adapts the responses of an operation, and says what its `Accept` has to be
/// where it is not the generator's.
pub fn adapt(method: &str, operation: &mut Value, notes: &mut Vec<String>) -> Option<String> {
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
    let with_body = successes.values().filter(|_| method != "head");
    let answers: Vec<Answer> = with_body.map(answer).collect();
    let first = successes.values().next();
    let description = first.and_then(|response| response.get("description")).cloned();
    let mut success = json!({ "description": description.unwrap_or_else(|| json!("")) });
    let mut accept = answers.iter().find_map(Answer::accept);
    if let Some(schema) = one_schema(&answers) {
        success["content"] = json!({ JSON: { "schema": schema } });
    } else if let Some(bytes) = answers.iter().find(|answer| matches!(answer, Answer::Bytes(_))) {
        success["content"] = json!({ BYTES: {} });
        accept = bytes.accept();
    }
    // Whichever 2xx status the server picks: 200 where the document says 201
    // must not fail a call.
    operation["responses"] = json!({ "2XX": success });
    accept
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

/// What a success holds.
enum Answer {
    /// JSON of a media type and a schema.
    Json(String, Value),
    /// Anything else, of a media type.
    Bytes(String),
    Empty,
}

impl Answer {
    /// What to ask for, where it is not what the generator asks for.
    fn accept(&self) -> Option<String> {
        match self {
            Self::Json(name, _) => media::unusual(name, JSON),
            // Errors are JSON, whatever a success is.
            Self::Bytes(name) => media::is_sayable(name).then(|| format!("{name}, {JSON}")),
            Self::Empty => Some(JSON.to_owned()),
        }
    }
}

fn answer(response: &Value) -> Answer {
    let content = response.get("content").unwrap_or(&Value::Null);
    if let Some((name, media_type)) = media::json(content) {
        let schema = media_type.get("schema").filter(|schema| schema.is_object());
        let schema = schema.cloned().unwrap_or_else(|| json!({}));
        return Answer::Json(name.clone(), schema);
    }
    match content.as_object().and_then(|types| types.keys().next()) {
        Some(name) => Answer::Bytes(name.clone()),
        None => Answer::Empty,
    }
}

/// One schema for all answers in JSON: null stands for one that is empty. Where some
/// are of another kind, all are read as they are.
fn one_schema(answers: &[Answer]) -> Option<Value> {
    let mut schemas: Vec<&Value> = Vec::new();
    for answer in answers {
        match answer {
            Answer::Json(_, schema) => schemas.push(schema),
            Answer::Bytes(_) => return None,
            Answer::Empty => {}
        }
    }
    schemas.dedup();
    let empty = answers.iter().any(|answer| matches!(answer, Answer::Empty));
    match (schemas.as_slice(), empty) {
        ([], _) => None,
        ([only], false) => Some((*only).clone()),
        ([only], true) => Some(json!({"allOf": [only], "nullable": true})),
        (several, empty) => Some(json!({"oneOf": several, "nullable": empty})),
    }
}
