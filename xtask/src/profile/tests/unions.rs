//! The rules for unions.

use serde_json::{Value, json};

use super::{of, table, text};

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_a_union_is() {
    let new = "/components/schemas/New";
    let two = [of("LeadFieldVariable"), of("LeadStaticVariable")];
    let tagged = |members: &[Value], mapping: Value| json!({"oneOf": members, "discriminator": {"propertyName": "a", "mapping": mapping}});
    let [field, fixed] =
        ["#/components/schemas/LeadFieldVariable", "#/components/schemas/LeadStaticVariable"];
    let untagged = |one: Value| json!({"oneOf": [{"title": "Text", "type": "string"}, one]});
    let rows = vec![
        (
            "an inline member",
            new,
            tagged(&[of("LeadFieldVariable"), text()], json!({"a": field, "b": fixed})),
        ),
        (
            "a member that is not an object",
            new,
            tagged(
                &[of("LeadFieldVariable"), of("Flag")],
                json!({"a": field, "b": "#/components/schemas/Flag"}),
            ),
        ),
        ("a member without a value", new, tagged(&two, json!({"a": field}))),
        ("a value that names no variant", new, tagged(&two, json!({"1st": field, "b": fixed}))),
        (
            "a value without a member",
            new,
            tagged(&two, json!({"a": field, "b": fixed, "c": "#/components/schemas/Call"})),
        ),
        (
            "a mapping to a bare name",
            new,
            tagged(&two, json!({"a": field, "b": "LeadStaticVariable"})),
        ),
        ("values with one name", new, tagged(&two, json!({"a": field, "A": fixed}))),
        ("a value with a taken name", new, tagged(&two, json!({"a": field, "unknown": fixed}))),
        (
            "a value with the name of another variant",
            new,
            tagged(&two, json!({"a": field, "b": field, "lead_field_variable": fixed})),
        ),
        ("no discriminator", new, json!({"oneOf": two})),
        ("no title", new, untagged(json!({"type": "integer"}))),
        ("a title twice", new, untagged(json!({"type": "integer", "title": "Text"}))),
        (
            "a title in lower case",
            new,
            untagged(json!({"type": "integer", "title": "in an object"})),
        ),
        ("a title that is taken", new, untagged(json!({"type": "integer", "title": "Unknown"}))),
        ("the same type twice", new, untagged(json!({"title": "Other", "type": "string"}))),
        (
            "numbers of two types",
            new,
            json!({"oneOf": [{"title": "A", "type": "integer"}, {"title": "B", "type": "number"}]}),
        ),
        (
            "two objects",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Call")]}, {"title": "B", "allOf": [of("Number")]}]}),
        ),
        ("any JSON", new, untagged(json!({"title": "Any"}))),
        (
            "a named enum",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Flag")]}, {"title": "B", "type": "integer"}]}),
        ),
        (
            "a secret",
            new,
            untagged(json!({"title": "Secret", "type": "integer", "format": "password"})),
        ),
        (
            "a list of dates",
            new,
            untagged(
                json!({"title": "Dates", "type": "array", "items": {"type": "string", "format": "date"}}),
            ),
        ),
        (
            "a map of lists",
            new,
            untagged(
                json!({"title": "Map", "type": "object", "additionalProperties": {"type": "array", "items": {}}}),
            ),
        ),
        (
            "an inline object",
            new,
            untagged(json!({"title": "Object", "type": "object", "properties": {"a": text()}})),
        ),
        (
            "null",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Call")]}, {"type": "object", "nullable": true, "enum": [null]}]}),
        ),
        (
            "both kinds of alternatives",
            new,
            json!({"oneOf": [{"title": "A", "type": "string"}, {"title": "B", "type": "integer"}], "anyOf": [{"title": "A", "type": "string"}]}),
        ),
        (
            "a rule next to alternatives",
            new,
            json!({"type": "object", "oneOf": [{"title": "A", "type": "string"}, {"title": "B", "type": "integer"}]}),
        ),
    ];
    insta::assert_snapshot!(table(rows));
}
