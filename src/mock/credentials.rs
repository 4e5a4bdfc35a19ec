//! Checks the credentials of requests.

use http::HeaderMap;

use super::document::Operation;
use crate::operation::{API_KEY, API_KEY_ID};

/// The credentials that the sandbox accepts.
pub const ACCEPTED_API_KEY: &str = "ps_sandbox";
pub const ACCEPTED_API_KEY_ID: &str = "ck_sandbox";

/// Whether the headers have the credentials that an operation requires, if any.
pub fn is_authorized(operation: &Operation, headers: &HeaderMap) -> bool {
    let is_accepted = |name: &str| {
        headers.get(name).is_some_and(|value| Some(value.as_bytes()) == accepted(name))
    };
    operation.credentials.is_empty()
        || operation.credentials.iter().any(|all| all.iter().copied().all(is_accepted))
}

/// Marks credentials, so that they are not printed.
pub fn mark_sensitive(headers: &mut HeaderMap) {
    for name in [API_KEY, API_KEY_ID, "authorization", "cookie"] {
        if let Some(value) = headers.get_mut(name) {
            value.set_sensitive(true);
        }
    }
}

fn accepted(header: &str) -> Option<&'static [u8]> {
    match header {
        API_KEY => Some(ACCEPTED_API_KEY.as_bytes()),
        API_KEY_ID => Some(ACCEPTED_API_KEY_ID.as_bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;
    use crate::mock::document::Document;

    #[test]
    fn an_operation_requires_the_credentials_of_its_security() {
        let scheme = |name| json!({"type": "apiKey", "in": "header", "name": name});
        let document = Document::of(json!({
            "security": [{"key": []}, {"id": []}],
            "components": {"securitySchemes": {"key": scheme(API_KEY), "id": scheme(API_KEY_ID)}},
            "paths": {"/a": {
                "get": {"operationId": "either"},
                "put": {"operationId": "both", "security": [{"key": [], "id": []}]},
                "post": {"operationId": "public", "security": []},
                "patch": {"operationId": "optional", "security": [{}, {"key": []}]},
            }},
        }));
        let authorized = |names: &[(&'static str, &'static str)]| -> Vec<&str> {
            let value = |value| HeaderValue::from_static(value);
            let names = names.iter().map(|(name, key)| ((*name).parse().unwrap(), value(key)));
            let headers: HeaderMap = names.collect();
            let operations = document.operations.iter();
            operations.filter(|one| is_authorized(one, &headers)).map(|one| one.id).collect()
        };
        let (key, id) = ((API_KEY, ACCEPTED_API_KEY), (API_KEY_ID, ACCEPTED_API_KEY_ID));
        assert_eq!(authorized(&[]), ["public", "optional"]);
        assert_eq!(authorized(&[(API_KEY, "ps_other")]), ["public", "optional"]);
        assert_eq!(authorized(&[id]), ["either", "public", "optional"]);
        assert_eq!(authorized(&[key, id]), ["either", "both", "public", "optional"]);
    }
}
