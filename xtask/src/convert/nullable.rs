//! Null as OpenAPI 3.0 expresses it.
//!
//! There, `nullable` means something only beside a `type` (3.0.3, 4.7.24.1). Of a
//! reference or a union that may be null, null is one of the alternatives.

use anyhow::Result;
use serde_json::{Value, json};

use super::grammar::{self, Kind};

/// What stays beside the alternatives: it does not say which values are valid.
pub(crate) const BESIDE: [&str; 7] =
    ["description", "title", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// The schema that only null fits.
pub(crate) fn only_null() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

/// Whether only null fits a converted schema.
pub(super) fn is_null(schema: &Value) -> bool {
    schema.get("enum").is_some_and(|values| *values == json!([null]))
}

/// Writes null among alternatives as `nullable`, as it is written beside a type: for what
/// compares schemas.
pub fn as_keyword(document: &mut Value) -> Result<()> {
    for (kind, at) in grammar::parts(document)?.into_iter().rev() {
        let Some(Value::Object(schema)) = document.pointer_mut(at.as_str()) else { continue };
        for key in ["anyOf", "oneOf"].into_iter().filter(|_| kind == Kind::Schema) {
            let Some(Value::Array(mut alternatives)) = schema.remove(key) else { continue };
            let before = alternatives.len();
            alternatives.retain(|alternative| *alternative != only_null());
            let has_null = alternatives.len() < before;
            if has_null {
                schema.insert("nullable".into(), true.into());
            }
            let is_lone = has_null && alternatives.len() == 1 && !schema.contains_key("allOf");
            schema.insert(if is_lone { "allOf" } else { key }.into(), alternatives.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{as_keyword, only_null};

    #[test]
    fn null_among_alternatives_becomes_the_keyword() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        for (before, after) in [
            (
                json!({"anyOf": [reference, only_null()], "description": "d"}),
                json!({"allOf": [reference], "description": "d", "nullable": true}),
            ),
            (
                json!({"oneOf": [reference, {"type": "string"}, only_null()]}),
                json!({"oneOf": [reference, {"type": "string"}], "nullable": true}),
            ),
            (
                json!({"type": "array", "items": {"anyOf": [reference, only_null()]}}),
                json!({"type": "array", "items": {"allOf": [reference], "nullable": true}}),
            ),
            (json!({"anyOf": [reference]}), json!({"anyOf": [reference]})),
            (only_null(), only_null()),
        ] {
            let mut document = json!({"components": {"schemas": {"A": before}}});
            as_keyword(&mut document).unwrap();
            assert_eq!(document, json!({"components": {"schemas": {"A": after}}}));
        }
    }
}
