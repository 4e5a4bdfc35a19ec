//! Paths with placeholders, such as `/v1/numbers/{id}`.

use crate::error::Error;
use crate::request::path_guard::encode_path;

/// Checks that a path cannot leave the server of the base URL. The error does not show the path,
/// which may contain an id or a key.
pub(crate) fn check(path: &str) -> Result<(), Error> {
    let is_valid = |segment| placeholder(segment).is_some_and(is_name) || is_plain(segment);
    let problem = if !path.starts_with('/') {
        "the path must begin with `/`, as in `/v1/numbers/{id}`; set the host with the base URL of \
         the client"
    } else if path.contains(['?', '#']) {
        "the path contains a query or a fragment; pass parameters with `query`, and values in the \
         path with `path`"
    } else if path.contains("//") || !path.split('/').all(is_valid) {
        "the path has a segment that is empty, leads to another path, or contains a brace or a \
         character that is not valid in a path; write placeholders as `{id}` and pass their values \
         with `path`"
    } else {
        return Ok(());
    };
    Err(Error::refused(problem))
}

/// Replaces the placeholders of a checked path with their values. The path guard refuses the
/// segment of a value that leads to another path.
pub(crate) fn fill(path: &str, values: &[(String, String)]) -> Result<String, Error> {
    let has = |name| path.split('/').any(|segment| placeholder(segment) == Some(name));
    if !values.iter().all(|(name, _)| has(name)) {
        // The caller may have passed an id as the name: do not show it.
        return Err(Error::refused(
            "`path` was given a name that is not a placeholder of the path",
        ));
    }
    let filled = |segment: &str| {
        let Some(name) = placeholder(segment) else { return Ok(segment.to_owned()) };
        // The last value of a name takes precedence.
        let value = values.iter().rfind(|(given, _)| given == name);
        value.map(|(_, value)| encode_path(value)).ok_or_else(|| {
            Error::refused(format!(
                "`{{{name}}}` in the path has no value; set it with `path(\"{name}\", ..)`"
            ))
        })
    };
    let segments: Result<Vec<_>, _> = path.split('/').map(filled).collect();
    Ok(segments?.join("/"))
}

/// The name of the placeholder that a segment consists of.
fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Whether a text can be the name of a placeholder. Errors show names.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Whether a segment needs no escapes in a URL (RFC 3986, `pchar`) and is not a dot segment.
fn is_plain(segment: &str) -> bool {
    let is_pchar = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    !matches!(segment, "." | "..") && segment.bytes().all(is_pchar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    fn filled(path: &str, values: &[(&str, &str)]) -> Result<String, Error> {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        check(path)?;
        fill(path, &values.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn placeholders_are_replaced_by_encoded_values() {
        for (path, values, expected) in [
            ("/v1/numbers", &[][..], "/v1/numbers"),
            ("/v1/numbers/{id}/logout", &[("id", "num_1")], "/v1/numbers/num_1/logout"),
            ("/v1/numbers/{id}", &[("id", "a/b c%?#{x}")], "/v1/numbers/a%2Fb%20c%25%3F%23%7Bx%7D"),
            ("/{a}/{b}/{a}", &[("b", "2"), ("a", "1")], "/1/2/1"),
            ("/{a}", &[("a", "1"), ("a", "2")], "/2"),
            ("/v1/groups/1203@g.us/", &[], "/v1/groups/1203@g.us/"),
            ("/", &[], "/"),
        ] {
            assert_eq!(filled(path, values).unwrap(), expected);
        }
    }

    #[test]
    fn an_invalid_path_is_refused_and_not_shown() {
        for (path, part) in [
            ("", "begin with `/`"),
            ("v1/marked", "begin with `/`"),
            ("https://marked.example/v1/numbers", "begin with `/`"),
            ("//marked.example/v1", "segment"),
            ("/v1//marked", "segment"),
            ("/v1/../marked", "segment"),
            ("/v1/./marked", "segment"),
            ("/v1/marked/..", "segment"),
            ("/v1/%2e%2e/marked", "segment"),
            ("/v1/marked%20", "segment"),
            ("/v1/\\marked", "segment"),
            ("/v1/mar ked", "segment"),
            ("/v1/märked", "segment"),
            ("/v1/marked\n", "segment"),
            ("/v1/{marked", "segment"),
            ("/v1/marked}", "segment"),
            ("/v1/{}/marked", "segment"),
            ("/v1/{a marked}", "segment"),
            ("/v1/{marked\n}", "segment"),
            ("/v1/{{marked}}", "segment"),
            ("/v1/{id}.marked", "segment"),
            ("/v1/numbers?key=marked", "`query`"),
            ("/v1/numbers#marked", "`query`"),
        ] {
            let error = filled(path, &[]).expect_err(path);
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains(part), "{path}: {error}");
            assert!(!format!("{error} {error:?}").contains("marked"), "{error}");
        }
    }

    #[test]
    fn a_placeholder_without_a_value_and_a_value_without_a_placeholder_are_refused() {
        for (path, values, text) in [
            ("/v1/numbers/{id}", &[][..], "`{id}` in the path has no value"),
            ("/v1/{a}/{b}", &[("a", "1")], "`{b}` in the path has no value"),
            ("/v1/{id}", &[("id", "1"), ("other", "1")], "not a placeholder"),
            ("/v1/numbers", &[("id", "1")], "not a placeholder"),
            ("/v1/{id}", &[("num_01", "id")], "was given a name"),
        ] {
            let error = filled(path, values).expect_err(path);
            assert!(error.to_string().contains(text), "{error}");
            assert!(!error.to_string().contains("num_01"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_filled_path_has_the_segments_of_its_template(
            path in r"(/[a-z.{}]{0,6}){1,4}",
            name in "[a-z]{1,2}",
            value in r"[./\\%25ea]{0,6}",
        ) {
            if let Ok(filled) = filled(&path, &[(&name, &value)]) {
                prop_assert_eq!(filled.split('/').count(), path.split('/').count());
                let url = reqwest::Url::parse(&format!("https://example.com{filled}")).unwrap();
                prop_assert_eq!(url.path(), filled);
            }
        }

        #[test]
        fn no_text_panics(path in any::<String>(), name in any::<String>(), value in any::<String>()) {
            _ = filled(&path, &[(&name, &value)]);
            _ = filled(&format!("/{path}/{{{name}}}"), &[(&name, &value)]);
        }
    }
}
