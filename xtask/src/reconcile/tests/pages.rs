//! Makes pages in the vendor's style: Markdown around OpenAPI 3.1 of one operation, with
//! `type: string` for every field, and examples without schemas.

use serde_json::{Map, Value, json};

use crate::places::{self, Node, Pointer, elements, entries};
use crate::source::Text;
use crate::upstream::Part;
use crate::yaml;

/// The operation whose page is kept already.
const PUBLISHED: (&str, &str) = ("/v1/numbers", "get");

/// A page of the documentation.
#[derive(Clone)]
pub struct Page {
    pub path: String,
    pub method: String,
    pub operation: Value,
    head: Value,
}

impl Page {
    /// The page with another path.
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    pub fn name(&self) -> String {
        format!("{}.md", id(&self.method, &self.path))
    }

    pub fn text(&self) -> Text {
        let text = format!(
            "> ## Documentation Index\n\n# A page\n\n## OpenAPI\n\n\
             ````yaml openapi.json {} {}\n{}\n````",
            self.method.to_uppercase(),
            self.path,
            yaml::text(&self.document()).unwrap()
        );
        Text { source: self.source(), name: self.name(), bytes: text.into_bytes() }
    }

    /// The page after it was read.
    pub fn part(&self) -> Part {
        Part { source: self.source(), document: self.document() }
    }

    fn source(&self) -> String {
        format!("xtask/spec/upstream/{}", self.name())
    }

    fn document(&self) -> Value {
        let mut document = self.head.clone();
        document["paths"] = json!({&self.path: {&self.method: self.operation}});
        document
    }
}

/// A page for each operation of a document whose page is not kept already.
pub fn pages(document: &Value) -> Vec<Page> {
    let mut head = document.clone();
    head["openapi"] = json!("3.1.0");
    head["components"] = json!({"securitySchemes": document["components"]["securitySchemes"]});
    let operations =
        places::operations(document).filter(|(path, method, ..)| (*path, *method) != PUBLISHED);
    let page = |(path, method, operation, _): (&str, &str, &Value, Pointer)| Page {
        path: path.to_owned(),
        method: method.to_owned(),
        operation: published(document, path, method, operation),
        head: head.clone(),
    };
    operations.map(page).collect()
}

/// The vendor's id of an operation, such as `post_messages_send`.
fn id(method: &str, path: &str) -> String {
    let parts = path.trim_start_matches("/v1").split('/').filter(|part| !part.is_empty());
    let parts = parts.map(|part| part.trim_matches(['{', '}']).replace('-', "_"));
    [method.to_owned()].into_iter().chain(parts).collect::<Vec<_>>().join("_")
}

/// An operation in the vendor's style.
fn published(document: &Value, path: &str, method: &str, ours: &Value) -> Value {
    let root = Node::root(document, ());
    let resolved = |part| root.with(part, Pointer::default()).resolved().value;
    let known = ours.get("x-upstream-operation-id");
    let mut operation = json!({
        "tags": ours["tags"],
        "summary": "A summary",
        "operationId": known.cloned().unwrap_or_else(|| json!(id(method, path))),
        "responses": {},
    });
    if let Some(security) = ours.get("security") {
        operation["security"] = security.clone();
    }
    let parameters: Vec<Value> = elements(&ours["parameters"])
        .map(|parameter| {
            let mut parameter = resolved(parameter).clone();
            parameter["schema"] = json!({"type": "string"});
            parameter
        })
        .collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = ours.get("requestBody") {
        let body = resolved(body);
        operation["requestBody"] =
            json!({"required": body["required"], "content": content(document, body, true)});
        if body.get("required").is_none() {
            operation["requestBody"].as_object_mut().unwrap().remove("required");
        }
    }
    for (status, response) in entries(&ours["responses"]) {
        let response = resolved(response);
        let mut published = json!({"description": "A description"});
        if response.get("content").is_some() {
            published["content"] = content(document, response, false);
        }
        operation["responses"][status] = published;
    }
    operation
}

/// The examples of a body. Those of a request come with a schema whose fields are strings.
fn content(document: &Value, holder: &Value, is_request: bool) -> Value {
    let mut content = Map::new();
    for (media_type, ours) in entries(&holder["content"]) {
        let mut theirs = Map::new();
        for key in ["example", "examples"] {
            theirs.extend(ours.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        let schema = places::lone_reference(&ours["schema"])
            .map(|name| &document["components"]["schemas"][name]);
        if let Some(schema) = schema.filter(|schema| is_request && schema["properties"].is_object())
        {
            let fields = entries(&schema["properties"]).map(|(name, _)| {
                (name.clone(), json!({"type": "string", "description": "A field"}))
            });
            let fields: Map<String, Value> = fields.collect();
            let mut published = json!({"type": "object", "properties": fields});
            if let Some(required) = schema.get("required") {
                published["required"] = required.clone();
            }
            theirs.insert("schema".to_owned(), published);
        }
        content.insert(media_type.clone(), theirs.into());
    }
    content.into()
}
