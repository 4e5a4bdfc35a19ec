//! Checks the rules on the fields of a request: choices, and exclusions (`not: {anyOf: [...]}`),
//! which only the sandbox enforces.

use std::collections::BTreeSet;

use super::Part;
use super::values::typed;
use crate::generate::schema::schema as schema_of;
use crate::names::{Names, pascal};
use crate::places::{self, may_be_null, requires};

/// Checks the choices of an object, which its builder enforces. `taken` has the names of the types
/// of choices.
pub fn choices(name: &str, schema: &Part, is_only_sent: bool, taken: &mut Names) {
    let parts = schema.key("allOf").elements();
    for part in &parts {
        part.only(&["oneOf", "anyOf"]);
        let title = part.key("title").text();
        let made = format!("{name}{title}");
        let is_free = schema_of(schema.document, &made).is_null() && taken.take(&made);
        let fits = pascal(title) == title && is_free;
        let what = "is not an available name in PascalCase; change the title";
        part.expect(fits, format!("`{made}` {what}"));
    }
    let is_titled = !places::is_choice(schema) || schema["title"].is_null();
    schema.key("title").expect(is_titled, "is not supported on a choice here; remove it");
    for part in parts.iter().chain([schema]) {
        let is_one = part["oneOf"].is_null() || part["anyOf"].is_null();
        part.expect(is_one, "has `oneOf` and `anyOf`; describe each in a part of `allOf`");
        for key in ["oneOf", "anyOf"].into_iter().filter(|key| part.get(*key).is_some()) {
            let alternatives = part.key(key);
            alternatives
                .expect(is_only_sent, "is a rule on a schema that is not only sent; remove it");
            choice(schema, &alternatives);
        }
    }
}

/// Checks a choice: optional fields of which one is required.
fn choice(schema: &Part, alternatives: &Part) {
    let mut fields = BTreeSet::new();
    for alternative in alternatives.elements() {
        let [field] = &alternative.key("required").elements()[..] else {
            alternative.refuse("does not require one field; require one");
            continue;
        };
        let (field, property) = (field.text(), &schema["properties"][field.text()]);
        let is_optional = !property.is_null() && !requires(schema, field);
        let fits = is_optional && !may_be_null(property) && fields.insert(field);
        let what = "is not a distinct optional field that is never null; choose another";
        alternative.expect(fits, format!("`{field}` {what}"));
        alternative.only(&["required"]);
    }
}

/// Checks the cases that an object must not match. The sandbox responds with their descriptions.
pub fn exclusions(schema: &Part, is_sent: bool) {
    let not = schema.key("not");
    if not.is_null() {
        return;
    }
    not.expect(is_sent, "is a rule on a schema that is not sent; remove it");
    not.keys(|key| key == "anyOf");
    let cases = not.key("anyOf").elements();
    not.expect(!cases.is_empty(), "has no cases; list them in `anyOf`");
    for case in &cases {
        let what = "has no description for the response of the sandbox; write one";
        case.expect(!case.key("description").text().is_empty(), what);
        condition(schema, case);
    }
}

/// Checks a condition: the fields that are set, and their values.
fn condition(schema: &Part, part: &Part) {
    part.keys(|key| ["description", "required", "properties", "anyOf", "not"].contains(&key));
    let required = part.key("required").elements();
    let named = required.iter().map(|name| (name.text(), name.clone()));
    for (name, part) in named.chain(part.key("properties").entries()) {
        let is_known = schema["properties"].get(name).is_some();
        part.expect(is_known, format!("`{name}` is not a property; describe the property"));
        // A name in `required` has no keywords to check.
        typed(&part);
    }
    let not = part.get("not").map(|_| part.key("not"));
    part.key("anyOf").elements().iter().chain(&not).for_each(|part| condition(schema, part));
}
