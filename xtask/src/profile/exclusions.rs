//! Rules for requests that only the sandbox checks: `not: {anyOf: [...]}` of an object.

use super::part::Part;
use super::values::typed;

/// The cases that an object may not be. The sandbox responds with the description of the case.
pub fn check(schema: &Part, is_sent: bool) {
    let not = schema.key("not");
    if not.is_null() {
        return;
    }
    not.expect(is_sent, "is a rule for what is not sent; remove it");
    not.keys(|key| key == "anyOf");
    let cases = not.key("anyOf").elements();
    not.expect(!cases.is_empty(), "has no cases; list them in `anyOf`");
    for case in &cases {
        let what = "has no description, which the sandbox responds with; write one";
        case.expect(!case.key("description").text().is_empty(), what);
        condition(schema, case);
    }
}

/// Which fields are there, and what their values are.
fn condition(schema: &Part, part: &Part) {
    part.keys(|key| ["description", "required", "properties", "anyOf", "not"].contains(&key));
    let required = part.key("required").elements();
    let named = required.iter().map(|name| (name.text(), name.clone()));
    for (name, part) in named.chain(part.key("properties").entries()) {
        let is_known = schema["properties"].get(name).is_some();
        part.expect(is_known, format!("`{name}` is not a property; describe the property"));
    }
    part.key("properties").entries().iter().for_each(|(_, value)| typed(value));
    part.key("anyOf").elements().iter().for_each(|part| condition(schema, part));
    let not = part.key("not");
    if !not.is_null() {
        condition(schema, &not);
    }
}
