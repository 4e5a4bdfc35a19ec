//! Drafts fragments of the operations that only a page of the vendor's describes.
//!
//! ```text
//! page -> operation -> parameters, bodies -> schemas (what the page states and shows)
//!                                         -> text of xtask/spec/api/TAG.yaml
//! ```
//!
//! An example shows types. It does not show what is required or may be null, which texts
//! are of an enum, or how a type is best named. So a draft is marked, and regen stops until
//! a person has finished it.

mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use anyhow::{Context, Result};
use heck::{ToKebabCase, ToTitleCase};
use serde_json::{Map, Value, json};

use crate::coverage::is_paged;
use crate::fragments::{self, Fragments, UNFINISHED};
use crate::names;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;
use crate::reconcile::{Undescribed, alternatives, examples};
use crate::yaml;

use schema::Schemas;

/// The fields of an operation, in the order of the fragments.
const ORDER: [&str; 11] = [
    "operationId",
    "x-upstream-operation-id",
    "x-evidence",
    "tags",
    "summary",
    "description",
    "deprecated",
    "security",
    "parameters",
    "requestBody",
    "responses",
];

/// What a person has to add, which no example shows.
pub const TO_FINISH: &str = "Its types come from examples alone: say which members are required or \
    may be null, which texts are of an enum, and which key the call takes, and name the types";

/// The fragments with drafts in them.
#[derive(Default)]
pub struct Drafts {
    /// The texts, by the names of their files.
    pub texts: BTreeMap<String, String>,
    /// A line for each operation: where its draft is.
    pub lines: Vec<String>,
}

/// Drafts some operations.
pub fn drafts(undescribed: &[Undescribed], ours: &Fragments) -> Result<Drafts> {
    let mut texts = BTreeMap::new();
    let mut schemas = Schemas::new(&ours.document);
    let mut places = Vec::new();
    for new in undescribed {
        let tag = tag(new);
        let file = format!("{}.yaml", tag.to_kebab_case());
        let text = match texts.entry(file.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(ours.text(&file).map_or_else(|| head(&tag), Ok)?),
        };
        let operation = operation(new, &tag, &ours.document, &mut schemas);
        let fields = ORDER.iter().filter_map(|key| Some(json!({*key: operation.get(key)?})));
        let value: Vec<String> = fields.map(|field| yaml::text(&field)).collect::<Result<_>>()?;
        let place = ["paths", &new.path, &new.method];
        let context = || format!("cannot draft {} in xtask/spec/api/{file}", named(new));
        *text = fragments::insert(text, &place, &value.concat()).with_context(context)?;
        for (name, schema) in schemas.take() {
            let place = ["components", "schemas", &name];
            *text = fragments::insert(text, &place, &yaml::text(&schema)?).with_context(context)?;
        }
        places.push((new, file));
    }
    let lines = places.into_iter().map(|(new, file)| {
        let place = Pointer::default().join("paths").join(&new.path).join(&new.method);
        let line = fragments::line(&texts[&file], &place);
        format!("xtask/spec/api/{file} line {line}: {}", named(new))
    });
    let lines = lines.collect();
    Ok(Drafts { texts, lines })
}

/// How the fragment of a new tag begins.
fn head(tag: &str) -> Result<String> {
    let info = json!({"info": {"title": format!("The {tag} tag"), "version": "1.0.0"}});
    Ok(format!("openapi: 3.1.0\n{}", yaml::text(&info)?))
}

/// An operation, for people.
pub fn named(new: &Undescribed) -> String {
    format!("{} {} of {}", new.method.to_uppercase(), new.path, new.page.source)
}

/// The tag that the page states, or one after the path.
fn tag(new: &Undescribed) -> String {
    let stated = new.operation()["tags"][0].as_str();
    let mut parts = new.path.split('/').filter(|part| !part.starts_with('{') && *part != "v1");
    let part = parts.find(|part| !part.is_empty()).unwrap_or_default().to_title_case();
    let named = [stated.unwrap_or_default(), &part, "Other"];
    let named = named.into_iter().find(|tag| !tag.to_kebab_case().is_empty());
    named.unwrap_or_default().to_owned()
}

/// An operation as the fragments describe it.
fn operation(new: &Undescribed, tag: &str, ours: &Value, schemas: &mut Schemas) -> Value {
    let theirs = new.operation();
    let id = id(new);
    let body = Body { document: &new.page.document, id: names::pascal(&id) };
    let words = theirs["description"].as_str().unwrap_or_default();
    let mut draft = json!({
        "operationId": id,
        "x-evidence": "fragment",
        "tags": [tag],
        "description": format!(
            "{UNFINISHED}. {TO_FINISH}.\n\n{words}\n\nKey: not known."
        ),
        "responses": {},
    });
    for (key, ours) in [
        ("operationId", "x-upstream-operation-id"),
        ("summary", "summary"),
        ("deprecated", "deprecated"),
    ] {
        if let Some(value) = theirs.get(key) {
            draft[ours] = value.clone();
        }
    }
    let security = theirs.get("security").or(new.page.document.get("security"));
    let security = security.cloned().unwrap_or_else(|| json!([]));
    if alternatives(&security) != alternatives(&ours["security"]) {
        draft["security"] = security;
    }
    let parameters = elements(&theirs["parameters"]).map(|one| body.parameter(one, schemas));
    let parameters: Vec<Value> = parameters.collect();
    if !parameters.is_empty() {
        draft["parameters"] = parameters.into();
    }
    if let Some(request) = theirs.get("requestBody") {
        draft["requestBody"] = body.holder(request, "Request", schemas);
    }
    for (status, response) in entries(&theirs["responses"]) {
        let name = if status.starts_with('2') { "Response" } else { "" };
        draft["responses"][status] = body.holder(response, name, schemas);
    }
    draft
}

/// The id that the page states in snake_case, with the verb first where it has the method
/// there.
fn id(new: &Undescribed) -> String {
    let (theirs, method) = (new.operation(), new.method.as_str());
    let id = theirs["operationId"].as_str().map(names::snake);
    let id = id.unwrap_or_else(|| names::snake(&format!("{method} {}", new.path)));
    let verb = match method {
        "get" if is_paged(theirs) || returns_array(new) => "list",
        "put" | "patch" => "update",
        method => method,
    };
    match id.strip_prefix(&format!("{method}_")) {
        Some(rest) => format!("{verb}_{rest}"),
        None => id,
    }
}

fn returns_array(new: &Undescribed) -> bool {
    let document = &new.page.document;
    let responses = entries(&new.operation()["responses"]);
    let mut contents = responses
        .filter(|(status, _)| status.starts_with('2'))
        .flat_map(|(_, response)| entries(&resolved(document, response)["content"]));
    contents.any(|(_, content)| {
        let example = examples(document, content).into_iter().next();
        example.is_some_and(Value::is_array) || content["schema"]["type"] == "array"
    })
}

fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    places::resolve(document, part, &Pointer::default()).1
}

/// Drafts what an operation sends and receives.
struct Body<'a> {
    document: &'a Value,
    /// What the names of its schemas begin with.
    id: String,
}

impl Body<'_> {
    fn parameter(&self, theirs: &Value, schemas: &mut Schemas) -> Value {
        let mut parameter = resolved(self.document, theirs).clone();
        // A secret has no place in a URL or in a header, whatever it is called.
        let name = format!("{}Parameter", self.id);
        if let Some(schema) = parameter.get("schema") {
            parameter["schema"] = schemas.schema(self.document, &[], schema, &name);
        }
        parameter
    }

    /// A request body or a response. Without a name it is an error, which all have in
    /// common.
    fn holder(&self, theirs: &Value, name: &str, schemas: &mut Schemas) -> Value {
        let mut holder = resolved(self.document, theirs).clone();
        let Some(content) = holder.get_mut("content").and_then(Value::as_object_mut) else {
            return holder;
        };
        for media in content.values_mut().filter(|media| media.is_object()) {
            let shown = media.clone();
            let shown = examples(self.document, &shown);
            media["schema"] = if name.is_empty() {
                json!({"$ref": "#/components/schemas/ApiError"})
            } else {
                let name = format!("{}{name}", self.id);
                schemas.schema(self.document, &shown, &media["schema"], &name)
            };
            // An example of the page's components is not one of ours.
            let named = entries(&media["examples"]);
            let named: Map<String, Value> = named
                .map(|(name, one)| (name.clone(), resolved(self.document, one).clone()))
                .collect();
            if !named.is_empty() {
                media["examples"] = named.into();
            }
        }
        holder
    }
}
