//! What the attributes of generated types say.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token, parse_quote};

/// Whether a type is a model: one that is read from JSON.
pub fn is_model(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| quote!(#attribute).to_string().contains("Deserialize"))
}

/// Takes a trait from what is derived.
pub fn drop_derived(attributes: &mut [Attribute], name: &str) {
    let is_named = |path: &Path| path.segments.last().is_some_and(|last| last.ident == name);
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let derived = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let kept = derived.into_iter().flatten().filter(|path| !is_named(path));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}

/// What `#[serde(...)]` says.
pub fn serde(attributes: &[Attribute]) -> Vec<Meta> {
    let ours = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    ours.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
    })
    .flatten()
    .collect()
}
