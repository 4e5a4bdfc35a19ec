//! Builds the client with the lowest versions that Cargo.toml allows, so that nobody
//! gets one of them and an error.

use anyhow::Result;

use crate::packed::Packed;
use crate::scratch::target_folder;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<()> {
    let packed = Packed::new(shell)?;
    let folder = packed.folder();
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(&manifest, without_dev_dependencies(&text))?;
    std::fs::remove_file(folder.join("Cargo.lock"))?;
    Shell::new(&folder)
        .with("RUSTC_BOOTSTRAP", "1")
        .run("cargo generate-lockfile -Zdirect-minimal-versions")?;
    Shell::new(&folder)
        .with("CARGO_TARGET_DIR", target_folder(shell.root).join("lowest"))
        .run("cargo check --locked --lib --all-features")
}

/// A manifest without what only tests need, which no user gets. Cargo gives each
/// dependency of a packed crate a table of its own.
fn without_dev_dependencies(manifest: &str) -> String {
    let mut is_kept = true;
    let lines = manifest.split_inclusive('\n').filter(|line| {
        if line.starts_with('[') {
            is_kept = !line.starts_with("[dev-dependencies.");
        }
        is_kept
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::without_dev_dependencies;

    #[test]
    fn only_dev_dependencies_go() {
        let manifest = "[dependencies.http]\nversion = \"1\"\n\n[dev-dependencies.csv]\n\
                        version = \"1\"\nfeatures = [\n    \"std\",\n]\n\n[lints.rust]\n";
        assert_eq!(
            without_dev_dependencies(manifest),
            "[dependencies.http]\nversion = \"1\"\n\n[lints.rust]\n"
        );
    }
}
