//! The lock file: the SHA-256 digest of each file under `xtask/spec/upstream`. It lies next to the
//! folder, so that it is not read as a document.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The digests by file name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock(BTreeMap<String, String>);

impl Lock {
    /// Records the current digest of a file.
    pub fn accept(&mut self, name: &str, bytes: &[u8]) {
        self.0.insert(name.to_owned(), sha256(bytes));
    }

    /// Compares the files of the folder with the lock.
    pub fn verify<'a>(&self, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<()> {
        let mut missing = self.0.clone();
        for (name, bytes) in files {
            let reason = match missing.remove(name) {
                None => "is not listed in",
                Some(digest) if digest != sha256(bytes) => "differs from the digest in",
                Some(_) => continue,
            };
            bail!(
                "xtask/spec/upstream/{name} {reason} xtask/spec/upstream.lock: restore the \
                 vendor's file, or accept this one with \
                 `cargo xtask regen --save --from xtask/spec/upstream/{name}`"
            );
        }
        if let Some(name) = missing.keys().next() {
            bail!(
                "xtask/spec/upstream.lock lists xtask/spec/upstream/{name}, which does not exist: \
                 restore it, or remove its entry"
            );
        }
        Ok(())
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Lock, sha256};
    use crate::regen::stable_form;
    use crate::yaml;

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-4, the example of one block.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn the_text_is_sorted_and_can_be_read_again() {
        let mut lock = Lock::default();
        lock.accept("b.md", b"abc");
        lock.accept("a.json", b"");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), stable_form(&json!(lock))).unwrap();
        assert_eq!(yaml::read::<Lock>(file.path()).unwrap(), lock);
        assert_eq!(
            stable_form(&json!(lock)),
            "{\n  \"a.json\": \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n  \
             \"b.md\": \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"\n}\n"
        );
    }

    #[test]
    fn a_changed_new_or_missing_file_is_refused() {
        let mut lock = Lock::default();
        lock.accept("a", b"abc");
        let verify = |files: &[(&'static str, &'static [u8])]| lock.verify(files.iter().copied());
        verify(&[("a", b"abc")]).unwrap();
        for (files, part) in [
            (&[("a", &b"abx"[..])][..], "/a differs from the digest in"),
            (&[("a", b"abc"), ("b", b"")], "/b is not listed in"),
            (&[], "lists xtask/spec/upstream/a, which does not exist"),
        ] {
            let error = verify(files).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn an_invalid_lock_file_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for text in ["", "[]", r#"{"a": {"sha256": ""}}"#] {
            std::fs::write(file.path(), text).unwrap();
            assert!(yaml::read::<Lock>(file.path()).is_err(), "{text}");
        }
        assert!(yaml::read::<Lock>(&file.path().join("none")).is_err());
    }
}
