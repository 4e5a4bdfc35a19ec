//! Closes the generated client.
//!
//! - The constructors go, for they would take any HTTP client.
//! - `Debug` of the client goes, for it would print what the layer keeps secret.
//! - A call that is not sent is a warning.
//! - Models ignore fields that the document does not know, and may gain some:
//!   code outside cannot name all of them.
//! - With the feature `schemars`, models derive `JsonSchema`.

use proc_macro2::TokenStream;
use syn::{Attribute, File, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, parse_quote};

use super::attributes::{is_model, serde};
use super::rewrite;

/// Seals the generated code.
pub fn seal(generated: TokenStream) -> Result<File, String> {
    let mut file: File = syn::parse2(generated).map_err(|error| error.to_string())?;
    file.items.retain(|item| !is_constructors(item) && !is_module(item, "prelude"));
    let mut seal = Seal::default();
    rewrite::each_item(&mut file.items, &mut |item| seal.item(item));
    if !seal.closed_enums.is_empty() {
        return Err(format!(
            "a value that is new would fail a call, since {} is a closed enum; \
             make its schema one of the components in an overlay",
            seal.closed_enums.join(", ")
        ));
    }
    Ok(file)
}

#[derive(Default)]
struct Seal {
    closed_enums: Vec<String>,
}

impl Seal {
    fn item(&mut self, item: &mut Item) {
        match item {
            Item::Struct(item) => seal_struct(item),
            Item::Enum(item) => self.seal_enum(item),
            _ => {}
        }
    }

    fn seal_enum(&mut self, item: &mut ItemEnum) {
        if is_model(&item.attrs) {
            open_model(&mut item.attrs);
            if item.variants.iter().all(|variant| variant.fields.is_empty()) {
                self.closed_enums.push(item.ident.to_string());
            }
        }
    }
}

fn seal_struct(item: &mut ItemStruct) {
    if item.ident == "Client" {
        item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
        item.attrs.push(parse_quote!(#[derive(Clone)]));
    }
    if is_call(item) {
        item.attrs.push(parse_quote!(#[must_use = "a call does nothing until it is sent"]));
    }
    if is_model(&item.attrs) {
        open_model(&mut item.attrs);
    }
}

fn is_constructors(item: &Item) -> bool {
    let Item::Impl(ItemImpl { trait_: None, items, .. }) = item else {
        return false;
    };
    items.iter().any(
        |item| matches!(item, ImplItem::Fn(function) if function.sig.ident == "new_with_client"),
    )
}

fn is_module(item: &Item, name: &str) -> bool {
    matches!(item, Item::Mod(module) if module.ident == name)
}

/// Whether a type builds a call: it borrows the client.
pub(super) fn is_call(item: &ItemStruct) -> bool {
    let mut fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
    !item.generics.params.is_empty() && fields.any(|field| field == "client")
}

/// Lets a model gain fields, here and at the server.
fn open_model(attributes: &mut Vec<Attribute>) {
    let mut said = serde(attributes);
    said.retain(|argument| !argument.path().is_ident("deny_unknown_fields"));
    attributes.retain(|attribute| !attribute.path().is_ident("serde"));
    if !said.is_empty() {
        attributes.push(parse_quote!(#[serde(#(#said),*)]));
    }
    attributes
        .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    attributes.push(parse_quote!(#[non_exhaustive]));
}
