//! Runs the generator.

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use quote::quote;
use serde_json::json;

use super::adapt::{Adapted, Union};
use super::open_enums::OpenEnum;
use super::panics;
use super::timestamps;

/// Generates the client of a document, with our enums, unions and nullable values in
/// place of its own.
pub fn run(adapted: &Adapted, open_enums: &[OpenEnum]) -> Result<TokenStream, String> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_inner_type(quote!(crate::client::Inner))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for open_enum in open_enums {
        settings.with_replacement(
            &open_enum.name,
            format!("crate::generated::types::{}", open_enum.name),
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    }
    for Union { name, .. } in adapted.unions.iter().chain(&adapted.deliveries) {
        let ours = format!("crate::generated::types::{name}");
        settings.with_replacement(name, ours, std::iter::empty());
    }
    for (name, ours) in &adapted.nullables {
        settings.with_replacement(name, ours, std::iter::empty());
    }
    for (format, ours) in [
        ("password", "crate::Secret"),
        ("data-url", "crate::DataUrl"),
        (timestamps::FORMAT, "crate::Timestamp"),
    ] {
        // Of the generator's own version of schemars, whose types have no name here.
        let schema = serde_json::from_value(json!({"type": "string", "format": format}))
            .map_err(|error| error.to_string())?;
        settings.with_conversion(schema, ours, [TypeImpl::FromStr].into_iter());
    }
    panics::caught("progenitor", || Generator::new(&settings).generate_tokens(&adapted.document))?
        .map_err(|error| panics::one_line(&error.to_string()))
}
