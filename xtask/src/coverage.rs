//! Writes `OPERATIONS.md`: the operations of the client, the evidence for each, and its call.

use std::collections::BTreeMap;

use heck::ToKebabCase;
use serde_json::{Value, json};

use crate::generate::pages;
use crate::generate::simplify::{NUMBER_ID, inline_shared, is_header};
use crate::places::{self, elements};

const HEAD: &str = include_str!("coverage.md");

/// The text of the page.
pub fn page(document: &Value) -> String {
    let mut document = document.clone();
    inline_shared(&mut document);
    let mut tags: BTreeMap<&str, String> = BTreeMap::new();
    for (path, method, operation, _) in places::operations(&document) {
        let tag = operation["tags"][0].as_str().unwrap_or("Without a tag");
        *tags.entry(tag).or_default() += &row(&document, method, path, operation);
    }
    let count = places::operations(&document).count();
    let head = format!("{HEAD}\n{count} operations in {} tags.\n", tags.len());
    let section = |(tag, rows): (&str, String)| {
        format!(
            "\n## {tag}\n\nFeature `{}`.\n\n\
             | Operation | Method and path | Key | Evidence | Call |\n|---|---|---|---|---|\n{rows}",
            tag.to_kebab_case()
        )
    };
    [head].into_iter().chain(tags.into_iter().map(section)).collect()
}

/// The row of an operation. An operation from a new page may lack some facts.
fn row(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let method = method.to_uppercase();
    let id = operation["operationId"].as_str().unwrap_or("?");
    let evidence = operation["x-evidence"].as_str().unwrap_or("not stated");
    let description = operation["description"].as_str().unwrap_or_default();
    let stated = description.split_once("Key: ").and_then(|(_, key)| key.split(". ").next());
    let stated = stated.map_or("not stated", |key| key.trim_end_matches('.'));
    let key = if operation["security"] == json!([]) { "none" } else { stated };
    let mut parameters = elements(&operation["parameters"]);
    let header = if parameters.any(|one| is_header(one, NUMBER_ID)) { "; header" } else { "" };
    let stream = pages::emit_one(document, operation).map_or("", |_| "` or `.stream()");
    let call = format!("client.{id}()…send(){stream}");
    format!("| `{id}` | `{method} {path}` | {key}{header} | {evidence} | `{call}` |\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::page;

    fn document(operation: &serde_json::Value) -> serde_json::Value {
        json!({"paths": {"/v1/things/{id}": {"parameters": [], "get": operation}}})
    }

    #[test]
    fn an_operation_has_a_row_under_its_tag() {
        let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}});
        let things = json!({"$ref": "#/components/schemas/Things"});
        let content = json!({"application/json": {"schema": things}});
        let mut document = document(&json!({
            "operationId": "list_things",
            "tags": ["Odd Things"],
            "x-evidence": "prose",
            "description": "Lists things. Key: number key. Permission: `things:read`.",
            "parameters": [{"$ref": "#/components/parameters/Page"}],
            "responses": {"200": {"content": content}},
        }));
        document["components"] = json!({
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
            "schemas": {"Thing": {}, "Things": {"properties": {"all": list}}},
        });
        let page = page(&document);
        assert!(
            page.contains("\n1 operations in 1 tags.\n\n## Odd Things\n\nFeature `odd-things`.\n")
        );
        let row = "| `list_things` | `GET /v1/things/{id}` | number key | prose | \
                   `client.list_things()…send()` or `.stream()` |\n";
        assert!(page.contains(row), "{page}");
    }

    #[test]
    fn a_list_without_pages_has_no_stream() {
        let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}});
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let number = json!({"name": "X-WhatsApp-Number-Id", "in": "header"});
        let things = json!({"$ref": "#/components/schemas/Things"});
        let content = json!({"application/json": {"schema": things}});
        let mut document = document(&json!({
            "operationId": "list_things",
            "parameters": [page, number],
            "responses": {"200": {"content": content}},
        }));
        for (lists, call) in [
            (json!({"all": list}), "`client.list_things()…send()` or `.stream()` |"),
            (json!({"all": list, "more": list}), "`client.list_things()…send()` |"),
        ] {
            document["components"]["schemas"] =
                json!({"Thing": {}, "Things": {"properties": lists}});
            let page = super::page(&document);
            assert!(page.contains(call) && page.contains("; header |"), "{page}");
        }
    }

    #[test]
    fn missing_facts_are_not_stated() {
        let page = page(&document(&json!({"operationId": "get_thing", "responses": {}})));
        assert!(page.contains("\n## Without a tag\n"), "{page}");
        let row = "| `get_thing` | `GET /v1/things/{id}` | not stated | not stated | \
                   `client.get_thing()…send()` |\n";
        assert!(page.contains(row), "{page}");
    }
}
