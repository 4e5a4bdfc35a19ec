//! Finds the parts of schemas in a document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::places::elements;
use crate::pointer::Pointer;

/// The properties that schemas require, by the places of the schemas.
pub type Known<'a> = BTreeMap<Pointer, BTreeSet<&'a str>>;

/// Chooses of the alternatives of a schema, beside parts that hold for all.
pub type Choose<'c> = dyn Fn(&Value, Vec<Pointer>, &[Pointer]) -> Vec<Pointer> + 'c;

/// Reads the values and the schemas of a document by their places.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub document: &'a Value,
}

impl<'a> Reader<'a> {
    /// The value at a place, null where nothing is.
    pub fn get(self, at: &Pointer) -> &'a Value {
        self.document.pointer(at.as_str()).unwrap_or(&Value::Null)
    }

    /// The value at a place, or the one that it refers to, with its own place.
    pub fn resolve(self, at: &Pointer) -> (Pointer, &'a Value) {
        let place = target(self.get(at)).unwrap_or_else(|| at.clone());
        let value = self.get(&place);
        (place, value)
    }

    /// The parts of the schema at a place: itself, what it refers to, `allOf`, and its
    /// alternatives.
    pub fn parts(self, at: &Pointer) -> Vec<Pointer> {
        let mut parts = Vec::new();
        self.add_parts(at, &mut parts, &|_, alternatives, _| alternatives);
        parts
    }

    /// Adds to the parts of a schema those of the schema at a place, of whose alternatives
    /// only some are chosen.
    pub fn add_parts(self, at: &Pointer, parts: &mut Vec<Pointer>, choose: &Choose) {
        // One that refers to itself adds nothing.
        if parts.contains(at) {
            return;
        }
        parts.push(at.clone());
        let schema = self.get(at);
        for part in target(schema).into_iter().chain(within(schema, at, "allOf")) {
            self.add_parts(&part, parts, choose);
        }
        for key in ["oneOf", "anyOf"] {
            for part in choose(schema, within(schema, at, key).collect(), parts) {
                self.add_parts(&part, parts, choose);
            }
        }
    }

    /// What the first part of a schema that has a keyword says, and where.
    pub fn find(self, at: &Pointer, key: &str) -> Option<(Pointer, &'a Value)> {
        let mut parts = self.parts(at).into_iter();
        parts.find_map(|part| Some((part.join(key), self.get(&part).get(key)?)))
    }

    /// The properties that a schema requires, whichever of its alternatives a value is.
    pub fn required(self, at: &Pointer, known: &mut Known<'a>) -> BTreeSet<&'a str> {
        if let Some(names) = known.get(at) {
            return names.clone();
        }
        // One that leads back to itself adds nothing.
        known.insert(at.clone(), BTreeSet::new());
        let schema = self.get(at);
        let mut names: BTreeSet<&str> =
            elements(&schema["required"]).filter_map(Value::as_str).collect();
        for part in target(schema).into_iter().chain(within(schema, at, "allOf")) {
            names.extend(self.required(&part, known));
        }
        for key in ["oneOf", "anyOf"] {
            let some = within(schema, at, key).filter(|part| types(self.get(part)) != ["null"]);
            let some = some.map(|part| self.required(&part, known));
            names.extend(some.reduce(|one, other| &one & &other).unwrap_or_default());
        }
        known.insert(at.clone(), names.clone());
        names
    }
}

/// The place that a part of a document refers to.
pub fn target(part: &Value) -> Option<Pointer> {
    part["$ref"].as_str().map(Pointer::of_reference)
}

/// The places of the schemas that a keyword of a schema lists.
fn within(schema: &Value, at: &Pointer, key: &str) -> impl Iterator<Item = Pointer> {
    let at = at.join(key);
    (0..elements(&schema[key]).count()).map(move |index| at.join(index))
}

/// The types that a schema itself allows; none if it says nothing of them.
pub fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        several => elements(several).filter_map(Value::as_str).collect(),
    }
}
