//! A client can be made of what was inferred.

#[path = "../../../../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use std::collections::BTreeSet;

use serde_json::Value;
use syn::visit::{self, Visit};

use super::{infer, page};
use crate::{convert, validate};

/// Does with an inferred document what regen and the build do.
pub fn generate(mut document: Value) -> syn::File {
    validate::validate(&document).unwrap();
    convert::to_3_0(&mut document).unwrap();
    validate::validate(&document).unwrap();
    let client = generate::generate(&document.to_string(), &|_| true).unwrap().client;
    let client = syn::parse_file(&client).unwrap();
    NoNameTwice.visit_file(&client);
    client
}

/// What a parser lets pass and the compiler would not.
struct NoNameTwice;

impl<'a> Visit<'a> for NoNameTwice {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let mut names = BTreeSet::new();
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let name = match item {
                syn::Item::Struct(item) => &item.ident,
                syn::Item::Enum(item) => &item.ident,
                _ => continue,
            };
            assert!(names.insert(name.to_string()), "{name} twice");
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_fields(&mut self, fields: &'a syn::Fields) {
        let mut names = BTreeSet::new();
        for name in fields.iter().filter_map(|field| field.ident.as_ref()) {
            assert!(names.insert(name.to_string()), "{name} twice");
        }
    }
}

#[test]
fn the_published_page_alone_becomes_a_client() {
    let mut document = page();
    infer(&mut document).unwrap();
    let client = generate(document);
    let types = client.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let structs = types.unwrap().1.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    let wanted = |item: &&syn::ItemStruct| item.ident.to_string().starts_with("GetNumbers");
    let code = structs.filter(wanted).map(|item| {
        let mut item = item.clone();
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        syn::Item::Struct(item)
    });
    let file =
        syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: code.collect() };
    insta::assert_snapshot!("page_types", prettyplease::unparse(&file));
}
