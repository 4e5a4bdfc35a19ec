//! Each tag of the document is a feature, alone and beside any other.

#[path = "../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use heck::ToKebabCase;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../openapi.json");

/// The operations of each tag, by the name of its feature.
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
fn every_tag_is_a_feature_of_cargo_and_one_of_all() {
    let manifest = include_str!("../Cargo.toml");
    let full = manifest.split("\nfull = [").nth(1).unwrap().split(']').next().unwrap();
    let full: BTreeSet<String> = full.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(full, features());
    for feature in features() {
        assert!(manifest.contains(&format!("\n{feature} = [")), "{feature}");
    }
}

#[test]
fn a_feature_brings_its_operations_and_no_others() {
    for feature in features() {
        let client = generate::generate(DOCUMENT, &|name| name == feature).unwrap().client;
        for (of, operation) in tags() {
            let is_there = client.contains(&format!("    pub fn {operation}("));
            assert_eq!(is_there, of == feature, "{feature}: {operation}");
        }
    }
}

#[test]
fn any_two_features_make_a_client() {
    let features: Vec<String> = features().into_iter().collect();
    let pairs = features
        .iter()
        .enumerate()
        .flat_map(|(index, first)| features[index + 1..].iter().map(move |second| (first, second)));
    let pairs: Vec<_> = pairs.collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((first, second)) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let has = |name: &str| name == *first || name == *second;
                    let generated = generate::generate(DOCUMENT, &has);
                    let generated =
                        generated.unwrap_or_else(|error| panic!("{first}, {second}: {error}"));
                    assert_eq!(generated.warnings, [""; 0], "{first}, {second}");
                }
            });
        }
    });
}
