use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{changelog, files, manifest, readme};

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn features_follow_the_tags_and_keep_their_values() {
    let text = "[features]\ndefault = []\n# The tags of openapi.json, by `cargo xtask regen`:\n\
                ## Every tag of the API.\nfull = [\n  \"ads\",\n  \"webhooks\",\n]\nads = []\n\
                ## Also verifies.\nwebhooks = [\"dep:hex\"]\n# End of the tags.\n## TLS.\nrustls = []\n";
    assert_eq!(manifest(text, &set(&["ads", "webhooks"])).unwrap(), text);
    assert_eq!(
        manifest(text, &set(&["phone-lines", "webhooks"])).unwrap(),
        text.replace("\"ads\"", "\"phone-lines\"").replace("ads = []", "phone-lines = []")
    );
    let broken = text.replace("webhooks = [\"dep:hex\"]", "webhooks = [\n  \"dep:hex\",\n]");
    assert_eq!(manifest(&broken, &set(&["ads", "webhooks"])).unwrap(), broken);
    let more = broken.replace("]\nads", "  \"z\",\n]\nads").replace("# End", "z = []\n# End");
    assert_eq!(manifest(&broken, &set(&["ads", "webhooks", "z"])).unwrap(), more);
    let error = manifest("[features]\n", &set(&[])).unwrap_err().to_string();
    assert!(error.contains("# The tags of openapi.json"), "{error}");
}

#[test]
fn the_row_of_the_tags_is_rewritten() {
    let text = "| `full` | yes | every tag |\n| `ads` | | the operations of a tag; more |\n";
    assert_eq!(
        readme(text, &set(&["ads", "media"])).unwrap(),
        text.replace("`ads`", "`ads`, `media`")
    );
    readme("no table", &set(&[])).unwrap_err();
}

#[test]
fn the_changelog_names_each_operation_once() {
    let text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A client.\n\n## [0.1.0]\n";
    let (old, new) =
        (set(&["`a`, `GET /a`", "`b`, `GET /b`"]), set(&["`b`, `GET /b`", "`c`, `GET /c`"]));
    let named = changelog(text, &old, &new).unwrap();
    assert_eq!(
        named,
        "# Changelog\n\n## [Unreleased]\n\n### Removed\n\n- Removed operation: `a`, `GET /a`.\n\n\
         ### Added\n\n- Added operation: `c`, `GET /c`.\n- A client.\n\n## [0.1.0]\n"
    );
    assert_eq!(changelog(&named, &old, &new).unwrap(), named);
    let grouped = changelog(&text.replace("- A client.", "The API:"), &old, &new).unwrap();
    assert!(grouped.contains("`GET /c`.\n\nThe API:\n"), "{grouped}");
    // An operation that was added and removed since the release is not listed.
    let undone = changelog(&named, &new, &old).unwrap();
    assert!(!undone.contains("operation: "), "{undone}");
    // Without an earlier document, no operation counts as new.
    assert_eq!(changelog(text, &set(&[]), &new).unwrap(), text);
    changelog("# Changelog\n", &old, &new).unwrap_err();
}

/// A workspace with only the files that regen updates.
fn workspace() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let repository = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    fs::create_dir_all(root.path().join("tests/it/operations")).unwrap();
    for path in
        ["Cargo.toml", "README.md", "CHANGELOG.md", "tests/it/operations/mod.rs", "openapi.json"]
    {
        fs::copy(repository.join(path), root.path().join(path)).unwrap();
    }
    root
}

#[test]
fn an_operation_without_a_case_gets_one_in_the_file_of_its_tag() {
    let root = workspace();
    let text = fs::read_to_string(root.path().join("openapi.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let calls = "//! Calls.\n\noperations! {\n    list_calls {\n    }\n}\n\nfn more() {}\n";
    fs::write(root.path().join("tests/it/operations/calls.rs"), calls).unwrap();
    let mut operation = document["paths"]["/v1/calls/{callId}"]["get"].clone();
    operation["operationId"] = json!("get_note");
    operation["tags"] = json!(["Notes"]);
    document["paths"] = json!({
        "/v1/calls": document["paths"]["/v1/calls"],
        "/v1/notes/{callId}": {"get": operation},
    });
    let made = files(root.path(), &Value::Null, &document).unwrap();
    insta::assert_snapshot!(made["tests/it/operations/notes.rs"]);
    let cases = &made["tests/it/operations/calls.rs"];
    assert!(cases.starts_with("//! Calls.\n\noperations! {\n    start_call {\n"), "{cases}");
    assert!(cases.ends_with("\n\n    list_calls {\n    }\n}\n\nfn more() {}\n"), "{cases}");
    let main = &made["tests/it/operations/mod.rs"];
    assert!(main.contains("mod newsletters;\nmod notes;\nmod numbers;\n"), "{main}");
    assert!(main.contains("newsletters::CASES,\n        notes::CASES,\n"), "{main}");
    for (path, text) in &made {
        fs::write(root.path().join(path), text).unwrap();
    }
    assert_eq!(files(root.path(), &document, &document).unwrap(), made);
}

#[test]
fn a_case_calls_the_setters_by_their_names_in_rust() {
    let root = workspace();
    let required = |name: &str| json!({"name": name, "in": "query", "required": true, "schema": {"type": "string"}});
    let document = json!({"paths": {"/v1/notes": {"get": {
        "operationId": "list_notes",
        "tags": ["Notes"],
        "parameters": [required("type"), required("whatsAppId")],
        "responses": {"200": {"description": ""}},
    }}}});
    let made = files(root.path(), &Value::Null, &document).unwrap();
    let cases = &made["tests/it/operations/notes.rs"];
    let call = "client.list_notes().type_(\"1\").whatsapp_id(\"1\"),";
    assert!(cases.contains(call), "{cases}");
    assert!(cases.contains("/v1/notes?type=1&whatsAppId=1\""), "{cases}");
}

#[test]
fn the_error_of_a_case_is_one_that_few_operations_have() {
    let root = workspace();
    let text = fs::read_to_string(root.path().join("openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let made = files(root.path(), &document, &document).unwrap();
    for (tag, id, refused) in [
        ("leads", "get_lead", r#"(404, "LEAD_NOT_FOUND")"#),
        ("webhooks", "get_webhook", r#"(404, "WEBHOOK_NOT_FOUND")"#),
        ("numbers", "list_numbers", r#"(403, "NUMBER_SCOPE_NOT_ALLOWED")"#),
        ("projects", "list_projects", "(400, None::<&str>)"),
        ("remote_pairing", "get_remote_pairing", "(404, None::<&str>)"),
    ] {
        let (_, case) = made[&format!("tests/it/operations/{tag}.rs")]
            .split_once(&format!("    {id} {{\n"))
            .unwrap();
        let line = case.lines().find_map(|line| line.trim().strip_prefix("refused: "));
        assert_eq!(line.unwrap().trim_end_matches(','), refused, "{id}");
    }
}

#[test]
fn the_committed_files_are_fresh() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let text = fs::read_to_string(root.join("openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    for (path, text) in files(root, &document, &document).unwrap() {
        assert!(fs::read_to_string(root.join(&path)).unwrap() == text, "{path}");
    }
}
