//! Compares the public items of the client, a line for each, with the accepted list.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use public_api::{Builder, PublicItem};

use crate::files::Changes;
use crate::folder::target_folder;
use crate::regen;

/// The accepted list.
const SNAPSHOT: &str = "tests/snapshots/public_api.txt";

/// Fails if the public items differ from the accepted list.
pub fn check(root: &Path) -> Result<()> {
    let accepted = std::fs::read_to_string(root.join(SNAPSHOT)).unwrap_or_default();
    let difference = regen::difference(SNAPSHOT, &accepted, &list(root)?);
    ensure!(
        difference.is_empty(),
        "the public items differ from the accepted ones\n{difference}\
         stale: run `cargo xtask api`, read the diff, and commit it"
    );
    Ok(())
}

/// Accepts the current public items.
pub fn accept(root: &Path) -> Result<()> {
    if let Some(otherwise) = super::step("api")?.run(root)? {
        bail!("cannot list the public items: {otherwise}");
    }
    let mut changes = Changes::default();
    changes.write(root.join(SNAPSHOT), list(root)?);
    changes.commit()
}

/// Lists the public items in the output of rustdoc, without derived, auto-trait and blanket impls,
/// and without the functions of trait impls.
fn list(root: &Path) -> Result<String> {
    let json = target_folder(root).join("docs.rs/doc/pilot_status.json");
    let api = Builder::from_rustdoc_json(json)
        .omit_auto_derived_impls(true)
        .omit_auto_trait_impls(true)
        .omit_blanket_impls(true)
        .build()?;
    let is_impl = |item: &PublicItem, of_trait: bool| {
        let line = item.to_string();
        line.starts_with("impl") && line.contains(" for ") == of_trait
    };
    let of_traits = api.items().filter(|item| is_impl(item, true)).map(PublicItem::id);
    let of_traits: HashSet<_> = of_traits.collect();
    let is_listed = |item: &&PublicItem| {
        let repeats = item.parent_id().is_some_and(|parent| of_traits.contains(&parent));
        !repeats && !is_impl(item, false)
    };
    let lines = api.items().filter(is_listed);
    Ok(lines.map(|item| item.to_string().replace("pilot_status::", "") + "\n").collect())
}
