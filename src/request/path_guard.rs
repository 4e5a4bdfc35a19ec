//! Prevents path traversal by values in a path: URLs resolve `..` and treat `\` as `/` (WHATWG
//! URL, "path state").
//!
//! The generated code encodes each value with [`encode_path`] and builds a URL. [`check`]
//! compares it with the path of the operation before the API key is added.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use reqwest::Url;

use crate::error::Error;
use crate::operation::{Operation, matches};

/// All but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Replaces a refused value. No accepted value encodes to it.
const REFUSED: &str = "%00";

/// How often a value may be encoded: more often than a chain of proxies and servers decodes.
const MAX_DECODINGS: usize = 8;

/// The values in the path of a URL that belongs to an operation, as they are encoded.
pub(crate) fn values<'u>(url: &'u Url, template: &'u str) -> impl Iterator<Item = &'u str> {
    let segments = url.path().rsplit('/').zip(template.rsplit('/'));
    segments.filter(|(_, documented)| documented.contains('{')).map(|(segment, _)| segment)
}

/// Encodes a value as one segment of a path. If that is impossible, [`check`] refuses the
/// segment.
pub(crate) fn encode_path(value: &str) -> String {
    if is_harmless(value.as_bytes()) {
        utf8_percent_encode(value, RESERVED).to_string()
    } else {
        REFUSED.to_owned()
    }
}

/// Whether a value stays one segment, no matter how often it is decoded.
fn is_harmless(value: &[u8]) -> bool {
    let mut value = value.to_vec();
    for _ in 0..=MAX_DECODINGS {
        let mut parts = value.split(|byte| matches!(byte, b'/' | b'\\'));
        if value.is_empty()
            || String::from_utf8_lossy(&value).contains(char::is_control)
            || parts.any(|part| matches!(part, b"." | b".."))
        {
            return false;
        }
        let decoded: Vec<u8> = percent_decode(&value).collect();
        if decoded == value {
            return true;
        }
        value = decoded;
    }
    false
}

/// Refuses a URL other than the base URL followed by the path of an operation: the same number
/// of segments, the same fixed segments, no refused value, and no value with which the path is
/// that of another operation.
pub(crate) fn check(url: &Url, base_url: &str, operation: &Operation) -> Result<(), Error> {
    let path = url.as_str().strip_prefix(base_url).and_then(|rest| rest.split(['?', '#']).next());
    let is_own = |path: &str| {
        matches(path, &operation.path)
            && !path.contains(REFUSED)
            && Operation::at(&operation.method, path).is_none_or(|found| found.id == operation.id)
    };
    if path.is_some_and(|path| path == operation.path || is_own(path)) {
        return Ok(());
    }
    Err(Error::refused(
        "a value for its path is empty, contains a control character or leads to another path; \
         pass ids as the server sent them",
    ))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    const BASE: &str = "https://example.com/gateway";

    fn get(path: &str) -> Operation {
        Operation::at(&Method::GET, path).unwrap().clone()
    }

    /// Builds a URL as the generated code does.
    fn url(id: &str) -> Url {
        let url = format!("{BASE}/v1/numbers/{}/status", encode_path(id));
        Url::parse(&url).unwrap()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        check(&url(id), BASE, &get("/v1/numbers/{id}/status"))
    }

    #[test]
    fn ids_of_the_api_pass() {
        for id in [
            "num_01HZX",
            "wamid.HBgLNTUxMTk5OTk5OTk5",
            "wamid.a/b+c==",
            "120363000000000000@newsletter",
            "5511988887777-1600000000@g.us",
            "BR.13491208655302741918",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "a b",
            "100%",
            "...",
            ".a",
            "São Paulo",
            "a?b#c",
        ] {
            check_id(id).unwrap_or_else(|error| panic!("{id}: {error}"));
        }
    }

    #[test]
    fn values_that_lead_to_another_path_are_refused_and_not_shown() {
        for id in [
            "",
            ".",
            "..",
            "..\\..",
            "../..",
            "a/../b",
            "a\\..\\b",
            "%2e",
            "%2E%2e",
            ".%2e",
            "%252e%252e",
            "..%2f..",
            "..%5c..",
            "a\u{0}",
            "a\n",
            "\r\nmarked: 1",
            "\t",
            "a\u{7f}",
            "a\u{85}",
            "%C2%9f",
            "%00marked",
            "%0d%0a",
        ] {
            let error = check_id(id).expect_err(id);
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(!error.to_string().contains("marked"), "{error}");
        }
    }

    #[test]
    fn nested_escapes_exhaust_neither_stack_nor_time() {
        let nested = format!("%{}2e", "25".repeat(500_000));
        assert_eq!(encode_path(&nested), REFUSED);
    }

    #[test]
    fn another_origin_prefix_or_path_is_refused() {
        for url in [
            "https://example.com/v1/numbers",
            "https://example.com.evil/gateway/v1/numbers",
            "https://other.example/gateway/v1/numbers",
            "http://example.com/gateway/v1/numbers",
            "https://example.com:444/gateway/v1/numbers",
            "https://user@example.com/gateway/v1/numbers",
            "https://example.com/gateway/v1/numbers/",
            "https://example.com/gateway/v1/number",
            "https://example.com/gatewayx/v1/numbers",
        ] {
            assert!(check(&Url::parse(url).unwrap(), BASE, &get("/v1/numbers")).is_err(), "{url}");
        }
        let with_query = Url::parse("https://example.com/gateway/v1/numbers?page=/../2").unwrap();
        check(&with_query, BASE, &get("/v1/numbers")).unwrap();
    }

    #[test]
    fn a_value_with_which_the_path_is_that_of_another_operation_is_refused() {
        for (method, template, id) in [
            (Method::GET, "/v1/messages/{id}", "history"),
            (Method::GET, "/v1/messages/{id}", "History"),
            (Method::GET, "/v1/calls/{id}", "settings"),
        ] {
            let operation = Operation::at(&method, template).unwrap();
            let url = |id| Url::parse(&format!("{BASE}{}", template.replace("{id}", id))).unwrap();
            assert!(check(&url(id), BASE, operation).is_err(), "{template} {id}");
            check(&url("msg_1"), BASE, operation).unwrap();
        }
    }

    proptest! {
        #[test]
        fn any_string_reaches_its_own_operation_or_none(id in any::<String>()) {
            if check_id(&id).is_ok() {
                let url = url(&id);
                let segments: Vec<&str> = url.path_segments().unwrap().collect();
                prop_assert_eq!(&segments[..3], &["gateway", "v1", "numbers"]);
                prop_assert_eq!(segments.len(), 5);
                prop_assert_eq!(segments[4], "status");
                let decoded = percent_decode_str(segments[3]).decode_utf8().unwrap();
                prop_assert_eq!(decoded, id);
            }
        }

        #[test]
        fn dots_slashes_and_escapes_reach_their_own_operation_or_none(id in r"[./\\%25eEfFcC]{0,8}") {
            if check_id(&id).is_ok() {
                let url = url(&id);
                let segment = url.path_segments().unwrap().nth(3).unwrap();
                prop_assert_eq!(url.path_segments().unwrap().count(), 5);
                prop_assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), id);
            }
        }
    }
}
