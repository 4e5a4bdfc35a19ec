//! Drafts a fragment for the operations that only the vendor's pages describe.
//!
//! ```text
//! page -> operation -> parameters, bodies -> schemas (stated facts and examples)
//!                                         -> text of xtask/spec/api/draft.yaml
//! ```
//!
//! An example shows types. It does not show which members are required or nullable, which
//! strings are values of an enum, or a good name for a type. So regen marks a draft, and stops
//! until a person has finished it.

mod schema;
#[cfg(test)]
mod tests;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::fragments::{self, Fragments, UNFINISHED};
use crate::names;
use crate::places::{Node, Pointer, entries};
use crate::reconcile::{Facts, Undescribed, parameters};
use crate::yaml;

use schema::Schemas;

/// The fragment of the drafts, until a person moves them to the fragments of their tags.
pub const FILE: &str = "draft.yaml";

/// The maximum depth of references in which a draft has the targets.
const DEEPEST: usize = 8;

/// Asks for the facts that no example shows.
pub const TO_FINISH: &str = "Its types come from examples alone: state which members are required \
    or nullable, which strings are of an enum, and which key the operation takes, and name the \
    types";

/// Drafts operations. Returns the text of their fragment, and a line with the place of each.
pub fn draft(undescribed: &[Undescribed], ours: &Fragments) -> Result<(String, Vec<String>)> {
    ensure!(
        !ours.has(FILE),
        "xtask/spec/api/{FILE} has drafts: move them to the files of their tags first"
    );
    let names = entries(&ours.document["components"]["schemas"]);
    let taken = names.map(|(name, _)| name.to_lowercase()).collect();
    let mut schemas = Schemas { taken, drafted: Vec::new() };
    let mut fragment = json!({
        "openapi": ours.document["openapi"],
        "info": {"title": "Drafts of operations", "version": "1.0.0"},
    });
    for new in undescribed {
        let operation = operation(new, &mut schemas);
        fragment["paths"][&new.path][&new.method] = operation;
    }
    for (name, schema) in schemas.drafted {
        fragment["components"]["schemas"][name] = schema;
    }
    let text = yaml::text(&fragment)?;
    let line = |new: &Undescribed| {
        let place = Pointer::default().join("paths").join(&new.path).join(&new.method);
        let line = fragments::line(&text, &place);
        format!("xtask/spec/api/{FILE} line {line}: {}", named(new))
    };
    let lines = undescribed.iter().map(line).collect();
    Ok((text, lines))
}

/// The method, the path and the page of an operation.
pub fn named(new: &Undescribed) -> String {
    format!("{} {} of {}", new.method.to_uppercase(), new.path, new.page.source)
}

/// The draft of an operation in the form of the fragments, with all facts of the page.
fn operation(new: &Undescribed, schemas: &mut Schemas) -> Value {
    let item = Node::root(&new.page.document, ()).key("paths").key(new.path.as_str());
    let item = published(&item, &[]);
    let item = Node::root(&item, ());
    let theirs = item.key(new.method.as_str());
    let words = theirs.key("description").text();
    // The name of the vendor. A person renames it.
    let id = theirs["operationId"].as_str().map(names::field);
    let id = id.unwrap_or_else(|| names::field(&format!("{} {}", new.method, new.path)));
    let mut draft = theirs.value.clone();
    draft["operationId"] = json!(id);
    draft["description"] =
        json!(format!("{UNFINISHED}. {TO_FINISH}.\n\n{words}\n\nKey: not known."));
    if !theirs["tags"][0].is_string() {
        draft["tags"] = json!(["Other"]);
    }
    let parameters = parameters(&new.path, &item, &new.method);
    if !parameters.is_empty() {
        draft["parameters"] = parameters.into_iter().map(|one| one.value.clone()).collect();
    }
    let name = names::pascal(&id);
    let body = theirs.key("requestBody");
    if !body.is_null() {
        draft["requestBody"] = holder(&body, Some(&format!("{name}Request")), schemas);
    }
    for (status, response) in theirs.key("responses").entries() {
        let name = status.starts_with('2').then(|| format!("{name}Response"));
        draft["responses"][status] = holder(&response, name.as_deref(), schemas);
    }
    draft
}

/// A part of a page with the targets of its references instead of them: the fragments do not have
/// the targets. `within` has those that contain the part.
fn published(part: &Node, within: &[Pointer]) -> Value {
    let reference = part["$ref"].as_str().filter(|target| target.starts_with("#/"));
    let own = part.entries().into_iter().filter(|(key, _)| reference.is_none() || *key != "$ref");
    let own = own.map(|(key, one)| (key.to_owned(), published(&one, within)));
    let Some(reference) = reference else {
        return match part.value {
            Value::Object(_) => own.collect(),
            Value::Array(_) => part.elements().iter().map(|one| published(one, within)).collect(),
            other => other.clone(),
        };
    };
    let target = part.resolved();
    if target.is_null() || within.contains(&target.at) || within.len() == DEEPEST {
        let what = "The page nests it without an end, or too deep";
        return json!({"description": format!("{UNFINISHED}. {what}: {reference}.")});
    }
    let mut whole = published(&target, &[within, std::slice::from_ref(&target.at)].concat());
    if let Value::Object(entries) = &mut whole {
        entries.extend(own);
    }
    whole
}

/// The draft of a request body or a response. Without a name, it is an error response, which
/// has the common schema of errors.
fn holder(theirs: &Node, name: Option<&str>, schemas: &mut Schemas) -> Value {
    let mut holder = theirs.value.clone();
    for (media_type, media) in theirs.key("content").entries() {
        if media.is_object() {
            let schema = name.map(|name| schemas.schema(&Facts::of(&media), name));
            let error = || json!({"$ref": "#/components/schemas/ApiError"});
            holder["content"][media_type]["schema"] = schema.unwrap_or_else(error);
        }
    }
    holder
}
