//! A document as the validator reads it: without what the specification allows
//! and the validator refuses.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::convert::grammar::{Child, Kind};

type Object = Map<String, Value>;

/// How many references may lead from one to the next.
const LONGEST: usize = 16;

pub(super) fn of(document: &Value) -> Value {
    let mut reading = document.clone();
    let is_3_1 = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1."));
    Reader { document, is_3_1 }.visit(Kind::Document, &mut reading);
    reading
}

struct Reader<'a> {
    document: &'a Value,
    is_3_1: bool,
}

impl Reader<'_> {
    fn visit(&self, kind: Kind, value: &mut Value) {
        let Value::Object(object) = value else { return };
        // The validator wants some extensions as others use them.
        object.retain(|key, _| !key.starts_with("x-"));
        if let Some(text) = object.get("$ref").and_then(Value::as_str).map(str::to_owned) {
            self.reference(kind, object, &text);
        }
        match kind {
            Kind::Schema => schema(object, self.is_3_1),
            Kind::SecurityScheme => http_scheme(object),
            // No client is made of them, and what a link leads to may be elsewhere.
            Kind::Response | Kind::Components => drop(object.remove("links")),
            // The validator wants a letter in each.
            Kind::Document | Kind::Operation => drop(object.remove("tags")),
            _ => {}
        }
        servers(object);
        for (key, value) in object {
            match (kind.child(key), value) {
                (Some(Child::One(kind)), value) => self.visit(kind, value),
                (Some(Child::List(kind)), Value::Array(values)) => {
                    for value in values {
                        self.visit(kind, value);
                    }
                }
                (Some(Child::Map(kind)), Value::Object(values)) => {
                    for (_, value) in values {
                        self.visit(kind, value);
                    }
                }
                (Some(Child::Extensible(kind)), Value::Object(values)) => {
                    values.retain(|key, _| !key.starts_with("x-"));
                    for (_, value) in values {
                        self.visit(kind, value);
                    }
                }
                _ => {}
            }
        }
    }

    /// The validator knows references to components by name. Others it finds
    /// nowhere, so what they name stands in their place; that is checked where it
    /// is. Schemas may be made of each other, and are left open.
    fn reference(&self, kind: Kind, object: &mut Object, text: &str) {
        match kind {
            // Those of 3.1 are all followed in the conversion.
            Kind::Schema if self.is_3_1 => drop(object.remove("$ref")),
            Kind::Schema => {
                object.clear();
                if self.find(text).is_none() {
                    object.insert("$ref".into(), text.into());
                }
            }
            Kind::PathItem => {
                if self.find(text).is_some() {
                    object.remove("$ref");
                }
            }
            _ => {
                // What stands beside it is ignored.
                object.retain(|key, _| key == "$ref");
                if let Some(target) = self.end(kind, text) {
                    *object = stand_in(kind, target);
                }
            }
        }
    }

    /// What a chain of references leads to, if the specification has such an
    /// object there.
    fn end(&self, kind: Kind, text: &str) -> Option<&Object> {
        let mut text = text;
        for _ in 0..LONGEST {
            let found = self.find(text).filter(|(_, is)| *is == Some(kind))?.0.as_object()?;
            match found.get("$ref").and_then(Value::as_str) {
                Some(next) => text = next,
                None => return Some(found),
            }
        }
        None
    }

    /// What a reference names, and what that is by the specification.
    fn find(&self, text: &str) -> Option<(&Value, Option<Kind>)> {
        let pointer = text.strip_prefix('#')?;
        let decoded = percent_decode_str(pointer).decode_utf8().ok()?;
        let here = |pointer: &str| self.document.pointer(pointer);
        let exact = here(pointer).map(|value| (value, Kind::at(pointer)));
        exact.or_else(|| Some((here(&decoded)?, Kind::at(&decoded))))
    }
}

/// As much of an object as what refers to it is checked by.
fn stand_in(kind: Kind, target: &Object) -> Object {
    let mut object = target.clone();
    let rest = match kind {
        Kind::Parameter => {
            object.retain(|key, _| matches!(key.as_str(), "name" | "in" | "required"));
            json!({"schema": {}})
        }
        Kind::SecurityScheme => return object,
        kind => {
            object.clear();
            match kind {
                Kind::Header => json!({"schema": {}}),
                Kind::Response => json!({"description": ""}),
                Kind::RequestBody => json!({"content": {}}),
                _ => json!({}),
            }
        }
    };
    object.extend(rest.as_object().cloned().unwrap_or_default());
    object
}

/// A schema without its values and annotations. The validator takes a default
/// without a type for an object, knows four formats of numbers, reads patterns,
/// which are ECMAScript, as Rust does, and refuses values in an enum that are not
/// of the type, such as null where it is nullable.
fn schema(object: &mut Object, is_3_1: bool) {
    for key in ["default", "example", "examples", "format", "pattern"] {
        object.remove(key);
    }
    if object.get("enum").is_some_and(Value::is_array) {
        object.remove("enum");
    }
    if is_3_1 {
        // The flags that they are in 3.0 are read as such.
        for key in ["exclusiveMinimum", "exclusiveMaximum"] {
            if object.get(key).is_some_and(Value::is_boolean) {
                object.remove(key);
            }
        }
    }
    shorten_mapping(object);
}

/// The validator knows the registered schemes of HTTP, where any is allowed.
fn http_scheme(object: &mut Object) {
    object.remove("bearerFormat");
    if let Some(scheme @ Value::String(_)) = object.get_mut("scheme") {
        *scheme = "bearer".into();
    }
}

/// The validator wants a letter in a relative URL and in the default of a variable.
fn servers(object: &mut Object) {
    let servers = object.get_mut("servers").and_then(Value::as_array_mut);
    for server in servers.into_iter().flatten() {
        server.get_mut("url").into_iter().for_each(fill);
        let variables = server.get_mut("variables").and_then(Value::as_object_mut);
        for variable in variables.into_iter().flat_map(Map::values_mut) {
            let values = variable.get_mut("enum").and_then(Value::as_array_mut);
            values.into_iter().flatten().for_each(fill);
            variable.get_mut("default").into_iter().for_each(fill);
        }
    }
}

fn fill(value: &mut Value) {
    if value == "" {
        *value = "empty".into();
    }
}

/// The validator takes every value of a mapping for a name, where it may be a
/// reference too.
fn shorten_mapping(object: &mut Object) {
    let mapping = object.get_mut("discriminator").and_then(|it| it.get_mut("mapping"));
    for value in mapping.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        let name = value.as_str().and_then(|value| value.strip_prefix("#/components/schemas/"));
        if let Some(name) = name.map(str::to_owned) {
            *value = name.into();
        }
    }
}
