//! Finds the line of a place in a YAML text, by keys and how far they are indented.

use crate::pointer::Pointer;

/// The line of a place, from 1. Of what stands on the line of another, such as an
/// entry of `{...}`, it is that line.
pub fn line(text: &str, place: &Pointer) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let (mut found, mut indent) = (0, None);
    for step in steps(place) {
        let from = if indent.is_none() { 0 } else { found + 1 };
        let Some((line, deeper)) = entry(&lines, from, indent, &step) else { break };
        (found, indent) = (line, Some(deeper));
    }
    found + 1
}

/// The line with a key or an element, among those that are indented deeper than
/// `outer`, and how deep that one is. Only what stands right within counts.
fn entry(lines: &[&str], from: usize, outer: Option<usize>, key: &str) -> Option<(usize, usize)> {
    let (mut level, mut elements) = (None, 0);
    for (index, line) in lines.iter().enumerate().skip(from) {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if outer.is_some_and(|outer| indent <= outer) {
            return None;
        }
        if indent != *level.get_or_insert(indent) {
            continue;
        }
        let is_element = content.starts_with("- ");
        let is_here =
            if is_element { key.parse() == Ok(elements) } else { key_of(content) == Some(key) };
        if is_here {
            return Some((index, indent));
        }
        elements += usize::from(is_element);
    }
    None
}

/// The key that a line begins with.
fn key_of(content: &str) -> Option<&str> {
    let key = |quote: char| content.strip_prefix(quote)?.split_once(quote);
    match key('\'').or_else(|| key('"')) {
        Some((key, rest)) if rest.starts_with(':') => Some(key),
        Some(_) => None,
        None => content.split_once(": ").map(|(key, _)| key).or_else(|| content.strip_suffix(':')),
    }
}

fn steps(place: &Pointer) -> Vec<String> {
    let steps = place.as_str().split('/').skip(1);
    steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::pointer::Pointer;

    const TEXT: &str = "\
openapi: 3.1.0
paths:
  /a/{b}:
    get:
      parameters:
        - name: c
          in: query
        - name: d
          schema:
            type: string
      responses:
        '200':
          content: {application/json: {example: 1}}
components:
  schemas:
    A:
      properties:
        get:
          type: string
";

    #[test]
    fn a_place_has_the_line_of_its_last_key_that_begins_one() {
        for (keys, expected) in [
            (&["paths"][..], 2),
            (&["paths", "/a/{b}", "get"], 4),
            (&["paths", "/a/{b}", "get", "parameters", "1"], 8),
            (&["paths", "/a/{b}", "get", "parameters", "1", "schema", "type"], 10),
            (&["paths", "/a/{b}", "get", "responses", "200"], 12),
            (&["paths", "/a/{b}", "get", "responses", "200", "content", "application/json"], 13),
            (&["components", "schemas", "A", "properties", "get"], 18),
            (&["components", "schemas", "A", "properties", "none"], 17),
            (&["none"], 1),
        ] {
            let place = keys.iter().fold(Pointer::default(), |place, key| place.join(key));
            assert_eq!(line(TEXT, &place), expected, "{place}");
        }
    }
}
