//! Where a document comes from: a URL, a file, or a folder of files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use ureq::http::Uri;

use crate::fetch::{self, Limits};
use crate::folder;

/// What `--from` names.
#[derive(Clone, Debug)]
pub enum Source {
    Url(Uri),
    Path(PathBuf),
}

impl FromStr for Source {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.contains("://") {
            return fetch::address(text).map(Self::Url);
        }
        ensure!(!text.is_empty(), "it names nothing");
        Ok(Self::Path(text.into()))
    }
}

/// A text as it came.
#[derive(Debug)]
pub struct Text {
    /// The URL without its query, or the path in the repository.
    pub source: String,
    /// The last part of it.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Source {
    /// The texts at a source: one, or those of a folder.
    pub fn read(&self, root: &Path) -> Result<Vec<Text>> {
        match self {
            Self::Url(url) => {
                let source = fetch::without_query(url);
                let bytes = fetch::fetch(url, &Limits::default())
                    .with_context(|| format!("cannot fetch {source}"))?;
                let name = url.path().rsplit('/').next().unwrap_or_default().to_owned();
                Ok(vec![Text { source, name, bytes }])
            }
            Self::Path(path) if path.is_dir() => read_folder(path, root),
            Self::Path(path) => Ok(vec![read_file(path, root)?]),
        }
    }
}

/// The texts in a folder.
pub fn read_folder(folder: &Path, root: &Path) -> Result<Vec<Text>> {
    folder::files(folder)?.iter().map(|file| read_file(file, root)).collect()
}

fn read_file(file: &Path, root: &Path) -> Result<Text> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(fetch::LONGEST + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.len() as u64 > fetch::LONGEST {
        bail!("cannot read {}: it is longer than {} bytes", file.display(), fetch::LONGEST);
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Text { source: in_repository(file, root).unwrap_or_else(|| name.clone()), name, bytes })
}

/// The path of a file in the repository; none if it lies elsewhere, for where
/// things lie on one machine says nothing on another.
fn in_repository(file: &Path, root: &Path) -> Option<String> {
    let (file, root) = (file.canonicalize().ok()?, root.canonicalize().ok()?);
    let path = file.strip_prefix(root).ok()?;
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The name to store a text under, whatever its source was called.
///
/// It has no separators and does not begin with a dot, so that it stays in the
/// folder and is seen there; with its ending it is no name that a system keeps.
pub fn stored_name(name: &str) -> String {
    const LONGEST: usize = 100;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    let plain = plain.trim_matches(['.', '-']);
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending @ ("json" | "yaml" | "yml" | "md"))) => (stem, ending),
        // What is in it is read by what it is, not by its ending.
        _ => (plain, "yaml"),
    };
    let stem = &stem[..stem.len().min(LONGEST)];
    format!("{}.{ending}", if stem.is_empty() { "document" } else { stem })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Source, stored_name};

    #[test]
    fn a_text_is_stored_under_the_name_that_it_came_with() {
        for (name, stored) in [
            ("list-numbers.md", "list-numbers.md"),
            ("openapi.json", "openapi.json"),
            ("openapi.v1.json", "openapi.v1.json"),
            ("openapi", "openapi.yaml"),
            ("", "document.yaml"),
            ("..", "document.yaml"),
            ("..%2f..%2fsrc%2flib.rs", "2f..-2fsrc-2flib.rs.yaml"),
            ("..\\..\\a.md", "a.md"),
            (".gitattributes", "gitattributes.yaml"),
            ("a.swp", "a.swp.yaml"),
            ("aux", "aux.yaml"),
            ("a b\n\u{e9}.yml", "a-b--.yml"),
        ] {
            assert_eq!(stored_name(name), stored, "{name}");
        }
        assert_eq!(stored_name(&"a".repeat(300)).len(), 105);
    }

    proptest! {
        #[test]
        fn a_stored_name_stays_in_its_folder(name in any::<String>()) {
            let stored = stored_name(&name);
            prop_assert!(!stored.starts_with(['.', '-']) && !stored.contains(['/', '\\', ':', '~']));
        }
    }

    #[test]
    fn a_path_outside_the_repository_is_not_named() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [root.path().join("spec"), other.path().to_owned()] {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("a.json"), "{}").unwrap();
        }
        let source = |path: std::path::PathBuf| {
            let texts = Source::Path(path).read(root.path()).unwrap();
            texts.into_iter().map(|text| text.source).collect::<Vec<_>>()
        };
        assert_eq!(source(root.path().join("spec/a.json")), ["spec/a.json"]);
        assert_eq!(source(root.path().join("spec/../spec")), ["spec/a.json"]);
        assert_eq!(source(other.path().to_owned()), ["a.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_an_error() {
        let error = Source::Path("/dev/zero".into()).read(std::path::Path::new("/")).unwrap_err();
        assert!(error.to_string().contains("longer than"), "{error}");
    }
}
