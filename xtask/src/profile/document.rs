//! Checks the parts of a document that concern the whole API.

use heck::ToPascalCase;
use regex_lite::Regex;
use serde_json::json;

use super::Part;
use crate::convert::grammar::Kind::{self, Header, Parameter, RequestBody, Response, Schema};
use crate::generate::schema::resolve;
use crate::line::steers;
use crate::names::Names;
use crate::places::{self, Node, entries};

pub fn check(root: &Part, parts: Vec<(Kind, Node)>) {
    let url = root.key("servers").key(0).key("url");
    let is_plain = url.text().starts_with("https://") && !url.text().contains(['{', '?', '#']);
    let what = "is not a plain https:// URL; write that of the server that gets credentials";
    url.expect(is_plain, what);
    let is_kept = !root.value.to_string().contains("whats_app");
    let what = "contains `whats_app`, which build/mod.rs would rename; change build/mod.rs first";
    root.expect(is_kept, what);
    security(&root.key("security"));
    error(root);
    for (kind, part) in parts {
        let part = root.at(part.at);
        let is_followed = matches!(kind, Schema | Parameter | Response | Header | RequestBody);
        let what = "cannot be a reference; write the object here";
        part.expect(is_followed || part["$ref"].is_null(), what);
        words(&part);
        let pattern = part.key("pattern");
        let what = "is not a pattern that the sandbox supports; write one without look-around or \
                    back-references";
        pattern.expect(Regex::new(pattern.text()).is_ok(), what);
    }
    callbacks(root);
}

/// Checks that a single header satisfies each requirement.
pub fn security(requirements: &Part) {
    let schemes = &requirements.document["components"]["securitySchemes"];
    for requirement in requirements.elements() {
        let names = requirement.entries();
        let is_header = |name| schemes[name]["type"] == "apiKey" && schemes[name]["in"] == "header";
        let fits = names.len() < 2 && names.iter().all(|(name, _)| is_header(*name));
        requirement.expect(fits, "is not a single apiKey in a header; require one such scheme");
    }
}

/// Checks the schema of errors, which the hand-written layer reads.
fn error(root: &Part) {
    let schemas = root.key("components").key("schemas");
    let (error, code) = (schemas.key("ApiError"), schemas.key("ErrorCode"));
    let (fields, rest) = (&error["properties"], &error["additionalProperties"]);
    error.expect(
        entries(fields).map(|(name, _)| name).eq(["code", "error"])
            && places::lone_reference(&fields["code"]) == Some("ErrorCode")
            && fields["error"]["type"] == "string"
            && entries(fields).all(|(_, field)| field["nullable"] != true)
            && error.get("required").is_none()
            && (*rest == json!({}) || *rest == true),
        "does not match the errors that the client reads; give it optional `code` (an ErrorCode) and \
         `error` (a string), neither nullable, and `additionalProperties: true`",
    );
    let is_enum = code["type"] == "string" && code["enum"].is_array();
    code.expect(is_enum, "is not an enum of strings; list the error codes there");
}

/// Checks texts. They become doc comments, and rustdoc would run code blocks in them as tests.
fn words(part: &Part) {
    let meanings = part.key("x-enum-descriptions").elements();
    let texts = ["title", "summary", "description"].map(|key| part.key(key));
    for words in texts.into_iter().chain(meanings) {
        let text = words.text();
        let is_odd = |sign| steers(sign) && sign != '\n';
        let is_code = ["```", "~~~", "    "].iter().any(|mark| text.contains(mark));
        let what = "has a code block or an unprintable character; write code inline, in backticks";
        words.expect(!is_code && !text.contains(is_odd), what);
    }
}

/// Checks the callbacks: one webhook for the whole document.
fn callbacks(root: &Part) {
    let mut paths = Vec::new();
    for (.., operation, at) in places::operations(root.value) {
        let callbacks = root.at(at).key("callbacks");
        let fits = callbacks.is_null() || operation["tags"] == json!(["Webhooks"]);
        callbacks.expect(fits, "needs an operation whose only tag is Webhooks; move it to one");
        paths.extend(callbacks.entries().into_iter().flat_map(|(_, callback)| callback.entries()));
    }
    for (index, (_, path)) in paths.into_iter().enumerate() {
        path.expect(index == 0, "is a second callback; describe all deliveries in one");
        let schema = &path["post"]["requestBody"]["content"]["application/json"]["schema"];
        let tag = &resolve(root.document, schema)["discriminator"];
        let is_named = places::reference(schema).is_some() && tag["propertyName"] == "event";
        path.expect(is_named, "posts no union with the discriminator `event`; refer to one");
        let mut variants = Names::with("Meta Unknown");
        for (value, _) in entries(&tag["mapping"]) {
            let what = "is not available as a variant of Event; rename it";
            let is_free = variants.take(&value.to_pascal_case());
            path.expect(is_free, format!("delivers `{value}`, which {what}"));
        }
    }
}
