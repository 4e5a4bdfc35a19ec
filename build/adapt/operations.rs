//! Keeps the operations of which a client can be generated, each with a name that
//! Rust takes. One that cannot be is left out with a warning, not the document.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Value, json};

use super::super::facts::IDEMPOTENT;
use super::super::is_identifier;
use super::media::Media;
use super::walk::METHODS;
use super::{bodies, parameters, responses};

/// Names of the client that are written by hand, and what the module of the calls
/// imports or uses, in snake_case.
const TAKEN: [&str; 27] = [
    "builder",
    "from_env",
    "call",
    "send",
    "byte_stream",
    "client_info",
    "client_hooks",
    "error",
    "operation_info",
    "request_builder_ext",
    "response_value",
    "result",
    "option",
    "string",
    "some",
    "none",
    "ok",
    "err",
    "self",
    "from",
    "default",
    "client",
    "debug",
    "clone",
    "types",
    "super",
    "drop",
];

/// Adapts the operations of a document, and says which `Accept` they need.
pub fn adapt(document: &mut Value, warnings: &mut Vec<String>) -> Media {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let server = document.pointer("/servers/0/url").cloned();
    let mut taken: BTreeSet<String> = TAKEN.iter().map(|name| name.to_pascal_case()).collect();
    let own = own_names(document, &mut taken);
    let mut media = Media::new();
    let mut renamed = Vec::new();
    let mut kept = json!({});
    let paths = document.get_mut("paths").map(Value::take).unwrap_or_default();
    for (path, item) in paths.as_object().into_iter().flatten() {
        let operations = METHODS.iter().filter_map(|method| Some((*method, item.get(method)?)));
        for (method, operation) in operations {
            let mut operation = operation.clone();
            let place = format!("{} {path}", method.to_uppercase());
            let mut notes = Vec::new();
            let source = Source { path, method, item, server: server.as_ref(), schemas: &schemas };
            match adapt_one(&source, &mut operation, &mut notes) {
                Ok(accept) => {
                    let name = name(&operation, method, path, &own, &mut taken);
                    if operation["operationId"] != *name {
                        renamed.push(format!("{place} is {name}"));
                    }
                    operation["operationId"] = json!(name);
                    kept[parameters::marked(path)][method] = operation;
                    media.extend(accept.map(|accept| (name, accept)));
                }
                Err(reason) => notes = vec![format!("it is left out: {reason}")],
            }
            warnings.extend(notes.into_iter().map(|note| format!("{place}: {note}")));
        }
    }
    if !renamed.is_empty() {
        warnings.push(format!(
            "an operationId that is missing, taken or not in snake_case is replaced: {}",
            few(&renamed)
        ));
    }
    document["paths"] = kept;
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|kind, _| kind == "schemas" || kind == "securitySchemes");
    }
    media
}

/// The first of many, and how many more.
fn few(many: &[String]) -> String {
    const FEW: usize = 5;
    let more = match many.len().saturating_sub(FEW) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", many[..many.len().min(FEW)].join(", "))
}

/// An operation and what its description depends on.
pub struct Source<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub item: &'a Value,
    pub server: Option<&'a Value>,
    pub schemas: &'a Value,
}

fn adapt_one(
    source: &Source,
    operation: &mut Value,
    notes: &mut Vec<String>,
) -> Result<Option<String>, String> {
    if matches!(source.method, "options" | "trace") {
        return Err("its method is not supported".to_owned());
    }
    check_path(source.path)?;
    for servers in [operation.get("servers"), source.item.get("servers")].into_iter().flatten() {
        let other = |server: &Value| server.get("url") != source.server;
        if servers.as_array().is_some_and(|servers| servers.first().is_some_and(other)) {
            return Err("it has a server of its own, and a client calls one".to_owned());
        }
    }
    if let Some(entries) = operation.as_object_mut() {
        entries.retain(|key, _| {
            let is_read = !key.starts_with("x-") || key == IDEMPOTENT;
            is_read && !matches!(key.as_str(), "callbacks" | "servers")
        });
    }
    parameters::adapt(source, operation, notes)?;
    bodies::adapt(operation)?;
    Ok(responses::adapt(source.method, operation, notes))
}

/// A URL would change other paths, and our guard would then refuse every call.
fn check_path(path: &str) -> Result<(), String> {
    let fits = |character: char| {
        character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/{}".contains(character)
    };
    let fixed = path.split('{').enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once('}').map_or("?", |(_, fixed)| fixed),
    });
    let fixed: String = fixed.collect::<Vec<_>>().join("{}");
    if !path.starts_with('/')
        || fixed.contains("//")
        || !fixed.chars().all(fits)
        || fixed.replace("{}", "").contains(['{', '}'])
        || fixed.split('/').any(|part| matches!(part, "." | ".."))
    {
        return Err("its path is none that a URL keeps as it is".to_owned());
    }
    Ok(())
}

/// The operationIds that can stay as they are.
fn own_names(document: &Value, taken: &mut BTreeSet<String>) -> BTreeSet<String> {
    let items = document["paths"].as_object().into_iter().flatten();
    let entries = items.filter_map(|(_, item)| item.as_object()).flatten();
    let ids = entries.filter_map(|(_, operation)| operation.get("operationId")?.as_str());
    ids.filter(|id| *id == id.to_snake_case() && is_identifier(id))
        .filter(|id| taken.insert(id.to_pascal_case()))
        .map(str::to_owned)
        .collect()
}

/// The name of an operation: its operationId, or what its method and path make.
fn name(
    operation: &Value,
    method: &str,
    path: &str,
    own: &BTreeSet<String>,
    taken: &mut BTreeSet<String>,
) -> String {
    let place = name_of(&format!("{method} {path}"));
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
    if own.contains(id) && taken.insert(format!("={id}")) {
        return id.to_owned();
    }
    let id = name_of(id);
    let id = if id.is_empty() { place.clone() } else { id };
    let first = [id.clone(), format!("{id}_{method}"), format!("{id}_{place}")];
    let mut names = first.into_iter().chain((2..).map(|number: u32| format!("{id}_{number}")));
    let free = |name: &String| is_identifier(name) && taken.insert(name.to_pascal_case());
    names.find(free).unwrap_or_default()
}

/// A text in snake_case, where it begins with a letter.
fn name_of(text: &str) -> String {
    let letters = |character: char| {
        if character.is_ascii_alphanumeric() { character } else { '-' }
    };
    let name = text.chars().map(letters).collect::<String>().to_snake_case();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("call_{name}")
    } else {
        name
    }
}
