//! `cargo xtask regen`: from what the vendor published to `openapi.json` and
//! the snapshots of what is generated from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::files::Changes;
use crate::fragments::Fragments;
use crate::lock::Lock;
use crate::reconcile::{self, Accepted};
use crate::source::{self, Source, Text};
use crate::steps::Steps;
use crate::{
    console, convert, coverage, diff, files, infer, merge, normalise, overlay, profile, scratch,
    snapshots, upkeep, upstream, validate, vanished,
};

/// Where what the vendor published is kept, and what was kept of it.
const UPSTREAM: &str = "xtask/spec/upstream";
const LOCK: &str = "xtask/spec/upstream.lock";
/// What we describe, what we correct in what the vendor published, and where we
/// differ from it.
const FRAGMENTS: &str = "xtask/spec/api";
const OVERLAYS: &str = "xtask/spec/overlay";
const ACCEPTED: &str = "xtask/spec/accepted.yaml";

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Write nothing; print what is stale and exit with 1 if anything is
    #[arg(long)]
    pub check: bool,

    /// Read this instead of xtask/spec/upstream: an OpenAPI 3.0 or 3.1 document in
    /// JSON or YAML, a page with such documents in fenced blocks, a folder of such
    /// files, or an https:// URL of one. Several are merged
    #[arg(long, value_name = "PATH|URL")]
    pub from: Vec<Source>,

    /// Keep what --from names under xtask/spec/upstream, beside what is there or in
    /// place of a file of that name, and read the whole folder
    #[arg(long, requires = "from", conflicts_with_all = ["check", "out"])]
    pub save: bool,

    /// Apply these overlays instead of those in xtask/spec/overlay. With --from and
    /// --out, none are applied but these, nor is xtask/spec/api read: ours are for our
    /// document
    #[arg(long, value_name = "FILE|FOLDER")]
    pub overlay: Vec<PathBuf>,

    /// Let these tags, callbacks or events vanish from openapi.json, named as the error
    /// names them
    #[arg(long, value_name = "NAME")]
    pub drop: Vec<String>,

    /// Write the document to this file, once its client compiles, and nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub out: Option<PathBuf>,

    /// Print no steps
    #[arg(long)]
    pub quiet: bool,
}

/// What a run found.
#[derive(Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing would change, or it has been changed.
    Fresh,
    /// Running `cargo xtask regen` would change something, which is shown here.
    Stale(String),
}

/// Makes `openapi.json` and the snapshots of what it generates.
///
/// `target` is Cargo's folder for what it builds. The client is built in a copy
/// of the workspace there. Only when all of it has worked is anything written
/// here, and with `check` nothing is.
pub fn run(root: &Path, target: &Path, options: &Options) -> Result<Freshness> {
    let steps = Steps { quiet: options.quiet };
    // Another run would write what this one reads.
    let _lock = scratch::lock(&target.join("regen"), "regen")?;
    let mut changes = Changes::default();
    let texts = steps.run("fetch", |_| inputs(root, options, &mut changes))?;
    let committed = files::read(&output(root)).unwrap_or_default();
    let committed = String::from_utf8_lossy(&committed);
    let earlier: Value = serde_json::from_str(&committed).unwrap_or_default();
    let kept_names = if options.out.is_some() { &Value::Null } else { &earlier };
    let document = convert(&texts, &Sources::read(root, options)?, kept_names, &steps)?;
    let text = stable_form(&document);
    if options.out.is_none() {
        vanished::check(&earlier, &document, &options.drop)?;
    }
    if let Some(out) = &options.out {
        changes.write(out.clone(), text);
        write(root, changes, &steps)?;
        return Ok(Freshness::Fresh);
    }
    let mut files = upkeep::files(root, &earlier, &document)?;
    files.insert("openapi.json".to_owned(), text);
    files.insert("OPERATIONS.md".to_owned(), coverage::page(&document));
    if options.check {
        let old = |path| files::read(&root.join(path)).unwrap_or_default();
        let differences = files
            .iter()
            .map(|(path, text)| difference(path, &String::from_utf8_lossy(&old(path)), text));
        let stale: String = differences.collect();
        return Ok(if stale.is_empty() { Freshness::Fresh } else { Freshness::Stale(stale) });
    }
    for (path, text) in &files {
        changes.write(root.join(path), text.as_str());
    }
    steps.run("compile", |_| snapshots::make(root, target, &files, &mut changes))?;
    write(root, changes, &steps)?;
    if !earlier.is_null() && earlier != document {
        console::print(diff::report(&earlier, &document));
    }
    Ok(Freshness::Fresh)
}

/// Writes all of it, and says so.
fn write(root: &Path, changes: Changes, steps: &Steps) -> Result<()> {
    let lines = changes.lines(root);
    hold_signals()?;
    steps.run("write", |_| changes.commit())?;
    for line in lines {
        console::print(line);
    }
    Ok(())
}

/// Lets ctrl-C no longer end the run: writing takes a moment, and half of it must
/// not stay.
fn hold_signals() -> Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // That it came is of no interest.
        signal_hook::flag::register(signal, Arc::default())?;
    }
    Ok(())
}

/// The texts to read. Those that are to be kept are planned to be written.
fn inputs(root: &Path, options: &Options, changes: &mut Changes) -> Result<Vec<Text>> {
    let mut given = Vec::new();
    for from in &options.from {
        given.extend(from.read(root)?);
    }
    if !given.is_empty() && !options.save {
        return Ok(given);
    }
    let folder = root.join(UPSTREAM);
    let mut lock = Lock::read(&root.join(LOCK))?;
    let mut kept = source::read_folder(&folder, root)?;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for mut text in given {
        if text.source != format!("{UPSTREAM}/{}", text.name) {
            text.name = source::stored_name(&text);
        }
        // Some file systems take the two for one.
        if let Some(other) = names.insert(text.name.to_ascii_lowercase(), text.source.clone()) {
            bail!("{other} and {} would both be kept as {}", text.source, text.name);
        }
        lock.accept(&text.name, &text.source, &text.bytes);
        changes.write(folder.join(&text.name), text.bytes.clone());
        kept.retain(|other| other.name != text.name);
        kept.push(text);
    }
    kept.sort_by(|one, other| one.name.cmp(&other.name));
    lock.verify(kept.iter().map(|text| (text.name.as_str(), text.bytes.as_slice())))?;
    if options.save {
        changes.write(root.join(LOCK), lock.text()?);
    }
    Ok(kept)
}

/// What is ours beside what the vendor published.
struct Sources {
    fragments: Fragments,
    overlays: Vec<PathBuf>,
    accepted: Accepted,
}

impl Sources {
    fn read(root: &Path, options: &Options) -> Result<Self> {
        let is_foreign = !options.from.is_empty() && options.out.is_some();
        let overlays = match options.overlay.as_slice() {
            [] if is_foreign => Vec::new(),
            [] => vec![root.join(OVERLAYS)],
            given => given.to_vec(),
        };
        if is_foreign {
            let (fragments, accepted) = (Fragments::default(), Accepted::default());
            return Ok(Self { fragments, overlays, accepted });
        }
        let fragments = Fragments::read(&root.join(FRAGMENTS), root)?;
        Ok(Self { fragments, overlays, accepted: Accepted::read(&root.join(ACCEPTED))? })
    }
}

/// The OpenAPI 3.0 document that some texts and what is ours give, where what is
/// inferred keeps the names that it has in an earlier one.
fn convert(texts: &[Text], ours: &Sources, earlier: &Value, steps: &Steps) -> Result<Value> {
    let (mut document, pages) = steps.run("merge", |notes| {
        let pages = upstream::parts(texts)?;
        let document = merge::merge(pages.clone(), notes)?;
        validate::validate(&document).context("the upstream document")?;
        Ok((document, pages))
    })?;
    steps.run("overlay", |notes| overlay::apply_all(&mut document, &ours.overlays, notes))?;
    steps.run("reconcile", |notes| {
        reconcile::reconcile(&mut document, &pages, &ours.fragments, &ours.accepted, notes)?;
        validate::validate(&document).context("the document with what is ours")
    })?;
    steps.run("infer", |notes| {
        notes.extend(infer::infer(&mut document, earlier)?);
        Ok(())
    })?;
    steps.run("convert", |notes| {
        let dropped = convert::to_3_0(&mut document)?;
        notes.extend(
            dropped.iter().map(|place| format!("dropped {place}: OpenAPI 3.0 cannot say it")),
        );
        Ok(())
    })?;
    steps.run("normalise", |_| normalise::normalise(&mut document))?;
    steps.run("validate", |_| validate::validate(&document).context("the converted document"))?;
    steps.run("profile", |_| profile::check(&document))?;
    Ok(document)
}

/// The text of `openapi.json`, made from the sources under `xtask/spec`.
#[cfg(test)]
pub fn document(root: &Path) -> Result<String> {
    let options = Options { quiet: true, ..Options::default() };
    document_of(root, &inputs(root, &options, &mut Changes::default())?)
}

/// The same, where the vendor published these texts.
#[cfg(test)]
pub fn document_of(root: &Path, texts: &[Text]) -> Result<String> {
    let committed = files::read(&output(root)).unwrap_or_default();
    let earlier = serde_json::from_slice(&committed).unwrap_or_default();
    let sources = Sources::read(root, &Options::default())?;
    Ok(stable_form(&convert(texts, &sources, &earlier, &Steps { quiet: true })?))
}

/// One text for one document: keys in order, two spaces, a newline at the end.
fn stable_form(document: &Value) -> String {
    format!("{document:#}\n")
}

fn output(root: &Path) -> PathBuf {
    root.join("openapi.json")
}

/// The lines that differ, each with its neighbours; empty if none does.
pub fn difference(name: &str, old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .header(name, "what would be written")
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{Options, difference, document, run, stable_form};
    use crate::folder::tree;
    use crate::lock::Lock;
    use crate::scratch::{copy_workspace, lock, target_folder};

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
        let mut lock = Lock::default();
        lock.accept("document.yaml", "document.yaml", upstream.as_bytes());
        std::fs::write(spec.join("upstream.lock"), lock.text().unwrap()).unwrap();
        root
    }

    fn options() -> Options {
        Options { quiet: true, ..Options::default() }
    }

    /// Runs with some options, expects an error, and that nothing changed.
    fn refused(root: &Path, target: &Path, options: &Options) -> String {
        // Every run leaves the file of its lock.
        drop(lock(&target.join("regen"), "regen").unwrap());
        let before = tree(root);
        let error = format!("{:#}", run(root, target, options).expect_err("refused"));
        assert!(tree(root) == before, "{error}");
        error
    }

    const HEAD: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

    #[test]
    fn a_document_that_cannot_be_used_leaves_all_as_it_was() {
        for (upstream, part) in [
            (
                format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {{prefixItems: []}}}}}}\n"),
                "/components/schemas/A/prefixItems",
            ),
            (
                format!("{HEAD}paths: {{/a: {{get: {{responses: 1}}}}}}\n"),
                "not a valid OpenAPI 3.1.0",
            ),
            (format!("{HEAD}paths: {{/a: {{get: {{}}, get: {{}}}}}}\n"), "duplicate"),
            ("<html>".to_owned(), "not an OpenAPI document"),
            (String::new(), "not an OpenAPI document"),
        ] {
            let root = workspace(&upstream);
            let target = root.path().join("target");
            for check in [false, true] {
                let error = refused(root.path(), &target, &Options { check, ..options() });
                assert!(error.contains(part), "{error}");
            }
            // Nor is it kept, or converted to elsewhere.
            let root = workspace(&format!("{HEAD}paths: {{}}\n"));
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &upstream).unwrap();
            let from = vec![file.path().to_str().unwrap().parse().unwrap()];
            let saved = Options { from: from.clone(), save: true, ..options() };
            refused(root.path(), &target, &saved);
            let out = Some(root.path().join("out.json"));
            let error = refused(root.path(), &target, &Options { from, out, ..options() });
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn what_was_edited_by_hand_is_refused() {
        let root = workspace(HEAD);
        let target = root.path().join("target");
        let file = root.path().join("xtask/spec/upstream/document.yaml");
        std::fs::write(&file, format!("{HEAD}paths: {{}}\n")).unwrap();
        let error = refused(root.path(), &target, &options());
        let way = "`cargo xtask regen --save --from xtask/spec/upstream/document.yaml`";
        assert!(error.contains(way), "{error}");
        std::fs::remove_file(file).unwrap();
        let error = refused(root.path(), &target, &options());
        assert!(error.contains("but not there"), "{error}");
    }

    #[test]
    fn two_files_of_one_name_are_not_both_kept() {
        let root = workspace(HEAD);
        let mut from = Vec::new();
        for (folder, name) in [("one", "list.md"), ("two", "LIST.md")] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
            let path = root.path().join(folder).join(name);
            std::fs::write(&path, HEAD).unwrap();
            from.push(path.to_str().unwrap().parse().unwrap());
        }
        let target = root.path().join("target");
        let saved = Options { from, save: true, ..options() };
        let error = refused(root.path(), &target, &saved);
        assert_eq!(error, "one/list.md and two/LIST.md would both be kept as LIST.md");
    }

    #[test]
    fn a_document_that_breaks_the_profile_leaves_all_as_it_was() {
        let page =
            std::fs::read_to_string(repository().join("xtask/spec/upstream/list-numbers.md"));
        // A secret in a query is a valid document, and no client.
        let parameter = "{name: pin, in: query, schema: {type: string, format: password}}";
        let page = page.unwrap().replace(
            "      summary: List numbers\n",
            &format!("      summary: List numbers\n      parameters: [{parameter}]\n"),
        );
        let root = tempfile::tempdir().unwrap();
        copy_workspace(repository(), root.path()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("list-numbers.md"), page).unwrap();
        std::fs::write(root.path().join("openapi.json"), "as it was").unwrap();
        let target = target_folder(repository());
        let from = vec![folder.path().to_str().unwrap().parse().unwrap()];
        let error = refused(root.path(), &target, &Options { from, save: true, ..options() });
        let place = "/paths/~1v1~1numbers/get/parameters/0/schema: is a secret";
        assert!(error.contains(place), "{error}");
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
        let texts = [crate::source::published(repository(), "list-numbers.md")];
        let page = crate::upstream::parts(&texts).unwrap().remove(0).document;
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
        let mut replaced = vec!["/openapi".to_owned()];
        replaced.extend(
            ["description", "operationId", "summary"].map(|key| format!("{operation}/{key}")),
        );
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
