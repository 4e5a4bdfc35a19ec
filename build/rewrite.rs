//! Changes generated code in place.
//!
//! syn's visitor is generic: a type that is one has all of it compiled for itself. Here
//! it is compiled once, for every [`Rewrite`].

use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FieldValue, File, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, LitStr, Macro, MetaList,
};

/// What to change, each after what is within it.
pub trait Rewrite {
    fn field_value(&mut self, _: &mut FieldValue) {}
    fn lit_str(&mut self, _: &mut LitStr) {}
    /// What attributes and macros take, which is no syntax yet.
    fn tokens(&mut self, _: &mut TokenStream) {}
}

pub fn file(file: &mut File, change: &mut dyn Rewrite) {
    Walk(change).visit_file_mut(file);
}

pub fn item_impl(item: &mut ItemImpl, change: &mut dyn Rewrite) {
    Walk(change).visit_item_impl_mut(item);
}

/// Changes each item, those of modules too.
pub fn each_item(items: &mut [Item], change: &mut dyn FnMut(&mut Item)) {
    for item in items {
        if let Item::Mod(ItemMod { content: Some((_, items)), .. }) = item {
            each_item(items, change);
        }
        change(item);
    }
}

/// The functions of an `impl`.
pub fn functions(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// syn's visitor on behalf of any change.
struct Walk<'a>(&'a mut dyn Rewrite);

impl VisitMut for Walk<'_> {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        self.0.field_value(field);
    }

    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        self.0.lit_str(literal);
    }

    fn visit_meta_list_mut(&mut self, list: &mut MetaList) {
        self.0.tokens(&mut list.tokens);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.0.tokens(&mut call.tokens);
    }
}
