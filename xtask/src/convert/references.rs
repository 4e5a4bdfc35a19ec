//! References between schemas. 3.1 lets a schema stand anywhere and be named by
//! an anchor or an address; 3.0 and its readers know components. What is
//! referred to becomes one.

mod hoist;
mod survey;

use anyhow::Result;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use self::hoist::Names;
use self::survey::{Keyword, Reference, Survey};
use super::grammar::Kind;
use super::refuse;

/// Where a reader of 3.0 looks for schemas.
const SHARED: &str = "/components/schemas/";

/// Points every reference of a schema at a component, and makes components of
/// the schemas that are none yet.
pub(super) fn resolve(document: &mut Value) -> Result<()> {
    let survey = Survey::of(document)?;
    let mut targets = Vec::with_capacity(survey.references.len());
    for reference in &survey.references {
        targets.push(target(document, &survey, reference)?);
    }
    let names = Names::of(document, targets.iter().filter(|target| !is_shared(target)));
    for (reference, target) in survey.references.iter().zip(&targets) {
        point(document, reference, &names.reference_to(target));
    }
    names.hoist(document)
}

fn is_shared(pointer: &str) -> bool {
    pointer.strip_prefix(SHARED).is_some_and(|name| !name.contains('/'))
}

/// The JSON pointer to the schema that a reference means.
fn target(document: &Value, survey: &Survey, reference: &Reference) -> Result<String> {
    let refuse = |reason: &str| {
        let place = reference.at.join(reference.keyword.key());
        refuse(&place, &format!("`{}` {reason}", reference.text))
    };
    if let Some(pointer) = reference.text.strip_prefix('#')
        && reference.scope.is_document()
        && is_shared(pointer)
        && !pointer.contains('%')
        && document.pointer(pointer).is_some()
    {
        return Ok(pointer.to_owned());
    }
    let address =
        reference.scope.join(&reference.text).ok_or_else(|| refuse("is not a URI reference"))?;
    let (resource, fragment) = split(&address);
    let root = survey
        .resource(resource)
        .ok_or_else(|| refuse("leads out of the document: bundle what it names into it"))?;
    let fragment = percent_decode_str(fragment)
        .decode_utf8()
        .map_err(|_| refuse("is not UTF-8 when decoded"))?;
    if reference.keyword == Keyword::DynamicRef && survey.is_ambiguous(&fragment) {
        return Err(refuse("means another schema for each caller, and 3.0 has one type for all"));
    }
    let pointer = if fragment.is_empty() || fragment.starts_with('/') {
        let pointer = format!("{root}{fragment}");
        match document.pointer(&pointer) {
            Some(_) => Some(pointer),
            // A schema with an address of its own was pasted; the components are not
            // in it.
            None if fragment.starts_with("/components/") => {
                document.pointer(&fragment).map(|_| fragment.to_string())
            }
            None => nearest_definition(document, reference.at.as_str(), &fragment),
        }
    } else {
        survey.anchor(resource, &fragment)
    };
    let pointer = pointer.ok_or_else(|| refuse("names nothing in the document"))?;
    if Kind::at(&pointer) != Some(Kind::Schema) {
        return Err(refuse("does not name a schema"));
    }
    Ok(pointer)
}

fn split(address: &str) -> (&str, &str) {
    address.split_once('#').unwrap_or((address, ""))
}

/// Tools paste schemas with `#/$defs/X`, which is meant from the schema that
/// was pasted and not from the root of the document.
fn nearest_definition(document: &Value, at: &str, fragment: &str) -> Option<String> {
    if !fragment.starts_with("/$defs/") && !fragment.starts_with("/definitions/") {
        return None;
    }
    let mut above = at;
    loop {
        let pointer = format!("{above}{fragment}");
        if document.pointer(&pointer).is_some() {
            return Some(pointer);
        }
        above = &above[..above.rfind('/')?];
    }
}

/// Writes a reference anew.
fn point(document: &mut Value, reference: &Reference, text: &str) {
    let Some(holder) = document.pointer_mut(reference.at.as_str()).and_then(Value::as_object_mut)
    else {
        return;
    };
    if reference.keyword == Keyword::DynamicRef {
        holder.remove("$dynamicRef");
    }
    holder.insert(reference.keyword.written(), text.into());
}

/// A map inside an object, made where there is none.
fn map<'a>(object: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    object.entry(key).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}
