//! Runs the generator.

use std::panic::{self, AssertUnwindSafe};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use quote::quote;
use serde_json::json;

use super::adapt::{Adapted, Union};
use super::open_enums::OpenEnum;

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
    for (format, ours) in [("password", "crate::Secret"), ("data-url", "crate::DataUrl")] {
        // Of the generator's own version of schemars, whose types have no name here.
        let schema = serde_json::from_value(json!({"type": "string", "format": format}))
            .map_err(|error| error.to_string())?;
        settings.with_conversion(schema, ours, [TypeImpl::FromStr].into_iter());
    }
    without_panic(|| Generator::new(&settings).generate_tokens(&adapted.document))?
    .map_err(|error| one_line(&error.to_string()))
}

/// Turns a panic, which is how the generator meets much of what it does not
/// support, into its message.
fn without_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        format!("progenitor does not support this document: {}", one_line(message))
    })
}

/// The message on one line, which may quote a part of the document, cut short.
fn one_line(message: &str) -> String {
    const LONGEST: usize = 160;
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}
