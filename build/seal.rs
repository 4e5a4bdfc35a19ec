//! Closes the generated client: what goes in and out of it passes through the
//! hand-written layer.
//!
//! - The constructors go, for they would take any HTTP client, and so do the
//!   traits that would lend out ours.
//! - `Debug` of the client goes, for it would print what the layer keeps secret.
//! - `send` builds a request and hands it over to `crate::call`, which returns
//!   `crate::Error`.
//! - Values in paths are encoded by `crate::path_guard`, and answers are
//!   `crate::ResponseValue`.
//! - A call that is not sent is a warning.
//! - Models ignore fields that the document does not know, and may gain some:
//!   code outside cannot name all of them.
//! - With the feature `schemars`, models derive `JsonSchema`.

use proc_macro2::TokenStream;
use syn::{
    Attribute, File, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, ItemUse, UsePath,
    UseTree, parse_quote,
};

use super::adapt::Media;
use super::attributes::{is_model, serde};
use super::hand_over::{documented, hand_over};
use super::rewrite;

/// Seals the generated code.
pub fn seal(generated: TokenStream, media: &Media) -> Result<File, String> {
    let mut file: File = syn::parse2(generated).map_err(|error| error.to_string())?;
    file.items.retain(|item| {
        !is_constructors(item) && !is_back_door(item) && !is_module(item, "prelude")
    });
    let mut seal = Seal { media, closed_enums: Vec::new(), unread: Vec::new() };
    rewrite::each_item(&mut file.items, &mut |item| seal.item(item));
    if !seal.closed_enums.is_empty() {
        return Err(format!(
            "a value that is new would fail a call, since {} is a closed enum; \
             make its schema one of the components in an overlay",
            seal.closed_enums.join(", ")
        ));
    }
    if !seal.unread.is_empty() {
        return Err(format!(
            "an answer is neither JSON nor empty, which is not supported: {}",
            seal.unread.join(", ")
        ));
    }
    let ours: [Item; 2] = [
        parse_quote!(
            use crate::ResponseValue;
        ),
        parse_quote!(
            use crate::path_guard::encode_path;
        ),
    ];
    file.items.splice(..0, ours);
    Ok(file)
}

struct Seal<'a> {
    media: &'a Media,
    closed_enums: Vec<String>,
    /// Operations whose answers the layer cannot read.
    unread: Vec<String>,
}

impl Seal<'_> {
    fn item(&mut self, item: &mut Item) {
        match item {
            Item::Use(item) => hide_replaced(item),
            Item::Struct(item) => seal_struct(item),
            Item::Enum(item) => self.seal_enum(item),
            Item::Impl(item) => rewrite::functions(item).for_each(|function| self.send(function)),
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

    fn send(&mut self, function: &mut ImplItemFn) {
        if function.sig.ident == "send" && function.sig.asyncness.is_some() {
            match hand_over(function, self.media) {
                Some(sealed) => *function = sealed,
                None => self.unread.push(documented(function)),
            }
        }
    }
}

/// Imports all of the generator but what we have instead.
fn hide_replaced(item: &mut ItemUse) {
    if let UseTree::Path(UsePath { ident, tree, .. }) = &mut item.tree
        && ident == "progenitor_client"
        && let UseTree::Group(names) = tree.as_mut()
    {
        let is_replaced = |name: &UseTree| {
            matches!(name, UseTree::Name(name)
                if name.ident == "encode_path" || name.ident == "ResponseValue")
        };
        names.items = names.items.clone().into_iter().filter(|name| !is_replaced(name)).collect();
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

/// Whether an item lends out the HTTP client, past the layer.
fn is_back_door(item: &Item) -> bool {
    let Item::Impl(ItemImpl { trait_: Some((path, _)), .. }) = item else {
        return false;
    };
    path.segments
        .last()
        .is_some_and(|name| name.ident == "ClientInfo" || name.ident == "ClientHooks")
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
