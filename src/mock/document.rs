//! The API document that the sandbox simulates.

use std::sync::LazyLock;

use http::Method;
use serde_json::Value;

use super::operation_id::OperationId;
use crate::operation::matches;

/// The document that the client was generated from.
pub static ROOT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).unwrap_or_default());

/// Finds the operation of a request. If there is none, returns the methods of the path, separated
/// by commas. A fixed segment takes precedence over a parameter, even if its path lacks the method.
pub fn find(method: &Method, path: &str) -> Result<OperationId, String> {
    let all = OperationId::ALL.iter().copied();
    let matching: Vec<OperationId> = all.filter(|one| is_at(path, one.path())).collect();
    // `{` follows all letters.
    let path = matching.iter().map(|operation| operation.path()).min();
    let allowed = || matching.iter().copied().filter(|operation| Some(operation.path()) == path);
    allowed().find(|operation| operation.method() == *method).ok_or_else(|| {
        let methods: Vec<String> = allowed().map(|one| one.method().to_string()).collect();
        methods.join(", ")
    })
}

/// Whether a path has the fixed segments of a template, in the same case.
fn is_at(path: &str, template: &str) -> bool {
    let mut segments = path.split('/').zip(template.split('/'));
    matches(path, template) && segments.all(|(one, fixed)| one == fixed || fixed.contains('{'))
}

impl OperationId {
    fn value(self) -> &'static Value {
        &ROOT["paths"][self.path()][self.method().as_str().to_ascii_lowercase()]
    }

    /// The alternative sets of security schemes.
    pub(super) fn security(self) -> &'static Value {
        self.value().get("security").unwrap_or(&ROOT["security"])
    }

    pub(super) fn parameters(self) -> impl Iterator<Item = &'static Value> {
        list(&self.value()["parameters"]).iter().map(resolve)
    }

    /// Whether the operation has a parameter in a location. Header names are case-insensitive.
    pub(super) fn has_parameter(self, place: &str, name: &str) -> bool {
        self.parameters().any(|parameter| {
            let own = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == place
                && (own == name || place == "header" && own.eq_ignore_ascii_case(name))
        })
    }

    pub(super) fn body(self) -> Option<&'static Value> {
        self.value().get("requestBody").map(resolve)
    }

    /// The responses by status.
    pub(super) fn responses(self) -> impl Iterator<Item = (&'static str, &'static Value)> {
        entries(&self.value()["responses"]).map(|(status, response)| (status, resolve(response)))
    }
}

/// The target of a reference, or the part itself if it is not a reference.
pub fn resolve(part: &Value) -> &Value {
    let target = part["$ref"].as_str().and_then(|pointer| pointer.strip_prefix('#'));
    target.and_then(|pointer| ROOT.pointer(pointer)).unwrap_or(part)
}

/// The entries of a list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The entries of an object.
pub fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.as_str(), value))
}
