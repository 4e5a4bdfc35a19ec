//! Null as OpenAPI 3.0 expresses it.
//!
//! There, `nullable` means something only beside a `type` (3.0.3, 4.7.24.1). Of a
//! reference or a union that may be null, null is one of the alternatives.

use serde_json::{Value, json};

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
