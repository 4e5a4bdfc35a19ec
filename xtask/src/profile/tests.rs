//! Breaks every rule of the profile with one change to our own document.

mod accepted;
mod choices;
mod document;
mod operations;
mod schemas;
mod unions;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use syn::visit::{self, Visit};

use super::check;
use crate::{generate, normalise};

/// `openapi.json`.
static OURS: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});

fn ours() -> Value {
    OURS.clone()
}

/// Generates a client with all features, as the build step does.
pub fn client(document: &Value) -> syn::File {
    let [(_, code), ..] = generate::generate(&document.to_string(), &|_| true).unwrap();
    let client = syn::parse_file(&code).unwrap();
    NoNameTwice.visit_file(&client);
    client
}

/// Checks for duplicate names, which a parser accepts and the compiler does not.
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

/// The name of a row, the place that it changes, and the new value.
type Row = (&'static str, &'static str, Value);

/// Sets the value in a place. Null removes it.
fn change(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} does not exist"));
    match parent {
        Value::Object(entries) if value.is_null() => {
            assert!(entries.remove(&key).is_some(), "{pointer} does not exist");
        }
        Value::Array(elements) if key == "-" => elements.push(value),
        parent => match key.parse::<usize>() {
            Ok(index) if parent.is_array() => parent[index] = value,
            _ => parent[key] = value,
        },
    }
}

/// The name of a row and the violations that the profile reports for it.
fn lines((name, pointer, value): Row) -> String {
    let mut document = ours();
    change(&mut document, pointer, value);
    let error = check(&document).expect_err(name).to_string();
    let (head, lines) = error.split_once('\n').unwrap();
    assert_eq!(head, "the build step does not support this document:");
    format!("{name}\n{lines}\n")
}

fn table(rows: impl IntoIterator<Item = Row>) -> String {
    check(&ours()).unwrap();
    rows.into_iter().map(lines).collect()
}

fn of(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn text() -> Value {
    json!({"type": "string"})
}

/// A response or a request body of JSON.
fn json_of(schema: &Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

#[test]
fn our_document_fits_and_is_already_normalised() {
    let mut document = ours();
    check(&document).unwrap();
    normalise::normalise(&mut document).unwrap();
    assert!(document == ours());
}

#[test]
fn no_value_causes_a_panic() {
    let odd =
        [json!(null), json!(1), json!("a"), json!([]), json!([[]]), json!({}), json!({"a": {}})];
    let pointers = [
        "/components",
        "/components/schemas",
        "/components/schemas/Number",
        "/components/parameters",
        "/components/schemas/Number/properties",
        "/components/schemas/LeadVariable/oneOf",
        "/components/schemas/LeadVariable/discriminator",
        "/components/schemas/MessageRequest/allOf",
        "/components/schemas/ErrorCode/enum",
        "/components/schemas/ErrorCode/x-retry",
        "/paths",
        "/paths/~1v1~1numbers",
        "/paths/~1v1~1numbers/get",
        "/paths/~1v1~1numbers/get/responses",
        "/paths/~1v1~1numbers/get/tags",
        "/paths/~1v1~1webhooks/post/callbacks",
        "/security",
        "/servers",
    ];
    for pointer in pointers {
        for value in &odd {
            let mut document = ours();
            *document.pointer_mut(pointer).unwrap() = value.clone();
            let _ = check(&document);
            let _ = normalise::normalise(&mut document);
        }
    }
}
