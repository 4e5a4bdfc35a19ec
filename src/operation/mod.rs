//! What the document says of each operation, beyond its types.

mod retry_advice;

use std::borrow::Cow;

use http::Method;

pub(crate) use self::retry_advice::RetryAdvice;

/// The header that carries an API key.
pub(crate) const API_KEY: &str = "x-api-key";
/// The header that carries the id of an API key.
pub(crate) const API_KEY_ID: &str = "x-api-key-id";

/// An operation, as far as credentials and retries depend on it.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Its `operationId`. None where the document does not describe it.
    pub(crate) id: Option<&'static str>,
    pub(crate) method: Method,
    /// Its path template.
    pub(crate) path: Cow<'static, str>,
    /// The headers of which any one carries a credential that it accepts.
    pub(crate) credential_headers: &'static [&'static str],
    /// Whether it may be called without a credential.
    pub(crate) anonymous: bool,
    /// Whether repeating it changes nothing more (RFC 9110, section 9.2.2).
    pub(crate) safe_to_repeat: bool,
    /// Whether it takes an `Idempotency-Key`, which then always goes out.
    pub(crate) takes_idempotency_key: bool,
    pub(crate) response: ResponseBody,
}

/// What the body of a success is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Json,
    /// It holds nothing of interest.
    Nothing,
    /// Bytes of any kind, which the caller reads.
    File,
}

/// The body of a success.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseBody {
    pub(crate) content: Content,
    /// What the `Accept` has to be, where it is not what the generated code sends.
    pub(crate) accept: Option<&'static str>,
    /// The fields of its object. Empty where it is none, or may have any.
    pub(crate) fields: &'static [&'static str],
    /// Whether the model requires a field, without which no object is decoded.
    pub(crate) requires_fields: bool,
    /// Whether it is a union: the model keeps alternatives that it does not know.
    pub(crate) is_union: bool,
    /// Where it is a list: the names under which an object may hold that list.
    pub(crate) envelopes: &'static [&'static str],
    /// Whether it holds a whole file.
    pub(crate) is_file: bool,
}

include!(concat!(env!("OUT_DIR"), "/document.rs"));

impl ResponseBody {
    /// A body of which nothing is known.
    pub(crate) const ANY: Self = Self {
        content: Content::Json,
        accept: None,
        fields: &[],
        requires_fields: false,
        is_union: false,
        envelopes: &[],
        is_file: false,
    };
}

impl Operation {
    /// Whether a request changes nothing on the server (RFC 9110, section 9.2.1).
    pub(crate) fn is_read_only(&self) -> bool {
        self.method.is_safe()
    }

    /// The operation with an `operationId`.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == Some(id))
    }

    /// The operation with a method and a path template: one of the document, if any fits,
    /// whatever the placeholders are called and where they are filled in already.
    pub(crate) fn at(method: Method, path: &str) -> Cow<'static, Self> {
        let fitting = OPERATIONS
            .iter()
            .filter(|operation| operation.method == method && fits(path, &operation.path));
        // Of `/v1/numbers/check` and `/v1/numbers/{id}`, the first is meant.
        match fitting.min_by_key(|operation| placeholders(&operation.path)) {
            Some(operation) => Cow::Borrowed(operation),
            None => Cow::Owned(Self::undocumented(method, path)),
        }
    }

    /// An operation of which only the method and the path template are known.
    pub(crate) fn undocumented(method: Method, path: &str) -> Self {
        Self {
            id: None,
            safe_to_repeat: method.is_idempotent(),
            method,
            path: Cow::Owned(path.to_owned()),
            credential_headers: &[API_KEY, API_KEY_ID],
            anonymous: false,
            takes_idempotency_key: false,
            response: ResponseBody::ANY,
        }
    }
}

/// Whether a path or template leads to where a template of the document does.
fn fits(path: &str, documented: &str) -> bool {
    path.split('/').count() == documented.split('/').count()
        && path.split('/').zip(documented.split('/')).all(|(segment, documented)| {
            segment == documented || (documented.contains('{') && !segment.is_empty())
        })
}

/// Which segments of a template hold a placeholder.
fn placeholders(template: &str) -> Vec<bool> {
    template.split('/').map(|segment| segment.contains('{')).collect()
}

#[cfg(test)]
impl Operation {
    /// An operation of no document, for tests to vary.
    pub(crate) const ODD: Self = Self {
        id: Some("x"),
        method: Method::GET,
        path: Cow::Borrowed("/x"),
        credential_headers: &[],
        anonymous: true,
        safe_to_repeat: true,
        takes_idempotency_key: false,
        response: ResponseBody::ANY,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documented_operation_is_found_by_method_and_path() {
        for (method, path, id) in [
            (Method::GET, "/v1/numbers", Some("list_numbers")),
            (Method::GET, "/v1/numbers/{id}", Some("get_number")),
            (Method::GET, "/v1/numbers/{number}", Some("get_number")),
            (Method::GET, "/v1/numbers/num_1", Some("get_number")),
            (Method::POST, "/v1/numbers/check", Some("check_numbers")),
            (Method::POST, "/v1/messages/send", Some("send_message")),
            (Method::GET, "/v1/messages/{id}", Some("get_message")),
            (Method::POST, "/v1/messages/{send}", None),
            (Method::HEAD, "/v1/numbers", None),
            (Method::GET, "/v1/numbers/", None),
            (Method::GET, "/V1/numbers", None),
            (Method::POST, "/v1/numbers/{id}/logout", None),
            (Method::POST, "/v1/messages/typing", None),
            (Method::GET, "/", None),
        ] {
            assert_eq!(Operation::at(method, path).id, id, "{path}");
        }
        for operation in OPERATIONS {
            let found = Operation::at(operation.method.clone(), &operation.path);
            assert_eq!(found.id, operation.id);
        }
    }

    #[test]
    fn an_undocumented_operation_is_repeated_by_its_method() {
        let odd = Method::from_bytes(b"LINK").unwrap();
        for (method, read_only, safe_to_repeat) in [
            (Method::GET, true, true),
            (Method::HEAD, true, true),
            (Method::OPTIONS, true, true),
            (Method::PUT, false, true),
            (Method::DELETE, false, true),
            (Method::POST, false, false),
            (Method::PATCH, false, false),
            (odd, false, false),
        ] {
            let operation = Operation::at(method, "/v1/{name}/x");
            assert_eq!(operation.is_read_only(), read_only, "{operation:?}");
            assert_eq!(operation.safe_to_repeat, safe_to_repeat, "{operation:?}");
        }
    }
}
