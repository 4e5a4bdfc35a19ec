//! Validates the parameters of a request against the document.

use percent_encoding::percent_decode_str;
use reqwest::Url;
use serde_json::{Value, json};

use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use super::schema;

/// The decoded parameters of a query.
pub fn query(query: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://sandbox/?{query}"));
    url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

/// Validates the path, query and headers. The error states the problem and its location.
pub fn check(operation: OperationId, request: &RecordedRequest) -> Result<(), String> {
    for parameter in operation.parameters() {
        let text = |key: &str| parameter[key].as_str().unwrap_or_default();
        let (place, name) = (text("in"), text("name"));
        let values: Vec<String> = match place {
            "path" => of_path(operation.path(), &request.path, name).into_iter().collect(),
            "query" => of_query(request, name).collect(),
            "header" => of_headers(request, name)?,
            // A test checks that the document has no other locations.
            _ => continue,
        };
        check_one(parameter, &values)
            .map_err(|what| format!("the {place} parameter {name}{what}"))?;
    }
    let mut names = request.query.iter().map(|(name, _)| name);
    let unknown = names.find(|name| !operation.has_parameter("query", name));
    unknown.map_or(Ok(()), |name| Err(format!("the operation has no query parameter {name}")))
}

fn of_path(template: &str, path: &str, name: &str) -> Option<String> {
    let placeholder = format!("{{{name}}}");
    let mut segments = template.split('/').zip(path.split('/'));
    let (_, value) = segments.find(|(segment, _)| *segment == placeholder)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn of_query(request: &RecordedRequest, name: &str) -> impl Iterator<Item = String> {
    request.query.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.clone())
}

fn of_headers(request: &RecordedRequest, name: &str) -> Result<Vec<String>, String> {
    let values = request.headers.get_all(name).iter();
    let values = values.map(|value| value.to_str().map(str::to_owned));
    values.collect::<Result<_, _>>().map_err(|_| format!("the header {name} is not ASCII"))
}

fn check_one(parameter: &Value, values: &[String]) -> Result<(), String> {
    let kind = schema::kind(&parameter["schema"]);
    let value = match (kind, values) {
        (_, []) if parameter["required"] == true => return Err(" is missing".to_owned()),
        (_, []) => return Ok(()),
        (Some("array"), many) => {
            let item = schema::kind(&parameter["schema"]["items"]);
            many.iter().map(|text| typed(item, text)).collect()
        }
        (kind, [only]) => typed(kind, only),
        (_, _) => return Err(" occurs more than once".to_owned()),
    };
    schema::check(&parameter["schema"], &value).map_err(|violation| violation.to_string())
}

/// Parses a text as a type. Returns the text as a string if it does not match.
fn typed(kind: Option<&str>, text: &str) -> Value {
    let value = match kind {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    value.unwrap_or_else(|| json!(text))
}
