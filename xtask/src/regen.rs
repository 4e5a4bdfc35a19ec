//! `cargo xtask regen`: from what the vendor published to `openapi.json` and
//! the snapshots of what is generated from it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{convert, infer, overlay, snapshots, upstream, validate};

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing would change.
    Fresh,
    /// Running `cargo xtask regen` would change something, which is shown here.
    Stale(String),
}

/// Writes `openapi.json` and accepts the snapshots of what it generates.
///
/// `target` is Cargo's folder for what it builds. Both are made in a copy of the workspace first. Only when all of it has
/// worked is anything written here.
pub fn write(root: &Path, target: &Path) -> Result<()> {
    let document = document(root)?;
    let snapshots = snapshots::make(root, target, &document)?;
    if std::fs::read_to_string(output(root)).ok().as_ref() != Some(&document) {
        replace(&output(root), &document)?;
        println!("wrote openapi.json");
    }
    snapshots.accept(root)
}

/// Says whether `openapi.json` and the snapshots are what `write` would make of
/// them, and how they differ. Writes nothing but under `target`.
pub fn check(root: &Path, target: &Path) -> Result<Freshness> {
    let document = document(root)?;
    let committed = std::fs::read_to_string(output(root)).unwrap_or_default();
    let mut stale = difference("openapi.json", &committed, &document);
    stale += &snapshots::make(root, target, &document)?.differences(root)?;
    Ok(if stale.is_empty() { Freshness::Fresh } else { Freshness::Stale(stale) })
}

/// The text of `openapi.json`, made from the sources under `xtask/spec`.
pub fn document(root: &Path) -> Result<String> {
    let spec = root.join("xtask/spec");
    let mut document = upstream::read_folder(&spec.join("upstream"))?;
    validate::validate(&document).context("the upstream document")?;
    overlay::apply_folder(&mut document, &spec.join("overlay"))?;
    validate::validate(&document).context("the document with its overlays")?;
    for inferred in infer::infer(&mut document)? {
        eprintln!("  inferred {inferred}");
    }
    for dropped in convert::to_3_0(&mut document)? {
        eprintln!("  dropped {dropped}: OpenAPI 3.0 cannot say it");
    }
    validate::validate(&document).context("the converted document")?;
    Ok(stable_form(&document))
}

/// One text for one document: keys in order, two spaces, a newline at the end.
fn stable_form(document: &Value) -> String {
    format!("{document:#}\n")
}

/// Writes a file in one step, so that nobody ever sees half of it.
fn replace(path: &Path, contents: &str) -> Result<()> {
    let beside = path.with_extension("tmp");
    std::fs::write(&beside, contents)
        .and_then(|()| std::fs::rename(&beside, path))
        .inspect_err(|_| drop(std::fs::remove_file(&beside)))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn output(root: &Path) -> PathBuf {
    root.join("openapi.json")
}

/// The lines that differ, each with its neighbours; empty if none does.
pub fn difference(name: &str, old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .header(name, "what regen would write")
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::{Value, json};

    use super::{check, difference, document, stable_form, write};
    use crate::snapshots::{copy_workspace, target_folder};

    fn repository() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn two_runs_give_the_same_bytes() {
        assert_eq!(document(repository()).unwrap(), document(repository()).unwrap());
    }

    #[test]
    fn the_committed_document_is_what_the_sources_give() {
        let committed = std::fs::read_to_string(repository().join("openapi.json")).unwrap();
        assert!(
            document(repository()).unwrap() == committed,
            "openapi.json is stale: run `cargo xtask regen`"
        );
    }

    /// A workspace with nothing but the sources and an old `openapi.json`.
    fn workspace(upstream: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let spec = root.path().join("xtask/spec");
        std::fs::create_dir_all(spec.join("upstream")).unwrap();
        std::fs::create_dir_all(spec.join("overlay")).unwrap();
        std::fs::write(spec.join("upstream/document.yaml"), upstream).unwrap();
        std::fs::write(root.path().join("openapi.json"), "as it was").unwrap();
        root
    }

    fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut tree = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                tree.extend(self::tree(&path));
            } else {
                tree.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
        tree.sort();
        tree
    }

    #[test]
    fn a_document_that_cannot_be_used_leaves_all_as_it_was() {
        let head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";
        for (upstream, part) in [
            (
                format!("{head}paths: {{}}\ncomponents: {{schemas: {{A: {{prefixItems: []}}}}}}\n"),
                "/components/schemas/A/prefixItems",
            ),
            (
                format!("{head}paths: {{/a: {{get: {{responses: 1}}}}}}\n"),
                "not a valid OpenAPI 3.1.0",
            ),
            (format!("{head}paths: {{/a: {{get: {{}}, get: {{}}}}}}\n"), "duplicate"),
            ("<html>".to_owned(), "not an OpenAPI document"),
            (String::new(), "not an OpenAPI document"),
        ] {
            let root = workspace(&upstream);
            let before = tree(root.path());
            let error = format!(
                "{:#}",
                write(root.path(), &root.path().join("target")).expect_err(&upstream)
            );
            assert!(error.contains(part), "{error}");
            assert!(check(root.path(), &root.path().join("target")).is_err());
            assert_eq!(tree(root.path()), before, "{upstream}");
        }
    }

    #[test]
    fn a_document_that_cannot_be_generated_leaves_all_as_it_was() {
        let page =
            std::fs::read_to_string(repository().join("xtask/spec/upstream/list-numbers.md"));
        // Two answers that differ are a valid document, and no client.
        let page = page.unwrap().replace(
            "        '401':",
            "        '202':\n          description: Later\n        '401':",
        );
        let root = tempfile::tempdir().unwrap();
        copy_workspace(repository(), root.path()).unwrap();
        std::fs::write(root.path().join("xtask/spec/upstream/list-numbers.md"), page).unwrap();
        std::fs::write(root.path().join("openapi.json"), "as it was").unwrap();
        let before = tree(root.path());
        let target = target_folder(repository());
        let error = format!("{:#}", write(root.path(), &target).unwrap_err());
        assert!(error.contains("its 2xx responses differ in content"), "{error}");
        assert!(tree(root.path()) == before);
    }

    #[test]
    fn a_difference_shows_the_lines_that_changed() {
        let old = "{\n  \"openapi\": \"3.0.4\"\n}\n";
        let new = old.replace("3.0.4", "3.0.3");
        assert_eq!(difference("openapi.json", old, old), "");
        let shown = difference("openapi.json", old, &new);
        assert!(shown.contains("-  \"openapi\": \"3.0.4\"\n+  \"openapi\": \"3.0.3\""), "{shown}");
    }

    #[test]
    fn the_form_does_not_depend_on_the_order_of_the_keys() {
        let one =
            serde_json::from_str(r#"{"b": {"y": 1, "x": 2}, "a": [{"d": 1, "c": 2}]}"#).unwrap();
        let other =
            serde_json::from_str(r#"{"a": [{"c": 2, "d": 1}], "b": {"x": 2, "y": 1}}"#).unwrap();
        assert_eq!(stable_form(&one), stable_form(&other));
    }

    /// The overlays add to the page; of what it says they replace these places only.
    #[test]
    fn nothing_that_the_page_says_is_lost() {
        let page = crate::upstream::read_folder(&repository().join("xtask/spec/upstream")).unwrap();
        let ours: Value = serde_json::from_str(&document(repository()).unwrap()).unwrap();
        let mut missing = Vec::new();
        leaves(&page, "", &mut |pointer, leaf| {
            if ours.pointer(pointer) != Some(leaf) {
                missing.push(pointer.to_owned());
            }
        });
        let operation = "/paths/~1v1~1numbers/get";
        let error = |status: u16, field: &str| {
            format!("{operation}/responses/{status}/content/application~1json/schema/{field}")
        };
        let mut replaced = vec!["/openapi".to_owned(), format!("{operation}/operationId")];
        for status in [401, 429] {
            for field in ["properties/code/type", "properties/error/type", "type"] {
                replaced.push(error(status, field));
            }
        }
        replaced.sort();
        missing.sort();
        assert_eq!(missing, replaced);
        assert_eq!(
            ours.pointer(&format!("{operation}/x-upstream-operation-id")),
            Some(&json!("get_numbers"))
        );
        assert_eq!(
            ours.pointer(&error(401, "$ref")),
            Some(&json!("#/components/schemas/ApiError"))
        );
        assert_eq!(
            ours.pointer(&error(429, "$ref")),
            Some(&json!("#/components/schemas/ApiError"))
        );
    }

    fn leaves(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Value)) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    leaves(value, &format!("{pointer}/{key}"), visit);
                }
            }
            Value::Array(elements) if !elements.is_empty() => {
                for (index, value) in elements.iter().enumerate() {
                    leaves(value, &format!("{pointer}/{index}"), visit);
                }
            }
            leaf => visit(pointer, leaf),
        }
    }
}
