//! Which credential a request carries and in which header, the number that it names, and what
//! of both no error may print.

mod confidential;
pub(crate) mod environment;
pub(crate) mod number_scope;

use std::ffi::OsString;
use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

pub(crate) use self::confidential::Confidential;
use self::confidential::{SHORTEST, holds};
use crate::error::{Error, ErrorKind};
use crate::operation::{API_KEY, API_KEY_ID, Operation};
use crate::text::quotes::is_quoted;

const API_KEY_VARIABLE: &str = "PILOT_STATUS_API_KEY";
const API_KEY_ID_VARIABLE: &str = "PILOT_STATUS_API_KEY_ID";

/// What the client shows to be let in: an API key or the id of one, never both.
///
/// Nothing prints the value, and it is wiped from memory with the last client
/// that holds it. The copy in a request is marked as sensitive.
///
/// ```
/// use pilot_status::Credentials;
///
/// let credentials = Credentials::api_key("ps_0123456789");
/// assert_eq!(format!("{credentials:?}"), "Credentials(x-api-key: [redacted])");
/// ```
#[derive(Clone)]
pub struct Credentials {
    header: &'static str,
    secret: SecretString,
}

impl Credentials {
    /// An API key (`ps_...`), sent as `x-api-key`.
    ///
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) refuses a value
    /// that no header can carry.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self::new(API_KEY, key.into())
    }

    /// The id of an API key, sent as `x-api-key-id`.
    ///
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) refuses a value
    /// that no header can carry.
    pub fn api_key_id(id: impl Into<String>) -> Self {
        Self::new(API_KEY_ID, id.into())
    }

    /// The credential in the environment: an API key in `PILOT_STATUS_API_KEY`
    /// or the id of one in `PILOT_STATUS_API_KEY_ID`. A blank variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`] when both variables are set or neither is, or
    /// when the value is in quotes or no header can carry it. The error names the
    /// variable and does not show the value.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(environment::variable)
    }

    fn from_variables(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let (name, header, value) = match (get(API_KEY_VARIABLE), get(API_KEY_ID_VARIABLE)) {
            (Some(key), None) => (API_KEY_VARIABLE, API_KEY, key),
            (None, Some(id)) => (API_KEY_ID_VARIABLE, API_KEY_ID, id),
            (None, None) => {
                return Err(refusal(format!("set {API_KEY_VARIABLE} or {API_KEY_ID_VARIABLE}")));
            }
            (Some(_), Some(_)) => {
                return Err(refusal(format!(
                    "{API_KEY_VARIABLE} and {API_KEY_ID_VARIABLE} are both set; unset one"
                )));
            }
        };
        let value = value
            .into_string()
            .map_err(|_| refusal(format!("{name} is not UTF-8; set it to the value as issued")))?;
        let credentials = Self::new(header, value);
        credentials.check(name)?;
        Ok(credentials)
    }

    fn new(header: &'static str, value: String) -> Self {
        Self { header, secret: SecretString::from(value) }
    }

    /// The header that the credential goes out in.
    pub(crate) fn header(&self) -> &'static str {
        self.header
    }

    /// Refuses a value that the server could not receive as it is. `name` is
    /// where the value came from.
    pub(crate) fn check(&self, name: &str) -> Result<(), Error> {
        let value = self.secret.expose_secret();
        if value.trim().is_empty() {
            return Err(refusal(format!("{name} is blank; set it to the value as issued")));
        }
        if is_quoted(value) {
            return Err(refusal(format!(
                "{name} is in quotes, which would be sent with it; remove the quotes"
            )));
        }
        // Only visible ASCII and the space within it arrive everywhere as they
        // were sent (RFC 9110, section 5.5).
        if value.trim() != value || !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(refusal(format!(
                "{name} has a space, a line break or another character around or in it \
                 that no header can carry; set it to the value as issued"
            )));
        }
        Ok(())
    }

    /// Whether a text holds the value, in any case: hosts lose theirs. One that
    /// is shorter than any key is no secret, and would be found by chance.
    pub(crate) fn appears_in(&self, text: impl AsRef<[u8]>) -> bool {
        let value = self.secret.expose_secret().as_bytes();
        value.len() >= SHORTEST && holds(text.as_ref(), value)
    }

    /// The header to send with an operation; none where it takes none.
    pub(crate) fn for_operation(
        &self,
        operation: &Operation,
    ) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
        if operation.credential_headers.contains(&self.header) {
            let mut value = HeaderValue::from_str(self.secret.expose_secret()).map_err(|_| {
                refusal(format!("no header can carry the value for {}", self.header))
            })?;
            value.set_sensitive(true);
            return Ok(Some((HeaderName::from_static(self.header), value)));
        }
        if operation.anonymous {
            return Ok(None);
        }
        Err(refusal(match operation.credential_headers {
            [] => "the operation takes a credential that this client does not know".to_owned(),
            headers => format!("the operation takes {}, not {}", headers.join(" or "), self.header),
        }))
    }
}

fn refusal(detail: String) -> Error {
    Error::new(ErrorKind::Credentials).detail(detail)
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
        Operation { credential_headers, anonymous, ..Operation::ODD }
    }

    fn environment(key: Option<&str>, id: Option<&str>) -> impl Fn(&str) -> Option<OsString> {
        let key = key.map(OsString::from).filter(environment::is_set);
        let id = id.map(OsString::from).filter(environment::is_set);
        move |name| match name {
            API_KEY_VARIABLE => key.clone(),
            API_KEY_ID_VARIABLE => id.clone(),
            _ => None,
        }
    }

    #[test]
    fn the_environment_gives_the_one_credential_that_is_set() {
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
            assert_eq!(credentials.header(), header);
        }
    }

    #[test]
    fn an_environment_that_is_wrong_is_named_and_its_value_is_not_shown() {
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
    fn the_document_decides_which_header_goes_out() {
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
    fn a_credential_that_an_operation_does_not_take_is_refused() {
        for (accepted, part) in
            [(&[API_KEY][..], "takes x-api-key, not x-api-key-id"), (&[], "does not know")]
        {
            let error = Credentials::api_key_id("ck_a")
                .for_operation(&operation(accepted, false))
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
