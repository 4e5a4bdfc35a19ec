//! Bodies of successful answers become models.

use std::borrow::Cow;

#[cfg(any(feature = "webhooks", test))]
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;

use crate::json_path::{self, Segment};
use crate::operation::FIELDS;
use crate::surrogates::{self, without_bom};

/// Decodes the body of a delivery, or says what is wrong with it.
#[cfg(any(feature = "webhooks", test))]
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    surrogates::from_slice(body).map_err(|error| problem(body, &error))
}

/// Decodes a field of which null is as good as nothing.
#[allow(dead_code, reason = "not every document has such a field")]
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// What is wrong with a body, and where. The decoder's own words may quote it.
pub(crate) fn problem(body: &[u8], error: &serde_json::Error) -> String {
    let body = without_bom(body);
    let what = match error.classify() {
        Category::Data => {
            let body = surrogates::mended(body).map_or(Cow::Borrowed(body), Cow::Owned);
            let path = path(&body, error);
            match missing_field(error) {
                Some(field) => format!("{path} lacks \"{field}\""),
                None => format!("{path} has an unexpected type or value"),
            }
        }
        Category::Eof => "the JSON ends too early".to_owned(),
        Category::Syntax | Category::Io => "it is not JSON".to_owned(),
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

/// The field of the document that an object lacks, if that is what is wrong.
fn missing_field(error: &serde_json::Error) -> Option<&'static str> {
    let text = error.to_string();
    let (name, _) = text.strip_prefix("missing field `")?.split_once('`')?;
    FIELDS.iter().find(|field| **field == name).copied()
}

/// The path to where decoding fails. Only fields of the document are named: any
/// other name came from the server.
fn path(body: &[u8], error: &serde_json::Error) -> String {
    let segments = json_path::of(body, error).into_iter().map(|segment| match segment {
        Segment::Index(index) => format!("[{index}]"),
        Segment::Name(name) if FIELDS.contains(&name.as_str()) => format!(".{name}"),
        Segment::Name(_) => ".?".to_owned(),
    });
    format!("${}", segments.collect::<String>())
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::secret::Secret;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "it is only decoded")]
    struct Model {
        name: Secret,
        number: Option<Secret>,
    }

    #[test]
    fn text_that_was_cut_within_a_character_hides_no_error() {
        let said = decode::<Model>(br#"{"number": "\ud83d", "name": 7}"#).unwrap_err();
        assert!(said.starts_with("$.name has an unexpected type or value"), "{said}");
        decode::<Model>(br#"{"number": null, "name": "\ud83d"}"#).unwrap();
    }

    #[test]
    fn a_secret_that_does_not_fit_is_named_and_not_shown() {
        for (body, what) in [
            (r#"{"name": 4711}"#, "$.name has an unexpected type or value"),
            (r#"{"name": "4711", "number": -4711}"#, "$.number has an unexpected type or value"),
            (r#"{"name": "4711", "number": ["4711"]}"#, "$.number has an unexpected type or value"),
            (r#"{"number": "4711"}"#, "$ lacks \"name\""),
            (r#"{"name": "4711"#, "the JSON ends too early"),
        ] {
            let error = serde_json::from_str::<Model>(body).unwrap_err();
            let said = problem(body.as_bytes(), &error);
            assert!(said.starts_with(what) && !said.contains("4711"), "{said}");
        }
    }
}
