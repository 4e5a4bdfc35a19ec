//! Checks the operations.

use std::collections::BTreeSet;

use heck::{ToKebabCase, ToPascalCase, ToSnakeCase};
use serde_json::Value;
use url::Url;

use super::Part;
use super::document::security;
use super::values;
use crate::generate::simplify::{IDEMPOTENCY_KEY, NUMBER_ID, is_header};
use crate::names::Names;
use crate::places;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

const JSON: &str = "application/json";

/// Names in the hand-written part of the client, and names that the module of the calls imports
/// or uses.
const OPERATIONS: &str = "builder from_env call send byte_stream client_info client_hooks error \
    operation_info request_builder_ext response_value result option string some none ok err self \
    from default client debug clone types super drop";

/// Names that the generated `send` and the setters around it use.
const PARAMETERS: &str = "new send stream body body_map header_map encode_path client url request \
    response result";

pub fn check(root: &Part) {
    for (path, item) in root.key("paths").entries() {
        item.expect(is_kept(path), "is not a normalised URL path; rename it");
        for (key, part) in item.entries() {
            let what = "is not a method that the client supports; describe it in each operation";
            part.expect(METHODS.contains(&key), what);
        }
    }
    // The types and the calls of the operations before.
    let (mut ids, mut seen) = (Names::with(OPERATIONS), BTreeSet::new());
    for (path, method, _, at) in places::operations(root.value) {
        let operation = root.at(at);
        let is_new = seen.insert(format!("{method} {}", places::shape(path)));
        operation.expect(is_new, "has the method and path of another; describe both in one");
        let id = operation.key("operationId");
        let (name, model) = (id.text(), id.text().to_pascal_case());
        let is_free = name == name.to_snake_case() && ids.take(name) && seen.insert(model);
        id.expect(is_free, format!("`{name}` is not an available name in snake_case; rename it"));
        let servers = operation.key("servers");
        servers.expect(servers.is_null(), "is not used by the client; remove it");
        let is_flag = operation.get("x-idempotent").is_none_or(Value::is_boolean);
        operation.key("x-idempotent").expect(is_flag, "is not true or false; write one of them");
        tags(&operation.key("tags"));
        security(&operation.key("security"));
        parameters(path, &operation.key("parameters"));
        if !operation["requestBody"].is_null() {
            body(&operation.key("requestBody").resolved().key("content"));
        }
        responses(&operation.key("responses"));
    }
}

/// Whether a URL keeps a path unchanged. The path guard of the client would refuse every call with
/// another path.
fn is_kept(path: &str) -> bool {
    let filled = places::fill(path, "name");
    let url = Url::parse(&format!("https://api.example{filled}"));
    path.starts_with('/') && !path.contains("//") && url.is_ok_and(|url| url.path() == filled)
}

/// Checks tags. Each is a Cargo feature.
fn tags(tags: &Part) {
    tags.expect(!tags.elements().is_empty(), "is missing; name the feature of the operation");
    for tag in tags.elements() {
        let feature = tag.text().to_kebab_case();
        let is_feature = feature.is_ascii() && !["", "full", "default"].contains(&&*feature);
        tag.expect(is_feature, format!("`{}` cannot name a Cargo feature; rename it", tag.text()));
    }
}

fn parameters(path: &str, parameters: &Part) {
    let mut taken = Names::with(PARAMETERS);
    let mut in_path = Vec::new();
    for used in parameters.elements() {
        let parameter = used.resolved();
        let name = parameter.key("name").text();
        let is_free = taken.take_field(name);
        used.expect(is_free, format!("`{name}` has no unique name in Rust; rename it"));
        in_path.extend(Some(name).filter(|_| parameter["in"] == "path"));
        check_parameter(&parameter);
    }
    let mut placeholders = places::placeholders(path);
    placeholders.sort_unstable();
    in_path.sort_unstable();
    let what = "does not match the placeholders of the path; make both the same";
    parameters.expect(placeholders == in_path, what);
}

fn check_parameter(parameter: &Part) {
    let place = parameter.key("in").text();
    let is_sent = match place {
        "path" => parameter["required"] == true,
        "header" => [NUMBER_ID, IDEMPOTENCY_KEY].iter().any(|one| is_header(parameter, one)),
        place => place == "query",
    };
    let what = "parameter that the client does not send; remove or require it";
    parameter.expect(is_sent, format!("is a {place} {what}"));
    parameter.only(&["name", "in", "required", "schema", "examples"]);
    let schema = parameter.key("schema");
    let end = schema.end();
    let is_named = places::lone_reference(&schema).is_some();
    let may_be_null = schema["nullable"] == true || end["nullable"] == true;
    let is_value = values::is_scalar(end) && is_named == end["enum"].is_array() && !may_be_null;
    let what = "is neither an inline scalar nor a named enum, or may be null";
    schema.expect(is_value, format!("{what}; describe one value"));
    let fits = end["format"].is_null() || (place == "query" && end["format"] != "password");
    let what = "parameter cannot have; remove it";
    schema.expect(fits, format!("has a format that a {place} {what}"));
    values::inner(&schema);
}

fn body(content: &Part) {
    let [(JSON, json)] = &content.entries()[..] else {
        return content.refuse("is not application/json alone; remove the other types");
    };
    json.keys(|key| key != "encoding");
    let schema = json.key("schema");
    let is_object = schema.get("$ref").is_some() && schema.end()["type"] == "object";
    schema.expect(is_object, "is not a reference to an object; write one");
}

fn responses(responses: &Part) {
    let mut successes = responses.entries();
    successes.retain(|(status, _)| status.starts_with('2'));
    responses.expect(!successes.is_empty(), "has no 2xx status; describe a success");
    let mut all = BTreeSet::new();
    for (_, success) in successes {
        let content = success.resolved().key("content");
        success_of(&content);
        let types = content.entries().into_iter();
        let types = types.map(|(name, media)| (name, media["schema"].to_string()));
        all.insert(types.collect::<Vec<_>>());
    }
    responses.expect(all.len() < 2, "has successes with different content; give all the same");
}

/// Checks the content of a success: JSON with a named schema or a list, one type of bytes, or
/// nothing.
fn success_of(content: &Part) {
    match &content.entries()[..] {
        [] => {}
        [(JSON, media)] => {
            media.keys(|key| key != "encoding");
            let schema = media.key("schema");
            let is_list = schema["type"] == "array" && schema["nullable"] != true;
            let fits = is_list || places::reference(&schema).is_some();
            schema.expect(fits, "is neither a reference nor a list; refer to a named schema");
            values::inner(&schema);
        }
        [(name, media)] => {
            let is_json = ["json", "*/*", "application/*"].iter().any(|json| name.contains(json));
            let fits = !is_json && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            media.expect(fits, "may be JSON; name it application/json");
        }
        _ => content.refuse("has several media types; describe one"),
    }
}
