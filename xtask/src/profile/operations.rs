//! What a client calls.

use std::collections::BTreeSet;

use heck::{ToKebabCase, ToPascalCase, ToSnakeCase};

use super::document::security;
use super::part::Part;
use super::schemas;
use crate::names::{is_identifier, is_plain, snake};
use crate::places;

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

const JSON: &str = "application/json";

/// Names of the client that are written by hand, and what the module of the calls
/// imports or uses.
const OPERATIONS: &str = "builder from_env call send byte_stream client_info client_hooks error \
    operation_info request_builder_ext response_value result option string some none ok err self \
    from default client debug clone types super drop";

/// Names that the generated `send` and the setters around it use.
const PARAMETERS: &str = "new send stream body body_map header_map encode_path client url request \
    response result";

/// The headers that the layer knows.
const HEADERS: [&str; 2] = ["idempotency-key", "x-whatsapp-number-id"];

pub fn check(root: &Part) {
    for (path, item) in root.key("paths").entries() {
        item.expect(is_kept(path), "is not a path that a URL keeps as it is; rename it");
        for (key, part) in item.entries() {
            let what = "is not a method that the client calls; describe it in each operation";
            part.expect(METHODS.contains(&key), what);
        }
    }
    let mut ids = BTreeSet::new();
    for (path, method, operation, at) in places::operations(root.value) {
        let operation = root.place(operation, at);
        let (id, idempotent) = (operation.key("operationId"), operation.key("x-idempotent"));
        let name = id.text();
        let is_free = is_identifier(name) && !OPERATIONS.split(' ').any(|taken| taken == name);
        let is_snake = name == name.to_snake_case();
        let fits = is_snake && is_free;
        id.expect(fits, format!("`{name}` is not a free name in snake_case; rename it"));
        let is_new = ids.insert(name.to_pascal_case());
        id.expect(is_new, format!("`{name}` is used twice; rename one"));
        let servers = operation.key("servers");
        servers.expect(servers.is_null(), "is not the server of the client; remove it");
        let is_said = idempotent.is_null() || idempotent.is_boolean();
        idempotent.expect(is_said, "is not true or false; make it one");
        tags(&operation.key("tags"));
        security(root, &operation.key("security"));
        parameters(path, &operation.key("parameters"));
        if !operation["requestBody"].is_null() {
            body(&operation.key("requestBody").resolved().key("content"));
        }
        responses(method, &operation.key("responses"));
    }
}

/// Each is a feature of Cargo.
fn tags(tags: &Part) {
    tags.expect(!tags.elements().is_empty(), "is missing; name the feature of the operation");
    for tag in tags.elements() {
        let feature = tag.text().to_kebab_case();
        let is_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
        let is_free = !["", "full", "default"].contains(&feature.as_str());
        let is_feature = is_free && feature.chars().all(is_word);
        tag.expect(is_feature, format!("`{}` names no feature of Cargo; rename it", tag.text()));
    }
}

fn parameters(path: &str, parameters: &Part) {
    let mut taken: BTreeSet<String> = PARAMETERS.split(' ').map(str::to_owned).collect();
    let mut in_path = Vec::new();
    for used in parameters.elements() {
        let parameter = used.resolved();
        let name = parameter.key("name").text();
        let is_free = is_plain(name) && taken.insert(snake(name));
        used.expect(is_free, format!("`{name}` has no name of its own in Rust; rename it"));
        if parameter["in"] == "path" {
            in_path.push(name);
        }
        check_parameter(name, &parameter);
    }
    let placeholders = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let mut placeholders: Vec<&str> = placeholders.map(|(name, _)| name).collect();
    placeholders.sort_unstable();
    in_path.sort_unstable();
    let same = placeholders == in_path && placeholders.windows(2).all(|pair| pair[0] != pair[1]);
    parameters.expect(same, "is not one `in: path` for each name in the path; make both the same");
}

fn check_parameter(name: &str, parameter: &Part) {
    let place = parameter.key("in").text();
    let is_sent = match place {
        "path" => parameter["required"] == true,
        "header" => HEADERS.contains(&name.to_ascii_lowercase().as_str()),
        place => place == "query",
    };
    let what = "parameter that the client does not send; remove or require it";
    parameter.expect(is_sent, format!("is a {place} {what}"));
    let style = if place == "query" { "form" } else { "simple" };
    let is_usual = parameter.get("style").is_none_or(|own| own == style)
        && parameter.get("explode").is_none_or(|own| *own == (place == "query"));
    parameter.expect(is_usual, "has a style of its own; leave the usual one");
    let schema = parameter.key("schema");
    let end = parameter.place(schema.end(), schema.at.clone());
    let is_named = places::lone_reference(&schema).is_some();
    let is_value = end.is_scalar() && is_named == end["enum"].is_array();
    schema.expect(is_value, "is not one value, or an enum without a name; describe one value");
    let may_be_null = schema["nullable"] == true || end["nullable"] == true;
    schema.expect(!may_be_null, "may be null, which no parameter can be; remove `nullable`");
    let what = "is no place for one; remove the format `password`";
    schema.expect(end["format"] != "password", format!("is a secret, and a {place} {what}"));
    let fits = place == "query" || end["format"].is_null();
    schema.expect(fits, "has a format, which only a query has; remove it");
    schemas::inner(&schema);
}

fn body(content: &Part) {
    let types = content.entries();
    let [(JSON, json)] = types.as_slice() else {
        return content.refuse("is not only application/json; remove the others");
    };
    let schema = json.key("schema");
    let name = places::reference(&schema).unwrap_or_default();
    let is_object = schema.schema(name)["type"] == "object";
    schema.expect(is_object, "does not refer to an object; make it a reference to one");
}

fn responses(method: &str, responses: &Part) {
    let entries = responses.entries().into_iter().filter(|(status, _)| !status.starts_with("x-"));
    let (successes, errors): (Vec<_>, Vec<_>) =
        entries.partition(|(status, _)| status.starts_with('2'));
    for (_, error) in errors {
        let content = error.resolved().key("content");
        let is_json = content.entries().iter().all(|(name, _)| *name == JSON);
        content.expect(is_json, "is not JSON, as errors are; describe it as application/json");
    }
    responses.expect(!successes.is_empty(), "has no 2xx status; describe a success");
    let mut all = BTreeSet::new();
    for (_, success) in successes {
        let content = success.resolved().key("content");
        success_of(&content);
        let is_read = method != "head" || content.is_null();
        content.expect(is_read, "is never sent in response to HEAD; remove it");
        let types = content.entries().into_iter();
        all.insert(
            types.map(|(name, media)| (name, media["schema"].to_string())).collect::<Vec<_>>(),
        );
    }
    responses.expect(all.len() < 2, "has successes of different content; give all the same");
}

/// JSON that has a name or is a list, one media type of bytes, or nothing.
fn success_of(content: &Part) {
    match content.entries().as_slice() {
        [] => content.expect(content.is_null(), "is empty; remove it"),
        [(JSON, media)] => {
            let schema = media.key("schema");
            if places::reference(&schema).is_none() {
                let is_list = schema["type"] == "array" && schema["nullable"] != true;
                schema
                    .expect(is_list, "is neither a reference nor a list; refer to a named schema");
                schemas::inner(&schema);
            }
        }
        [(name, media)] => {
            let mut json = ["json", "*/*", "application/*"].into_iter();
            let is_bytes = !json.any(|json| name.contains(json))
                && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            media.expect(is_bytes, "may be JSON; name it application/json");
        }
        _ => content.refuse("has several media types; describe one"),
    }
}

/// A URL would change other paths, and the guard of the layer would then refuse
/// every call.
fn is_kept(path: &str) -> bool {
    let fits = |character: char| {
        character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/{}".contains(character)
    };
    let fixed = path.split('{').enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once('}').map_or("?", |(_, fixed)| fixed),
    });
    let fixed: String = fixed.collect::<Vec<_>>().join("{}");
    path.starts_with('/')
        && !fixed.contains("//")
        && fixed.chars().all(fits)
        && !fixed.replace("{}", "").contains(['{', '}'])
        && !fixed.split('/').any(|part| matches!(part, "." | ".."))
}
