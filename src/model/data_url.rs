//! Files as text in JSON.

use std::fmt;

use base64::engine::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT};
use serde::{Deserialize, Serialize};

use super::text::text_conversions;

/// A file as text: a `data:` URL (RFC 2397), such as a QR code or a recording.
///
/// The server's text is kept verbatim. [`decode`](Self::decode) returns the bytes, even if the
/// server sent only Base64 without `data:`.
///
/// ```
/// use pilot_status::DataUrl;
///
/// let file = DataUrl::new("image/png", b"\x89PNG");
/// assert_eq!(file.as_str(), "data:image/png;base64,iVBORw==");
/// assert_eq!(file.media_type(), Some("image/png"));
/// assert_eq!(file.decode(), Some(b"\x89PNG".to_vec()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct DataUrl(String);

impl DataUrl {
    /// Encodes a file with a media type, such as `application/pdf`.
    pub fn new(media_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self(format!("data:{media_type};base64,{}", STANDARD.encode(bytes)))
    }

    /// The text, as in JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The media type, if the text has one.
    pub fn media_type(&self) -> Option<&str> {
        let (before, _) = self.parts()?;
        before.split(';').next().filter(|name| !name.is_empty())
    }

    /// The bytes. None if the text is neither a Base64 `data:` URL nor Base64: use
    /// `.ok_or("not Base64")?` where a function returns a `Result`.
    pub fn decode(&self) -> Option<Vec<u8>> {
        let text = match self.parts() {
            Some((before, text)) => before.ends_with(";base64").then_some(text)?,
            None => &self.0,
        };
        let text: String = text.split_ascii_whitespace().collect();
        STANDARD_PAD_INDIFFERENT.decode(text).ok()
    }

    /// The text before and after the comma.
    fn parts(&self) -> Option<(&str, &str)> {
        self.0.strip_prefix("data:")?.split_once(',')
    }
}

impl From<String> for DataUrl {
    fn from(text: String) -> Self {
        Self(text)
    }
}

text_conversions!(DataUrl);

impl fmt::Display for DataUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DataUrl {
    /// Omits the file, which is long and may be confidential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataUrl({}, {} characters)", self.media_type().unwrap_or("?"), self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_files_are_decoded() {
        let bytes = Some(b"abc".to_vec());
        for (text, media_type, decoded) in [
            ("data:image/png;base64,YWJj", Some("image/png"), bytes.clone()),
            ("data:audio/ogg;codecs=opus;base64,YWJj", Some("audio/ogg"), bytes.clone()),
            ("data:;base64,YWJj", None, bytes.clone()),
            ("YWJj", None, bytes.clone()),
            ("data:image/png;base64,\nYW\r\nJj\n", Some("image/png"), bytes),
            ("YWI", None, Some(b"ab".to_vec())),
            ("data:text/plain,abc", Some("text/plain"), None),
            ("data:image/png;base64,?", Some("image/png"), None),
            ("data:", None, None),
            ("https://example.com/a.png", None, None),
        ] {
            let file = DataUrl::from(text);
            assert_eq!(file.media_type(), media_type, "{text}");
            assert_eq!(file.decode(), decoded, "{text}");
            assert_eq!(serde_json::to_value(&file).unwrap(), text);
        }
    }

    #[test]
    fn the_file_is_not_printed() {
        let shown = format!("{:?}", DataUrl::new("image/png", "marked"));
        assert_eq!(shown, "DataUrl(image/png, 30 characters)");
    }
}
