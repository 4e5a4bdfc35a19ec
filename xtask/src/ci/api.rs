//! A line for each public item of the client, so that a change of one is seen.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, Error, Result, ensure};
use public_api::{Builder, PublicItem};
use serde::Deserialize;

use super::Outcome;
use crate::regen;
use crate::scratch::target_folder;

/// Where the lines are kept.
const SNAPSHOT: &str = "tests/snapshots/public_api.txt";

/// Compares the public items with those that were accepted.
pub fn check(root: &Path) -> Result<Outcome> {
    let current = match current(root)? {
        Ok(current) => current,
        Err(reason) => return Ok(Outcome::NotRun(reason)),
    };
    let accepted = std::fs::read_to_string(root.join(SNAPSHOT)).unwrap_or_default();
    let difference = regen::difference(SNAPSHOT, &accepted, &current);
    ensure!(
        difference.is_empty(),
        "the public items are not those that were accepted\n{difference}\
         stale: run `cargo xtask api`, read the diff, and commit it"
    );
    Ok(Outcome::Passed)
}

/// Accepts the public items as they are.
pub fn accept(root: &Path) -> Result<()> {
    super::step("api")?.run(root)?;
    let current = current(root)?.map_err(Error::msg)?;
    std::fs::write(root.join(SNAPSHOT), current).context("cannot write the list")
}

/// The public items of the client with all its features, which rustdoc listed, or why they
/// cannot be read.
fn current(root: &Path) -> Result<Result<String, String>> {
    let json = target_folder(root).join("docs.rs/doc/pilot_status.json");
    unreadable(&json)?.map_or_else(|| list(&json).map(Ok), |reason| Ok(Err(reason)))
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
