//! The facts of a value, from schemas and examples.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::places::{Node, Pointer, elements, entries};

/// The properties that schemas require, by the places of the schemas.
type Known<'a> = BTreeMap<Pointer, BTreeSet<&'a str>>;

/// The maximum depth of nested parts in which required properties are read.
const DEEPEST: usize = 64;

/// The schemas of a value, and examples of it.
#[derive(Clone, Default)]
pub struct Facts<'a> {
    pub schemas: Vec<Node<'a>>,
    pub shown: Vec<Value>,
    /// In the result of `whole`, the properties that every alternative requires.
    pub required: BTreeSet<&'a str>,
}

impl<'a> Facts<'a> {
    /// The facts of a parameter, a header or a media type.
    pub fn of(holder: &Node<'a>) -> Self {
        let named = holder.key("examples").entries().into_iter();
        let named = named.filter_map(|(_, example)| example.resolved().value.get("value"));
        let shown = holder.value.get("example").into_iter().chain(named);
        let (schemas, shown) = (vec![holder.key("schema")], shown.cloned().collect());
        Self { schemas, shown, ..Self::default() }
    }

    /// The schemas, the targets of their references, and the parts under the keys.
    pub fn parts(&self, keys: &[&str]) -> Vec<Node<'a>> {
        let mut seen: BTreeSet<Pointer> = self.schemas.iter().map(|one| one.at.clone()).collect();
        let (mut schemas, mut next) = (self.schemas.clone(), 0);
        while let Some(schema) = schemas.get(next).cloned() {
            next += 1;
            let inner = keys.iter().flat_map(|key| schema.key(key).elements());
            let inner = [schema.resolved()].into_iter().chain(inner);
            schemas.extend(inner.filter(|part| seen.insert(part.at.clone())));
        }
        schemas
    }

    /// Adds the parts of each schema: the target of its reference, `allOf` and alternatives.
    pub fn whole(&self) -> Self {
        let schemas = self.parts(&["allOf", "oneOf", "anyOf"]);
        let mut known = Known::new();
        let required = self.schemas.iter().map(|schema| required(schema, &mut known, DEEPEST));
        let required = required.reduce(|one, other| &one & &other).unwrap_or_default();
        Self { schemas, shown: self.shown.clone(), required }
    }

    /// The value of a keyword in the first schema that has it.
    pub fn find(&self, key: &str) -> Option<Node<'a>> {
        self.schemas.iter().find(|schema| schema.get(key).is_some()).map(|schema| schema.key(key))
    }

    /// The place of the first keyword that a schema has, else of the first schema.
    pub fn place(&self, keys: &[&str]) -> Pointer {
        let found = keys.iter().find_map(|key| self.find(key));
        found.or_else(|| self.schemas.first().cloned()).map(|node| node.at).unwrap_or_default()
    }

    /// The types that the schemas state.
    pub fn types(&self) -> BTreeSet<&'a str> {
        self.schemas.iter().flat_map(|schema| types(schema.value)).collect()
    }

    /// Whether the schemas allow a type: they state it, or no type at all.
    pub fn has_type(&self, kind: &str) -> bool {
        let types = self.types();
        let is_number = kind == "integer" && types.contains("number");
        types.is_empty() || types.contains(kind) || is_number
    }

    /// The names of the members.
    pub fn names(&self) -> BTreeSet<&str> {
        let stated = self.schemas.iter().flat_map(|schema| entries(&schema.value["properties"]));
        stated.chain(self.shown.iter().flat_map(entries)).map(|(name, _)| &**name).collect()
    }

    /// The schemas within those of this value.
    fn inner(&self, of: impl Fn(&Node<'a>) -> Node<'a>) -> Vec<Node<'a>> {
        self.schemas.iter().map(of).filter(|inner| inner.is_object()).collect()
    }

    /// The facts of a member.
    pub fn member(&self, name: &str) -> Self {
        let mut schemas = self.inner(|schema| schema.key("properties").key(name));
        if schemas.is_empty() {
            schemas = self.inner(|schema| schema.key("additionalProperties"));
        }
        let shown = self.shown.iter().filter_map(|value| value.get(name).cloned());
        Self { schemas, shown: shown.collect(), ..Self::default() }
    }

    /// The facts of the elements.
    pub fn items(&self) -> Self {
        let schemas = self.inner(|schema| schema.key("items"));
        let shown = self.shown.iter().flat_map(elements).cloned().collect();
        Self { schemas, shown, ..Self::default() }
    }
}

fn required<'a>(schema: &Node<'a>, known: &mut Known<'a>, left: usize) -> BTreeSet<&'a str> {
    if let Some(names) = known.get(&schema.at) {
        return names.clone();
    }
    // A recursive reference adds nothing.
    known.insert(schema.at.clone(), BTreeSet::new());
    let Some(left) = left.checked_sub(1) else { return BTreeSet::new() };
    let mut names: BTreeSet<&str> =
        schema.key("required").elements().iter().map(Node::text).collect();
    for part in [schema.resolved()].into_iter().chain(schema.key("allOf").elements()) {
        names.extend(required(&part, known, left));
    }
    for key in ["oneOf", "anyOf"] {
        let some = schema.key(key).elements().into_iter().filter(|part| types(part) != ["null"]);
        let some = some.map(|part| required(&part, known, left));
        names.extend(some.reduce(|one, other| &one & &other).unwrap_or_default());
    }
    known.insert(schema.at.clone(), names.clone());
    names
}

/// The types that a schema itself states, including null if it is nullable.
pub fn types(schema: &Value) -> Vec<&str> {
    let mut types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        several => elements(several).filter_map(Value::as_str).collect(),
    };
    types.extend(Some("null").filter(|_| schema["nullable"] == true));
    types
}

/// Whether a text has a format. Unknown formats fit any text.
pub fn has_format(text: &str, format: &str) -> bool {
    match format {
        "date-time" => DateTime::parse_from_rfc3339(text).is_ok(),
        "date" => text.len() == 10 && text.parse::<NaiveDate>().is_ok(),
        _ => true,
    }
}

/// The type of a value.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
