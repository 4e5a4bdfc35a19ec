//! The rules for choices in requests.

use serde_json::{Value, json};

use super::{of, table, text};

#[test]
fn what_a_request_may_choose() {
    let rule = |fields: &[&str]| -> Value {
        fields.iter().map(|field| json!({"required": [field]})).collect()
    };
    let search = "/components/schemas/NumberCheckRequest/anyOf";
    let title = "/components/schemas/MessageRequest/allOf/0/title";
    insta::assert_snapshot!(table([
        ("an unknown field", search, rule(&["number", "none"])),
        ("a field twice", search, rule(&["number", "number"])),
        (
            "two fields at once",
            search,
            json!([{"required": ["number", "numbers"]}, {"required": ["number"]}])
        ),
        (
            "another keyword next to a field",
            search,
            json!([{"required": ["number"], "type": "object"}, {"required": ["numbers"]}])
        ),
        ("a required field", "/components/schemas/NumberCheckRequest/required", json!(["number"])),
        (
            "a nullable field",
            "/components/schemas/NumberCheckRequest/properties/number/nullable",
            json!(true)
        ),
        (
            "a field with a nullable reference",
            "/components/schemas/NumberCheckRequest/properties/number",
            json!({"anyOf": [of("Flag"), {"type": "object", "nullable": true, "enum": [null]}]})
        ),
        (
            "a secret that can be cleared",
            "/components/schemas/BrandingUpdateRequest/properties/subtitle",
            json!({"type": "string", "format": "password", "nullable": true})
        ),
        (
            "an enum that can be cleared",
            "/components/schemas/BrandingUpdateRequest/properties/subtitle",
            json!({"allOf": [of("Flag")], "nullable": true})
        ),
        ("a choice of a response", "/components/schemas/Number/anyOf", rule(&["name", "number"])),
        ("no title", title, json!(null)),
        (
            "a title of a lone choice",
            "/components/schemas/NumberCheckRequest/title",
            json!("Which")
        ),
        (
            "two rules at once",
            "/components/schemas/NumberCheckRequest/oneOf",
            rule(&["number", "numbers"])
        ),
        ("a title in lower case", title, json!("destination of it")),
        ("a title twice", title, json!("Content")),
        (
            "a title that makes an existing name",
            "/components/schemas/MessageRequestDestination",
            text()
        ),
        ("a part that is not a rule", "/components/schemas/MessageRequest/allOf/-", of("Number")),
    ]));
}
