//! What schemas are.

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
    let said = |key: &str, value: Value| json!({"type": "string", "enum": ["a"], key: value});
    let rows = vec![
        ("a name in snake_case", "/components/schemas/foo_bar", text()),
        ("a name that the generator would change", "/components/schemas/V2C", text()),
        ("a name of the language", "/components/schemas/Option", text()),
        ("a name of the build step", "/components/schemas/Event", text()),
        ("a name for what may be null", "/components/schemas/NullableString", text()),
        ("a name in other letters", "/components/schemas/\u{c9}t\u{e9}", text()),
        ("an alias", new, of("Number")),
        ("an alias with words", new, json!({"allOf": [of("Number")], "description": "d"})),
        (
            "a name for what may be null elsewhere",
            new,
            json!({"anyOf": [of("Number"), {"type": "object", "nullable": true, "enum": [null]}]}),
        ),
        ("a name that may be null", new, json!({"type": "string", "nullable": true})),
        ("parts", new, json!({"allOf": [of("Number"), of("Call")]})),
        (
            "words beside a reference",
            field,
            json!({"$ref": "#/components/schemas/Call", "description": "d"}),
        ),
        ("a rule beside a reference", field, json!({"allOf": [of("Call")], "minProperties": 1})),
        (
            "a rule beside null",
            field,
            json!({"anyOf": [of("Call"), {"type": "object", "nullable": true, "enum": [null]}], "nullable": true}),
        ),
        (
            "a secret that is joined with more",
            field,
            json!({"allOf": [{"minLength": 4}, {"type": "string", "format": "password"}]}),
        ),
        ("what it is not", field, json!({"type": "string", "not": {}})),
        ("several types", field, json!({"type": ["string", "null"]})),
        ("a type that is unknown", field, json!({"type": "number of sorts"})),
        ("no type", field, json!({"minimum": 1})),
        ("a format that is unknown", field, json!({"type": "string", "format": "uuid"})),
        ("a format of another type", field, json!({"type": "string", "format": "unixtime"})),
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
        ("a map of nothing", field, json!({"type": "object", "additionalProperties": false})),
        ("an object of no type", new, json!({"properties": {"a": text()}})),
        ("what no request is not", new, with("not", json!({"anyOf": [{"description": "d"}]}))),
        ("a request that is not anything", not, json!({})),
        ("a request that is not one schema", not, json!({"required": ["text"]})),
        ("a request that is not a case without a name", not, case(json!({"required": ["text"]}))),
        ("a case with a rule", not, case(json!({"description": "d", "minProperties": 1}))),
        ("a case without such a field", not, case(json!({"description": "d", "required": ["b"]}))),
        (
            "a case with the value of no field",
            not,
            case(json!({"description": "d", "not": {"anyOf": [{"properties": {"b": text()}}]}})),
        ),
        ("an object with a typed rest", new, with("additionalProperties", text())),
        ("two fields that are one name", new, object(json!({"a-b": text(), "a_b": text()}))),
        (
            "a field that is called as the rest",
            new,
            json!({"type": "object", "properties": {"extra": text()}, "additionalProperties": true}),
        ),
        ("a field in other letters", new, object(json!({"gr\u{f6}\u{df}e": text()}))),
        ("a field that is required and not there", new, with("required", json!(["b"]))),
        ("no values", new, values(json!([]))),
        ("values that are numbers", new, json!({"type": "integer", "enum": [1, 2]})),
        ("values of two types", new, values(json!(["a", 1]))),
        ("a value that is null", new, values(json!(["a", null]))),
        ("values in a format", new, json!({"type": "string", "enum": ["a"], "format": "date"})),
        ("values that are one name", new, values(json!(["META", "meta"]))),
        ("a value that names no variant", new, values(json!(["7d", "="]))),
        (
            "entries that may be null",
            field,
            json!({"type": "array", "items": {"type": "string", "nullable": true}}),
        ),
        (
            "values that may be null",
            field,
            json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
        ),
        ("a pattern with a condition", field, json!({"type": "string", "pattern": "^(?!a)"})),
        ("a default of another type", field, json!({"type": "integer", "default": "50"})),
        ("a size of text", field, json!({"type": "string", "minItems": 1})),
        (
            "a size of a list that may be missing",
            "/components/schemas/Branding/properties/a",
            json!({"type": "array", "items": text(), "minItems": 1}),
        ),
        ("a field without a name", new, object(json!({"": text()}))),
        ("a field with an apostrophe", new, object(json!({"a'b": text()}))),
        ("a field that begins with a digit", "/components/schemas/Number/properties/2fa", text()),
        ("names of values in a list", new, said("x-enum-names", json!(["A"]))),
        ("the name of no value", new, said("x-enum-names", json!({"b": "B"}))),
        ("meanings by value", new, said("x-enum-descriptions", json!({"a": "A"}))),
        ("the meaning of no value", new, said("x-enum-descriptions", json!(["A", "B"]))),
        ("a meaning that is no text", new, said("x-enum-descriptions", json!([1]))),
        (
            "advice that is unknown",
            "/components/schemas/ErrorCode/x-retry",
            json!({"ADS_NOT_CONFIGURED": "soon"}),
        ),
        ("advice for no code", "/components/schemas/ErrorCode/x-retry", json!({"NONE": "never"})),
    ];
    insta::assert_snapshot!(table(rows));
}
