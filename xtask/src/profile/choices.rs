//! Rules for the fields of a request: which of them have to be set.

use std::collections::BTreeSet;

use serde_json::Value;

use super::part::Part;
use crate::names::pascal;
use crate::places::{self, elements, entries};

/// The choices of an object, that its builder checks. `taken` are the names of
/// the types of choices.
pub fn check(name: &str, schema: &Part, is_only_sent: bool, taken: &mut BTreeSet<String>) {
    let parts = schema.key("allOf").elements();
    for part in &parts {
        part.only(&["oneOf", "anyOf"]);
        let title = part.key("title").text();
        let made = format!("{name}{title}");
        let is_free = schema.schema(&made).is_null() && taken.insert(made.clone());
        let fits = pascal(title) == title && is_free;
        part.expect(fits, format!("`{made}` is not a free name in PascalCase; change the title"));
    }
    let is_titled = !places::is_choice(schema) || schema["title"].is_null();
    schema.key("title").expect(is_titled, "is not read of a choice here; remove it");
    for part in parts.iter().chain([schema]) {
        let is_one = part["oneOf"].is_null() || part["anyOf"].is_null();
        part.expect(is_one, "has `oneOf` and `anyOf`; describe each in a part of `allOf`");
        for key in ["oneOf", "anyOf"].into_iter().filter(|key| part.get(*key).is_some()) {
            let alternatives = part.key(key);
            alternatives.expect(is_only_sent, "is a rule for what is not only sent; remove it");
            choice(schema, &alternatives);
        }
    }
}

/// Fields that are there or not, of which one has to be there.
fn choice(schema: &Part, alternatives: &Part) {
    let mut fields = BTreeSet::new();
    let count = alternatives.elements().len();
    alternatives.expect(count > 1, "leaves no choice; use `required` of the schema");
    for alternative in alternatives.elements() {
        let required = alternative.key("required").elements();
        let [field] = &required[..] else {
            alternative.refuse("does not require one field; require one");
            continue;
        };
        let (field, property) = (field.text(), &schema["properties"][field.text()]);
        let is_required = elements(&schema["required"]).any(|name| name == field);
        let may_be_null =
            property["nullable"] == true || places::nullable_reference(property).is_some();
        let fits = !property.is_null() && !is_required && !may_be_null && fields.insert(field);
        let what = "is not one optional field that is never null; choose another";
        alternative.expect(fits, format!("`{field}` {what}"));
        alternative.only(&["required"]);
    }
}

/// The names of the schemas that requests are made of, and of those that responses and
/// deliveries are made of.
pub fn reach(root: &Part) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    for (.., operation, at) in places::operations(root.value) {
        let operation = root.place(operation, at);
        add_references(&operation.key("requestBody").resolved()["content"], &mut sent);
        for (_, response) in operation.key("responses").entries() {
            add_references(&response.resolved()["content"], &mut received);
        }
        add_references(&operation["callbacks"], &mut received);
    }
    (closed(root, sent), closed(root, received))
}

/// Named schemas and all that they refer to.
fn closed(root: &Part, mut open: Vec<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let schema = root.schema(&name);
        if reached.insert(name) {
            add_references(schema, &mut open);
        }
    }
    reached
}

fn add_references(part: &Value, names: &mut Vec<String>) {
    names.extend(places::reference(part).map(str::to_owned));
    entries(part).for_each(|(_, part)| add_references(part, names));
    elements(part).for_each(|part| add_references(part, names));
}
