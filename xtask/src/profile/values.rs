//! Checks schemas that need no name: a reference, a scalar, a list, a map or any JSON.

use super::Part;
pub use crate::generate::nullable::is_scalar;
use crate::places;
use crate::reconcile::type_of;

/// The formats that have a type in the client, by JSON type.
const FORMATS: [(&str, &str); 3] = [
    ("string", "date date-time password data-url"),
    ("integer", "int64 uint64 unixtime"),
    ("number", "double"),
];

/// Checks a schema within another, or in an operation.
pub fn inner(schema: &Part) {
    if schema.get("$ref").is_some() {
        schema.keys(|key| key == "$ref");
    } else if places::lone_reference(schema).is_some() {
        schema.only(&["allOf", "nullable"]);
    } else if places::nullable_reference(schema).is_some() {
        schema.only(&["anyOf"]);
    } else {
        plain(schema);
    }
}

/// Checks a scalar, a list, a map or any JSON.
pub fn plain(schema: &Part) {
    let unread = "allOf anyOf oneOf enum properties required not discriminator";
    schema.keys(|key| !unread.split(' ').any(|unread| unread == key));
    typed(schema);
    let (kind, format) = (schema.key("type"), schema.key("format"));
    let (items, values) = (schema.key("items"), schema.key("additionalProperties"));
    let mut known = FORMATS.iter().filter(|(of, _)| *of == kind.text());
    let is_known = known.any(|(_, all)| all.split(' ').any(|known| known == *format));
    let what = format!("`{}` has no type in the client; remove it", format.text());
    format.expect(format.is_null() || is_known, what);
    match kind.text() {
        "array" => entry(&items),
        "object" if values.is_object() => entry(&values),
        "object" => values.expect(*values != false, "allows nothing; remove it"),
        _ if is_scalar(schema) => {}
        _ if kind.is_null() => schema.only(&["nullable"]),
        _ => kind.refuse("is not a single JSON type; write one"),
    }
}

/// Checks that the default and the values of an enum have the type of the schema.
pub fn typed(schema: &Part) {
    let kind = schema.key("type");
    for value in [schema.key("default")].into_iter().chain(schema.key("enum").elements()) {
        let found = type_of(&value);
        let fits = found == kind.text() || (found, kind.text()) == ("integer", "number");
        let what = format!("is not of the type of the schema, {}; change it", kind.text());
        value.expect(fits || value.is_null(), what);
    }
}

/// Checks the entries of a list or a map.
pub fn entry(schema: &Part) {
    let nullable = schema.key("nullable");
    nullable.expect(*nullable != true, "is not supported on an entry; remove it");
    inner(schema);
}
