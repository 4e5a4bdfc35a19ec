//! Rules for the fields of a request: which of them have to be set.

use std::collections::BTreeSet;

use super::part::Part;
use crate::names::{Names, pascal};
use crate::places::{self, may_be_null, requires};

/// The choices of an object, that its builder checks. `taken` are the names of
/// the types of choices.
pub fn check(name: &str, schema: &Part, is_only_sent: bool, taken: &mut Names) {
    let parts = schema.key("allOf").elements();
    for part in &parts {
        part.only(&["oneOf", "anyOf"]);
        let title = part.key("title").text();
        let made = format!("{name}{title}");
        let is_free = schema.schema(&made).is_null() && taken.take(&made);
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
    for alternative in alternatives.elements() {
        let [field] = &alternative.key("required").elements()[..] else {
            alternative.refuse("does not require one field; require one");
            continue;
        };
        let (field, property) = (field.text(), &schema["properties"][field.text()]);
        let is_optional = !property.is_null() && !requires(schema, field);
        let fits = is_optional && !may_be_null(property) && fields.insert(field);
        let what = "is not one optional field that is never null; choose another";
        alternative.expect(fits, format!("`{field}` {what}"));
        alternative.only(&["required"]);
    }
}
