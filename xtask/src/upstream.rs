//! Reads what the vendor published: an OpenAPI document in JSON or YAML, or a
//! page of the documentation that holds one in a fenced block.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{folder, yaml};

/// The one document in a folder.
pub fn read_folder(folder: &Path) -> Result<Value> {
    let files = folder::files(folder)?;
    match files.as_slice() {
        [file] => read(file),
        [] => bail!("{} holds no document", folder.display()),
        _ => bail!(
            "{} holds {} documents: keep one, regen does not merge",
            folder.display(),
            files.len()
        ),
    }
}

/// The OpenAPI document in a file.
pub fn read(file: &Path) -> Result<Value> {
    std::fs::read_to_string(file)
        .map_err(anyhow::Error::from)
        .and_then(|text| parse(&text))
        .with_context(|| format!("cannot read {}", file.display()))
}

/// The OpenAPI document in a text: JSON, YAML, or a page.
fn parse(text: &str) -> Result<Value> {
    let source = match fenced_blocks(text).as_slice() {
        [] => text,
        [block] => block,
        blocks => bail!("{} OpenAPI blocks on one page, expected one", blocks.len()),
    };
    let document: Value = yaml::parse(source)?;
    ensure!(
        document.get("openapi").is_some_and(Value::is_string),
        "not an OpenAPI document: it has no `openapi` version"
    );
    Ok(document)
}

/// The contents of the fenced code blocks (`CommonMark` 4.5) of a page that
/// hold an OpenAPI document. A page without fences has none.
fn fenced_blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut open: Option<(char, usize, usize)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let fence = fence(line);
        match (open, fence) {
            (None, Some((mark, width, _))) => open = Some((mark, width, offset)),
            (Some((mark, width, from)), Some((closing, long, "")))
                if mark == closing && long >= width =>
            {
                blocks.push(&text[from..start]);
                open = None;
            }
            _ => {}
        }
    }
    if let Some((.., from)) = open {
        // A fence that nothing closes runs to the end (CommonMark 4.5).
        blocks.push(&text[from..]);
    }
    blocks.retain(|block| is_openapi(block));
    blocks
}

/// The mark, the width and the info string of a line that is a code fence.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let width = line.len() - info.len();
    (width >= 3).then_some((mark, width, info))
}

fn is_openapi(block: &str) -> bool {
    block
        .lines()
        .any(|line| line.starts_with("openapi:") || line.trim_start().starts_with("\"openapi\""))
}

#[cfg(test)]
mod tests {
    use super::{fenced_blocks, parse};

    #[test]
    fn a_document_is_found_in_json_in_yaml_and_on_a_page() {
        for text in [
            r#"{"openapi": "3.1.0", "info": {}}"#,
            "openapi: 3.1.0\ninfo: {}\n",
            "# Page\n\nWords.\n\n````yaml openapi.json GET /v1\nopenapi: 3.1.0\ninfo: {}\n````",
            "~~~json\n{\n  \"openapi\": \"3.1.0\", \"info\": {}\n}\n~~~\n",
            "# Page\n\n```yaml\nopenapi: 3.1.0\ninfo: {}\n",
            "```sh\ncurl\n```\n```yaml\nopenapi: 3.1.0\ninfo: {}\n```\n",
        ] {
            let document = parse(text).unwrap_or_else(|error| panic!("{text}: {error:#}"));
            assert_eq!(document, serde_json::json!({"openapi": "3.1.0", "info": {}}));
        }
    }

    #[test]
    fn a_fence_closes_only_with_one_as_wide() {
        let page =
            "````yaml\nopenapi: 3.1.0\ninfo:\n  description: |\n    ```\n    code\n    ```\n````\n";
        let [block] = fenced_blocks(page)[..] else { panic!("one block") };
        assert!(block.ends_with("    ```\n"), "{block}");
    }

    #[test]
    fn what_is_no_document_is_refused_in_one_line() {
        for (text, reason) in [
            ("", "no `openapi` version"),
            ("<!doctype html><html><form>Log in</form></html>", "no `openapi` version"),
            ("swagger: '2.0'", "no `openapi` version"),
            ("{\"openapi\": ", ""),
            ("```yaml\nopenapi: 3.1.0\n```\n```yaml\nopenapi: 3.1.0\n```\n", "2 OpenAPI blocks"),
        ] {
            let message = format!("{:#}", parse(text).expect_err(text));
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains('\n'), "{text}: {message}");
        }
    }
}
