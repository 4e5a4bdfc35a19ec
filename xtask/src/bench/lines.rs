//! How many lines build.rs generates.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::{Bench, Figure};
use crate::folder;

/// The features of the programs, without TLS, of which nothing is generated and which
/// takes long to build.
const FEATURES: [&str; 2] = ["numbers", "full"];

/// What Cargo tells of a build script.
#[derive(Deserialize)]
struct Message {
    package_id: Option<String>,
    out_dir: Option<PathBuf>,
}

pub fn count(bench: &Bench) -> Result<Vec<Figure>> {
    let count = |features: &&str| {
        let messages = bench.shell().output(&format!(
            "cargo check --locked --lib --no-default-features --features {features} \
             --message-format json"
        ))?;
        Ok(Figure::new("lines", features, f64::from(lines(&out_dir(&messages)?)?), "lines"))
    };
    FEATURES.iter().map(count).collect()
}

/// Where the client's build script wrote to, by what Cargo tells of a build.
fn out_dir(messages: &str) -> Result<PathBuf> {
    for line in messages.lines() {
        let message: Message = serde_json::from_str(line)?;
        if let (Some(package), Some(folder)) = (message.package_id, message.out_dir)
            && package.contains("#pilot-status@")
        {
            return Ok(folder);
        }
    }
    bail!("Cargo tells of no build.rs of pilot-status")
}

fn lines(folder: &Path) -> Result<u32> {
    let mut lines = 0;
    for file in folder::files(folder)? {
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        lines += u32::try_from(text.lines().count())?;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{lines, out_dir};

    #[test]
    fn the_folder_is_that_of_the_client_and_of_no_dependency() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"path+file:///a#pilot-status@0.1.0"}
{"reason":"build-script-executed","package_id":"registry+https://a#serde@1.0.0","out_dir":"/b"}
{"reason":"build-script-executed","package_id":"path+file:///a#pilot-status@0.1.0","out_dir":"/c"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(out_dir(messages).unwrap(), Path::new("/c"));
        let error = out_dir(r#"{"reason":"build-finished","success":true}"#).unwrap_err();
        assert_eq!(error.to_string(), "Cargo tells of no build.rs of pilot-status");
    }

    #[test]
    fn the_lines_of_all_files_count() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("client.rs", "a\n\nb\n"), ("document.rs", "c")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(lines(folder.path()).unwrap(), 4);
    }
}
