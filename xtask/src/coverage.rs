//! Writes `OPERATIONS.md`: the operations of the client, the evidence for each, and its call.

use std::collections::BTreeMap;

use heck::ToKebabCase;
use serde_json::{Value, json};

use crate::places::{self, elements};

const HEAD: &str = include_str!("coverage.md");

/// The text of the page.
pub fn page(document: &Value) -> String {
    let mut tags: BTreeMap<&str, String> = BTreeMap::new();
    for (path, method, operation, _) in places::operations(document) {
        let tag = operation["tags"][0].as_str().unwrap_or("Without a tag");
        *tags.entry(tag).or_default() += &row(method, path, operation);
    }
    let count = places::operations(document).count();
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
fn row(method: &str, path: &str, operation: &Value) -> String {
    let method = method.to_uppercase();
    let id = operation["operationId"].as_str().unwrap_or("?");
    let evidence = operation["x-evidence"].as_str().unwrap_or("not stated");
    let description = operation["description"].as_str().unwrap_or_default();
    let stated = description.split_once("Key: ").and_then(|(_, key)| key.split(". ").next());
    let stated = stated.map_or("not stated", |key| key.trim_end_matches('.'));
    let key = if operation["security"] == json!([]) { "none" } else { stated };
    let when = |names: &[&str], words| if takes(operation, names) { words } else { "" };
    let header = when(&["WhatsappNumberId"], "; header");
    let call =
        format!("client.{id}()…send(){}", when(&["page", "Page", "before"], "` or `.stream()"));
    format!("| `{id}` | `{method} {path}` | {key}{header} | {evidence} | `{call}` |\n")
}

/// Whether an operation has one of the parameters, which the document may share.
fn takes(operation: &Value, names: &[&str]) -> bool {
    elements(&operation["parameters"]).any(|one| {
        let name = one["name"].as_str().or_else(|| one["$ref"].as_str()?.rsplit('/').next());
        name.is_some_and(|name| names.contains(&name))
    })
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
        let page = page(&document(&json!({
            "operationId": "list_things",
            "tags": ["Odd Things"],
            "x-evidence": "prose",
            "description": "Lists things. Key: number key. Permission: `things:read`.",
            "parameters": [{"$ref": "#/components/parameters/Page"}],
            "responses": {},
        })));
        assert!(
            page.contains("\n1 operations in 1 tags.\n\n## Odd Things\n\nFeature `odd-things`.\n")
        );
        let row = "| `list_things` | `GET /v1/things/{id}` | number key | prose | \
                   `client.list_things()…send()` or `.stream()` |\n";
        assert!(page.contains(row), "{page}");
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
