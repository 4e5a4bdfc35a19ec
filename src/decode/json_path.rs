//! The JSON path at which decoding failed.
//!
//! Reads the text again up to the error, without a type, so this is compiled only once.

use serde_json::{Deserializer, Value};
use serde_path_to_error::{Segment, deserialize};

/// The path to the value at which decoding failed.
pub(crate) fn of(text: &[u8], error: &serde_json::Error) -> Vec<Segment> {
    let mut read = text[..end(text, error)].to_vec();
    // Leaves the rejected value incomplete, so that reading fails there again.
    match read.last() {
        Some(b'[' | b'{') => {}
        Some(b'"' | b']' | b'}') => _ = read.pop(),
        _ => {
            let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            read.truncate(read.iter().rposition(|byte| !is_scalar(byte)).map_or(0, |at| at + 1));
            read.push(b'-');
        }
    }
    let again = deserialize::<_, Value>(&mut Deserializer::from_slice(&read)).err();
    let path = again.iter().flat_map(|error| error.path().iter());
    // A name that is missing at the end is unknown.
    path.filter(|segment| !matches!(segment, Segment::Unknown)).cloned().collect()
}

/// The end of the part that the decoder read. Lines are counted from 1, columns are the bytes
/// of a line that were read. The decoder only peeks at an unexpected list or object.
fn end(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let start: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let end = text.len().min(start + error.column());
    end + usize::from(matches!(text.get(end), Some(b'[' | b'{')))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::{Value as Json, json};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "it is only decoded")]
    struct Tree {
        name: String,
        #[serde(default)]
        height: Option<i64>,
        is_old: bool,
        planted: chrono::NaiveDate,
        branches: Vec<Tree>,
        by_name: BTreeMap<String, Tree>,
    }

    fn actual(text: &str, error: &serde_json::Error) -> String {
        let path = of(text.as_bytes(), error).into_iter().map(|segment| match segment {
            Segment::Seq { .. } => segment.to_string(),
            _ => format!(".{segment}"),
        });
        path.collect::<String>().trim_start_matches('.').to_owned()
    }

    /// The path of serde_path_to_error, which tracks the decoding itself.
    fn expected(text: &str) -> String {
        let decoder = &mut serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Tree>(decoder).unwrap_err();
        error.path().to_string().trim_matches('.').to_owned()
    }

    fn tree() -> impl Strategy<Value = Json> {
        let leaf = |branches: Json, by_name: Json| {
            json!({
                "name": "oak \"[{\n",
                "height": 7,
                "is_old": true,
                "planted": "2020-02-29",
                "unknown": [{}, [1.5, null]],
                "branches": branches,
                "by_name": by_name,
            })
        };
        Just(leaf(json!([]), json!({}))).prop_recursive(3, 12, 3, move |tree| {
            let named = prop::collection::btree_map("[a-c]{1,2}", tree.clone(), 0..3);
            (prop::collection::vec(tree, 0..3), named)
                .prop_map(move |(branches, by_name)| leaf(json!(branches), json!(by_name)))
        })
    }

    /// The JSON pointers of a value and all values within it.
    fn places(value: &Json, here: &str, all: &mut Vec<String>) {
        all.push(here.to_owned());
        match value {
            Json::Object(fields) => {
                fields
                    .iter()
                    .for_each(|(name, field)| places(field, &format!("{here}/{name}"), all));
            }
            Json::Array(list) => {
                list.iter()
                    .enumerate()
                    .for_each(|(at, entry)| places(entry, &format!("{here}/{at}"), all));
            }
            _ => {}
        }
    }

    fn wrong() -> impl Strategy<Value = Json> {
        prop::sample::select(vec![
            json!(null),
            json!(false),
            json!(-1),
            json!(1.5),
            json!("text"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"name": {"name": 1}}),
        ])
    }

    proptest! {
        #[test]
        fn the_path_matches_the_decoder(
            mut tree in tree(),
            place: prop::sample::Index,
            wrong in wrong(),
            is_pretty: bool,
        ) {
            let mut all = Vec::new();
            places(&tree, "", &mut all);
            let place = place.get(all.as_slice()).as_str();
            *tree.pointer_mut(place).unwrap() = wrong;
            let text = if is_pretty { format!("{tree:#}") } else { tree.to_string() };
            if let Err(error) = serde_json::from_str::<Tree>(&text) {
                prop_assert_eq!(actual(&text, &error), expected(&text), "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}:,\"0-9a-z\\n \u{e9}]{0,40}") {
            if let Err(error) = serde_json::from_str::<Tree>(&text) {
                actual(&text, &error);
            }
        }
    }
}
