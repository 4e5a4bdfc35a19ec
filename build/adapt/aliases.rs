//! A schema that only names another is that other, and one that may be null says
//! so where it is used.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::walk::{self, Object, SCHEMAS, alias, follow, reference};

/// Resolves the aliases of a document.
pub fn adapt(document: &mut Value) {
    let Some(schemas) = walk::named(document) else { return };
    let nullable = nullable(schemas);
    let ends = ends(schemas);
    schemas.retain(|name, _| !ends.contains_key(name));
    for (_, schema) in schemas.iter_mut() {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("nullable");
        }
    }
    walk::schemas(document, &mut |schema| {
        let Some(name) = reference(schema) else {
            hoist(schema);
            rename_tags(schema, &ends);
            return;
        };
        let is_nullable = nullable.contains(name);
        let end = match ends.get(name) {
            Some(Some(end)) => json!({ "$ref": format!("{SCHEMAS}{end}") }),
            Some(None) => json!({}),
            None => schema.clone(),
        };
        *schema = if is_nullable { json!({"allOf": [end], "nullable": true}) } else { end };
    });
    for (_, _, operation) in walk::operations(document) {
        for parameter in walk::list(operation, "parameters") {
            if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
                schema.remove("nullable");
            }
        }
    }
}

/// The schemas that may be null, as they are or as what they name.
fn nullable(schemas: &Object) -> BTreeSet<String> {
    let may_be_null = |schema: &Value| chain(schemas, schema).any(|link| link["nullable"] == true);
    let names = schemas.iter().filter(|(_, schema)| may_be_null(schema));
    names.map(|(name, _)| name.clone()).collect()
}

/// A schema, the one that it names, the one that that names and so on.
fn chain<'a>(schemas: &'a Object, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let next = |link: &&'a Value| schemas.get(alias(link)?);
    std::iter::successors(Some(schema), next).take(schemas.len() + 1)
}

/// What each alias stands for; nothing where it leads in a circle.
fn ends(schemas: &Object) -> BTreeMap<String, Option<String>> {
    let aliases = schemas.iter().filter_map(|(name, schema)| Some((name, schema, alias(schema)?)));
    let end = |schema: &Value, first: &str| {
        follow(schemas, schema)?;
        let mut last = first;
        while let Some(next) = schemas.get(last).and_then(alias) {
            last = next;
        }
        Some(last.to_owned())
    };
    aliases.map(|(name, schema, first)| (name.clone(), end(schema, first))).collect()
}

/// Takes a lone part that may be null for the whole.
fn hoist(schema: &mut Value) {
    let Some([part]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) else {
        return;
    };
    if part["nullable"] == true && alias(part).is_some() {
        let inner = part["allOf"].clone();
        schema["allOf"] = inner;
        schema["nullable"] = json!(true);
    }
}

/// What a value of a tag stands for.
fn rename_tags(schema: &mut Value, ends: &BTreeMap<String, Option<String>>) {
    let mapping = schema.get_mut("discriminator").and_then(|tag| tag.get_mut("mapping"));
    for (_, target) in mapping.and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(Some(end)) = target.as_str().and_then(|target| ends.get(target)) {
            *target = json!(end);
        }
    }
}
