//! The operations of the API document, beyond their types.

use std::borrow::Cow;

use http::Method;

/// The header that carries an API key.
pub(crate) const API_KEY: &str = "x-api-key";
/// The header that carries the id of an API key.
pub(crate) const API_KEY_ID: &str = "x-api-key-id";

/// The properties of an operation that the client needs at run time.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The `operationId`. None if the operation is not documented.
    pub(crate) id: Option<&'static str>,
    pub(crate) method: Method,
    /// The path template.
    pub(crate) path: Cow<'static, str>,
    /// The headers that can carry the credential.
    pub(crate) credential_headers: &'static [&'static str],
    /// Whether the credential is optional.
    pub(crate) anonymous: bool,
    /// Whether the operation is idempotent (RFC 9110, section 9.2.2).
    pub(crate) safe_to_repeat: bool,
    /// Whether the operation accepts an `Idempotency-Key`. If so, every request has one.
    pub(crate) takes_idempotency_key: bool,
    pub(crate) response: ResponseBody,
}

/// How the body of a success is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Content {
    #[default]
    Json,
    /// The body is ignored.
    Nothing,
    /// Bytes that the caller reads.
    File,
}

/// The documented body of a success. By default, an undocumented one.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the document")]
pub(crate) struct ResponseBody {
    pub(crate) content: Content,
    /// The value of `Accept`, if it differs from the value in the generated code.
    pub(crate) accept: Option<&'static str>,
    /// The fields of the object. Empty if it is not an object or may have any field.
    pub(crate) fields: &'static [&'static str],
    /// Whether the model has required fields.
    pub(crate) requires_fields: bool,
    /// Whether it is a union, whose model keeps unknown alternatives.
    pub(crate) is_union: bool,
    /// Whether it is a list, or a union with one.
    pub(crate) is_list: bool,
    /// The field of the object with its list, if there is one.
    pub(crate) list: Option<&'static str>,
    /// The undocumented fields of an object that may contain the list.
    pub(crate) envelopes: &'static [&'static str],
    /// Whether it contains a whole file.
    pub(crate) is_file: bool,
}

include!(concat!(env!("OUT_DIR"), "/document.rs"));

impl Operation {
    /// Whether the operation only reads (RFC 9110, section 9.2.1).
    pub(crate) fn is_read_only(&self) -> bool {
        self.method.is_safe()
    }

    /// The operation with an `operationId`.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == Some(id))
    }

    /// The operation that a server finds for a method and a path or path template. The
    /// placeholders may have other names than in the document, or be filled in.
    pub(crate) fn at(method: &Method, path: &str) -> Option<&'static Self> {
        let matching = OPERATIONS
            .iter()
            .filter(|operation| operation.method == *method && matches(path, &operation.path));
        // `/v1/numbers/check` takes precedence over `/v1/numbers/{id}`: `{` follows all letters.
        matching.min_by_key(|operation| &operation.path)
    }

    /// An operation that the document does not describe.
    pub(crate) fn undocumented(method: Method, path: &str) -> Self {
        Self {
            id: None,
            safe_to_repeat: method.is_idempotent(),
            method,
            path: Cow::Owned(path.to_owned()),
            credential_headers: &[API_KEY, API_KEY_ID],
            anonymous: false,
            takes_idempotency_key: false,
            response: ResponseBody::default(),
        }
    }
}

/// The document's advice on retries of calls that failed with a code: the extension `x-retry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAdvice {
    /// `never`: a retry would fail too.
    Permanent,
    /// `alone`: the failure concerns the resource of this call only, so other calls do not
    /// wait.
    OnlyThisCall,
    /// `later`: the failure is transient, regardless of its status.
    Transient,
}

impl RetryAdvice {
    /// The advice for a code, if the document has any.
    pub(crate) fn of(code: &str) -> Option<Self> {
        RETRY_ADVICE.iter().find(|(known, _)| *known == code).map(|(_, advice)| *advice)
    }
}

/// Whether a path or template matches a template of the document. Servers may ignore case.
pub(crate) fn matches(path: &str, documented: &str) -> bool {
    let mut segments = path.split('/').zip(documented.split('/'));
    let all_match = segments.all(|(segment, documented)| {
        segment.eq_ignore_ascii_case(documented)
            || (documented.contains('{') && !segment.is_empty())
    });
    all_match && path.matches('/').count() == documented.matches('/').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Operation {
        /// An operation for tests to vary.
        pub(crate) fn odd() -> Self {
            let undocumented = Self::undocumented(Method::GET, "/x");
            Self { id: Some("x"), credential_headers: &[], anonymous: true, ..undocumented }
        }
    }

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
            (Method::GET, "/V1/Numbers", Some("list_numbers")),
            (Method::POST, "/v1/numbers/{id}/logout", None),
            (Method::POST, "/v1/messages/typing", None),
            (Method::GET, "/", None),
        ] {
            let found = Operation::at(&method, path);
            assert_eq!(found.and_then(|operation| operation.id), id, "{path}");
        }
        for operation in OPERATIONS {
            let found = Operation::at(&operation.method, &operation.path).unwrap();
            assert_eq!(found.id, operation.id);
        }
    }

    #[test]
    fn the_method_decides_whether_an_undocumented_operation_is_safe_to_repeat() {
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
            let operation = Operation::undocumented(method, "/v1/{name}/x");
            assert_eq!(operation.is_read_only(), read_only, "{operation:?}");
            assert_eq!(operation.safe_to_repeat, safe_to_repeat, "{operation:?}");
        }
    }
}
