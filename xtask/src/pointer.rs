//! JSON pointers (RFC 6901), which name places in a document.

use std::fmt;

/// A JSON pointer. The root is empty, and is displayed as `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the entry `key` of this value.
    pub fn join(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// The pointer of a local reference, `#/...`.
    pub fn of_reference(reference: &str) -> Self {
        Self(reference.trim_start_matches('#').to_owned())
    }

    /// The pointer in the form of RFC 6901, in which the root is empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn slashes_and_tildes_in_keys_are_escaped() {
        let pointer = Pointer::default().join("paths").join("/v1/~me").join(0);
        assert_eq!(pointer.to_string(), "/paths/~1v1~1~0me/0");
        assert_eq!(Pointer::default().to_string(), "/");
    }
}
