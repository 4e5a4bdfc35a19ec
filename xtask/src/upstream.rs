//! Finds the OpenAPI documents in texts, and merges them. A text is a document in JSON or YAML, or
//! a page of the vendor's documentation with documents in fenced blocks.

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::line::one_line;
use crate::places::{Pointer, entries};
use crate::source::Text;
use crate::yaml;

/// A document and its source.
#[derive(Clone, Debug)]
pub struct Part {
    pub source: String,
    pub document: Value,
}

/// The documents in the texts, in order.
pub fn parts(texts: &[Text]) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for text in texts {
        let name = one_line(&text.source);
        let documents = documents(&text.bytes).with_context(|| format!("cannot read {name}"))?;
        parts.extend(documents.into_iter().map(|(line, document)| {
            let source = if line == 0 { name.clone() } else { format!("{name} line {line}") };
            Part { source, document }
        }));
    }
    Ok(parts)
}

/// The OpenAPI documents in a text: the text itself, or the fenced blocks of a page, each with the
/// line of its fence.
fn documents(bytes: &[u8]) -> Result<Vec<(usize, Value)>> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| anyhow!("not UTF-8 text from byte {} on", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match document(text) {
        Ok(document) => Ok(vec![(0, document)]),
        Err(error) => {
            let documents = fenced(text)?;
            if documents.is_empty() { Err(error) } else { Ok(documents) }
        }
    }
}

fn document(text: &str) -> Result<Value> {
    let is_page = text.trim_start().starts_with('<');
    ensure!(!is_page, "not an OpenAPI document: it is a web page, `{}`", one_line(text));
    // JSON is also YAML.
    let document: Value = yaml::parse(text).context("not an OpenAPI document")?;
    let has_version = document.get("openapi").is_some_and(Value::is_string);
    let what = "it has no `openapi` version, such as 3.1.0";
    ensure!(has_version, "not an OpenAPI document: {what}: {}", one_line(&document.to_string()));
    Ok(document)
}

/// The OpenAPI documents in the fenced code blocks (`CommonMark` 4.5) of a page, which may be
/// indented or in a list. A text that is a document itself has none.
fn fenced(text: &str) -> Result<Vec<(usize, Value)>> {
    let (mut documents, mut lines) = (Vec::new(), text.lines().zip(1..));
    let unified = text.replace("~~~", "```");
    let mut head = unified.split("```").next().into_iter().flat_map(str::lines);
    if head.any(|line| line.trim_matches(['"', '\'']).starts_with("openapi") && mentions(line)) {
        return Ok(documents);
    }
    while let Some((line, number)) = lines.next() {
        let fence = line.trim_start_matches(|sign| " \t>*+-.)0123456789".contains(sign));
        let marks = fence.split(|sign| !fence.starts_with(sign)).next().unwrap_or_default();
        let is_code = fence.starts_with('`') && fence[marks.len()..].contains('`');
        if marks.len() < 3 || is_code || !marks.starts_with(['`', '~']) {
            continue;
        }
        let indent = line.len() - fence.len();
        // The reader of YAML counts these lines too.
        let (mut block, mut is_closed) = ("\n".repeat(number), false);
        for (line, _) in lines.by_ref() {
            let inner = line.trim_start_matches([' ', '\t']);
            let width = line.len() - inner.len();
            let rest = inner.strip_prefix(marks).filter(|_| width <= indent);
            is_closed =
                rest.is_some_and(|rest| rest.trim_start_matches(&marks[..1]).trim().is_empty());
            if is_closed {
                break;
            }
            block = block + &line[width.min(indent)..] + "\n";
        }
        let parsed: Value = yaml::parse(&block).unwrap_or_default();
        let is_text = !parsed.is_object();
        if is_text && mentions(&block) || parsed.get("openapi").is_some() {
            // CommonMark ends such a block with the text. Here the rest is missing.
            let what = "its OpenAPI block is not closed: the page is cut off";
            ensure!(is_closed, "line {number}: {what}");
            let document = document(&block).with_context(|| format!("line {number}"))?;
            documents.push((number, document));
        }
    }
    Ok(documents)
}

/// Whether a text has the key `openapi`, as far as that shows without reading it.
fn mentions(text: &str) -> bool {
    let mut after = text.split("openapi").skip(1);
    after.any(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
}

/// Returns the union of the parts. If two parts state an operation, a component or another
/// field of the document, it has to be equal in both.
pub fn merge(parts: &[Part]) -> Result<Value> {
    ensure!(!parts.is_empty(), "there is no document to read: name one with --from");
    let mut merged = json!({});
    for part in parts {
        for (field, value) in entries(&part.document) {
            let is_map = matches!(field.as_str(), "paths" | "components");
            let (at, depth) = (Pointer::default().join(field), if is_map { 2 } else { 0 });
            unite(&mut merged[field], value, at, depth).map_err(|at| {
                let states = |other: &&Part| other.document.pointer(at.as_str()).is_some();
                let other = parts.iter().find(states).map_or("", |other| &other.source);
                anyhow!("{other} and {} disagree on {at}: keep one of them", part.source)
            })?;
        }
    }
    Ok(merged)
}

/// Merges a value into another: objects down to a depth, below which both have to be equal. The
/// error is the place of a conflict.
fn unite(stated: &mut Value, value: &Value, at: Pointer, depth: usize) -> Result<(), Pointer> {
    match value {
        _ if stated.is_null() => *stated = value.clone(),
        _ if stated == value => {}
        Value::Object(entries) if stated.is_object() && depth > 0 => {
            for (key, value) in entries {
                unite(&mut stated[key], value, at.join(key), depth - 1)?;
            }
        }
        _ => return Err(at),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Part, documents, merge, parts};
    use crate::source::Text;

    #[test]
    fn a_document_is_found_in_json_in_yaml_and_on_a_page() {
        for text in [
            r#"{"openapi": "3.1.0", "info": {}}"#,
            "\u{feff}{\"openapi\": \"3.1.0\", \"info\": {}}",
            "{openapi: 3.1.0, info: {}}",
            "openapi: 3.1.0\ninfo: {}\n",
            "\u{feff}openapi: 3.1.0\r\ninfo: {}\r\n",
            "# Page\n\nWords.\n\n````yaml openapi.json GET /v1\nopenapi: 3.1.0\ninfo: {}\n````",
            "~~~json\n{\n  \"openapi\": \"3.1.0\", \"info\": {}\n}\n~~~\n",
            "```sh\ncurl\n```\n```yaml\nopenapi: 3.1.0\ninfo: {}\n```\n",
            "```sh\ncurl /openapi.json\n```\n```yaml\nopenapi : 3.1.0\ninfo: {}\n```\n",
            "```\n{\"info\":{},\"openapi\":\"3.1.0\"}\n```\n",
            "```yaml\n{info: {}, openapi: 3.1.0}\n```\n",
            "<Tab>\n  ```yaml\n  openapi: 3.1.0\n  info: {}\n  ```\n</Tab>\n",
            "- One:\n\n    ~~~json\n    {\n      \"openapi\": \"3.1.0\",\n\n      \"info\": {}\n    }\n    ~~~\n",
            "- ```yaml\n  openapi: 3.1.0\n  info: {}\n  ```\n",
            "```inline``` and `openapi: 2`\n\t```yml\n\topenapi: 3.1.0\n\tinfo: {}\n\t```\n",
            "```json\n{\"data\": {\"openapi\": 1}}\n```\n```yaml\nopenapi: 3.1.0\ninfo: {}\n```\n",
        ] {
            let read =
                documents(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error:#}"));
            let read: Vec<Value> = read.into_iter().map(|(_, document)| document).collect();
            assert_eq!(read, [json!({"openapi": "3.1.0", "info": {}})], "{text}");
        }
    }

    #[test]
    fn a_page_may_hold_several_documents() {
        let page = "```yaml\nopenapi: 3.1.0\nx-a: 1\n```\n```yaml\nopenapi: 3.1.0\nx-b: 1\n```\n";
        let text = Text { source: "a.md".into(), name: "a.md".into(), bytes: page.into() };
        let sources: Vec<_> = parts(&[text]).unwrap().into_iter().map(|part| part.source).collect();
        assert_eq!(sources, ["a.md line 1", "a.md line 5"]);
    }

    #[test]
    fn a_fence_is_closed_only_by_one_as_long() {
        let page =
            "````yaml\nopenapi: 3.1.0\ninfo:\n  description: |\n    ```\n    code\n    ```\n````\n";
        let [(1, document)] = &documents(page.as_bytes()).unwrap()[..] else { panic!("one block") };
        assert_eq!(document["info"]["description"], "```\ncode\n```\n");
    }

    #[test]
    fn a_block_that_mentions_openapi_but_cannot_be_read_is_an_error_with_its_line() {
        for (block, reason) in [
            ("```yaml\nopenapi: 3.1.0\ninfo: {\n```", "line 3: not an OpenAPI document: "),
            ("  ```json\n  {\"openapi\": \"3.1.0\" // x\n  ```", "line 3: "),
            (
                "```yaml\n- openapi: 3.1.0\n```",
                "line 3: not an OpenAPI document: it has no `openapi`",
            ),
            ("```yaml\nopenapi: true\n```", "line 3: not an OpenAPI document: it has no `openapi`"),
            ("  ```yaml\n  openapi: 3.1.0\n", "line 3: its OpenAPI block is not closed"),
        ] {
            let page = format!("# A\n\n{block}\n\n```yaml\nopenapi: 3.1.0\n```\n");
            let page = if block.ends_with('\n') { &page[..block.len() + 5] } else { &page };
            let text = Text { source: "a.md".into(), name: "a.md".into(), bytes: page.into() };
            let error = format!("{:#}", parts(&[text]).expect_err(block));
            assert!(error.contains(&format!("cannot read a.md: {reason}")), "{error}");
        }
    }

    #[test]
    fn a_document_that_quotes_another_is_read_as_a_whole() {
        let quote = "\n```yaml\nopenapi: 3.0.3\n```\n";
        let yaml = format!("openapi: 3.1.0\nx-any: |{}", quote.replace('\n', "\n  "));
        for text in [yaml, json!({"openapi": "3.1.0", "x-any": quote}).to_string()] {
            let read = documents(text.as_bytes()).unwrap();
            assert_eq!(read.len(), 1);
            assert_eq!(read[0].1["openapi"], "3.1.0");
        }
    }

    #[test]
    fn a_text_that_is_not_a_document_is_an_error_in_one_line() {
        for (text, reason) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            (
                "<!doctype html><title>Log\n in</title>",
                "it is a web page, `<!doctype html><title>Log in",
            ),
            ("<html><form>", "it is a web page, `<html><form>`"),
            ("swagger: '2.0'", "no `openapi` version, such as 3.1.0: {\"swagger\":\"2.0\"}"),
            ("{\"error\": 1, \"code\": 2}", ": {\"code\":2,\"error\":1}"),
            ("Not\nfound", "such as 3.1.0: \"Not found\""),
            ("- 1", "such as 3.1.0: [1]"),
            ("{\"openapi\": ", "unclosed bracket '{' at line 1"),
            ("{\"openapi\": \"3.1.0\", \"a\": 1, \"a\": 2}", "duplicate mapping key: a"),
            ("openapi: 3.1.0\na: 1\na: 2\n", "duplicate"),
            ("openapi: 3.1.0\ninfo: {title: ", ""),
            ("openapi: 3.1.0\n---\nopenapi: 3.1.0\n", ""),
            ("# Page\n\n```yaml\nopenapi: 3.1.0\ninfo: {}\n", "the page is cut off"),
            ("# Page\n\nwithout a block\n", "not an OpenAPI document"),
        ] {
            let message = format!("{:#}", documents(text.as_bytes()).expect_err(text));
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains('\n'), "{text}: {message}");
        }
        let message = documents(b"openapi: \xff").unwrap_err().to_string();
        assert_eq!(message, "not UTF-8 text from byte 9 on");
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes in any::<Vec<u8>>()) {
            let _ = documents(&bytes);
        }

        #[test]
        fn no_page_causes_a_panic(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("```"), Just("~~~~"), Just("\n"), Just("\r\n"), Just("openapi: 3.1.0"),
                    Just("{"), Just("\"openapi\": \"3\""), Just("}"), Just("&a"), Just("*a"),
                    Just("  "), Just("- "), Just("<<: "), Just("\u{feff}"), Just("? "), Just("!!"),
                    Just("\t"), Just(" :"), Just("openapi"), Just("<title>"), Just("\u{e9}"), Just("%YAML"), Just("---"), Just("|2"),
                ],
                0..40,
            )
        ) {
            if let Err(error) = documents(pieces.concat().as_bytes()) {
                let message = format!("{error:#}");
                prop_assert!(!message.contains('\n'));
            }
        }
    }

    fn merged(documents: &[&Value]) -> anyhow::Result<Value> {
        let parts = documents.iter().zip(["a.yaml", "b.yaml", "c.yaml"]);
        let part = |(document, source): (&&Value, &str)| Part {
            source: source.to_owned(),
            document: (*document).clone(),
        };
        merge(&parts.map(part).collect::<Vec<_>>())
    }

    fn document(rest: &Value) -> Value {
        let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}});
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        document
    }

    #[test]
    fn one_document_is_unchanged() {
        let one = document(&json!({
            "servers": [{"url": "https://a"}], "security": [{"k": []}], "tags": [{"name": "A"}],
            "paths": {"/a": {"get": {"operationId": "a"}}}, "x-any": 1,
            "components": {"schemas": {"S": {}}}
        }));
        assert_eq!(merged(&[&one]).unwrap(), one);
        assert_eq!(merged(&[&one, &one]).unwrap(), one);
    }

    #[test]
    fn facts_of_only_one_document_are_kept() {
        let one = document(&json!({
            "security": [{"k": []}],
            "paths": {"/a": {"get": {"operationId": "a"}}, "/b": {}},
            "components": {"schemas": {"S": {"type": "string"}}}
        }));
        let other = document(&json!({
            "paths": {"/a": {"post": {"operationId": "b"}}, "/c": {}},
            "components": {"schemas": {"T": {}}, "responses": {"R": {}}}
        }));
        let both = document(&json!({
            "security": [{"k": []}],
            "paths": {
                "/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}},
                "/b": {}, "/c": {}
            },
            "components": {
                "schemas": {"S": {"type": "string"}, "T": {}}, "responses": {"R": {}}
            }
        }));
        assert_eq!(merged(&[&one, &other]).unwrap(), both);
    }

    #[test]
    fn a_conflict_is_an_error_with_both_documents_and_the_place() {
        let operation = |id: &str| json!({"paths": {"/a": {"get": {"operationId": id}}}});
        let schema = |kind: &str| json!({"components": {"schemas": {"S/T": {"type": kind}}}});
        for (one, other, place) in [
            (operation("a"), operation("b"), "/paths/~1a/get"),
            (schema("string"), schema("null"), "/components/schemas/S~1T"),
            (json!({"security": []}), json!({"security": [{}]}), "/security"),
            (json!({"paths": {}}), json!({"paths": []}), "/paths"),
            (json!({}), json!({"openapi": "3.0.3"}), "/openapi"),
        ] {
            // The second document is not part of the conflict.
            let documents = [&document(&one), &document(&json!({})), &document(&other)];
            let error = merged(&documents).unwrap_err().to_string();
            assert_eq!(error, format!("a.yaml and c.yaml disagree on {place}: keep one of them"));
        }
    }
}
