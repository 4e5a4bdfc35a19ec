//! The rules for named schemas.

use serde_json::{Value, json};

use super::{of, table, text};

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_a_schema_is() {
    let field = "/components/schemas/Number/properties/a";
    let new = "/components/schemas/New";
    let not = "/components/schemas/MessageRequest/not";
    let case = |case: Value| json!({"anyOf": [case]});
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let with = |key: &str, value: Value| json!({"type": "object", "properties": {"a": text()}, key: value});
    let values = |values: Value| json!({"type": "string", "enum": values});
    let annotated = |key: &str, value: Value| json!({"type": "string", "enum": ["a"], key: value});
    let rows = vec![
        ("a name in snake_case", "/components/schemas/foo_bar", text()),
        ("a name that the generator would change", "/components/schemas/V2C", text()),
        ("a name of the language", "/components/schemas/Option", text()),
        ("a name of the build step", "/components/schemas/Event", text()),
        ("a name of a nullable value", "/components/schemas/NullableString", text()),
        ("a name with non-ASCII letters", "/components/schemas/\u{c9}t\u{e9}", text()),
        ("an alias", new, of("Number")),
        ("an alias with a description", new, json!({"allOf": [of("Number")], "description": "d"})),
        (
            "an alias of a nullable reference",
            new,
            json!({"anyOf": [of("Number"), {"type": "object", "nullable": true, "enum": [null]}]}),
        ),
        ("a nullable named schema", new, json!({"type": "string", "nullable": true})),
        ("joined schemas", new, json!({"allOf": [of("Number"), of("Call")]})),
        (
            "a description next to a reference",
            field,
            json!({"$ref": "#/components/schemas/Call", "description": "d"}),
        ),
        ("a rule next to a reference", field, json!({"allOf": [of("Call")], "minProperties": 1})),
        (
            "nullable next to a union with null",
            field,
            json!({"anyOf": [of("Call"), {"type": "object", "nullable": true, "enum": [null]}], "nullable": true}),
        ),
        (
            "a secret that is joined with a rule",
            field,
            json!({"allOf": [{"minLength": 4}, {"type": "string", "format": "password"}]}),
        ),
        ("an exclusion of a field", field, json!({"type": "string", "not": {}})),
        ("several types", field, json!({"type": ["string", "null"]})),
        ("an unknown type", field, json!({"type": "number of sorts"})),
        ("no type", field, json!({"minimum": 1})),
        ("an unknown format", field, json!({"type": "string", "format": "uuid"})),
        ("a format of another type", field, json!({"type": "string", "format": "unixtime"})),
        ("a format of a list", field, json!({"type": "array", "items": text(), "format": "csv"})),
        ("a format of a map", field, json!({"type": "object", "format": "date"})),
        ("a format of an object", new, with("format", json!("date"))),
        ("an object without a name", field, object(json!({"b": text()}))),
        (
            "an object without a name in a list",
            field,
            json!({"type": "array", "items": object(json!({"b": text()}))}),
        ),
        (
            "an object without a name in a map",
            field,
            json!({"type": "object", "additionalProperties": object(json!({"b": text()}))}),
        ),
        ("an enum without a name", field, values(json!(["a"]))),
        ("alternatives without a name", field, json!({"oneOf": [of("Call"), text()]})),
        ("fields of a map", field, json!({"type": "object", "required": ["b"]})),
        (
            "a map that allows nothing",
            field,
            json!({"type": "object", "additionalProperties": false}),
        ),
        ("an object without a type", new, json!({"properties": {"a": text()}})),
        (
            "an exclusion outside requests",
            new,
            with("not", json!({"anyOf": [{"description": "d"}]})),
        ),
        ("an exclusion without cases", not, json!({})),
        ("an exclusion of one schema", not, json!({"required": ["text"]})),
        ("a case without a description", not, case(json!({"required": ["text"]}))),
        ("a case with a rule", not, case(json!({"description": "d", "minProperties": 1}))),
        (
            "a case that requires an unknown field",
            not,
            case(json!({"description": "d", "required": ["b"]})),
        ),
        (
            "a case with a value of an unknown field",
            not,
            case(json!({"description": "d", "not": {"anyOf": [{"properties": {"b": text()}}]}})),
        ),
        ("an object with typed additional properties", new, with("additionalProperties", text())),
        ("two fields with one name", new, object(json!({"a-b": text(), "a_b": text()}))),
        (
            "two spellings of WhatsApp",
            new,
            object(json!({"whatsappId": text(), "whatsAppId": text()})),
        ),
        (
            "a field with the name of the additional properties",
            new,
            json!({"type": "object", "properties": {"extra": text()}, "additionalProperties": true}),
        ),
        ("a field with non-ASCII letters", new, object(json!({"gr\u{f6}\u{df}e": text()}))),
        ("a required field that does not exist", new, with("required", json!(["b"]))),
        ("no values", new, values(json!([]))),
        ("values that are numbers", new, json!({"type": "integer", "enum": [1, 2]})),
        ("values of two types", new, values(json!(["a", 1]))),
        ("a value that is null", new, values(json!(["a", null]))),
        ("values with a format", new, json!({"type": "string", "enum": ["a"], "format": "date"})),
        ("values with one name", new, values(json!(["META", "meta"]))),
        ("a value that names no variant", new, values(json!(["7d", "="]))),
        (
            "nullable entries",
            field,
            json!({"type": "array", "items": {"type": "string", "nullable": true}}),
        ),
        (
            "nullable values",
            field,
            json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
        ),
        ("a pattern with look-ahead", field, json!({"type": "string", "pattern": "^(?!a)"})),
        ("a default of another type", field, json!({"type": "integer", "default": "50"})),
        ("a list size on text", field, json!({"type": "string", "minItems": 1})),
        (
            "a minimum size of an optional list",
            "/components/schemas/Branding/properties/a",
            json!({"type": "array", "items": text(), "minItems": 1}),
        ),
        ("a field without a name", new, object(json!({"": text()}))),
        ("a field with an apostrophe", new, object(json!({"a'b": text()}))),
        ("a field that begins with a digit", "/components/schemas/Number/properties/2fa", text()),
        ("names of values in a list", new, annotated("x-enum-names", json!(["A"]))),
        ("the name of an unknown value", new, annotated("x-enum-names", json!({"b": "B"}))),
        ("meanings by value", new, annotated("x-enum-descriptions", json!({"a": "A"}))),
        ("more meanings than values", new, annotated("x-enum-descriptions", json!(["A", "B"]))),
        ("a meaning that is not a string", new, annotated("x-enum-descriptions", json!([1]))),
        (
            "unknown advice",
            "/components/schemas/ErrorCode/x-retry",
            json!({"ADS_NOT_CONFIGURED": "soon"}),
        ),
        (
            "advice for an unknown code",
            "/components/schemas/ErrorCode/x-retry",
            json!({"NONE": "never"}),
        ),
    ];
    insta::assert_snapshot!(table(rows));
}
