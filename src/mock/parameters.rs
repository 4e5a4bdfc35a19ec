//! Validates the parameters of a request against the document.

use reqwest::Url;
use serde_json::{Value, json};

use super::document::{Document, Operation};
use super::recorded::RecordedRequest;
use super::schema;

/// The decoded parameters of a query.
pub fn query(query: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://sandbox/?{query}"));
    url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

/// Validates path, query and headers. The error states what is wrong, and where.
pub fn check(
    operation: &Operation,
    path: &[(&'static str, String)],
    request: &RecordedRequest,
) -> Result<(), String> {
    for parameter in &operation.parameters {
        let (place, name) = (text(&parameter["in"]), text(&parameter["name"]));
        let values: Vec<&str> = match place {
            "path" => path.iter().filter(|(own, _)| *own == name).map(|(_, v)| &**v).collect(),
            "query" => of_query(request, name).collect(),
            "header" => of_headers(request, name)?,
            // A test checks that the document has no other places.
            _ => continue,
        };
        check_one(parameter, &values)
            .map_err(|what| format!("the {place} parameter {name}{what}"))?;
    }
    let known = |name: &str| operation.parameter("query", name).is_some();
    match request.query.iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(format!("the operation has no query parameter {name}")),
        None => Ok(()),
    }
}

fn of_query<'a>(request: &'a RecordedRequest, name: &'a str) -> impl Iterator<Item = &'a str> {
    request.query.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
}

fn of_headers<'a>(request: &'a RecordedRequest, name: &str) -> Result<Vec<&'a str>, String> {
    let values = request.headers.get_all(name).iter().map(http::HeaderValue::to_str);
    values.collect::<Result<_, _>>().map_err(|_| format!("the header {name} is not ASCII"))
}

fn check_one(parameter: &'static Value, values: &[&str]) -> Result<(), String> {
    let root = Document::get().root;
    let kind = schema::kind(root, &parameter["schema"]);
    let value = match (kind, values) {
        (_, []) if parameter["required"] == true => return Err(" is missing".to_owned()),
        (_, []) => return Ok(()),
        (Some("array"), many) => {
            let item = schema::kind(root, &parameter["schema"]["items"]);
            many.iter().map(|text| typed(item, text)).collect()
        }
        (kind, [only]) => typed(kind, only),
        (_, _) => return Err(" occurs more than once".to_owned()),
    };
    schema::check(root, &parameter["schema"], &value).map_err(|violation| violation.to_string())
}

/// Parses a text as a type. Returns the text itself if it does not match.
fn typed(kind: Option<&str>, text: &str) -> Value {
    let value = match kind {
        Some("integer") => text.parse::<i64>().map(Value::from).ok(),
        Some("number") => text.parse::<f64>().map(Value::from).ok(),
        Some("boolean") => text.parse::<bool>().map(Value::from).ok(),
        _ => None,
    };
    value.unwrap_or_else(|| json!(text))
}

fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_default()
}
