//! Names of schemas, of which each becomes a type of that name.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Value, json};

use super::super::is_identifier;
use super::api_error;
use super::walk::{self, SCHEMAS, reference};

/// What the generated code means by these names is of the language or its library.
const TAKEN: [&str; 34] = [
    "AsRef",
    "Box",
    "Client",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deref",
    "Deserialize",
    "Drop",
    "Eq",
    "Err",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// The names that are taken.
pub struct Names(BTreeSet<String>);

impl Names {
    /// A free name in PascalCase, as wanted if it can be.
    pub fn free(&mut self, wanted: &str) -> String {
        let wanted = pascal(wanted);
        let others = (2..).map(|number: u32| pascal(&format!("{wanted}-v{number}")));
        let mut names = std::iter::once(wanted.clone()).chain(others);
        names.find(|name| self.0.insert(name.clone())).unwrap_or_default()
    }
}

/// Gives every named schema the name of its type.
pub fn adapt(document: &mut Value) -> Names {
    let mut names = Names(TAKEN.iter().map(ToString::to_string).collect());
    if walk::named(document).is_none() {
        document["components"]["schemas"] = json!({});
    }
    let Some(schemas) = walk::named(document) else {
        return names;
    };
    let lacks_error = !api_error::is_read(schemas);
    if lacks_error {
        names.0.extend(api_error::NAMES.map(str::to_owned));
    }
    // Who has such a name already keeps it.
    let (right, wrong): (Vec<_>, Vec<_>) =
        std::mem::take(schemas).into_iter().partition(|(name, _)| *name == pascal(name));
    let mut renamed = BTreeMap::new();
    for (name, schema) in right.into_iter().chain(wrong) {
        let free = names.free(&name);
        schemas.insert(free.clone(), schema);
        renamed.insert(name, free);
    }
    if lacks_error {
        for (name, schema) in api_error::NAMES.into_iter().zip(api_error::schemas()) {
            schemas.insert(name.to_owned(), schema);
        }
    }
    walk::schemas(document, &mut |schema| rename(schema, &renamed));
    names
}

fn rename(schema: &mut Value, renamed: &BTreeMap<String, String>) {
    if let Some(name) = reference(schema).and_then(|name| renamed.get(name)) {
        *schema = json!({ "$ref": format!("{SCHEMAS}{name}") });
    }
    let mapping = schema.get_mut("discriminator").and_then(|tag| tag.get_mut("mapping"));
    for (_, target) in mapping.and_then(Value::as_object_mut).into_iter().flatten() {
        let name = target.as_str().map(|target| target.trim_start_matches(SCHEMAS));
        if let Some(name) = name.and_then(|name| renamed.get(name)) {
            *target = json!(name);
        }
    }
    let members = ["oneOf", "anyOf"].into_iter().find(|key| schema.get(key).is_some());
    if let (Some(members), Some(_)) = (members, schema.get("discriminator")) {
        implied(schema, members, renamed);
    }
}

/// Without a mapping, the value of the tag is the name of the schema.
fn implied(schema: &mut Value, members: &str, renamed: &BTreeMap<String, String>) {
    let members: Vec<String> =
        walk::list(schema, members).filter_map(|part| reference(part).map(str::to_owned)).collect();
    let Some(tag) = schema["discriminator"].as_object_mut() else { return };
    let mapping = tag.entry("mapping").or_insert_with(|| json!({}));
    let Some(mapping) = mapping.as_object_mut() else { return };
    for member in members {
        let named = |(_, name): &(&String, &String)| **name == member;
        if !mapping.values().any(|target| *target == member)
            && let Some((before, _)) = renamed.iter().find(named)
        {
            mapping.insert(before.clone(), json!(member));
        }
    }
}

/// A text in PascalCase, as the generator writes it: once more makes no difference,
/// while `V2C` would become `V2c`.
pub fn pascal(text: &str) -> String {
    let name = with_letters(text).to_pascal_case().to_pascal_case();
    let name = match name.chars().next() {
        Some(first) if is_identifier(&first.to_string()) => name,
        _ => format!("X{name}"),
    };
    if is_identifier(&name) || name == "Self" { name } else { format!("{name}_") }
}

/// A text in snake_case, as the generator writes it.
pub fn snake(text: &str) -> String {
    let name = match text {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => with_letters(text).to_snake_case(),
    };
    let name = match name.chars().next() {
        Some(first) if is_identifier(&format!("{first}zz")) => name,
        _ => format!("x{name}"),
    };
    if is_identifier(&name) && name != "gen" { name } else { format!("{name}_") }
}

/// A text with dashes for what no name holds.
fn with_letters(text: &str) -> String {
    let letter = |character: char| {
        let continues = is_identifier(&format!("zz{character}"));
        if continues { character } else { '-' }
    };
    text.replace('\'', "").chars().map(letter).collect()
}
