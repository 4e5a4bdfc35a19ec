//! The grammar of OpenAPI documents: the kinds of objects and, by key, their children.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::refuse;
use crate::places::Node;

/// An object of the specification that contains schemas or references, directly or in its
/// children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Info,
    License,
    Paths,
    Components,
    SecurityScheme,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Responses,
    Response,
    MediaType,
    Encoding,
    Callback,
    Example,
    Schema,
}

/// The form of the value of a key that has children.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Child {
    /// The value itself.
    One(Kind),
    /// Each element of an array.
    List(Kind),
    /// Each value of a map whose keys are names.
    Map(Kind),
}

use Child::{List, Map, One};

/// The keys of a path item that are operations.
pub(crate) const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Kind {
    /// The children below `key` in an object of this kind.
    pub(crate) fn child(self, key: &str) -> Option<Child> {
        Some(match (self, key) {
            (_, key) if key.starts_with("x-") => return None,
            (Self::Document, "info") => One(Self::Info),
            (Self::Document, "components") => One(Self::Components),
            (Self::Document, "paths") => One(Self::Paths),
            (Self::Info, "license") => One(Self::License),
            (Self::Paths | Self::Callback, _) => One(Self::PathItem),
            (Self::Responses, _) => One(Self::Response),
            (Self::Components, "responses") => Map(Self::Response),
            (Self::Components, "parameters") => Map(Self::Parameter),
            (Self::Components, "requestBodies") => Map(Self::RequestBody),
            (Self::Components, "securitySchemes") => Map(Self::SecurityScheme),
            (Self::Components | Self::Operation, "callbacks") => Map(Self::Callback),
            (Self::Components | Self::Response | Self::Encoding, "headers") => Map(Self::Header),
            (Self::Components | Self::Parameter | Self::Header | Self::MediaType, "examples") => {
                Map(Self::Example)
            }
            (Self::PathItem | Self::Operation, "parameters") => List(Self::Parameter),
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),
            (Self::Operation, "requestBody") => One(Self::RequestBody),
            (Self::Operation, "responses") => One(Self::Responses),
            (Self::RequestBody | Self::Response | Self::Parameter | Self::Header, "content") => {
                Map(Self::MediaType)
            }
            (Self::MediaType, "encoding") => Map(Self::Encoding),
            (Self::Parameter | Self::Header | Self::MediaType, "schema")
            | (Self::Schema, "items" | "not" | "additionalProperties") => One(Self::Schema),
            (Self::Schema, "allOf" | "anyOf" | "oneOf") => List(Self::Schema),
            (Self::Components, "schemas") | (Self::Schema, "properties") => Map(Self::Schema),
            _ => return None,
        })
    }
}

/// The keys of a path item that have no children.
const ITEM_KEYS: [&str; 3] = ["summary", "description", "servers"];

/// Returns every object of the specification in a document of version 3.0 or 3.1, the outer ones
/// first. Every reference must lead to a component.
pub(crate) fn parts(document: &Value) -> Result<Vec<(Kind, Node<'_>)>> {
    let version = document["openapi"].as_str().unwrap_or_default();
    ensure!(
        version.starts_with("3.0.") || version.starts_with("3.1."),
        "/openapi: version `{version}` is not supported: write the document in 3.0 or 3.1"
    );
    let mut parts = vec![(Kind::Document, Node::root(document, ()))];
    let mut next = 0;
    while let Some((kind, part)) = parts.get(next).cloned() {
        next += 1;
        if !part.is_object() {
            return Err(refuse(&part.at, &format!("is no object: describe the {kind:?} in one")));
        }
        for (key, value) in part.entries() {
            match (kind.child(key), value.value) {
                _ if key == "$ref" => check_reference(kind, &value)?,
                (None, _) if key.starts_with("x-") || kind != Kind::PathItem => {}
                (None, _) if !ITEM_KEYS.contains(&key) => {
                    let what = "is no method of OpenAPI 3.1, nor another key of a path: correct it";
                    return Err(refuse(&value.at, what));
                }
                (None, _) => {}
                // The only place where 3.0 allows a boolean as a schema.
                (_, Value::Bool(_)) if key == "additionalProperties" => {}
                (Some(One(kind)), _) => parts.push((kind, value)),
                (Some(List(kind)), Value::Array(_)) => {
                    parts.extend(value.elements().into_iter().map(|one| (kind, one)));
                }
                (Some(Map(kind)), Value::Object(_)) => {
                    parts.extend(value.entries().into_iter().map(|(_, one)| (kind, one)));
                }
                (Some(List(_)), _) => return Err(refuse(&value.at, "is no list: make it one")),
                _ => return Err(refuse(&value.at, "is no object: make it one")),
            }
        }
    }
    Ok(parts)
}

/// Refuses a reference, unless it leads to a component of the expected kind that is not itself a
/// reference.
fn check_reference(kind: Kind, reference: &Node) -> Result<()> {
    let path = reference.text().strip_prefix("#/components/");
    let target = path.and_then(|path| path.split_once('/')).and_then(|(section, name)| {
        let is_of_kind = Kind::Components.child(section) == Some(Map(kind));
        reference.document["components"][section].get(name).filter(|_| is_of_kind)
    });
    let what = match target {
        None => format!(
            "{} is no {kind:?} in this document: describe it under `/components`, and refer to it \
             there",
            reference.value
        ),
        Some(target) if target.get("$ref").is_some() => {
            "leads from reference to reference: refer to the last of them".to_owned()
        }
        Some(_) => return Ok(()),
    };
    Err(refuse(&reference.at, &what))
}
