//! Rules for the fields of a request: which of them have to be set.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Profile;
use crate::names::pascal;
use crate::places::{self, elements};
use crate::pointer::Pointer;

impl Profile<'_> {
    /// The choices of an object, of which a builder makes checks.
    pub(super) fn choices(&mut self, name: &str, schema: &Value, at: &Pointer, is_only_sent: bool) {
        if schema.get("properties").is_none() {
            return;
        }
        let mut titles = BTreeSet::new();
        let mut choices = Vec::new();
        for (index, part) in elements(&schema["allOf"]).enumerate() {
            let at = at.join("allOf").join(index);
            self.only(part, &["title", "description", "oneOf", "anyOf"], &at);
            let title = part["title"].as_str().unwrap_or_default();
            let made = format!("{name}{title}");
            self.expect(
                pascal(title) == title && titles.insert(title) && self.schema(&made).is_null(),
                &at,
                format!(
                    "has the title `{title}`; give it one in PascalCase of which {made} is free"
                ),
            );
            choices.push((at, part));
        }
        choices.push((at.clone(), schema));
        for (at, part) in choices {
            for key in ["oneOf", "anyOf"].into_iter().filter(|key| part.get(*key).is_some()) {
                let at = at.join(key);
                self.expect(is_only_sent, &at, "is a rule for what is not only sent; take it away");
                self.choice(schema, &part[key], &at);
            }
        }
    }

    /// Fields that are there or not, of which one has to be there.
    fn choice(&mut self, schema: &Value, alternatives: &Value, at: &Pointer) {
        let mut fields = BTreeSet::new();
        for (index, alternative) in elements(alternatives).enumerate() {
            let field = match elements(&alternative["required"]).collect::<Vec<_>>()[..] {
                [field] if places::is_rule(alternative) => field.as_str().unwrap_or_default(),
                _ => {
                    self.refuse(
                        &at.join(index),
                        "does not require one field and nothing more; let it",
                    );
                    continue;
                }
            };
            let property = &schema["properties"][field];
            let is_required = elements(&schema["required"]).any(|name| name == field);
            let is_nullable =
                property["nullable"] == true || places::nullable_reference(property).is_some();
            self.expect(
                !property.is_null() && !is_required && !is_nullable && fields.insert(field),
                &at.join(index),
                format!("requires `{field}`, which is not one optional field that is never null; choose between such"),
            );
        }
        self.expect(elements(alternatives).count() > 1, at, "leaves no choice; use `required`");
    }
}
