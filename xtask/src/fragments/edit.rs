//! Adds an entry to a YAML text, of which every byte stays.

use std::fmt::Write as _;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::lines::entry;
use crate::yaml;

/// The text with `value`, which is YAML too, at a place that it does not have yet. What is
/// missing on the way there is added as well.
pub fn insert(text: &str, place: &[&str], value: &str) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut known, mut from, mut outer) = (0, 0, None);
    for key in place {
        let Some((line, indent)) = entry(&lines, from, outer, key) else { break };
        (known, from, outer) = (known + 1, line + 1, Some(indent));
    }
    let (end, inner) = block(&lines[from..], outer);
    let at = text.split_inclusive('\n').take(from + end).map(str::len).sum();
    let mut indent = inner.unwrap_or_else(|| outer.map_or(0, |outer| outer + 2));
    let mut added = if text[..at].ends_with('\n') { "\n" } else { "\n\n" }.to_owned();
    for key in &place[known..] {
        writeln!(added, "{:indent$}{}:", "", yaml::text(&json!(key))?.trim_end())?;
        indent += 2;
    }
    for line in value.lines() {
        let indent = if line.is_empty() { 0 } else { indent };
        writeln!(added, "{:indent$}{line}", "")?;
    }
    let inserted = format!("{}{added}{}", &text[..at], &text[at..]);
    is_the_same_but(text, place, value, &inserted).with_context(|| {
        format!("cannot add {}: write its surroundings in block style", place.join(" "))
    })?;
    Ok(inserted)
}

/// How many lines belong to a block, and how deep its entries are indented.
fn block(lines: &[&str], outer: Option<usize>) -> (usize, Option<usize>) {
    let (mut end, mut inner) = (0, None);
    for (index, line) in lines.iter().enumerate() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let is_within = outer.is_none_or(|outer| indent > outer);
        if content.is_empty() || (content.starts_with('#') && !is_within) {
            continue;
        }
        if !is_within {
            break;
        }
        end = index + 1;
        inner.get_or_insert(indent);
    }
    (end, inner)
}

/// Checks that an edited text means what the text and the value do.
fn is_the_same_but(text: &str, place: &[&str], value: &str, edited: &str) -> Result<()> {
    let mut expected: Value = yaml::parse(text)?;
    let mut here = &mut expected;
    for key in place {
        let around =
            here.as_object_mut().ok_or_else(|| anyhow!("what holds {key} is no object"))?;
        here = around.entry(*key).or_insert_with(|| json!({}));
    }
    *here = yaml::parse(value)?;
    ensure!(yaml::parse::<Value>(edited)? == expected, "it would change more");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::insert;

    const TEXT: &str = "\
# A comment
openapi: 3.1.0
paths:
  /a:
    get: {summary: 'A'}   # and another

# What all share
components:
  schemas:

    A:
      type: object
";

    #[test]
    fn an_entry_is_added_and_every_byte_stays() {
        for (place, value, before, added) in [
            (
                &["paths", "/b/{c}", "get"][..],
                "summary: B\n",
                "\n# What all share",
                "\n  /b/{c}:\n    get:\n      summary: B\n",
            ),
            (
                &["paths", "/a", "post"],
                "summary: B\n",
                "\n# What all share",
                "\n    post:\n      summary: B\n",
            ),
            (
                &["components", "schemas", "B"],
                "type: string\n",
                "",
                "\n    B:\n      type: string\n",
            ),
            (&["components", "headers", "B"], "{}\n", "", "\n  headers:\n    B:\n      {}\n"),
            (&["info"], "title: T\n", "", "\ninfo:\n  title: T\n"),
        ] {
            let at = if before.is_empty() { TEXT.len() } else { TEXT.find(before).unwrap() };
            let expected = format!("{}{added}{}", &TEXT[..at], &TEXT[at..]);
            assert_eq!(insert(TEXT, place, value).unwrap(), expected);
        }
        assert_eq!(insert("a: 1", &["b"], "2").unwrap(), "a: 1\n\nb:\n  2\n");
    }

    #[test]
    fn what_cannot_be_added_without_a_change_is_refused() {
        for (text, place) in [
            ("paths: {}\n", &["paths", "/a", "get"][..]),
            ("paths: 1\n", &["paths", "/a"]),
            (TEXT, &["paths", "/a", "get", "summary"]),
        ] {
            let error = format!("{:#}", insert(text, place, "summary: B\n").unwrap_err());
            assert!(error.starts_with("cannot add paths /a"), "{error}");
            assert!(error.contains("in block style"), "{error}");
        }
    }
}
