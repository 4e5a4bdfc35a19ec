//! What a document says of the whole API.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use serde_json::json;

use super::part::Part;
use crate::convert::grammar::Kind;
use crate::names::is_identifier;
use crate::places::{self, entries};

pub fn check(root: &Part) {
    let version = root.key("openapi");
    version.expect(version.text().starts_with("3.0."), "is not 3.0; convert the document");
    let paths = root.key("paths");
    paths.expect(paths.is_object(), "is missing; describe the operations there");
    let at = root.at.join("servers").join(0).join("url");
    let server = root.place(&root["servers"][0]["url"], at);
    let url = server.text();
    let is_plain = url.starts_with("https://") && !url.contains(['{', '?', '#']);
    server.expect(is_plain, "is not a plain https:// URL; name the server that gets credentials");
    security(root, &root.key("security"));
    error(root);
    places::visit(root.value, &mut |kind, part, at| {
        let part = root.place(part, at.clone());
        if part["$ref"].is_string() {
            reference(root, kind, &part.key("$ref"));
        }
    });
    callbacks(root);
}

/// Each requirement is one that a single header satisfies.
pub fn security(root: &Part, requirements: &Part) {
    let schemes = &root["components"]["securitySchemes"];
    for requirement in requirements.elements() {
        let names = requirement.entries();
        let is_header = |name| schemes[name]["type"] == "apiKey" && schemes[name]["in"] == "header";
        let fits = names.len() < 2 && names.iter().all(|(name, _)| is_header(*name));
        requirement.expect(fits, "is not one apiKey in a header; require one such scheme");
    }
}

/// What the hand-written layer reads of every error.
fn error(root: &Part) {
    let schemas = root.key("components").key("schemas");
    let (error, code) = (schemas.key("ApiError"), schemas.key("ErrorCode"));
    let (fields, rest) = (&error["properties"], &error["additionalProperties"]);
    error.expect(
        entries(fields).map(|(name, _)| name.as_str()).eq(["code", "error"])
            && places::lone_reference(&fields["code"]) == Some("ErrorCode")
            && fields["error"]["type"] == "string"
            && entries(fields).all(|(_, field)| field["nullable"] != true)
            && error.get("required").is_none()
            && (*rest == json!({}) || *rest == json!(true)),
        "is not what the client reads of an error; give it optional `code` (an ErrorCode) and \
         `error` (a string), neither nullable, and `additionalProperties: true`",
    );
    let is_enum = code["type"] == "string" && code["enum"].is_array();
    code.expect(is_enum, "is not an enum of strings; list the codes of errors there");
}

fn reference(root: &Part, kind: Kind, reference: &Part) {
    let folder = match kind {
        Kind::Schema => "schemas",
        Kind::Parameter => "parameters",
        Kind::Response => "responses",
        Kind::Header => "headers",
        Kind::RequestBody => "requestBodies",
        _ => return reference.refuse("is read in place only; put what it refers to here"),
    };
    let Some(name) = reference.text().strip_prefix(&format!("#/components/{folder}/")) else {
        return reference.refuse(format!("does not lead to /components/{folder}; move it there"));
    };
    let target = &root["components"][folder][name];
    reference.expect(target.is_object(), "refers to nothing; add what it names");
    let is_end = target.get("$ref").is_none();
    reference.expect(is_end, "leads to another reference; refer to what that one leads to");
}

/// What the server calls: one webhook for the whole document.
fn callbacks(root: &Part) {
    let operations = places::operations(root.value).map(|(.., value, at)| root.place(value, at));
    let callbacks = operations.flat_map(|operation| {
        let callbacks = operation.key("callbacks");
        let is_plain = callbacks.is_null() || operation["tags"] == json!(["Webhooks"]);
        callbacks
            .expect(is_plain, "is not of the tag Webhooks alone; move it to such an operation");
        callbacks.entries()
    });
    for (index, (_, path)) in callbacks.flat_map(|(_, callback)| callback.entries()).enumerate() {
        path.expect(index == 0, "is a second callback; describe all deliveries in one");
        let mut variants = BTreeSet::from(["Meta".to_owned(), "Unknown".to_owned()]);
        let schema = &path["post"]["requestBody"]["content"]["application/json"]["schema"];
        let tag = &root.schema(places::reference(schema).unwrap_or_default())["discriminator"];
        path.expect(tag.is_object(), "posts no union with a discriminator; refer to one");
        for (value, _) in entries(&tag["mapping"]) {
            let variant = value.to_pascal_case();
            let is_free = is_identifier(&variant) && variants.insert(variant);
            path.expect(
                is_free,
                format!("delivers `{value}`, which is not a free variant of Event; rename it"),
            );
        }
    }
}
