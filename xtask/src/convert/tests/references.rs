use serde_json::{Value, json};

use super::{convert, document, to_3_0};

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn a_reference_that_leads_to_no_component_is_an_error_with_its_place() {
    for reference in [
        json!("other.yaml#/A"),
        json!("https://a.example/a"),
        json!("#/components/schemas/No"),
        json!("#/components/schemas/S/properties/a"),
        json!("#/components/parameters/P"),
        json!("#/paths/~1a/get/responses/200/content/application~1json/schema"),
        json!("#/$defs/T"),
        json!("#a"),
        json!("#"),
        json!(""),
        json!(1),
    ] {
        let mut from = document(&json!({"properties": {"a": {"$ref": reference}}}));
        from["components"]["parameters"] = json!({"P": {"name": "p", "in": "query", "schema": {}}});
        let error = convert(from).unwrap_err().to_string();
        let start = format!("/components/schemas/S/properties/a/$ref: {reference} is no Schema");
        let end = "describe it under `/components`, and refer to it there";
        assert!(error.starts_with(&start) && error.ends_with(end), "{error}");
    }
}

#[test]
fn a_reference_to_a_reference_is_an_error_with_its_place() {
    for schema in [to("S"), json!({"title": "t", "$ref": "#/components/schemas/S"})] {
        let error = convert(document(&schema)).unwrap_err().to_string();
        assert!(
            error.starts_with("/components/schemas/S/$ref: leads from reference to"),
            "{error}"
        );
    }
    for end in
        [json!({"$ref": "#/components/responses/A"}), json!({"$ref": "#/components/responses/C"})]
    {
        let mut from = document(&json!({}));
        let to_end = json!({"$ref": "#/components/responses/B"});
        from["components"]["responses"] = json!({"A": to_end, "B": end, "C": {"description": "d"}});
        let error = convert(from).unwrap_err().to_string();
        let start = "/components/responses/A/$ref: leads from reference to";
        assert!(error.starts_with(start), "{error}");
    }
}

#[test]
fn schemas_may_refer_to_each_other() {
    let mut from = document(&json!({"oneOf": [to("U")], "properties": {"a": to("S")}}));
    from["components"]["schemas"]["U"] = json!({"allOf": [to("S"), {"title": "t"}]});
    convert(from).unwrap();
}

#[test]
fn a_page_may_refer_to_a_callback() {
    let mut from = document(&json!({}));
    from["components"]["callbacks"] = json!({"C": {"{$url}": {"post": {"responses": {}}}}});
    let callbacks = json!({"c": {"$ref": "#/components/callbacks/C"}});
    from["paths"]["/c"] = json!({"get": {"callbacks": callbacks, "responses": {}}});
    crate::convert::parts(&from).unwrap();
}

#[test]
fn a_schema_that_contains_itself_in_all_of_is_an_error_with_its_place() {
    let mut from = document(&json!({"allOf": [to("U"), {"title": "s"}]}));
    from["components"]["schemas"]["U"] = json!({"allOf": [to("S"), {"title": "t"}]});
    to_3_0(&mut from).unwrap();
    let error = crate::normalise::normalise(&mut from).unwrap_err().to_string();
    assert!(error.contains("/components/schemas/U/allOf/0"), "{error}");
}
