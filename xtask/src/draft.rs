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

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use heck::ToKebabCase;
use serde_json::{Value, json};

use crate::coverage::is_paged;
use crate::fragments::{self, Fragments, UNFINISHED};
use crate::names;
use crate::node::Node;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;
use crate::reconcile::{Undescribed, alternatives, examples};
use crate::yaml;

use schema::Schemas;

/// The fields of an operation, in the order of the fragments.
const ORDER: &str = "operationId x-upstream-operation-id x-evidence tags summary description \
    deprecated security parameters requestBody responses";

/// What a person has to add, which no example shows.
pub const TO_FINISH: &str = "Its types come from examples alone: say which members are required or \
    may be null, which texts are of an enum, and which key the call takes, and name the types";

/// Drafts some operations. Returns the texts of the fragments with the drafts in them, by
/// the names of their files, and a line for each draft: where it is.
pub fn drafts(
    undescribed: &[Undescribed],
    ours: &Fragments,
) -> Result<(BTreeMap<String, String>, Vec<String>)> {
    let (mut texts, mut files) = (BTreeMap::new(), Vec::new());
    let names = entries(&ours.document["components"]["schemas"]);
    let mut taken: BTreeSet<String> = names.map(|(name, _)| name.to_lowercase()).collect();
    for new in undescribed {
        let page = &new.page.document;
        let mut schemas = Schemas { page, taken: &mut taken, drafted: Vec::new() };
        let tag = tag(new);
        let file = format!("{}.yaml", tag.to_kebab_case());
        let operation = operation(new, tag, &ours.document, &mut schemas);
        let text = texts.remove(&file).or_else(|| ours.text(&file));
        let text = text.map_or_else(|| head(tag), Ok)?;
        let text = add(text, new, &operation, schemas.drafted)
            .with_context(|| format!("cannot draft {} in xtask/spec/api/{file}", named(new)))?;
        texts.insert(file.clone(), text);
        files.push(file);
    }
    let line = |(new, file): (&Undescribed, String)| {
        let place = Pointer::default().join("paths").join(&new.path).join(&new.method);
        let line = fragments::line(&texts[&file], &place);
        format!("xtask/spec/api/{file} line {line}: {}", named(new))
    };
    let lines = undescribed.iter().zip(files).map(line).collect();
    Ok((texts, lines))
}

/// How the fragment of a new tag begins.
fn head(tag: &str) -> Result<String> {
    let info = json!({"info": {"title": format!("The {tag} tag"), "version": "1.0.0"}});
    Ok(format!("openapi: 3.1.0\n{}", yaml::text(&info)?))
}

/// Adds an operation and its schemas to the text of a fragment.
fn add(
    mut text: String,
    new: &Undescribed,
    operation: &Value,
    schemas: Vec<(String, Value)>,
) -> Result<String> {
    let fields = ORDER.split(' ').filter(|key| !operation[*key].is_null());
    let fields = fields.map(|key| json!({key: operation[key]}));
    let fields = fields.map(|field| yaml::text(&field)).collect::<Result<String>>()?;
    text = fragments::insert(&text, &["paths", &new.path, &new.method], &fields)?;
    // What refers to another comes before it.
    for (name, schema) in schemas.into_iter().rev() {
        let place = ["components", "schemas", &name];
        text = fragments::insert(&text, &place, &yaml::text(&schema)?)?;
    }
    Ok(text)
}

/// An operation, for people.
pub fn named(new: &Undescribed) -> String {
    format!("{} {} of {}", new.method.to_uppercase(), new.path, new.page.source)
}

/// The tag that the page states, if it names a file.
fn tag(new: &Undescribed) -> &str {
    let stated = new.operation()["tags"][0].as_str();
    stated.filter(|tag| !tag.to_kebab_case().is_empty()).unwrap_or("Other")
}

/// An operation as the fragments describe it.
fn operation(new: &Undescribed, tag: &str, ours: &Value, schemas: &mut Schemas) -> Value {
    let theirs = new.operation();
    let id = id(new);
    let name = names::pascal(&id);
    let words = theirs["description"].as_str().unwrap_or_default();
    let mut draft = json!({
        "operationId": id,
        "x-upstream-operation-id": theirs["operationId"],
        "x-evidence": "fragment",
        "tags": [tag],
        "summary": theirs["summary"],
        "description": format!("{UNFINISHED}. {TO_FINISH}.\n\n{words}\n\nKey: not known."),
        "deprecated": theirs["deprecated"],
        "responses": {},
    });
    let default = json!([]);
    let security = theirs.get("security").or(schemas.page.get("security")).unwrap_or(&default);
    if alternatives(security) != alternatives(&ours["security"]) {
        draft["security"] = security.clone();
    }
    if theirs.get("parameters").is_some() {
        let parameters = elements(&theirs["parameters"]);
        draft["parameters"] = parameters.map(|one| resolved(schemas.page, one).clone()).collect();
    }
    if let Some(body) = theirs.get("requestBody") {
        draft["requestBody"] = holder(body, &format!("{name}Request"), schemas);
    }
    for (status, response) in entries(&theirs["responses"]) {
        let is_error = !status.starts_with('2');
        let name = if is_error { String::new() } else { format!("{name}Response") };
        draft["responses"][status] = holder(response, &name, schemas);
    }
    draft
}

/// The id that the page states in snake_case, with the verb first where it has the method
/// there.
fn id(new: &Undescribed) -> String {
    let (theirs, method) = (new.operation(), new.method.as_str());
    let content = &theirs["responses"]["200"]["content"]["application/json"];
    let is_array = content["example"].is_array() || content["schema"]["type"] == "array";
    let published = theirs["operationId"].as_str();
    let id = names::snake(published.unwrap_or(&format!("{method} {}", new.path)));
    let verb = match method {
        "get" if is_array || is_paged(theirs) => "list",
        "put" | "patch" => "update",
        method => method,
    };
    match id.strip_prefix(&format!("{method}_")) {
        Some(rest) => format!("{verb}_{rest}"),
        None => id,
    }
}

fn resolved<'a>(page: &'a Value, part: &'a Value) -> &'a Value {
    places::resolve(page, part, &Pointer::default()).1
}

/// A request body or a response. Without a name it is an error, and all have that in common.
fn holder(theirs: &Value, name: &str, schemas: &mut Schemas) -> Value {
    let theirs = resolved(schemas.page, theirs);
    let mut holder = theirs.clone();
    for (media_type, media) in entries(&theirs["content"]).filter(|(_, one)| one.is_object()) {
        let stated = resolved(schemas.page, &media["schema"]);
        holder["content"][media_type]["schema"] = if name.is_empty() {
            json!({"$ref": "#/components/schemas/ApiError"})
        } else {
            schemas.schema(
                &examples(&Node::root(schemas.page, ()).with(media, Pointer::default())),
                stated,
                name,
            )
        };
    }
    holder
}
