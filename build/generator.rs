//! Runs the generator, and replaces some of its types with ours.

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl, TypePatch};
use quote::quote;
use serde_json::{Value, json};
use syn::File;

use super::schema::named;
use super::simplify::TIMESTAMP;
use super::{enums, unions};

/// Generates the client from a simplified document. The enums and unions are those of the
/// original document.
pub fn run(simple: Value, document: &Value) -> Result<File, String> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_inner_type(quote!(crate::client::Inner))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    let mut patch = TypePatch::default();
    // The server may add fields, and so may a later version of this crate.
    patch.with_attr("#[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))]");
    patch.with_attr("#[non_exhaustive]");
    for (name, _) in named(document) {
        settings.with_patch(name, &patch);
    }
    let ours = |name: &str| format!("crate::generated::types::{name}");
    for (name, _) in enums::find(document) {
        let impls = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(name, ours(name), impls.into_iter());
    }
    for union in unions::find(document) {
        settings.with_replacement(union.name, ours(union.name), std::iter::empty());
    }
    for (schema, ours) in [
        (json!({"type": "string", "format": "password"}), "crate::Secret"),
        (json!({"type": "string", "format": "data-url"}), "crate::DataUrl"),
        (json!({"type": "string", "format": TIMESTAMP}), "crate::Timestamp"),
        (json!({"type": ["string", "null"]}), "crate::Nullable<::std::string::String>"),
        (json!({"type": ["boolean", "null"]}), "crate::Nullable<bool>"),
        (json!({"type": ["integer", "null"]}), "crate::Nullable<i64>"),
        (json!({"type": ["number", "null"]}), "crate::Nullable<f64>"),
    ] {
        // The type is inferred: it belongs to the generator's version of schemars, which is not a
        // dependency of ours.
        let schema = serde_json::from_value(schema).map_err(|error| error.to_string())?;
        settings.with_conversion(schema, ours, [TypeImpl::FromStr].into_iter());
    }
    let simple: OpenAPI = serde_json::from_value(simple).map_err(|error| error.to_string())?;
    let code = Generator::new(&settings).generate_tokens(&simple);
    syn::parse2(code.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}
