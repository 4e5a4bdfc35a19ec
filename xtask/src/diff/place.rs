//! Where in a document something stands.

use std::fmt;

use crate::pointer::Pointer;

/// A place in a document, and who meets a change there.
#[derive(Clone, Debug)]
pub struct Place {
    /// In words, for the report.
    pub words: String,
    pub pointer: Pointer,
    /// Clients send what stands here.
    pub sent: bool,
    /// Clients read what stands here.
    pub read: bool,
    /// Code is generated of what stands here. Of an error only the words are kept.
    pub modelled: bool,
}

impl Place {
    /// A place that clients and servers meet alike.
    pub fn new(words: impl Into<String>, pointer: Pointer) -> Self {
        Self { words: words.into(), pointer, sent: true, read: true, modelled: true }
    }

    /// The place of a key, which the words do not mention.
    pub fn key(&self, key: impl fmt::Display) -> Self {
        Self { pointer: self.pointer.join(key), ..self.clone() }
    }

    /// The same place with more words.
    pub fn named(&self, more: &str) -> Self {
        Self { words: format!("{}{more}", self.words), ..self.clone() }
    }

    pub fn only_sent(&self) -> Self {
        Self { sent: true, read: false, ..self.clone() }
    }

    pub fn only_read(&self) -> Self {
        Self { sent: false, read: true, ..self.clone() }
    }

    /// A place of which the client makes its own error, whatever stands there.
    pub fn of_error(&self) -> Self {
        Self { sent: false, read: false, modelled: false, ..self.clone() }
    }
}
