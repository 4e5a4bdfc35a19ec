//! Checks that each tag of the document is a Cargo feature, and that a feature generates the
//! same code whichever others are enabled.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToKebabCase;
use serde_json::Value;

use crate::generate::generate;

const DOCUMENT: &str = include_str!("../../openapi.json");

/// Pairs each operation with the feature of its tag.
fn tags() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let named = operations.filter_map(|operation| {
        let tag = operation["tags"][0].as_str()?.to_kebab_case();
        Some((tag, operation["operationId"].as_str()?.to_owned()))
    });
    named.collect()
}

fn features() -> BTreeSet<String> {
    tags().into_iter().map(|(feature, _)| feature).collect()
}

#[test]
fn every_tag_is_a_cargo_feature_and_part_of_full() {
    let manifest = include_str!("../../Cargo.toml");
    let full = manifest.split("\nfull = [").nth(1).unwrap().split(']').next().unwrap();
    let full: BTreeSet<String> = full.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(full, features());
    for feature in features() {
        assert!(manifest.contains(&format!("\n{feature} = [")), "{feature}");
    }
}

#[test]
fn operations_that_raw_calls_must_know_need_no_feature() {
    for feature in features() {
        let [_, (_, facts), _] = generate(DOCUMENT, &|name| name == feature).unwrap();
        for operation in ["remove_extra_numbers", "get_remote_pairing", "list_message_history"] {
            let row = format!("id: Some(\"{operation}\")");
            assert_eq!(facts.matches(&row).count(), 1, "{feature}: {operation}");
        }
    }
}

#[test]
fn a_feature_enables_its_operations_and_no_others() {
    for feature in features() {
        let [(_, client), ..] = generate(DOCUMENT, &|name| name == feature).unwrap();
        let operations = tags().iter().filter(|(of, _)| *of == feature).count();
        let named = client.matches(&format!("Cargo feature: `{feature}`.")).count();
        assert!(
            named >= operations,
            "{feature} is named {named} times for {operations} operations"
        );
        for (of, operation) in tags() {
            let is_there = client.contains(&format!("    pub fn {operation}("));
            assert_eq!(is_there, of == feature, "{feature}: {operation}");
        }
    }
}

/// The code of each model and its builder, by path.
fn models(client: &str) -> BTreeMap<String, String> {
    fn collect(items: &[syn::Item], place: &str, found: &mut BTreeMap<String, String>) {
        for item in items {
            let name = match item {
                syn::Item::Struct(item) => item.ident.to_string(),
                syn::Item::Enum(item) => item.ident.to_string(),
                syn::Item::Impl(item) => {
                    let (of, what) = (&item.self_ty, item.trait_.as_ref().map(|(path, _)| path));
                    quote::quote!(#what for #of).to_string()
                }
                syn::Item::Mod(syn::ItemMod { ident, content: Some((_, items)), .. }) => {
                    collect(items, &format!("{place}::{ident}"), found);
                    continue;
                }
                syn::Item::Macro(item) => {
                    let (of, what) = (item.mac.tokens.clone().into_iter().next(), &item.mac.path);
                    let first = item.mac.tokens.to_string();
                    // The length distinguishes the conversions to one union, which name
                    // different models.
                    format!("{} {} {}", quote::quote!(#what), quote::quote!(#of), first.len())
                }
                _ => continue,
            };
            found.insert(format!("{place}::{name}"), quote::quote!(#item).to_string());
        }
    }
    let file = syn::parse_file(client).unwrap();
    let types = file.items.iter().find_map(|item| match item {
        syn::Item::Mod(item) if item.ident == "types" => item.content.as_ref(),
        _ => None,
    });
    let mut found = BTreeMap::new();
    collect(&types.unwrap().1, "types", &mut found);
    found
}

#[test]
fn a_model_has_the_same_code_under_every_feature() {
    let [(_, full), ..] = generate(DOCUMENT, &|_| true).unwrap();
    let full = models(&full);
    for feature in features() {
        let [(_, client), ..] = generate(DOCUMENT, &|name| name == feature).unwrap();
        for (name, code) in models(&client) {
            assert_eq!(Some(&code), full.get(&name), "{feature}: {name}");
        }
    }
}
