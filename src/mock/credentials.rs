//! Checks the credentials of requests.

use http::HeaderMap;
use serde_json::Value;

use super::document::{ROOT, entries, list};
use crate::operation::{API_KEY, API_KEY_ID};

/// The credentials that the sandbox accepts.
pub const ACCEPTED_API_KEY: &str = "ps_sandbox";
pub const ACCEPTED_API_KEY_ID: &str = "ck_sandbox";

/// Whether the headers contain all credentials of a set of security schemes. True if there is
/// no set.
pub fn is_authorized(security: &Value, headers: &HeaderMap) -> bool {
    let schemes = &ROOT["components"]["securitySchemes"];
    let is_accepted = |(scheme, _): (&str, _)| {
        let name = schemes[scheme]["name"].as_str().unwrap_or_default();
        headers.get(name).is_some_and(|value| Some(value.as_bytes()) == accepted(name))
    };
    let sets = list(security);
    sets.is_empty() || sets.iter().any(|set| entries(set).all(is_accepted))
}

/// Marks credentials as sensitive, so that `Debug` does not print them.
pub fn mark_sensitive(headers: &mut HeaderMap) {
    for (name, value) in headers {
        if [API_KEY, API_KEY_ID, "authorization", "cookie"].contains(&name.as_str()) {
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

    #[test]
    fn an_operation_requires_the_credentials_of_its_security() {
        let securities = [
            ("either", json!([{"apiKey": []}, {"apiKeyId": []}])),
            ("both", json!([{"apiKey": [], "apiKeyId": []}])),
            ("public", json!([])),
            ("optional", json!([{}, {"apiKey": []}])),
        ];
        let authorized = |names: &[(&'static str, &'static str)]| -> Vec<&str> {
            let value = |value| HeaderValue::from_static(value);
            let names = names.iter().map(|(name, key)| ((*name).parse().unwrap(), value(key)));
            let headers: HeaderMap = names.collect();
            let all = securities.iter().filter(|(_, all)| is_authorized(all, &headers));
            all.map(|(name, _)| *name).collect()
        };
        let (key, id) = ((API_KEY, ACCEPTED_API_KEY), (API_KEY_ID, ACCEPTED_API_KEY_ID));
        assert_eq!(authorized(&[]), ["public", "optional"]);
        assert_eq!(authorized(&[(API_KEY, "ps_other")]), ["public", "optional"]);
        assert_eq!(authorized(&[id]), ["either", "public", "optional"]);
        assert_eq!(authorized(&[key, id]), ["either", "both", "public", "optional"]);
    }
}
