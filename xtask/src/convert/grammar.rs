//! Which objects of the specification hold which others, by their keys.

/// An object of the specification that holds schemas or references, or holds
/// one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
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
    Example,
    Link,
    Schema,
}

/// How children hang below a key.
#[derive(Clone, Copy)]
pub(crate) enum Child {
    /// The value itself.
    One(Kind),
    /// Each element of an array.
    List(Kind),
    /// Each value of a map whose keys are names.
    Map(Kind),
    /// Each value of an object that may also hold extensions.
    Extensible(Kind),
}

use Child::{Extensible, List, Map, One};

/// Keywords that hold one schema.
const ONE_SCHEMA: &[&str] = &[
    "items",
    "not",
    "additionalProperties",
    "propertyNames",
    "contains",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];

/// Keywords that hold an array of schemas.
const SCHEMA_LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords that hold schemas by name.
const SCHEMA_MAPS: &[&str] =
    &["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/// The keys of a path item that are operations.
pub(crate) const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Kind {
    /// What the specification has at a place.
    pub(crate) fn at(pointer: &str) -> Option<Self> {
        let mut kind = Self::Document;
        let mut tokens = pointer.split('/').skip(1);
        while let Some(token) = tokens.next() {
            let key = token.replace("~1", "/").replace("~0", "~");
            kind = match kind.child(&key)? {
                Child::One(kind) => kind,
                Child::List(kind) | Child::Map(kind) | Child::Extensible(kind) => {
                    tokens.next()?;
                    kind
                }
            };
        }
        Some(kind)
    }

    /// What hangs below `key` in an object of this kind.
    pub(crate) fn child(self, key: &str) -> Option<Child> {
        match self {
            Kind::Document => document(key),
            Kind::Info => (key == "license").then_some(One(Kind::License)),
            Kind::Components => components(key),
            Kind::PathItem | Kind::Operation => path_item_or_operation(self, key),
            Kind::Callback => (!key.starts_with("x-")).then_some(One(Kind::PathItem)),
            Kind::Schema => schema(key),
            Kind::License | Kind::SecurityScheme | Kind::Example | Kind::Link => None,
            _ => content(self, key),
        }
    }
}

fn document(key: &str) -> Option<Child> {
    Some(match key {
        "info" => One(Kind::Info),
        "paths" => Extensible(Kind::PathItem),
        // A webhook is converted where it is kept.
        "webhooks" | "x-webhooks" => Map(Kind::PathItem),
        "components" => One(Kind::Components),
        _ => return None,
    })
}

fn components(key: &str) -> Option<Child> {
    Some(Map(match key {
        "schemas" => Kind::Schema,
        "responses" => Kind::Response,
        "parameters" => Kind::Parameter,
        "examples" => Kind::Example,
        "requestBodies" => Kind::RequestBody,
        "headers" => Kind::Header,
        "securitySchemes" => Kind::SecurityScheme,
        "links" => Kind::Link,
        "callbacks" => Kind::Callback,
        "pathItems" => Kind::PathItem,
        _ => return None,
    }))
}

fn path_item_or_operation(kind: Kind, key: &str) -> Option<Child> {
    Some(match (kind, key) {
        (_, "parameters") => List(Kind::Parameter),
        (Kind::PathItem, method) if METHODS.contains(&method) => One(Kind::Operation),
        (Kind::Operation, "requestBody") => One(Kind::RequestBody),
        (Kind::Operation, "responses") => Extensible(Kind::Response),
        (Kind::Operation, "callbacks") => Map(Kind::Callback),
        _ => return None,
    })
}

/// Parameters, headers, bodies, responses, and what they hold.
fn content(kind: Kind, key: &str) -> Option<Child> {
    let message = matches!(kind, Kind::RequestBody | Kind::Response);
    let value = matches!(kind, Kind::Parameter | Kind::Header);
    Some(match key {
        "content" if message || value => Map(Kind::MediaType),
        "schema" if value || kind == Kind::MediaType => One(Kind::Schema),
        "examples" if value || kind == Kind::MediaType => Map(Kind::Example),
        "encoding" if kind == Kind::MediaType => Map(Kind::Encoding),
        "headers" if matches!(kind, Kind::Response | Kind::Encoding) => Map(Kind::Header),
        "links" if kind == Kind::Response => Map(Kind::Link),
        _ => return None,
    })
}

fn schema(key: &str) -> Option<Child> {
    if ONE_SCHEMA.contains(&key) {
        Some(One(Kind::Schema))
    } else if SCHEMA_LISTS.contains(&key) {
        Some(List(Kind::Schema))
    } else if SCHEMA_MAPS.contains(&key) {
        Some(Map(Kind::Schema))
    } else {
        None
    }
}
