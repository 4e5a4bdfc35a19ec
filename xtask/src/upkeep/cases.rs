//! The test cases of operations that have none: complete ones, made of the examples of the
//! document, for people to add what else has to hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use heck::ToSnakeCase;
use serde_json::Value;

use crate::folder;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

const FOLDER: &str = "tests/operations";

/// The files of the cases with those that they lack, by their paths.
pub fn files(root: &Path, document: &Value) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for file in folder::files(&root.join(FOLDER))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(format!("{FOLDER}/{name}"), fs::read_to_string(file)?);
    }
    for (path, method, operation, at) in places::operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let head = format!("    {id} {{\n");
        if files.values().any(|text| text.contains(&head)) {
            continue;
        }
        let line = format!("{} {path}", method.to_uppercase());
        let Some(case) = case(document, operation, &at, &line) else { continue };
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        let module = tag.to_snake_case();
        let file = format!("{FOLDER}/{module}.rs");
        if !files.contains_key(&file) {
            let main = files.entry(format!("{FOLDER}/main.rs")).or_default();
            *main = insert(main, "mod case;\n\n", &format!("mod {module};\n"))?;
            *main = insert(main, "let cases = [\n", &format!("        {module}::CASES,\n"))?;
        }
        let text = files
            .entry(file.clone())
            .or_insert_with(|| format!("//! {tag}.\n\noperations! {{\n}}\n"));
        let start =
            text.find("operations! {\n").with_context(|| format!("add `operations!` to {file}"))?;
        let end = start
            + text[start..]
                .find("\n}\n")
                .with_context(|| format!("{file}: `operations!` has no end"))?
            + 1;
        let gap = if text[..end].ends_with("! {\n") { "" } else { "\n" };
        text.insert_str(end, &format!("{gap}{head}{case}    }}\n"));
    }
    Ok(files)
}

/// Puts a line in its place in the sorted lines after another.
fn insert(text: &str, after: &str, line: &str) -> Result<String> {
    let start = text.find(after).with_context(|| format!("{FOLDER}/main.rs has no `{after}`"))?;
    let start = start + after.len();
    let lines = text[start..].split_inclusive('\n');
    let smaller = lines.take_while(|other| other.len() > 1 && *other < line);
    let place = start + smaller.map(str::len).sum::<usize>();
    Ok(format!("{}{line}{}", &text[..place], &text[place..]))
}

/// The parts of the case of an operation; none where its success is no JSON.
fn case(document: &Value, operation: &Value, at: &Pointer, line: &str) -> Option<String> {
    let id = operation["operationId"].as_str()?;
    let (mut call, mut line) = (format!("client.{id}()"), line.to_owned());
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    let parameters = elements(&operation["parameters"]);
    let parameters = parameters.map(|parameter| places::resolve(document, parameter, at).1);
    for parameter in parameters.filter(|parameter| parameter["required"] == true) {
        let name = parameter["name"].as_str()?;
        let (_, schema) = places::resolve(document, &parameter["schema"], at);
        let value = schema["enum"][0].as_str().unwrap_or("1");
        let literal =
            if schema["type"] == "string" { format!("{value:?}") } else { value.to_owned() };
        call += &format!(".{}({literal})", name.to_snake_case());
        match parameter["in"].as_str()? {
            "path" => line = line.replace(&format!("{{{name}}}"), value),
            "query" => query.push(format!("{name}={value}")),
            _ => headers.push(format!("({:?}, {value:?})", name.to_lowercase())),
        }
    }
    if !query.is_empty() {
        line += &format!("?{}", query.join("&"));
    }
    let request = &operation["requestBody"]["content"]["application/json"];
    let request = places::reference(&request["schema"]).zip(example(request));
    if let Some((model, _)) = request {
        call += &format!(".body(crate::case::request::<pilot_status::types::{model}>({id:?}))");
    }
    let mut case = format!("        call: |client| {call},\n        sends: {line:?},\n");
    if !headers.is_empty() {
        case += &format!("        headers: [{}],\n", headers.join(", "));
    }
    if let Some((_, example)) = request {
        case += &format!("        body: {},\n", format!("{example:#}").replace('\n', "\n        "));
    }
    let responses = || entries(&operation["responses"]);
    let (_, success) = responses().find(|(status, _)| status.starts_with('2'))?;
    let content = &places::resolve(document, success, at).1["content"];
    if !content.is_null() && content["application/json"].is_null() {
        return None;
    }
    let (status, error) = responses().find_map(|(status, response)| {
        let content = &places::resolve(document, response, at).1["content"]["application/json"];
        Some((status.parse::<u16>().ok().filter(|status| *status >= 400)?, example(content)?))
    })?;
    let code = error["code"].as_str().map_or("None::<&str>".to_owned(), |code| format!("{code:?}"));
    Some(format!("{case}        reads: |_answer| {{}},\n        refused: ({status}, {code}),\n"))
}

/// The example of a body, the first of several.
fn example(media_type: &Value) -> Option<&Value> {
    let several = || Some(&entries(&media_type["examples"]).next()?.1["value"]);
    media_type.get("example").or_else(several)
}
