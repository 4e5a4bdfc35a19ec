//! What a document says of the whole API.

use heck::ToPascalCase;
use serde_json::{Value, json};

use super::Profile;
use crate::convert::grammar::Kind;
use crate::names::is_identifier;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

impl Profile<'_> {
    pub(super) fn document(&mut self) {
        let root = Pointer::default();
        let version = self.document["openapi"].as_str().unwrap_or_default();
        self.expect(version.starts_with("3.0."), &root.join("openapi"), "is not 3.0; convert it");
        self.expect(
            self.document["paths"].is_object(),
            &root.join("paths"),
            "is missing; describe the operations there",
        );
        self.expect(
            !self.document.to_string().contains("\\u001e"),
            &root,
            "holds the control character U+001E; take it out",
        );
        self.server(&root.join("servers").join(0).join("url"));
        self.security(&self.document["security"], &root.join("security"));
        self.error();
        self.references();
        self.callbacks();
    }

    fn server(&mut self, at: &Pointer) {
        let url = self.document["servers"][0]["url"].as_str().unwrap_or_default();
        self.expect(
            url.starts_with("https://") && !url.contains(['{', '?', '#']),
            at,
            "is not a plain https:// URL; name the server to which credentials go",
        );
    }

    /// Each requirement is one that a single header satisfies.
    pub(super) fn security(&mut self, requirements: &Value, at: &Pointer) {
        let schemes = &self.document["components"]["securitySchemes"];
        let is_header =
            |name: &str| schemes[name]["type"] == "apiKey" && schemes[name]["in"] == "header";
        for (index, requirement) in elements(requirements).enumerate() {
            let names: Vec<&String> = entries(requirement).map(|(name, _)| name).collect();
            self.expect(
                names.len() < 2 && names.into_iter().all(|name| is_header(name)),
                &at.join(index),
                "is not one apiKey in a header; require one such scheme, or none",
            );
        }
    }

    /// What the hand-written layer reads of every response that is no success.
    fn error(&mut self) {
        let (error, code) = (self.schema("ApiError"), self.schema("ErrorCode"));
        let fields = &error["properties"];
        let is_open = [&json!({}), &json!(true)].contains(&&error["additionalProperties"]);
        self.expect(
            entries(fields).map(|(name, _)| name.as_str()).eq(["code", "error"])
                && places::lone_reference(&fields["code"]) == Some("ErrorCode")
                && fields["error"]["type"] == "string"
                && entries(fields).all(|(_, field)| field["nullable"] != true)
                && error.get("required").is_none()
                && is_open,
            &places::schema("ApiError"),
            "is not what every error is read as; give it optional `code` (an ErrorCode) and \
             `error` (a string), neither nullable, and `additionalProperties: true`",
        );
        self.expect(
            code["type"] == "string" && code["enum"].is_array(),
            &places::schema("ErrorCode"),
            "is not an enum of strings; list the codes of errors there",
        );
    }

    fn references(&mut self) {
        places::visit(self.document, &mut |kind, part, at| {
            if let Some(target) = part.get("$ref").filter(|target| target.is_string()) {
                let target = target.as_str().unwrap_or_default();
                self.reference(kind, target, &at.join("$ref"));
            }
        });
    }

    fn reference(&mut self, kind: Kind, target: &str, at: &Pointer) {
        let folder = match kind {
            Kind::Schema => "schemas",
            Kind::Parameter => "parameters",
            Kind::Response => "responses",
            Kind::Header => "headers",
            Kind::RequestBody => "requestBodies",
            _ => return self.refuse(at, "refers to what is read in place only; put it here"),
        };
        let name = target.strip_prefix(&format!("#/components/{folder}/"));
        let target = name.map(|name| &self.document["components"][folder][name]);
        match target {
            Some(target) if target.is_object() => self.expect(
                target.get("$ref").is_none(),
                at,
                "leads to another reference; refer to the end of them",
            ),
            Some(_) => self.refuse(at, "refers to nothing; add what it names"),
            None => self.refuse(at, format!("does not lead to /components/{folder}; put it there")),
        }
    }

    /// Calls in the other direction are one for the whole document: the deliveries.
    fn callbacks(&mut self) {
        let mut all = Vec::new();
        for (_, _, operation, at) in places::operations(self.document) {
            for (name, callback) in entries(&operation["callbacks"]) {
                for (path, item) in entries(callback) {
                    let at = at.join("callbacks").join(name).join(path);
                    all.push((at, item));
                }
            }
        }
        for (index, (at, item)) in all.iter().enumerate() {
            self.expect(index == 0, at, "is a second callback; describe all deliveries in one");
            let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
            let union = places::reference(schema).map_or(&Value::Null, |name| self.schema(name));
            self.expect(
                union["discriminator"].is_object(),
                at,
                "does not post a union with a discriminator; refer to one as its JSON",
            );
            for (tag, _) in entries(&union["discriminator"]["mapping"]) {
                let variant = tag.to_pascal_case();
                self.expect(
                    is_identifier(&variant) && !["Meta", "Unknown"].contains(&variant.as_str()),
                    at,
                    format!("delivers `{tag}`, which cannot be a variant of Event; rename it"),
                );
            }
        }
    }
}
