//! The credential of a request, the number that it is for, and the values that no error may
//! print.

mod confidential;
pub(crate) mod number_scope;

use std::ffi::OsString;
use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

pub(crate) use self::confidential::Confidential;
use self::confidential::{MIN_LENGTH, contains};
use crate::error::{Error, ErrorKind};
use crate::operation::{API_KEY, API_KEY_ID, Operation};
use crate::text::is_portable;
use crate::text::quotes::{is_blank, is_quoted};

const API_KEY_VARIABLE: &str = "PILOT_STATUS_API_KEY";
const API_KEY_ID_VARIABLE: &str = "PILOT_STATUS_API_KEY_ID";

/// An API key, or the id of an API key, that authenticates the client.
///
/// The value is never printed. It is wiped from memory when the last client that holds it is
/// dropped. Its copy in a request is marked as sensitive.
///
/// ```
/// use pilot_status::Credentials;
///
/// let credentials = Credentials::api_key("ps_0123456789");
/// assert_eq!(format!("{credentials:?}"), "Credentials(x-api-key: [redacted])");
/// ```
#[derive(Clone)]
pub struct Credentials {
    /// The name of the header for the credential.
    pub(crate) header: HeaderName,
    /// The source of the value, for errors.
    source: &'static str,
    secret: SecretString,
}

impl Credentials {
    /// An API key (`ps_...`), sent as `x-api-key`.
    ///
    /// If the value is not valid in a header,
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) fails.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self::new(API_KEY, "the API key", key.into())
    }

    /// The id of an API key, sent as `x-api-key-id`.
    ///
    /// If the value is not valid in a header,
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) fails.
    pub fn api_key_id(id: impl Into<String>) -> Self {
        Self::new(API_KEY_ID, "the id of the API key", id.into())
    }

    /// Reads an API key from `PILOT_STATUS_API_KEY`, or the id of an API key from
    /// `PILOT_STATUS_API_KEY_ID`. A blank variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`] if both variables or neither is set, or if the value is in
    /// quotes or not valid in a header. The error names the variable and does not show the
    /// value.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(variable)
    }

    fn from_variables(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let (header, source, value) = match (get(API_KEY_VARIABLE), get(API_KEY_ID_VARIABLE)) {
            (Some(key), None) => (API_KEY, API_KEY_VARIABLE, key),
            (None, Some(id)) => (API_KEY_ID, API_KEY_ID_VARIABLE, id),
            (None, None) => {
                return Err(refusal(format!("set {API_KEY_VARIABLE} or {API_KEY_ID_VARIABLE}")));
            }
            (Some(_), Some(_)) => {
                return Err(refusal(format!(
                    "{API_KEY_VARIABLE} and {API_KEY_ID_VARIABLE} are both set; unset one"
                )));
            }
        };
        let value = value.into_string().map_err(|_| {
            refusal(format!("{source} is not UTF-8; set it to the value as issued"))
        })?;
        let credentials = Self::new(header, source, value);
        credentials.check()?;
        Ok(credentials)
    }

    fn new(header: &'static str, source: &'static str, value: String) -> Self {
        let header = HeaderName::from_static(header);
        Self { header, source, secret: SecretString::from(value) }
    }

    /// Refuses a value that would not reach the server unchanged.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let value = self.secret.expose_secret();
        let problem = if value.trim().is_empty() {
            "is blank; set it to the value as issued"
        } else if is_quoted(value) {
            "is in quotes, which would be sent too; remove the quotes"
        } else if !is_portable(value.as_bytes()) {
            "has surrounding white space or a character that is not valid in headers; set it to \
             the value as issued"
        } else {
            return Ok(());
        };
        Err(refusal(format!("{} {problem}", self.source)))
    }

    /// Whether a text contains the value, ignoring case, since URLs convert host names to lower
    /// case. Values that are too short for a key are never found.
    pub(crate) fn appears_in(&self, text: impl AsRef<[u8]>) -> bool {
        let value = self.secret.expose_secret().as_bytes();
        value.len() >= MIN_LENGTH && contains(text.as_ref(), value)
    }

    /// The header to send with an operation. None if the operation needs no credential.
    pub(crate) fn for_operation(
        &self,
        operation: &Operation,
    ) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
        if operation.credential_headers.contains(&self.header.as_str()) {
            let mut value = HeaderValue::from_str(self.secret.expose_secret())?;
            value.set_sensitive(true);
            return Ok(Some((self.header.clone(), value)));
        }
        if operation.anonymous {
            return Ok(None);
        }
        Err(refusal(match operation.credential_headers {
            [] => "the operation requires a credential that this client does not know".to_owned(),
            headers => {
                format!("the operation requires {}, not {}", headers.join(" or "), self.header)
            }
        }))
    }
}

/// The value of an environment variable. A blank value counts as unset, since `.env` templates
/// list variables that users leave empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(is_set)
}

/// Whether a value contains more than white space and quotation marks.
fn is_set(value: &OsString) -> bool {
    !value.to_str().is_some_and(is_blank)
}

fn refusal(detail: String) -> Error {
    Error::new(ErrorKind::Credentials).with_detail(detail)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}: [redacted])", self.header)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn operation(credential_headers: &'static [&'static str], anonymous: bool) -> Operation {
        Operation { credential_headers, anonymous, ..Operation::odd() }
    }

    fn environment(key: Option<&str>, id: Option<&str>) -> impl Fn(&str) -> Option<OsString> {
        let key = key.map(OsString::from).filter(is_set);
        let id = id.map(OsString::from).filter(is_set);
        move |name| match name {
            API_KEY_VARIABLE => key.clone(),
            API_KEY_ID_VARIABLE => id.clone(),
            _ => None,
        }
    }

    #[test]
    fn the_credential_that_is_set_is_read_from_the_environment() {
        for (key, id, header) in [
            (Some("ps_a"), None, API_KEY),
            (Some("ps_a"), Some(""), API_KEY),
            (Some("ps_a"), Some(" \t\r\n"), API_KEY),
            (Some("ps_a"), Some("\"\""), API_KEY),
            (None, Some("ck_a"), API_KEY_ID),
            (Some(""), Some("ck_a"), API_KEY_ID),
            (Some("''"), Some("ck_a"), API_KEY_ID),
        ] {
            let credentials = Credentials::from_variables(environment(key, id)).unwrap();
            assert_eq!(credentials.header, header);
        }
    }

    #[test]
    fn errors_name_the_variable_and_do_not_show_its_value() {
        let table = [
            (None, None, "set PILOT_STATUS_API_KEY or PILOT_STATUS_API_KEY_ID"),
            (Some("ps_marked"), Some("ck_marked"), "both set"),
            (Some(""), None, "set PILOT_STATUS_API_KEY or PILOT_STATUS_API_KEY_ID"),
            (Some(" \t"), Some("\n"), "set PILOT_STATUS_API_KEY or PILOT_STATUS_API_KEY_ID"),
            (Some("\"\""), Some(""), "set PILOT_STATUS_API_KEY or PILOT_STATUS_API_KEY_ID"),
            (Some("\"ps_marked\""), None, "PILOT_STATUS_API_KEY is in quotes"),
            (Some("'ps_marked'"), Some(""), "remove the quotes"),
            (Some("“ps_marked”"), None, "remove the quotes"),
            (Some("\"ps_marked"), None, "remove the quotes"),
            (Some(" 'ps_marked'\n"), None, "remove the quotes"),
            (None, Some("‘ck_marked’"), "PILOT_STATUS_API_KEY_ID is in quotes"),
            (Some("ps_marked\n"), None, "PILOT_STATUS_API_KEY has"),
            (Some("ps_marked\u{0}x"), None, "PILOT_STATUS_API_KEY has"),
            (None, Some(" ck_marked"), "PILOT_STATUS_API_KEY_ID has"),
            (None, Some("ck_marked\u{e9}"), "PILOT_STATUS_API_KEY_ID has"),
        ];
        for (key, id, part) in table {
            let error = Credentials::from_variables(environment(key, id)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                assert!(text.contains(part), "{text}");
                assert!(!text.contains("marked"), "{text}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf8_is_named() {
        use std::os::unix::ffi::OsStringExt;
        let error = Credentials::from_variables(|name| {
            (name == API_KEY_VARIABLE).then(|| OsString::from_vec(vec![b'p', 0xff]))
        })
        .unwrap_err();
        assert!(error.to_string().contains("PILOT_STATUS_API_KEY is not UTF-8"), "{error}");
    }

    #[test]
    fn the_document_determines_which_header_is_sent() {
        let either: &[&str] = &[API_KEY, API_KEY_ID];
        let key = || Credentials::api_key("ps_a");
        let id = || Credentials::api_key_id("ck_a");
        let table = [
            (key(), operation(either, false), Some(API_KEY)),
            (id(), operation(either, false), Some(API_KEY_ID)),
            (key(), operation(&[], true), None),
            (id(), operation(&[API_KEY], true), None),
            (key(), operation(&[API_KEY], true), Some(API_KEY)),
        ];
        for (credentials, operation, expected) in table {
            let header = credentials.for_operation(&operation).unwrap();
            assert_eq!(
                header.as_ref().map(|(name, _)| name.as_str()),
                expected,
                "{credentials:?} {operation:?}"
            );
            assert!(header.is_none_or(|(_, value)| value.is_sensitive()));
        }
    }

    #[test]
    fn a_credential_that_an_operation_does_not_accept_is_refused() {
        for (accepted, part) in
            [(&[API_KEY][..], "requires x-api-key, not x-api-key-id"), (&[], "does not know")]
        {
            let error = Credentials::api_key_id("ck_a")
                .for_operation(&operation(accepted, false))
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
