//! Builds the documentation, also as docs.rs does.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::manifest::Manifest;
use crate::scratch::target_folder;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<()> {
    shell.run("cargo doc --locked --no-deps --workspace --exclude pilot-status")?;
    let client = "cargo doc --locked --no-deps --package pilot-status --lib";
    shell.run(&format!("{client} --features schemars,tracing,mock"))?;
    as_docs_rs(shell).run(&format!("{client} --all-features"))?;
    let page = docs_rs_target(shell.root).join("doc/pilot_status/struct.Client.html");
    let page = std::fs::read_to_string(&page).context("the page of the client is not there")?;
    let tags = &Manifest::read(shell)?.features["full"];
    let wrong = not_named(&page, tags);
    ensure!(wrong.is_empty(), "no operation says that its feature is {}", wrong.join(" or "));
    Ok(())
}

/// The features that the docs of no operation on a page name.
fn not_named<'a>(page: &str, features: &'a [String]) -> Vec<&'a str> {
    let is_named = |feature: &str| page.contains(&format!("Cargo feature: <code>{feature}</code>"));
    features.iter().map(String::as_str).filter(|feature| !is_named(feature)).collect()
}

/// With what docs.rs sets, and with the unstable options of rustdoc, which it uses too.
/// Crates ask for them when they are built, so these builds have a folder of their own:
/// in the common one, Cargo would build much anew at every change between the two.
pub fn as_docs_rs<'a>(shell: &Shell<'a>) -> Shell<'a> {
    Shell::new(shell.root)
        .with("DOCS_RS", "1")
        .with("RUSTC_BOOTSTRAP", "1")
        .with("RUSTDOCFLAGS", "-D warnings --cfg docsrs")
        .with("CARGO_TARGET_DIR", docs_rs_target(shell.root))
}

pub fn docs_rs_target(root: &Path) -> PathBuf {
    target_folder(root).join("docs.rs")
}

#[cfg(test)]
mod tests {
    use super::not_named;

    #[test]
    fn a_feature_counts_only_where_an_operation_names_it() {
        let page = "<p>Lists <code>leads</code>.</p> <p>Cargo feature: <code>ads</code>.</p>";
        assert_eq!(not_named(page, &["ads".into(), "leads".into()]), ["leads"]);
    }
}
