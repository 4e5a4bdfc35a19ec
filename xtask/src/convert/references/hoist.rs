//! Makes components of schemas that stand elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use serde_json::{Value, json};

use super::{SHARED, map};
use crate::convert::refuse;
use crate::pointer::Pointer;

/// The components to be, by where they stand now.
pub struct Names(BTreeMap<String, String>);

impl Names {
    pub fn of<'a>(document: &Value, targets: impl Iterator<Item = &'a String>) -> Self {
        let existing = document.pointer(SHARED.trim_end_matches('/')).and_then(Value::as_object);
        let mut taken = Taken::default();
        for (name, _) in existing.into_iter().flatten() {
            taken.take(name);
        }
        let mut names = BTreeMap::new();
        for pointer in targets {
            if !names.contains_key(pointer) {
                names.insert(pointer.clone(), taken.free_name(pointer));
            }
        }
        Self(names)
    }

    pub fn reference_to(&self, pointer: &str) -> String {
        match self.0.get(pointer) {
            Some(name) => format!("#{SHARED}{name}"),
            None => format!("#{pointer}"),
        }
    }

    /// Moves each schema, and leaves a reference where it stood. What stands
    /// inside another goes first.
    pub fn hoist(self, document: &mut Value) -> Result<()> {
        let mut moves: Vec<_> = self.0.into_iter().collect();
        moves.sort_by_key(|(pointer, _)| std::cmp::Reverse(pointer.matches('/').count()));
        let mut hoisted = Vec::with_capacity(moves.len());
        for (pointer, name) in moves {
            if let Some(schema) = document.pointer_mut(&pointer) {
                let reference = json!({"$ref": format!("#{SHARED}{name}")});
                hoisted.push((name, std::mem::replace(schema, reference)));
            }
        }
        if hoisted.is_empty() {
            return Ok(());
        }
        let schemas = document
            .as_object_mut()
            .and_then(|document| map(document, "components"))
            .and_then(|components| map(components, "schemas"))
            .ok_or_else(|| {
                refuse(&Pointer::default().join("components"), "an object was expected")
            })?;
        schemas.extend(hoisted);
        Ok(())
    }
}

/// The names that are in use.
#[derive(Default)]
struct Taken {
    names: HashSet<String>,
    /// How often a name was made of the same words.
    repeated: HashMap<String, u32>,
}

impl Taken {
    fn take(&mut self, name: &str) -> bool {
        self.names.insert(type_name(name))
    }

    /// A name for what stands at a place: its own, else with that of the
    /// component around it, else with a number.
    fn free_name(&mut self, pointer: &str) -> String {
        let mut tokens = pointer.split('/').skip(1).map(component_name).filter(|it| !it.is_empty());
        let around = tokens.by_ref().nth(2).unwrap_or_default();
        let own = tokens.last().unwrap_or_else(|| around.clone());
        let long = format!("{around}-{own}");
        let says_nothing = own.starts_with(|first: char| first.is_ascii_digit())
            || crate::convert::grammar::Kind::Schema.child(&own).is_some()
            || own == "schema";
        if !says_nothing && self.take(&own) {
            return own;
        }
        if self.take(&long) {
            return long;
        }
        loop {
            let count = self.repeated.entry(type_name(&long)).or_insert(1);
            *count += 1;
            let numbered = format!("{long}-{count}");
            if self.take(&numbered) {
                return numbered;
            }
        }
    }
}

/// What may stand in the name of a component.
fn component_name(token: &str) -> String {
    let token = token.replace("~1", "-").replace("~0", "-");
    let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    token.replace(|char| !allowed(char), "-").trim_matches('-').to_owned()
}

/// Names that differ in nothing else would become one type.
fn type_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}
