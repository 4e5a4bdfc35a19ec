//! Compares the code generated from `openapi.json` with snapshots. They contain all public
//! items, one line each and one file per tag; the whole code of one operation or model of each
//! kind; and the facts of the document that the hand-written layer uses.
//!
//! After a change of the document, `cargo xtask regen` accepts the new snapshots.

mod features;
#[path = "../../build/mod.rs"]
mod generate;
mod rooms;
#[path = "../../xtask/src/surface/mod.rs"]
mod surface;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::Command;

use heck::ToPascalCase;
use syn::{File, ImplItem, Item, ItemImpl, ItemMod, Type};

/// The operations and models whose whole code is a snapshot, one for each kind.
const EXEMPLARS: [&str; 13] = [
    "event",
    "model_AcceptCallRequest",        // sent, with its builder
    "model_ApiError",                 // with members that the document does not describe
    "model_BrandingUpdateRequest",    // with fields that can be cleared
    "model_GroupList",                // an untagged union
    "model_LeadVariable",             // a tagged union
    "model_MessageRequest",           // with rules and choices
    "model_Number",                   // received
    "model_Provider",                 // an enum
    "operation_delete_webhook",       // without content in its response
    "operation_get_activation_audio", // with a binary response
    "operation_list_leads",           // GET, with a query and pages
    "operation_send_message",         // POST, with a body and a header
];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The variable with the path of a document that replaces `openapi.json` in a test below.
const DOCUMENT_VARIABLE: &str = "PILOT_STATUS_TEST_DOCUMENT";

fn document() -> String {
    let path = std::env::var_os(DOCUMENT_VARIABLE)
        .map_or_else(|| Path::new(ROOT).join("openapi.json"), Into::into);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn generated_code_matches_its_snapshots() {
    let [(_, client), (_, tables), _] = generate::generate(&document(), &|_| true).unwrap();
    let mut snapshots = exemplars(&client);
    snapshots.insert("document".to_owned(), tables);
    assert_snapshots("code", &snapshots);
}

#[test]
fn public_items_match_their_snapshots() {
    let groups = by_feature(&document()).into_iter();
    let text = |lines| with_joined_traits(lines).join("\n");
    assert_snapshots("surface", &groups.map(|(name, lines)| (name, text(lines))).collect());
}

/// Joins the lines with the traits of one type.
fn with_joined_traits(lines: BTreeSet<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for line in lines {
        let (of, name) = line.split_once(" impl ").unwrap_or_default();
        let is_more = |last: &String| {
            let begins = last.split_once(" impl ").is_some_and(|(other, _)| other == of);
            begins && !last.contains('<') && !name.contains('<')
        };
        if let Some(last) = joined.last_mut().filter(|last| is_more(last)) {
            last.extend([", ", name]);
        } else {
            joined.push(line);
        }
    }
    joined
}

/// The group of the items that more than one feature enables, or no feature.
const SHARED: &str = "shared";

/// Groups the public items of a document's client by the feature that enables them. The line of
/// a type that several features enable lists them.
fn by_feature(document: &str) -> BTreeMap<String, BTreeSet<String>> {
    let items = items(document);
    let all = items.values().map(BTreeSet::len).max();
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (mut line, features) in items {
        let by: Vec<&str> = features.iter().map(String::as_str).collect();
        let group = if let [only] = by.as_slice() { only } else { SHARED };
        if group == SHARED && Some(by.len()) != all && is_type(&line) {
            let by = if by.is_empty() { "no feature".to_owned() } else { by.join(", ") };
            line = format!("{line}; by {by}");
        }
        groups.entry(group.to_owned()).or_default().insert(line);
    }
    groups
}

/// Whether a line declares a type, not one of its members.
fn is_type(line: &str) -> bool {
    let kind = line.split(' ').nth(1).unwrap_or_default();
    ["struct", "enum"].contains(&kind) || kind.starts_with("open_") && !line.contains('{')
}

/// The public items of a document's client, each with the features that enable it.
fn items(document: &str) -> surface::Features {
    let [(_, client), ..] = generate::generate(document, &|_| true).unwrap();
    let lines = surface::lines(&client).unwrap();
    let features = surface::features(&serde_json::from_str(document).unwrap());
    let all: BTreeSet<String> = features.values().flatten().cloned().collect();
    let brought = |line: &str| features.get(&owner(line)).unwrap_or(&all).clone();
    lines.into_iter().map(|line| (line.clone(), brought(&line))).collect()
}

/// The owner of a line: the builder of a call, a model, or the events.
fn owner(line: &str) -> String {
    let name = |text: &str| {
        let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
        text[..end.unwrap_or(text.len())].to_owned()
    };
    if let Some(method) = line.strip_prefix("Client fn ") {
        return format!("builder::{}", name(method).to_pascal_case());
    }
    match line.split_once(" impl From<") {
        // The type is defined elsewhere.
        Some((of, model)) if !of.starts_with("types::") => format!("types::{}", name(model)),
        _ => match line.replace("types::builder::", "types::").split_once("::") {
            Some((module @ ("types" | "builder"), item)) => format!("{module}::{}", name(item)),
            _ => name(line),
        },
    }
}

#[test]
fn a_feature_enables_the_items_of_a_build_with_only_that_feature() {
    let document = document();
    let items = items(&document);
    for feature in ["api-keys", "groups", "messages", "projects", "webhooks"] {
        let [(_, client), ..] = generate::generate(&document, &|name| name == feature).unwrap();
        let brought = items.iter().filter(|(_, features)| features.contains(feature));
        let brought: BTreeSet<String> = brought.map(|(line, _)| line.clone()).collect();
        assert_eq!(brought, surface::lines(&client).unwrap(), "{feature}");
    }
}

#[test]
fn the_library_contains_the_code_that_these_tests_check() {
    let generated = generate::generate(&document(), &|_| true).unwrap();
    let built = [
        ("client.rs", include_str!(concat!(env!("OUT_DIR"), "/client.rs"))),
        ("document.rs", include_str!(concat!(env!("OUT_DIR"), "/document.rs"))),
        ("operation_ids.rs", include_str!(concat!(env!("OUT_DIR"), "/operation_ids.rs"))),
    ];
    assert_eq!(generated, built.map(|(name, code)| (name, code.to_owned())));
}

#[test]
fn path_parameters_are_encoded_by_our_path_guard() {
    let mut document: serde_json::Value = serde_json::from_str(&document()).unwrap();
    let mut operation = document["paths"]["/v1/numbers"]["get"].clone();
    operation["operationId"] = serde_json::json!("get_other");
    operation["parameters"] = serde_json::json!([{
        "name": "id", "in": "path", "required": true, "schema": {"type": "string"}
    }]);
    document["paths"]["/v1/others/{id}"] = serde_json::json!({ "get": operation });
    let [(_, client), ..] = generate::generate(&document.to_string(), &|_| true).unwrap();
    let without_space: String = client.split_whitespace().collect();
    assert!(without_space.contains("encode_path(&id.to_string())"));
    // `progenitor_client` is the module of that name in `src/`, which uses our path guard.
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
    let [(_, client), ..] = generate::generate(&document.to_string(), &|_| true).unwrap();
    assert!(!client.contains("deny_unknown_fields"));
}

/// Runs the snapshot tests above on changed documents, each in a new process.
#[test]
fn a_changed_document_fails_the_snapshots_that_it_changes() {
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, &[&str]); 4] = [
        (
            |document| {
                let number = &mut document["components"]["schemas"]["Number"];
                number["properties"]["isBlocked"] = serde_json::json!({"type": "boolean"});
            },
            &["code@document", "code@model_Number", "surface@numbers"],
        ),
        (
            |document| {
                document["paths"]["/v1/numbers"]["get"]["security"] =
                    serde_json::json!([{"apiKey": []}]);
            },
            &["code@document"],
        ),
        (
            |document| {
                let schemas = document["components"]["schemas"].as_object_mut().unwrap();
                schemas.remove("CoexistenceEvidence");
                schemas["Coexistence"]["properties"].as_object_mut().unwrap().remove("evidence");
            },
            &["code@document", "surface@numbers"],
        ),
        (
            |document| {
                document["components"]["schemas"]["Label"] = serde_json::json!({
                    "type": "object", "properties": {"id": {"type": "string"}}
                });
            },
            &["surface@shared"],
        ),
    ];
    for (change, expected) in changes {
        let expected: Vec<String> =
            expected.iter().map(|name| format!("generated__{name}.snap")).collect();
        assert_eq!(stale_snapshots(change), expected);
    }
}

#[test]
fn a_change_of_one_field_changes_one_line() {
    let lines = |document: &str| {
        let [(_, client), ..] = generate::generate(document, &|_| true).unwrap();
        surface::lines(&client).unwrap()
    };
    let old = lines(&document());
    let difference = |pointer: &str, value: serde_json::Value| {
        let mut document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        let new = lines(&document.to_string());
        let removed = old.difference(&new).map(|line| format!("-{line}"));
        let added = new.difference(&old).map(|line| format!("+{line}"));
        removed.chain(added).collect::<Vec<_>>()
    };
    let text = serde_json::json!({"type": "string"});
    assert_eq!(
        difference("/components/schemas/Number/properties/provider", text),
        ["-types::Number.provider: Option<Provider>", "+types::Number.provider: Option<String>",]
    );
    assert_eq!(
        difference("/components/schemas/Provider/enum/1", "BOTH".into()),
        [
            "-types::Provider open_enum! { Meta = \"META\" }",
            "+types::Provider open_enum! { Both = \"BOTH\" }",
        ]
    );
}

/// Changes the document, and returns the names of the snapshots that no longer match.
fn stale_snapshots(change: impl Fn(&mut serde_json::Value)) -> Vec<String> {
    let mut document = serde_json::from_str(&document()).unwrap();
    change(&mut document);
    let changed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed.json");
    std::fs::write(&changed, document.to_string()).unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "generated_code_matches_its_snapshots",
            "public_items_match_their_snapshots",
        ])
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

/// Compares every text with its snapshot in a group. A snapshot without a text fails too.
fn assert_snapshots(group: &str, texts: &BTreeMap<String, String>) {
    let mut stale = Vec::new();
    for (name, text) in texts {
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_snapshot_path("../snapshots");
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

/// The whole code of the exemplars.
fn exemplars(client: &str) -> BTreeMap<String, String> {
    let mut pieces = Pieces::default();
    pieces.add_all("", syn::parse_file(client).unwrap().items);
    let code = |file: File| prettyplease::unparse(&file);
    pieces.0.into_iter().map(|(name, file)| (name, code(file))).collect()
}

#[derive(Default)]
struct Pieces(BTreeMap<String, File>);

impl Pieces {
    /// Adds the items of a module that belong to exemplars. The root has the client and the
    /// events.
    fn add_all(&mut self, module: &str, items: Vec<Item>) {
        for item in items {
            match (type_name(&item), item) {
                (_, Item::Mod(ItemMod { ident, content: Some((_, items)), .. })) => {
                    // The builder of a model belongs to the model.
                    let inner = ident.to_string();
                    self.add_all(if module.is_empty() { &inner } else { module }, items);
                }
                (Some(name), Item::Impl(ItemImpl { items, .. })) if name == "Client" => {
                    for method in &items {
                        self.add_method(method);
                    }
                }
                (Some(name), item) => match module {
                    "types" => self.add(format!("model_{name}"), item),
                    "builder" => self.add(format!("operation_{}", heck::AsSnakeCase(name)), item),
                    _ => self.add(name.to_lowercase(), item),
                },
                (None, _) => {}
            }
        }
    }

    fn add_method(&mut self, method: &ImplItem) {
        if let ImplItem::Fn(function) = method {
            let name = format!("operation_{}", function.sig.ident);
            self.add(name, syn::parse_quote!(impl Client { #method }));
        }
    }

    fn add(&mut self, name: String, item: Item) {
        if EXEMPLARS.contains(&name.as_str()) {
            let empty = || syn::parse_str("").unwrap();
            self.0.entry(name).or_insert_with(empty).items.push(item);
        }
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
