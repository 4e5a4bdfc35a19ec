//! Guards against drift of what is generated from `openapi.json`: a snapshot
//! for each operation and each model, one for what they share, and one for what
//! the hand-written layer is told of the document. The setters of a model's builder repeat its fields and
//! are left out.
//!
//! After a change of the document, `cargo xtask regen` accepts the new ones.

#[path = "../build/mod.rs"]
mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::Command;

use syn::{File, ImplItem, Item, ItemImpl, ItemMod, Type};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names another document than `openapi.json`, for the test of the guard.
const DOCUMENT_VARIABLE: &str = "PILOT_STATUS_TEST_DOCUMENT";

fn document() -> String {
    let path = std::env::var_os(DOCUMENT_VARIABLE)
        .map_or_else(|| Path::new(ROOT).join("openapi.json"), Into::into);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn generated_code_matches_its_snapshots() {
    let generated = generate::generate(&document(), &|_| true).unwrap();
    let mut snapshots = pieces(&generated.client);
    snapshots.insert("document".to_owned(), generated.document);
    assert_snapshots("code", &snapshots);
}

#[cfg(feature = "schemars")]
#[test]
fn json_schemas_match_their_snapshots() {
    let schemas = pilot_status::types::json_schemas();
    let all = serde_json::to_string_pretty(&schemas).unwrap();
    assert_snapshots("json_schema", &BTreeMap::from([("all_models".to_owned(), all)]));
}

#[test]
fn the_library_is_built_from_what_is_tested_here() {
    let generated = generate::generate(&document(), &|_| true).unwrap();
    assert_eq!(generated.client, include_str!(concat!(env!("OUT_DIR"), "/client.rs")));
    assert_eq!(generated.document, include_str!(concat!(env!("OUT_DIR"), "/document.rs")));
}

#[test]
fn values_in_paths_are_encoded_by_our_guard() {
    let mut document: serde_json::Value = serde_json::from_str(&document()).unwrap();
    let mut operation = document["paths"]["/v1/numbers"]["get"].clone();
    operation["operationId"] = serde_json::json!("get_other");
    operation["parameters"] = serde_json::json!([{
        "name": "id", "in": "path", "required": true, "schema": {"type": "string"}
    }]);
    document["paths"]["/v1/others/{id}"] = serde_json::json!({ "get": operation });
    let client = generate::generate(&document.to_string(), &|_| true).unwrap().client;
    let without_space: String = client.split_whitespace().collect();
    assert!(without_space.contains("encode_path(&id.to_string())"));
    // The module of that name in `src/` leads to our guard.
    let imports = client.split("use progenitor_client::{").nth(2).unwrap();
    assert!(imports.split('}').next().unwrap().contains("encode_path"), "{imports}");
    assert!(!client.contains("progenitor_client::encode_path"));
}

#[test]
fn a_model_ignores_unknown_fields_even_if_the_document_forbids_them() {
    let mut document: serde_json::Value = serde_json::from_str(&document()).unwrap();
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["type"] == "object" {
            schema["additionalProperties"] = serde_json::json!(false);
        }
    }
    let generated = generate::generate(&document.to_string(), &|_| true).unwrap();
    assert!(!generated.client.contains("deny_unknown_fields"));
}

/// Runs the snapshot test above on other documents, in a process of its own.
#[test]
fn a_changed_document_fails_the_snapshots_that_it_changes() {
    assert_eq!(stale_snapshots(|_| {}), [""; 0]);
    assert_eq!(
        stale_snapshots(|document| {
            let number = &mut document["components"]["schemas"]["Number"];
            number["properties"]["isBlocked"] = serde_json::json!({"type": "boolean"});
        }),
        ["generated__code@document.snap", "generated__code@model_Number.snap"]
    );
    assert_eq!(
        stale_snapshots(|document| {
            document["paths"]["/v1/numbers"]["get"]["security"] =
                serde_json::json!([{"apiKey": []}]);
        }),
        ["generated__code@document.snap"]
    );
    assert_eq!(
        stale_snapshots(|document| {
            let operation = &mut document["paths"]["/v1/numbers"]["get"];
            operation["parameters"] = serde_json::json!([{
                "name": "page", "in": "query", "schema": {"type": "integer"}
            }]);
        }),
        ["generated__code@operation_list_numbers.snap"]
    );
    assert_eq!(
        stale_snapshots(|document| {
            let schemas = document["components"]["schemas"].as_object_mut().unwrap();
            schemas.remove("CoexistenceEvidence");
            schemas["Coexistence"]["properties"].as_object_mut().unwrap().remove("evidence");
        }),
        [
            "generated__code@client.snap",
            "generated__code@document.snap",
            "generated__code@model_Coexistence.snap",
            "generated__code@model_CoexistenceEvidence.snap",
        ]
    );
    assert_eq!(
        stale_snapshots(|document| {
            document["components"]["schemas"]["Label"] = serde_json::json!({
                "type": "object", "properties": {"id": {"type": "string"}}
            });
        }),
        ["generated__code@client.snap", "generated__code@model_Label.snap"]
    );
}

/// Changes the document and names the snapshots that fail then.
fn stale_snapshots(change: impl Fn(&mut serde_json::Value)) -> Vec<String> {
    let mut document = serde_json::from_str(&document()).unwrap();
    change(&mut document);
    let changed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed.json");
    std::fs::write(&changed, document.to_string()).unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "generated_code_matches_its_snapshots"])
        .env(DOCUMENT_VARIABLE, &changed)
        .envs([("INSTA_UPDATE", "no"), ("INSTA_FORCE_PASS", "0"), ("NO_COLOR", "1")])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&run.stdout);
    let failed: BTreeSet<String> = output
        .split(|character: char| character.is_whitespace() || "\"[],/\\".contains(character))
        .filter(|word| word.starts_with("generated__") && word.contains(".snap"))
        .map(|word| word.trim_end_matches(';').to_owned())
        .collect();
    assert_eq!(run.status.success(), failed.is_empty(), "{output}");
    failed.into_iter().collect()
}

/// Compares texts with the snapshots of a group, all of them, and fails for a
/// snapshot that belongs to none.
fn assert_snapshots(group: &str, texts: &BTreeMap<String, String>) {
    let mut stale = Vec::new();
    for (name, text) in texts {
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_snapshot_suffix(name);
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| {
            settings.bind(|| insta::assert_snapshot!(group, text));
        }));
        if outcome.is_err() {
            stale.push(name.clone());
        }
    }
    let prefix = format!("generated__{group}@");
    for file in std::fs::read_dir(Path::new(ROOT).join("tests/snapshots")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let name = file.strip_prefix(&prefix).and_then(|name| name.strip_suffix(".snap"));
        if name.is_some_and(|name| !texts.contains_key(name)) {
            stale.push(file);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; run `cargo xtask regen` and read the diff");
}

/// Takes the client apart: an entry for each model and each operation, and one
/// for the rest.
fn pieces(client: &str) -> BTreeMap<String, String> {
    let mut pieces = Pieces::default();
    for item in syn::parse_file(client).unwrap().items {
        match item {
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "types" => {
                for item in items {
                    pieces.model(item);
                }
            }
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => {
                for item in items {
                    pieces.operation(item);
                }
            }
            item => match (type_name(&item).as_deref(), item) {
                (Some("Client"), Item::Impl(ItemImpl { items, .. })) => {
                    for method in items {
                        pieces.method(&method);
                    }
                }
                (Some("Event"), item) => pieces.add("event", item),
                (_, item) => pieces.add("client", item),
            },
        }
    }
    pieces.0.into_iter().map(|(name, file)| (name, prettyplease::unparse(&file))).collect()
}

#[derive(Default)]
struct Pieces(BTreeMap<String, File>);

impl Pieces {
    fn add(&mut self, name: &str, item: Item) {
        let file = self.0.entry(name.to_owned()).or_insert_with(|| File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: Vec::new(),
        });
        file.items.push(item);
    }

    fn model(&mut self, item: Item) {
        match type_name(&item) {
            Some(name) => self.add(&format!("model_{name}"), item),
            None if matches!(&item, Item::Mod(module) if module.ident == "builder") => {}
            None => self.add("client", item),
        }
    }

    fn operation(&mut self, item: Item) {
        match type_name(&item) {
            Some(name) => self.add(&format!("operation_{}", heck::AsSnakeCase(name)), item),
            None => self.add("client", item),
        }
    }

    fn method(&mut self, method: &ImplItem) {
        let ImplItem::Fn(function) = method else { panic!("only functions are expected") };
        let name = format!("operation_{}", function.sig.ident);
        self.add(&name, syn::parse_quote!(impl Client { #method }));
    }
}

/// The name of the type that an item defines or implements something for.
fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Impl(ItemImpl { self_ty, .. }) => match self_ty.as_ref() {
            Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
            _ => None,
        },
        Item::Macro(item) => Some(item.mac.tokens.clone().into_iter().next()?.to_string()),
        _ => None,
    }
}
