mod documents;
mod hostile;
mod references;
mod schemas;

use serde_json::{Value, json};

use super::to_3_0;

/// A 3.1 document with two schemas: `S`, and `T` as a target of references.
fn document(schema: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, "T": {"type": "object"}}},
    })
}

/// Returns the converted document and the places of dropped annotations. Asserts that the result
/// is valid and that converting it again changes nothing.
fn convert(mut document: Value) -> anyhow::Result<(Value, Vec<String>)> {
    let dropped = to_3_0(&mut document)?;
    crate::validate::validate(&document)?;
    let once = document.clone();
    assert_eq!(to_3_0(&mut document).unwrap(), Vec::<String>::new());
    assert_eq!(document, once);
    Ok((document, dropped))
}
