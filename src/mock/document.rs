//! The API document that the sandbox simulates.

use std::sync::LazyLock;

use http::Method;
use serde_json::{Map, Value};

/// The document that the client was generated from.
static ROOT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).unwrap_or_default());

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::new(&ROOT));

/// The fields of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The parts of a document that a server needs.
pub struct Document {
    pub operations: Vec<Operation>,
    pub root: &'static Value,
}

/// An operation of a document.
pub struct Operation {
    /// The `operationId`.
    pub id: &'static str,
    pub method: Method,
    /// The path template, such as `/v1/numbers/{id}`.
    pub path: &'static str,
    /// The parameters of the operation and its path, with references resolved.
    pub parameters: Vec<&'static Value>,
    pub body: Option<&'static Value>,
    /// The responses by status, with references resolved.
    pub responses: Vec<(&'static str, &'static Value)>,
    /// Sets of headers. A request needs all credentials of one set.
    pub credentials: Vec<Vec<&'static str>>,
}

impl Document {
    /// The document of this crate.
    pub fn get() -> &'static Self {
        &DOCUMENT
    }

    /// Another document, for a test.
    #[cfg(test)]
    pub fn of(root: Value) -> Self {
        Self::new(Box::leak(Box::new(root)))
    }

    fn new(root: &'static Value) -> Self {
        let items = entries(&root["paths"]);
        let operations = items.flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                Operation::new(root, method, path, item, item.get(*method)?)
            })
        });
        Self { operations: operations.collect(), root }
    }

    /// The operation with an `operationId`.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

impl Operation {
    fn new(
        root: &'static Value,
        method: &str,
        path: &'static str,
        item: &'static Value,
        value: &'static Value,
    ) -> Option<Self> {
        let parameters = list(&item["parameters"]).iter().chain(list(&value["parameters"]));
        let responses = entries(&value["responses"]);
        Some(Self {
            id: value["operationId"].as_str()?,
            method: method.to_uppercase().parse().ok()?,
            path,
            parameters: parameters.map(|parameter| resolve(root, parameter)).collect(),
            body: value.get("requestBody").map(|body| resolve(root, body)),
            responses: responses
                .map(|(status, response)| (status, resolve(root, response)))
                .collect(),
            credentials: credentials(root, value),
        })
    }

    /// The response with a status.
    pub fn response(&self, status: &str) -> Option<&'static Value> {
        self.responses.iter().find(|(other, _)| *other == status).map(|(_, response)| *response)
    }

    /// The parameter with a place and a name. Names of headers ignore case.
    pub fn parameter(&self, place: &str, name: &str) -> Option<&'static Value> {
        let is_match = |parameter: &&&Value| {
            let own = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == place
                && (own == name || place == "header" && own.eq_ignore_ascii_case(name))
        };
        self.parameters.iter().find(is_match).copied()
    }
}

fn credentials(root: &'static Value, operation: &'static Value) -> Vec<Vec<&'static str>> {
    let security = operation.get("security").unwrap_or(&root["security"]);
    let schemes = &root["components"]["securitySchemes"];
    let header = |(name, _): (&str, _)| schemes[name]["name"].as_str();
    list(security).iter().map(|all| entries(all).filter_map(header).collect()).collect()
}

/// The target of a reference, or the part itself if it is not a reference.
pub fn resolve<'a>(root: &'a Value, part: &'a Value) -> &'a Value {
    let target = part["$ref"].as_str().and_then(|pointer| pointer.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(part)
}

/// The entries of a list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The entries of an object.
pub fn entries(value: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let entries = value.as_object().into_iter().flat_map(Map::iter);
    entries.map(|(name, value)| (name.as_str(), value))
}
