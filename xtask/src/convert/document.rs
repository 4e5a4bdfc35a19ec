//! The walk over everything in a document that is not a schema, and the few
//! things there that 3.1 says differently.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::grammar::{Child, Kind};
use super::{Context, refuse, schema, security};
use crate::pointer::Pointer;

type Object = Map<String, Value>;

/// 3.0 wants a description of each response.
const NO_DESCRIPTION: &str = "Not described";

pub(super) fn convert(document: &mut Value, context: &mut Context) -> Result<()> {
    visit(Kind::Document, document, &Pointer::default(), context)?;
    // Only now, so that what is said of them names the place that they came from.
    if let Value::Object(document) = document {
        keep_as_extension(document, "webhooks", &Pointer::default(), context);
    }
    Ok(())
}

fn visit(kind: Kind, value: &mut Value, at: &Pointer, context: &mut Context) -> Result<()> {
    if kind == Kind::Schema {
        return schema::convert(value, at, context);
    }
    let object = value.as_object_mut().ok_or_else(|| refuse(at, "an object was expected"))?;
    if object.contains_key("$ref") {
        drop_reference_siblings(object, at, context);
        return Ok(());
    }
    convert_object(kind, object, at, context)?;
    for (key, value) in object {
        let Some(child) = kind.child(key) else { continue };
        for_each(child, value, &at.join(key), &mut |kind, value, at| {
            visit(kind, value, at, context)
        })?;
    }
    Ok(())
}

/// Visits what hangs below a key.
pub(super) fn for_each(
    child: Child,
    value: &mut Value,
    at: &Pointer,
    visit: &mut dyn FnMut(Kind, &mut Value, &Pointer) -> Result<()>,
) -> Result<()> {
    match child {
        Child::One(kind) => visit(kind, value, at),
        Child::List(kind) => {
            let values = value.as_array_mut().ok_or_else(|| refuse(at, "expected an array"))?;
            let mut values = values.iter_mut().enumerate();
            values.try_for_each(|(index, value)| visit(kind, value, &at.join(index)))
        }
        Child::Map(kind) | Child::Extensible(kind) => {
            let extensible = matches!(child, Child::Extensible(_));
            let values = value.as_object_mut().ok_or_else(|| refuse(at, "expected an object"))?;
            let mut values =
                values.iter_mut().filter(|(name, _)| !(extensible && name.starts_with("x-")));
            values.try_for_each(|(name, value)| visit(kind, value, &at.join(name)))
        }
    }
}

/// What 3.1 says differently in an object of this kind.
fn convert_object(
    kind: Kind,
    object: &mut Object,
    at: &Pointer,
    context: &mut Context,
) -> Result<()> {
    match kind {
        Kind::Document => convert_document(object, at, context)?,
        Kind::Info => keep_as_extension(object, "summary", at, context),
        Kind::License => keep_as_extension(object, "identifier", at, context),
        Kind::Components => {
            for name in context.schemes.retain(object) {
                context.drop(&at.join("securitySchemes"), &name);
            }
        }
        Kind::Operation => {
            security::convert(object, at, context);
            responses(object);
        }
        Kind::Response => {
            object.entry("description").or_insert_with(|| NO_DESCRIPTION.into());
        }
        _ => {}
    }
    if let Some(Value::Object(content)) = object.get_mut("content") {
        content.iter_mut().for_each(|(name, media_type)| raw_bytes(name, media_type));
    }
    Ok(())
}

fn convert_document(object: &mut Object, at: &Pointer, context: &mut Context) -> Result<()> {
    schema::dialect(object, "jsonSchemaDialect", at, context)?;
    object.entry("paths").or_insert_with(|| json!({}));
    security::convert(object, at, context);
    Ok(())
}

/// 3.0 wants responses, of which 3.1 may say nothing.
fn responses(operation: &mut Object) {
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    if let Value::Object(responses) = responses
        && responses.keys().all(|key| key.starts_with("x-"))
    {
        responses.insert("default".into(), json!({"description": NO_DESCRIPTION}));
    }
}

/// In 3.1 bytes need no schema; in 3.0 they are a string in the format `binary`.
fn raw_bytes(media_type: &str, object: &mut Value) {
    if let Value::Object(object) = object
        && schema::is_binary(media_type)
        && !object.contains_key("$ref")
    {
        let schema = object.entry("schema").or_insert_with(|| json!({}));
        if *schema == json!({}) || *schema == true {
            *schema = json!({"type": "string", "format": "binary"});
        }
    }
}

/// 3.0 has no place for the value, but it has extensions.
fn keep_as_extension(object: &mut Object, key: &str, at: &Pointer, context: &mut Context) {
    let Some(value) = object.remove(key) else { return };
    let extension = format!("x-{key}");
    if object.contains_key(&extension) {
        context.drop(at, key);
    } else {
        object.insert(extension, value);
    }
}

/// In 3.0 a reference stands alone; 3.1 allows words beside it.
fn drop_reference_siblings(object: &mut Object, at: &Pointer, context: &mut Context) {
    object.retain(|key, _| {
        let keep = key == "$ref";
        if !keep {
            context.drop(at, key);
        }
        keep
    });
}
