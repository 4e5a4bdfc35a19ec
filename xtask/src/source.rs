//! Reads the texts of documents from a file or a folder.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use regex_lite::Regex;

use crate::folder;

/// The maximum length of a text, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The contents of a file, not decoded.
#[derive(Debug)]
pub struct Text {
    /// The path in the repository, or the given path of a file outside it.
    pub source: String,
    /// The name of the file.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Reads the file at a path, or all files of a folder.
pub fn read(path: &Path, root: &Path) -> Result<Vec<Text>> {
    if path.is_dir() {
        return folder::files(path)?.values().map(|file| read_file(file, root)).collect();
    }
    Ok(vec![read_file(path, root)?])
}

fn read_file(file: &Path, root: &Path) -> Result<Text> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(LONGEST + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", file.display()))?;
    let is_short = bytes.len() as u64 <= LONGEST;
    ensure!(is_short, "cannot read {}: it is longer than {LONGEST} bytes", file.display());
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = file.strip_prefix(root).unwrap_or(file).display().to_string();
    Ok(Text { source, name, bytes })
}

/// Whether a file can be kept under its name: one that is valid and printable on any system.
pub fn is_kept(name: &str) -> bool {
    Regex::new(r"^\w[\w.-]*\.(json|ya?ml|md)$").is_ok_and(|kept| kept.is_match(name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_kept, read};

    #[test]
    fn a_file_is_kept_only_under_a_plain_name() {
        for name in ["list-numbers.md", "openapi.v1.json", "get_a.yaml", "a.yml"] {
            assert!(is_kept(name), "{name}");
        }
        for name in [
            "openapi",
            "",
            "..",
            "..\\..\\a.md",
            ".a.md",
            "-a.md",
            "a.swp",
            "aux",
            "a b.md",
            "\u{e9}.md",
        ] {
            assert!(!is_kept(name), "{name}");
        }
    }

    #[test]
    fn a_source_is_the_path_in_the_repository_or_the_given_path() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [root.path().join("spec"), other.path().to_owned()] {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("a.json"), "{}").unwrap();
        }
        let source = |path: std::path::PathBuf| {
            let texts = read(&path, root.path()).unwrap();
            texts.into_iter().map(|text| text.source).collect::<Vec<_>>()
        };
        assert_eq!(source(root.path().join("spec/a.json")), ["spec/a.json"]);
        assert_eq!(source(root.path().join("spec")), ["spec/a.json"]);
        let outside = other.path().join("a.json").display().to_string();
        assert_eq!(source(other.path().to_owned()), [outside]);
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_an_error() {
        let error = read(Path::new("/dev/zero"), Path::new("/")).unwrap_err();
        assert!(error.to_string().contains("longer than"), "{error}");
    }
}
