//! What an operation takes in its path, its query and its headers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Profile;
use crate::names::snake;
use crate::places::{self, elements};
use crate::pointer::Pointer;

/// Names that the generated `send` and the setters around it use.
const TAKEN: [&str; 12] = [
    "new",
    "send",
    "stream",
    "body",
    "body_map",
    "header_map",
    "encode_path",
    "client",
    "url",
    "request",
    "response",
    "result",
];

/// The headers that the layer knows.
const HEADERS: [&str; 2] = ["idempotency-key", "x-whatsapp-number-id"];

impl Profile<'_> {
    pub(super) fn parameters(&mut self, path: &str, operation: &Value, at: &Pointer) {
        let mut taken: BTreeSet<String> = TAKEN.iter().map(ToString::to_string).collect();
        let mut in_path = BTreeSet::new();
        for (index, parameter) in elements(&operation["parameters"]).enumerate() {
            let at = at.join("parameters").join(index);
            let (place, parameter) = places::resolve(self.document, parameter, &at);
            let name = parameter["name"].as_str().unwrap_or_default();
            self.expect(
                name.is_ascii() && taken.insert(snake(name)),
                &at,
                format!("`{name}` has no name of its own in Rust; rename it"),
            );
            if parameter["in"] == "path" {
                in_path.insert(name.to_owned());
            }
            self.parameter(name, parameter, &place);
        }
        let placeholders = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
        let placeholders: Vec<String> = placeholders.map(|(name, _)| name.to_owned()).collect();
        self.expect(
            placeholders.iter().collect::<BTreeSet<_>>().len() == placeholders.len()
                && placeholders.into_iter().collect::<BTreeSet<_>>() == in_path,
            &at.join("parameters"),
            "does not have one `in: path` for each name in the path; make both the same",
        );
    }

    fn parameter(&mut self, name: &str, parameter: &Value, at: &Pointer) {
        let place = parameter["in"].as_str().unwrap_or_default();
        let style = if place == "query" { "form" } else { "simple" };
        self.expect(
            match place {
                "path" => parameter["required"] == true,
                "header" => HEADERS.contains(&name.to_ascii_lowercase().as_str()),
                place => place == "query",
            },
            at,
            format!("is a {place} parameter that the client does not send; remove it, or require it in a path"),
        );
        self.expect(
            parameter.get("style").is_none_or(|own| own == style)
                && parameter.get("explode").is_none_or(|own| *own == json!(place == "query")),
            at,
            "has a style of its own; leave the usual one",
        );
        let (schema, at) = (&parameter["schema"], at.join("schema"));
        let end = self.end(schema);
        self.expect(
            !(end["format"] == "password"),
            &at,
            format!("is a secret, and a {place} is no place for one; take the format `password` from it in an overlay"),
        );
        let is_named = places::lone_reference(schema).is_some();
        let is_scalar =
            ["string", "integer", "number", "boolean"].iter().any(|kind| end["type"] == *kind);
        self.expect(
            is_scalar && is_named == end["enum"].is_array(),
            &at,
            "is not one value, or an enum without a name; describe one value",
        );
        self.expect(
            [schema, end].iter().all(|schema| schema["nullable"] != true),
            &at,
            "may be null, which no parameter can be; take `nullable` away",
        );
        self.expect(
            place == "query" || end.get("format").is_none(),
            &at,
            "has a format, which only a query has; take it away",
        );
        self.inner(schema, &at);
    }
}
