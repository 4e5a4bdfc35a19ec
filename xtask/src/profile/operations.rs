//! What a client calls.

use std::collections::BTreeSet;

use heck::{ToKebabCase, ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::{Profile, is_success};
use crate::names::is_identifier;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

const JSON: &str = "application/json";

/// Names of the client that are written by hand, and what the module of the calls
/// imports or uses.
const TAKEN: [&str; 27] = [
    "builder",
    "from_env",
    "call",
    "send",
    "byte_stream",
    "client_info",
    "client_hooks",
    "error",
    "operation_info",
    "request_builder_ext",
    "response_value",
    "result",
    "option",
    "string",
    "some",
    "none",
    "ok",
    "err",
    "self",
    "from",
    "default",
    "client",
    "debug",
    "clone",
    "types",
    "super",
    "drop",
];

impl Profile<'_> {
    pub(super) fn operations(&mut self) {
        for (path, item) in entries(&self.document["paths"]) {
            let at = Pointer::default().join("paths").join(path);
            self.expect(is_plain(path), &at, "is not a path that a URL keeps as it is; rename it");
            for key in ["parameters", "servers"] {
                self.expect(
                    item.get(key).is_none(),
                    &at.join(key),
                    "is of all operations; say it of each, or of none",
                );
            }
        }
        let mut ids = BTreeSet::new();
        for (path, method, operation, at) in places::operations(self.document) {
            self.expect(
                METHODS.contains(&method),
                &at,
                "has a method that no client calls; remove it",
            );
            let id = operation["operationId"].as_str().unwrap_or_default();
            let at_id = at.join("operationId");
            self.expect(
                id == id.to_snake_case() && is_identifier(id) && !TAKEN.contains(&id),
                &at_id,
                format!("`{id}` is not a free name in snake_case; rename it"),
            );
            self.expect(
                ids.insert(id.to_pascal_case()),
                &at_id,
                format!("`{id}` is there twice; rename it"),
            );
            self.expect(
                operation.get("servers").is_none(),
                &at.join("servers"),
                "is not the server of the client; remove it",
            );
            let idempotent = operation.get("x-idempotent").is_none_or(Value::is_boolean);
            self.expect(idempotent, &at.join("x-idempotent"), "is not true or false; say which");
            self.tags(&operation["tags"], &at.join("tags"));
            self.security(&operation["security"], &at.join("security"));
            self.parameters(path, operation, &at);
            self.body(operation, &at.join("requestBody"));
            self.responses(method, operation, &at.join("responses"));
        }
    }

    /// Each is a feature of Cargo.
    fn tags(&mut self, tags: &Value, at: &Pointer) {
        self.expect(
            elements(tags).next().is_some(),
            at,
            "is missing; name the feature that it belongs to",
        );
        for (index, tag) in elements(tags).enumerate() {
            let tag = tag.as_str().unwrap_or_default();
            let feature = tag.to_kebab_case();
            let is_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
            self.expect(
                !feature.is_empty()
                    && feature.chars().all(is_word)
                    && !["full", "default"].contains(&feature.as_str()),
                &at.join(index),
                format!("`{tag}` names no feature of Cargo; rename it"),
            );
        }
    }

    fn body(&mut self, operation: &Value, at: &Pointer) {
        let Some(body) = operation.get("requestBody") else { return };
        let (at, body) = places::resolve(self.document, body, at);
        let at = at.join("content");
        let types: Vec<&String> = entries(&body["content"]).map(|(name, _)| name).collect();
        if types != [JSON] {
            return self.refuse(&at, "is not application/json alone; leave that one");
        }
        let name = places::reference(&body["content"][JSON]["schema"]).unwrap_or_default();
        self.expect(
            self.schema(name)["type"] == "object",
            &at.join(JSON).join("schema"),
            "does not refer to an object; make it a reference to one",
        );
    }

    fn responses(&mut self, method: &str, operation: &Value, at: &Pointer) {
        let mut successes: Vec<&Value> = Vec::new();
        for (status, response) in
            entries(&operation["responses"]).filter(|(key, _)| !key.starts_with("x-"))
        {
            let (at, response) = places::resolve(self.document, response, &at.join(status));
            let (at, content) = (at.join("content"), &response["content"]);
            if is_success(status) {
                self.success(content, &at);
                self.expect(
                    method != "head" || content.is_null(),
                    &at,
                    "is never sent in response to HEAD; remove it",
                );
                successes.push(content);
            } else {
                let is_json = entries(content).all(|(name, _)| name == JSON);
                self.expect(is_json, &at, "is not application/json, as errors are; leave that one");
            }
        }
        self.expect(!successes.is_empty(), at, "has no 2xx status; describe a success");
        let schemas = |content: &Value| -> Vec<(String, Value)> {
            entries(content).map(|(name, media)| (name.clone(), media["schema"].clone())).collect()
        };
        let same = successes.windows(2).all(|pair| schemas(pair[0]) == schemas(pair[1]));
        self.expect(same, at, "has successes of different content; give all the same");
    }

    /// JSON that has a name or is a list, one media type of bytes, or nothing.
    fn success(&mut self, content: &Value, at: &Pointer) {
        let types: Vec<&String> = entries(content).map(|(name, _)| name).collect();
        match types.as_slice() {
            [] => {}
            [json] if *json == JSON => {
                let (schema, at) = (&content[JSON]["schema"], at.join(JSON).join("schema"));
                if places::reference(schema).is_none() {
                    self.expect(
                        schema["type"] == "array" && schema["nullable"] != true,
                        &at,
                        "is neither a reference nor a list; refer to a named schema",
                    );
                    self.inner(schema, &at);
                }
            }
            [other] => self.expect(
                is_bytes(other),
                &at.join(other),
                "may be JSON, under another name; call it application/json",
            ),
            _ => self.refuse(at, "has several media types; leave one"),
        }
    }
}

/// Whether a media type is surely none of JSON, and can stand in a header.
fn is_bytes(media_type: &str) -> bool {
    let is_json = ["json", "*/*", "application/*"]
        .iter()
        .any(|json| media_type.to_lowercase().contains(json));
    !is_json
        && media_type.contains('/')
        && media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A URL would change other paths, and the guard of the layer would then refuse
/// every call.
fn is_plain(path: &str) -> bool {
    let fits = |character: char| {
        character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/{}".contains(character)
    };
    let fixed = path.split('{').enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once('}').map_or("?", |(_, fixed)| fixed),
    });
    let fixed: String = fixed.collect::<Vec<_>>().join("{}");
    path.starts_with('/')
        && !fixed.contains("//")
        && fixed.chars().all(fits)
        && !fixed.replace("{}", "").contains(['{', '}'])
        && !fixed.split('/').any(|part| matches!(part, "." | ".."))
}
