//! Adds a complete test case for each operation without one, from the examples of the document.
//! People add further assertions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use heck::ToSnakeCase;
use serde_json::Value;

use crate::folder;
use crate::generate::schema::{resolve, success};
use crate::generate::simplify::inline_shared;
use crate::names;
use crate::places::{self, elements, entries};

const FOLDER: &str = "tests/it/operations";
const BEGIN: &str = "\noperations! {\n";

/// The files of the test cases with the missing ones added, by path.
pub fn files(root: &Path, document: &Value) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for (name, file) in folder::files(&root.join(FOLDER))? {
        files.insert(format!("{FOLDER}/{name}"), fs::read_to_string(file)?);
    }
    let mut document = document.clone();
    inline_shared(&mut document);
    for (path, method, operation, _) in places::operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let head = format!("    {id} {{\n");
        if files.values().any(|text| text.contains(BEGIN) && text.contains(&head)) {
            continue;
        }
        let line = format!("{} {path}", method.to_uppercase());
        let Some(case) = case(&document, operation, &line) else { continue };
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        let module = tag.to_snake_case();
        let file = format!("{FOLDER}/{module}.rs");
        if !files.contains_key(&file) {
            let main = files.entry(format!("{FOLDER}/mod.rs")).or_default();
            *main = insert(main, "mod case;\n\n", &format!("mod {module};\n"))?;
            *main = insert(main, "let cases = [\n", &format!("        {module}::CASES,\n"))?;
        }
        let text = files.entry(file.clone());
        let text = text.or_insert_with(|| format!("//! {tag}.\n{BEGIN}}}\n"));
        let (before, cases) =
            text.split_once(BEGIN).with_context(|| format!("add `operations!` to {file}"))?;
        let gap = if cases.starts_with('}') { "" } else { "\n" };
        *text = format!("{before}{BEGIN}{head}{case}    }}\n{gap}{cases}");
    }
    Ok(files)
}

/// Inserts a line into the sorted lines after `after`.
fn insert(text: &str, after: &str, line: &str) -> Result<String> {
    let parts = text.split_once(after);
    let (before, rest) = parts.with_context(|| format!("{FOLDER}/mod.rs has no `{after}`"))?;
    let lines = rest.split_inclusive('\n');
    let smaller: String = lines.take_while(|other| other.len() > 1 && *other < line).collect();
    Ok([before, after, &smaller, line, &rest[smaller.len()..]].concat())
}

/// The text of the case of an operation. One whose success is not JSON has none.
fn case(document: &Value, operation: &Value, line: &str) -> Option<String> {
    let content = &success(operation)["content"];
    if !content.is_null() && content["application/json"].is_null() {
        return None;
    }
    let id = operation["operationId"].as_str()?;
    let (mut call, mut line) = (vec![format!("client.{id}()")], line.to_owned());
    for parameter in elements(&operation["parameters"]).filter(|one| one["required"] == true) {
        let name = parameter["name"].as_str()?;
        let schema = resolve(document, &parameter["schema"]);
        let other = if schema["type"] == "boolean" { "true" } else { "1" };
        let value = schema["enum"][0].as_str().unwrap_or(other);
        line = match parameter["in"].as_str()? {
            "path" => line.replace(&format!("{{{name}}}"), value),
            "query" if line.contains('?') => format!("{line}&{name}={value}"),
            "query" => format!("{line}?{name}={value}"),
            // The client generates an idempotency key.
            _ => continue,
        };
        let quote = if schema["type"] == "string" { "\"" } else { "" };
        call.push(format!(".{}({quote}{value}{quote})", names::field(name)));
    }
    let request = &operation["requestBody"]["content"]["application/json"];
    let mut body = String::new();
    if let Some((model, example)) = places::reference(&request["schema"]).zip(example(request)) {
        let example = format!("{example:#}").replace('\n', "\n        ");
        body = format!("        body: {example},\n");
        let request = format!("request::<pilot_status::types::{model}>({id:?})");
        call.push(format!("\n            .body(crate::case::{request})"));
    }
    let call = call.concat();
    let errors = entries(&operation["responses"]).filter_map(|(status, response)| {
        let status = status.parse::<u16>().ok().filter(|status| *status >= 400)?;
        Some((status, example(&response["content"]["application/json"])?))
    });
    let text = document.to_string();
    // The error with the fewest copies in the document is the most specific.
    let error = errors.min_by_key(|(_, error)| {
        let copies = |part: &str| text.matches(part).count();
        let code = &error["code"];
        (code.is_null(), copies(&format!("\"code\":{code}")), copies(&error.to_string()))
    });
    // Without an example of an error, the case fails and asks for one.
    let (status, error) = error.unwrap_or((400, &Value::Null));
    let code = error["code"].as_str().map_or("None::<&str>".to_owned(), |code| format!("{code:?}"));
    Some(format!(
        "        call: |client| {call},
        sends: {line:?},
{body}        reads: |_response| {{}},
        refused: ({status}, {code}),
"
    ))
}

/// The example of a body, or the first of several.
fn example(media_type: &Value) -> Option<&Value> {
    let several = || Some(&entries(&media_type["examples"]).next()?.1["value"]);
    media_type.get("example").or_else(several)
}
