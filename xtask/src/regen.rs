//! `cargo xtask regen`: compares our description with the vendor's pages, and makes
//! `openapi.json` and the snapshots of the generated code from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::console::{self, Steps};
use crate::files::Changes;
use crate::fragments::{Fragments, UNFINISHED};
use crate::lock::Lock;
use crate::source::{self, Text};
use crate::{
    convert, coverage, diff, draft, files, folder, line, normalise, profile, reconcile, snapshots,
    upkeep, upstream, validate, vanished, yaml,
};

/// The vendor's pages, and the lock file with their digests.
const UPSTREAM: &str = "xtask/spec/upstream";
const LOCK: &str = "xtask/spec/upstream.lock";
/// Our description, and the accepted differences from the vendor's pages.
const FRAGMENTS: &str = "xtask/spec/api";
const ACCEPTED: &str = "xtask/spec/accepted.yaml";

#[derive(Args, Clone, Debug, Default)]
#[command(group(ArgGroup::new("use").args(["check", "save", "out"])))]
pub struct Options {
    /// Write nothing; print the stale parts, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,

    /// Compare this with xtask/spec/api, in addition to the pages in xtask/spec/upstream: an OpenAPI
    /// 3.1 document in JSON or YAML, a page with OpenAPI documents in fenced blocks, or a folder
    /// of these. Requires --check, which then checks no file, --save or --out
    #[arg(long, value_name = "PATH", requires = "use")]
    pub from: Vec<PathBuf>,

    /// Keep the files of --from in xtask/spec/upstream, where they replace files of the same
    /// name, and read the whole folder
    #[arg(long, requires = "from")]
    pub save: bool,

    /// Allow openapi.json to lose these tags, callbacks or events, under the names in the error
    #[arg(long, value_name = "NAME")]
    pub drop: Vec<String>,

    /// Only convert the documents of --from, of any API, to OpenAPI 3.0.3 in this file: xtask/spec
    /// is not read, and no client is compiled. Several documents are merged
    #[arg(long, value_name = "FILE", requires = "from")]
    pub out: Option<PathBuf>,

    /// Print no steps
    #[arg(long)]
    pub quiet: bool,
}

/// Makes `openapi.json` and the snapshots of the generated code.
///
/// `target` is Cargo's target folder, in which a copy of the workspace builds the client. The
/// workspace itself changes only if every step has succeeded, and never with `check`.
pub fn run(root: &Path, target: &Path, options: &Options) -> Result<()> {
    let steps = Steps { quiet: options.quiet };
    // Another run would write the files that this one reads.
    let _lock = folder::lock(&target.join("regen"), "regen")?;
    let mut changes = Changes::default();
    let texts = steps.run("read", |_| inputs(root, options, &mut changes))?;
    if let Some(out) = &options.out {
        let document = steps.run("merge", |_| upstream::merge(&upstream::parts(&texts)?))?;
        changes.write(out.clone(), stable_form(&convert(document, &steps)?));
        return write(root, &changes, &steps);
    }
    let ours = steps.run("merge", |_| described(root))?;
    let accepted: Vec<String> = yaml::read(&root.join(ACCEPTED))?;
    let (document, undescribed) = steps.run("reconcile", |notes| {
        reconcile::reconcile(upstream::parts(&texts)?, &ours, &accepted, notes)
    })?;
    if !undescribed.is_empty() {
        let (text, lines) = draft::draft(&undescribed, &ours)?;
        if !options.check {
            changes.write(root.join(FRAGMENTS).join(draft::FILE), text);
            write(root, &changes, &steps)?;
        }
        bail!(
            "xtask/spec/api lacks operations of the vendor's pages, which `cargo xtask regen` \
             drafts. Finish each draft, remove its `{UNFINISHED}`, and run regen again. \
             {}:\n{}",
            draft::TO_FINISH,
            lines.join("\n")
        );
    }
    let document = convert(document, &steps)?;
    steps.run("profile", |_| profile::check(&document))?;
    let earlier = earlier(root)?;
    vanished::check(&earlier, &document, &options.drop)?;
    let mut files = upkeep::files(root, &earlier, &document)?;
    files.insert("openapi.json".to_owned(), stable_form(&document));
    files.insert("OPERATIONS.md".to_owned(), coverage::page(&document));
    if options.check {
        // Only kept pages determine the written files.
        return if options.from.is_empty() { check(root, &files) } else { Ok(()) };
    }
    for (path, text) in &files {
        changes.write(root.join(path), text.as_str());
    }
    steps.run("compile", |_| snapshots::make(root, target, &files, &mut changes))?;
    write(root, &changes, &steps)?;
    if !earlier.is_null() && earlier != document {
        console::print(diff::report(&earlier, &document));
    }
    Ok(())
}

/// Prints the differences of stale files, which are an error.
fn check(root: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    let differences = files.iter().map(|(path, text)| {
        let old = files::read(&root.join(path)).unwrap_or_default();
        difference(path, &String::from_utf8_lossy(&old), text)
    });
    let stale: String = differences.collect();
    if !stale.is_empty() {
        console::print(stale);
        bail!("stale: run `cargo xtask regen`, read the diff, and commit it");
    }
    Ok(())
}

/// Makes the changes, and prints a line for each.
fn write(root: &Path, changes: &Changes, steps: &Steps) -> Result<()> {
    // Ctrl-C must not stop the process halfway through the writes. Nothing reads the flag.
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::default())?;
    }
    steps.run("write", |_| changes.commit())?;
    changes.lines(root).into_iter().for_each(console::print);
    Ok(())
}

/// Returns the texts to read: the kept pages and those of --from, or with --out only the latter.
/// With --save, plans to keep these.
fn inputs(root: &Path, options: &Options, changes: &mut Changes) -> Result<Vec<Text>> {
    let mut given = Vec::new();
    for from in &options.from {
        given.extend(source::read(from, root)?);
    }
    ensure!(options.from.is_empty() || !given.is_empty(), "--from names a folder without files");
    if options.out.is_some() {
        return Ok(given);
    }
    let folder = root.join(UPSTREAM);
    let mut lock: Lock = yaml::read(&root.join(LOCK))?;
    let kept = source::read(&folder, root)?.into_iter();
    let mut kept: BTreeMap<String, Text> = kept.map(|text| (text.name.clone(), text)).collect();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let compared = if options.save { Vec::new() } else { std::mem::take(&mut given) };
    for text in given {
        ensure!(
            source::is_kept(&text.name),
            "{}: rename it: a page is kept under a name of letters, digits, `.`, `_` and `-` that \
             ends in .md, .json or .yaml",
            line::one_line(&text.source)
        );
        // Some file systems ignore the case of names.
        if let Some(other) = names.insert(text.name.to_ascii_lowercase(), text.source.clone()) {
            bail!("{other} and {} would both be kept as {}", text.source, text.name);
        }
        lock.accept(&text.name, &text.bytes);
        changes.write(folder.join(&text.name), text.bytes.clone());
        kept.insert(text.name.clone(), text);
    }
    lock.verify(kept.iter().map(|(name, text)| (name.as_str(), text.bytes.as_slice())))?;
    if options.save {
        changes.write(root.join(LOCK), stable_form(&json!(lock)));
    }
    Ok(kept.into_values().chain(compared).collect())
}

fn described(root: &Path) -> Result<Fragments> {
    Fragments::read(&root.join(FRAGMENTS), root).context("cannot read xtask/spec/api")
}

/// Converts a document into the form of OpenAPI 3.0 that the build step reads.
fn convert(mut document: Value, steps: &Steps) -> Result<Value> {
    steps.run("convert", |notes| {
        let dropped = convert::to_3_0(&mut document).context("cannot convert the document")?;
        let note = |place: &String| format!("dropped {place}: OpenAPI 3.0 cannot express it");
        notes.extend(dropped.iter().map(note));
        Ok(())
    })?;
    steps.run("normalise", |_| normalise::normalise(&mut document))?;
    steps.run("validate", |_| {
        validate::validate(&document).context("the converted document is not valid OpenAPI")
    })?;
    Ok(document)
}

/// The text of a JSON file: sorted keys, two spaces of indentation, a final newline.
pub fn stable_form(document: &Value) -> String {
    format!("{document:#}\n")
}

/// The committed document, or null if there is none. Without it, lost tags, callbacks and events
/// would go unnoticed.
fn earlier(root: &Path) -> Result<Value> {
    let Some(text) = files::read(&root.join("openapi.json")) else { return Ok(Value::Null) };
    serde_json::from_slice(&text)
        .context("openapi.json is not JSON: restore it with `git checkout HEAD -- openapi.json`")
}

/// The lines that differ, with their context. Empty if none does.
pub fn difference(name: &str, old: &str, new: &str) -> String {
    let header = Some((name, "output of regen"));
    similar::udiff::unified_diff(similar::Algorithm::default(), old, new, 3, header)
}

#[cfg(test)]
pub use tests::document_of;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::lock;
    use crate::folder::tree;

    /// The text of `openapi.json`, made from the sources under `xtask/spec`.
    fn document(root: &Path) -> Result<String> {
        let options = Options { quiet: true, ..Options::default() };
        document_of(root, &inputs(root, &options, &mut Changes::default())?)
    }

    /// The same, with other pages instead of the vendor's.
    pub fn document_of(root: &Path, pages: &[Text]) -> Result<String> {
        let steps = Steps { quiet: true };
        let accepted: Vec<String> = yaml::read(&root.join(ACCEPTED))?;
        let mut notes = Vec::new();
        let (document, undescribed) = reconcile::reconcile(
            upstream::parts(pages)?,
            &described(root)?,
            &accepted,
            &mut notes,
        )?;
        let undescribed: Vec<String> = undescribed.iter().map(draft::named).collect();
        ensure!(undescribed.is_empty(), "{}", undescribed.join("\n"));
        let document = convert(document, &steps)?;
        profile::check(&document)?;
        Ok(stable_form(&document))
    }

    fn repository() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn two_runs_make_the_same_document() {
        assert_eq!(document(repository()).unwrap(), document(repository()).unwrap());
    }

    #[test]
    fn the_committed_document_is_fresh() {
        let committed = std::fs::read_to_string(repository().join("openapi.json")).unwrap();
        assert!(
            document(repository()).unwrap() == committed,
            "openapi.json is stale: run `cargo xtask regen`"
        );
    }

    /// A workspace with only the sources and an old `openapi.json`.
    fn workspace(upstream: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let spec = root.path().join("xtask/spec");
        std::fs::create_dir_all(spec.join("upstream")).unwrap();
        std::fs::create_dir_all(spec.join("api")).unwrap();
        std::fs::write(spec.join("api/shared.yaml"), format!("{HEAD}paths: {{}}\n")).unwrap();
        std::fs::write(spec.join("upstream/document.yaml"), upstream).unwrap();
        std::fs::write(root.path().join("openapi.json"), "{}").unwrap();
        let mut lock = Lock::default();
        lock.accept("document.yaml", upstream.as_bytes());
        std::fs::write(spec.join("upstream.lock"), stable_form(&json!(lock))).unwrap();
        root
    }

    /// A workspace without a page.
    fn alone() -> tempfile::TempDir {
        let root = workspace("");
        std::fs::remove_file(root.path().join("xtask/spec/upstream/document.yaml")).unwrap();
        let lock = stable_form(&json!(Lock::default()));
        std::fs::write(root.path().join("xtask/spec/upstream.lock"), lock).unwrap();
        root
    }

    fn options() -> Options {
        Options { quiet: true, ..Options::default() }
    }

    /// Runs regen, asserts that it fails and changes nothing, and returns the error.
    fn refused(root: &Path, target: &Path, options: &Options) -> String {
        // Every run leaves its lock file behind.
        drop(lock(&target.join("regen"), "regen").unwrap());
        let before = tree(root);
        let error = format!("{:#}", run(root, target, options).expect_err("refused"));
        assert!(tree(root) == before, "{error}");
        error
    }

    const HEAD: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

    #[test]
    fn an_unusable_document_changes_nothing() {
        for (upstream, part) in [
            (
                format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {{prefixItems: []}}}}}}\n"),
                "/components/schemas/A/prefixItems",
            ),
            (
                format!("{HEAD}paths: {{/a: {{get: {{responses: 1}}}}}}\n"),
                "/paths/~1a/get/responses: is no object",
            ),
            (format!("{HEAD}paths: {{/a: {{get: {{}}, get: {{}}}}}}\n"), "duplicate"),
            ("<html>".to_owned(), "not an OpenAPI document"),
            (String::new(), "not an OpenAPI document"),
        ] {
            let ours = alone();
            std::fs::write(ours.path().join("xtask/spec/api/shared.yaml"), &upstream).unwrap();
            let theirs = workspace(&upstream);
            let target = theirs.path().join("target");
            for (root, is_ours) in [(ours, true), (theirs, false)] {
                for check in [false, true] {
                    let error = refused(root.path(), &target, &Options { check, ..options() });
                    // Only the part of a page that can be compared with ours is read.
                    let is_read = is_ours || !part.contains("prefixItems");
                    assert!(!is_read || error.contains(part), "{error}");
                }
            }
            // It is neither kept nor converted.
            let root = alone();
            let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
            std::fs::write(file.path(), &upstream).unwrap();
            let from = vec![file.path().to_owned()];
            let saved = Options { from: from.clone(), save: true, ..options() };
            refused(root.path(), &target, &saved);
            let out = Some(root.path().join("out.json"));
            let error = refused(root.path(), &target, &Options { from, out, ..options() });
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_page_that_was_edited_or_removed_is_refused() {
        let root = workspace(HEAD);
        let target = root.path().join("target");
        let file = root.path().join("xtask/spec/upstream/document.yaml");
        std::fs::write(&file, format!("{HEAD}paths: {{}}\n")).unwrap();
        let error = refused(root.path(), &target, &options());
        let way = "`cargo xtask regen --save --from xtask/spec/upstream/document.yaml`";
        assert!(error.contains(way), "{error}");
        std::fs::remove_file(file).unwrap();
        let error = refused(root.path(), &target, &options());
        assert!(error.contains("which does not exist"), "{error}");
    }

    #[test]
    fn two_files_with_one_name_are_refused() {
        let root = workspace(HEAD);
        let mut from = Vec::new();
        for (folder, name) in [("one", "list.md"), ("two", "LIST.md")] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
            let path = root.path().join(folder).join(name);
            std::fs::write(&path, HEAD).unwrap();
            from.push(path);
        }
        let target = root.path().join("target");
        let saved = Options { from, save: true, ..options() };
        let error = refused(root.path(), &target, &saved);
        assert_eq!(error, "one/list.md and two/LIST.md would both be kept as LIST.md");
    }

    #[test]
    fn a_difference_shows_the_changed_lines() {
        let old = "{\n  \"openapi\": \"3.0.4\"\n}\n";
        let new = old.replace("3.0.4", "3.0.3");
        assert_eq!(difference("openapi.json", old, old), "");
        let shown = difference("openapi.json", old, &new);
        assert!(shown.contains("-  \"openapi\": \"3.0.4\"\n+  \"openapi\": \"3.0.3\""), "{shown}");
    }

    #[test]
    fn the_text_does_not_depend_on_the_order_of_the_keys() {
        let one =
            serde_json::from_str(r#"{"b": {"y": 1, "x": 2}, "a": [{"d": 1, "c": 2}]}"#).unwrap();
        let other =
            serde_json::from_str(r#"{"a": [{"c": 2, "d": 1}], "b": {"x": 2, "y": 1}}"#).unwrap();
        assert_eq!(stable_form(&one), stable_form(&other));
    }
}
