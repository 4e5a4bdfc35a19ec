//! A copy of the workspace, to build the client of a document that nobody has
//! accepted yet.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::files;

/// What building the client and running its tests takes.
const WORKSPACE: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "build",
    "src",
    "tests",
    "examples",
    "benches",
    "README.md",
    "xtask",
];

/// The copy, which nobody else uses at the same time.
pub struct Scratch {
    pub folder: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Copies the workspace to a folder under `target`, Cargo's folder for what it
    /// builds, with another `openapi.json`.
    pub fn new(root: &Path, target: &Path, document: &str) -> Result<Self> {
        std::fs::create_dir_all(target.join("regen"))?;
        let lock = File::create(target.join("regen/lock"))?;
        lock.lock()?;
        let folder = target.join("regen/workspace");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        copy_workspace(root, &folder)?;
        std::fs::write(folder.join("openapi.json"), document)?;
        // Cargo takes what it built of the copy for what it built of the original
        // where both lie in one folder.
        Ok(Self { folder, target: target.join("regen/target"), _lock: lock })
    }

    /// A command of Cargo for the client in the copy.
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.folder)
            .arg(command)
            // The client depends on no TLS, which takes long to build.
            .args(["--quiet", "--locked", "--package", "pilot-status", "--no-default-features"])
            .env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    #[cfg(test)]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            target: folder.to_owned(),
            _lock: tempfile::tempfile().unwrap(),
        }
    }
}

/// Runs a command, and says why no client can be built where it fails.
pub fn run(mut command: Command) -> Result<()> {
    let run = command.output().context("cannot run cargo")?;
    if run.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // build.rs says in one line what is wrong with a document.
    match output.lines().find_map(|line| line.split_once(": openapi.json: ")) {
        Some((_, reason)) => bail!("no client can be built of this document: {reason}"),
        None => bail!("no client can be built of this document:\n{output}"),
    }
}

/// Generates the client of a document of whatever API, and compiles it.
pub fn compile(root: &Path, target: &Path, document: &Value) -> Result<()> {
    let scratch = Scratch::new(root, target, &with_our_error(document, root).to_string())?;
    let mut command = scratch.cargo("check");
    command.args(["--lib", "--features", "schemars"]);
    run(command)
}

/// The document with the `ApiError` of `openapi.json`, which the hand-written
/// layer is made for. One of its own gets another name.
fn with_our_error(document: &Value, root: &Path) -> Value {
    let ours = files::read(&root.join("openapi.json")).unwrap_or_default();
    let mut ours: Value = serde_json::from_slice(&ours).unwrap_or_default();
    let ours = ours["components"]["schemas"]["ApiError"].take();
    let mut document = document.clone();
    if ours.is_null() || document["components"]["schemas"]["ApiError"] == ours {
        return document;
    }
    rename_references(&mut document);
    // A document where these are no objects is not valid, and has been refused.
    if let Some(schemas) = entry(&mut document, "components")
        .and_then(|components| entry(components, "schemas"))
        .and_then(Value::as_object_mut)
    {
        if let Some(theirs) = schemas.remove("ApiError") {
            schemas.insert("TheirApiError".to_owned(), theirs);
        }
        schemas.insert("ApiError".to_owned(), ours);
    }
    document
}

fn entry<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    Some(value.as_object_mut()?.entry(key).or_insert_with(|| json!({})))
}

fn rename_references(value: &mut Value) {
    match value {
        Value::String(text) if text == "#/components/schemas/ApiError" => {
            "#/components/schemas/TheirApiError".clone_into(text);
        }
        Value::Array(elements) => elements.iter_mut().for_each(rename_references),
        Value::Object(entries) => entries.values_mut().for_each(rename_references),
        _ => {}
    }
}

/// Cargo's folder for what it builds.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Copies what building the client and running its tests takes.
pub fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    for name in WORKSPACE {
        copy_all(&from.join(name), &to.join(name))
            .with_context(|| format!("cannot copy {name}"))?;
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(drop);
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        copy_all(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_our_error;

    #[test]
    fn a_document_of_another_api_is_built_with_our_error() {
        let root = tempfile::tempdir().unwrap();
        let ours = json!({"type": "object"});
        let document = json!({"components": {"schemas": {"ApiError": ours}}});
        std::fs::write(root.path().join("openapi.json"), document.to_string()).unwrap();
        let theirs = json!({"type": "string"});
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for (from, to) in [
            (document.clone(), document.clone()),
            (json!({}), document.clone()),
            (
                json!({"a": [reference("ApiError")], "components": {"schemas": {"ApiError": theirs}}}),
                json!({
                    "a": [reference("TheirApiError")],
                    "components": {"schemas": {"ApiError": ours, "TheirApiError": theirs}}
                }),
            ),
            (json!({"components": 1}), json!({"components": 1})),
        ] {
            assert_eq!(with_our_error(&from, root.path()), to);
        }
    }
}
