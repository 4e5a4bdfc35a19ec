//! A line for each public item of the client, so that a change of one is seen.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use public_api::{Builder, PublicItem};
use serde::Deserialize;

use super::Outcome;
use super::docs::{as_docs_rs, docs_rs_target};
use crate::regen;
use crate::shell::Shell;

/// Where the lines are kept.
const SNAPSHOT: &str = "tests/snapshots/public_api.txt";

/// Compares the public items with those that were accepted.
pub fn check(shell: &Shell) -> Result<Outcome> {
    let json = json(shell)?;
    if let Some(reason) = unreadable(&json)? {
        return Ok(Outcome::NotRun(reason));
    }
    let accepted = std::fs::read_to_string(shell.root.join(SNAPSHOT)).unwrap_or_default();
    let difference = regen::difference(SNAPSHOT, &accepted, &list(&json)?);
    ensure!(
        difference.is_empty(),
        "the public items are not those that were accepted\n{difference}\
         stale: run `cargo xtask api`, read the diff, and commit it"
    );
    Ok(Outcome::Passed)
}

/// Accepts the public items as they are.
pub fn accept(root: &Path) -> Result<()> {
    let json = json(&Shell::new(root))?;
    if let Some(reason) = unreadable(&json)? {
        bail!(reason);
    }
    std::fs::write(root.join(SNAPSHOT), list(&json)?).context("cannot write the list")
}

/// What rustdoc knows of the client with all its features, in a file.
fn json(shell: &Shell) -> Result<PathBuf> {
    let shell = as_docs_rs(shell);
    shell.run(
        "cargo rustdoc --locked --package pilot-status --lib --all-features -- -Zunstable-options --output-format json",
    )?;
    Ok(docs_rs_target(shell.root).join("doc/pilot_status.json"))
}

/// Why the file cannot be read, whose format is another one in many versions of Rust.
fn unreadable(json: &Path) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Versioned {
        format_version: u32,
    }
    let text = std::fs::read_to_string(json)?;
    let written = serde_json::from_str::<Versioned>(&text)?.format_version;
    let read = rustdoc_types::FORMAT_VERSION;
    Ok((written != read).then(|| {
        format!(
            "this rustdoc writes format {written} of its JSON, and xtask reads {read}: \
             it takes another `public-api` and `rustdoc-types` in xtask/Cargo.toml"
        )
    }))
}

/// The lines, without what the compiler derives and what a trait says of its functions.
fn list(json: &Path) -> Result<String> {
    let api = Builder::from_rustdoc_json(json)
        .omit_auto_derived_impls(true)
        .omit_auto_trait_impls(true)
        .omit_blanket_impls(true)
        .build()?;
    let of_traits: HashSet<_> =
        api.items().filter(|item| is_impl_of_trait(item)).map(PublicItem::id).collect();
    let is_told = |item: &&PublicItem| {
        let repeats = item.parent_id().is_some_and(|parent| of_traits.contains(&parent));
        !repeats && (is_impl_of_trait(item) || !is_impl(item))
    };
    let lines = api.items().filter(is_told);
    Ok(lines.map(|item| item.to_string().replace("pilot_status::", "") + "\n").collect())
}

fn is_impl(item: &PublicItem) -> bool {
    item.to_string().starts_with("impl")
}

fn is_impl_of_trait(item: &PublicItem) -> bool {
    is_impl(item) && item.to_string().contains(" for ")
}

#[cfg(test)]
mod tests {
    use super::unreadable;

    #[test]
    fn a_format_that_cannot_be_read_is_told_with_what_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("client.json");
        let reason = |version: u32| {
            std::fs::write(&json, format!(r#"{{"root": 0, "format_version": {version}}}"#))
                .unwrap();
            unreadable(&json).unwrap()
        };
        let read = rustdoc_types::FORMAT_VERSION;
        assert_eq!(reason(read), None);
        let told = reason(read + 1).unwrap();
        assert!(told.starts_with(&format!("this rustdoc writes format {} ", read + 1)), "{told}");
        assert!(told.contains("public-api"), "{told}");
    }
}
