//! Finds the line of a place in a YAML text, by keys and their indentation.

use crate::places::Pointer;

/// The line of a place, counted from 1. An entry of `{...}` has the line of the whole.
pub fn line(text: &str, place: &Pointer) -> usize {
    let lines = text.lines().enumerate().filter_map(|(index, line)| {
        let content = line.trim_start();
        let is_empty = content.is_empty() || content.starts_with('#');
        (!is_empty).then_some((index + 1, line.len() - content.len(), content))
    });
    let lines: Vec<(usize, usize, &str)> = lines.collect();
    let (mut found, mut block) = (1, lines.as_slice());
    for step in place.as_str().split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        // The direct entries of a block have the indentation of its first line.
        let level = block.first().map_or(0, |(_, indent, _)| *indent);
        let entries = block.iter().enumerate().filter(|(_, (_, indent, _))| *indent == level);
        let mut entries = entries.zip(0..).filter(|((_, (.., content)), element)| {
            let is_element = content.starts_with("- ");
            if is_element { step.parse() == Ok(*element) } else { key_of(content) == Some(&step) }
        });
        let Some(((index, (number, ..)), _)) = entries.next() else { break };
        let inner = &block[index + 1..];
        let end = inner.iter().position(|(_, indent, _)| *indent <= level);
        (found, block) = (*number, &inner[..end.unwrap_or(inner.len())]);
    }
    found
}

/// The key at the beginning of a line.
fn key_of(content: &str) -> Option<&str> {
    let key = content.split_once(": ").map(|(key, _)| key).or_else(|| content.strip_suffix(':'));
    key.map(|key| key.trim_matches(['\'', '"']))
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::places::Pointer;

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
    fn a_place_has_the_line_of_its_last_key_that_begins_a_line() {
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
