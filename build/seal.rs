//! Closes the generated client: what goes in and out of it passes through the
//! hand-written layer.
//!
//! - The constructors go, for they would take any HTTP client, and so do the
//!   traits that would lend out ours.
//! - `Debug` of the client goes, for it would print what the layer keeps secret.
//! - `send` builds a request and hands it over to `crate::call`, which returns
//!   `crate::Error`.
//! - Values in paths are encoded by `crate::path_guard`.
//! - A call that is not sent is a warning.
//! - Models ignore fields that the document does not know, and may gain some:
//!   code outside cannot name all of them. A list or map that is null is empty.
//! - With the feature `schemars`, models derive `JsonSchema`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Field, File, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, ItemUse,
    Meta, Token, Type, UsePath, UseTree, Visibility, parse_quote,
};

use super::adapt::Media;
use super::hand_over::{documented, hand_over};

/// Seals the generated code.
pub fn seal(generated: TokenStream, media: &Media) -> Result<File, String> {
    let mut file: File = syn::parse2(generated).map_err(|error| error.to_string())?;
    file.items.retain(|item| {
        !is_constructors(item) && !is_back_door(item) && !is_module(item, "prelude")
    });
    let mut seal = Seal { media, closed_enums: Vec::new(), unread: Vec::new() };
    seal.visit_file_mut(&mut file);
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
    file.items.insert(
        0,
        parse_quote!(
            use crate::path_guard::encode_path;
        ),
    );
    Ok(file)
}

struct Seal<'a> {
    media: &'a Media,
    closed_enums: Vec<String>,
    /// Operations whose answers the layer cannot read.
    unread: Vec<String>,
}

impl VisitMut for Seal<'_> {
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        visit_mut::visit_item_use_mut(self, item);
        if let Visibility::Inherited = item.vis
            && let UseTree::Path(UsePath { ident, tree, .. }) = &mut item.tree
            && ident == "progenitor_client"
            && let UseTree::Group(names) = tree.as_mut()
        {
            let is_encoder =
                |name: &UseTree| matches!(name, UseTree::Name(name) if name.ident == "encode_path");
            names.items =
                names.items.clone().into_iter().filter(|name| !is_encoder(name)).collect();
        }
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        if item.ident == "Client" {
            item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
            item.attrs.push(parse_quote!(#[derive(Clone)]));
        }
        if is_call(item) {
            item.attrs.push(parse_quote!(#[must_use = "a call does nothing until it is sent"]));
        }
        if is_model(&item.attrs) {
            open_model(&mut item.attrs);
            item.fields.iter_mut().for_each(let_null_be_empty);
        }
    }

    fn visit_item_enum_mut(&mut self, item: &mut ItemEnum) {
        if is_model(&item.attrs) {
            open_model(&mut item.attrs);
            if item.variants.iter().all(|variant| variant.fields.is_empty()) {
                self.closed_enums.push(item.ident.to_string());
            }
        }
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        visit_mut::visit_impl_item_fn_mut(self, function);
        if function.sig.ident == "send" && function.sig.asyncness.is_some() {
            match hand_over(function, self.media) {
                Some(sealed) => *function = sealed,
                None => self.unread.push(documented(function)),
            }
        }
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

/// Whether a type is a model: one that is read from JSON.
pub(super) fn is_model(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| quote!(#attribute).to_string().contains("Deserialize"))
}

/// Reads null as what a field is when it is missing; serde has only options for that.
fn let_null_be_empty(field: &mut Field) {
    let is_option = matches!(&field.ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option"));
    let has_default = field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).is_ok_and(
                |arguments| {
                    arguments.iter().any(
                        |argument| matches!(argument, Meta::Path(path) if path.is_ident("default")),
                    )
                },
            )
    });
    if has_default && !is_option {
        field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::decode::or_default")]));
    }
}

/// Lets a model gain fields, here and at the server.
fn open_model(attributes: &mut Vec<Attribute>) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
        let Ok(arguments) =
            attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        else {
            continue;
        };
        let arguments =
            arguments.iter().filter(|argument| !argument.path().is_ident("deny_unknown_fields"));
        *attribute = parse_quote!(#[serde(#(#arguments),*)]);
    }
    attributes
        .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    attributes.push(parse_quote!(#[non_exhaustive]));
}
