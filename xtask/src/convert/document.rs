//! The walk over everything in a document that is not a schema, and the few
//! things there that 3.1 says differently.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{Dropped, refuse, schema};
use crate::pointer::Pointer;

/// An object of the specification that holds schemas, or holds one that does.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Document,
    Info,
    License,
    Components,
    SecurityScheme,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Callback,
    Schema,
}

/// How a child hangs below its key.
#[derive(Clone, Copy)]
enum Child {
    /// The value itself.
    One(Kind),
    /// Each element of an array or of a map.
    Each(Kind),
}

use Child::{Each, One};

impl Kind {
    fn child(self, key: &str) -> Option<Child> {
        Some(match (self, key) {
            (Kind::Document, "info") => One(Kind::Info),
            (Kind::Document, "paths") => Each(Kind::PathItem),
            (Kind::Document, "components") => One(Kind::Components),
            (Kind::Info, "license") => One(Kind::License),
            (Kind::Components, "schemas") => Each(Kind::Schema),
            (Kind::Components | Kind::Operation, "responses") => Each(Kind::Response),
            (Kind::Components | Kind::PathItem | Kind::Operation, "parameters") => {
                Each(Kind::Parameter)
            }
            (Kind::Components, "requestBodies") => Each(Kind::RequestBody),
            (Kind::Components | Kind::Response | Kind::Encoding, "headers") => Each(Kind::Header),
            (Kind::Components, "securitySchemes") => Each(Kind::SecurityScheme),
            (Kind::Components | Kind::Operation, "callbacks") => Each(Kind::Callback),
            (Kind::Operation, "requestBody") => One(Kind::RequestBody),
            (Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response, "content") => {
                Each(Kind::MediaType)
            }
            (Kind::Parameter | Kind::Header | Kind::MediaType, "schema") => One(Kind::Schema),
            (Kind::MediaType, "encoding") => Each(Kind::Encoding),
            (
                Kind::PathItem,
                "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace",
            ) => One(Kind::Operation),
            (Kind::Callback, key) if !key.starts_with("x-") => One(Kind::PathItem),
            _ => return None,
        })
    }

    /// What 3.1 says differently in an object of this kind.
    fn convert(
        self,
        object: &mut Map<String, Value>,
        at: &Pointer,
        dropped: &mut Dropped,
    ) -> Result<()> {
        match self {
            Kind::Document => convert_document(object, at, dropped),
            Kind::Info => {
                keep_as_extension(object, "summary");
                Ok(())
            }
            Kind::License => {
                keep_as_extension(object, "identifier");
                Ok(())
            }
            Kind::Components => refuse_key(object, "pathItems", at),
            Kind::SecurityScheme if object.get("type").is_some_and(|kind| kind == "mutualTLS") => {
                Err(refuse(&at.join("type"), "3.0 has no security scheme `mutualTLS`"))
            }
            Kind::PathItem => refuse_key(object, "$ref", at),
            _ => Ok(()),
        }
    }
}

pub(super) fn convert(document: &mut Value, dropped: &mut Dropped) -> Result<()> {
    visit(Kind::Document, document, &Pointer::default(), dropped)
}

fn visit(kind: Kind, value: &mut Value, at: &Pointer, dropped: &mut Dropped) -> Result<()> {
    if kind == Kind::Schema {
        return schema::convert(value, at, dropped);
    }
    let object = value.as_object_mut().ok_or_else(|| refuse(at, "an object was expected"))?;
    if kind != Kind::PathItem && object.contains_key("$ref") {
        drop_reference_siblings(object, at, dropped);
        return Ok(());
    }
    kind.convert(object, at, dropped)?;
    for (key, value) in object {
        let at = at.join(key);
        match kind.child(key) {
            Some(One(kind)) => visit(kind, value, &at, dropped)?,
            Some(Each(kind)) => visit_each(kind, value, &at, dropped)?,
            None => {}
        }
    }
    Ok(())
}

fn visit_each(kind: Kind, value: &mut Value, at: &Pointer, dropped: &mut Dropped) -> Result<()> {
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                visit(kind, element, &at.join(index), dropped)?;
            }
        }
        Value::Object(entries) => {
            for (key, entry) in entries.iter_mut().filter(|(key, _)| !key.starts_with("x-")) {
                visit(kind, entry, &at.join(key), dropped)?;
            }
        }
        _ => return Err(refuse(at, "an object or an array was expected")),
    }
    Ok(())
}

fn convert_document(
    object: &mut Map<String, Value>,
    at: &Pointer,
    dropped: &mut Dropped,
) -> Result<()> {
    if object.remove("jsonSchemaDialect").is_some() {
        dropped.note(at, "jsonSchemaDialect");
    }
    object.entry("paths").or_insert_with(|| Value::Object(Map::new()));
    refuse_key(object, "webhooks", at)
}

/// 3.0 has no place for the value, but it has extensions.
fn keep_as_extension(object: &mut Map<String, Value>, key: &str) {
    if let Some(value) = object.remove(key) {
        object.insert(format!("x-{key}"), value);
    }
}

fn refuse_key(object: &Map<String, Value>, key: &str, at: &Pointer) -> Result<()> {
    if object.contains_key(key) {
        return Err(refuse(&at.join(key), "3.0 has no such field here"));
    }
    Ok(())
}

/// In 3.0 a reference stands alone; 3.1 allows words beside it.
fn drop_reference_siblings(object: &mut Map<String, Value>, at: &Pointer, dropped: &mut Dropped) {
    object.retain(|key, _| {
        let keep = key == "$ref";
        if !keep {
            dropped.note(at, key);
        }
        keep
    });
}
