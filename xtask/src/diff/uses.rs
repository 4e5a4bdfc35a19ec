//! Who uses a component, in which direction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::place::Place;
use super::{name_of, operations};
use crate::pointer::Pointer;

/// Where in an operation something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Request,
    Response(String),
    Error(String),
}

impl Role {
    fn kind(&self) -> &'static str {
        match self {
            Role::Request => "request",
            Role::Response(_) => "response",
            Role::Error(_) => "error",
        }
    }

    fn words(&self) -> String {
        match self {
            Role::Request => self.kind().to_owned(),
            Role::Response(status) | Role::Error(status) => format!("response {status}"),
        }
    }
}

/// The uses of each component, by the pointer to it.
#[derive(Default)]
pub struct Uses(BTreeMap<String, BTreeSet<(String, Role)>>);

impl Uses {
    /// Finds every use in a document, through references to references too.
    pub fn of(document: &Value) -> Self {
        let mut uses = Self::default();
        for operation in operations::list(document) {
            let name = name_of(operation.value, &operation.path, &operation.method);
            let item = operation.item;
            for (part, role) in [
                (item.get("parameters"), Role::Request),
                (operation.value.get("parameters"), Role::Request),
                (operation.value.get("requestBody"), Role::Request),
            ] {
                uses.follow(document, part, &(name.clone(), role));
            }
            let security = operation.value.get("security").or_else(|| document.get("security"));
            for scheme in security.and_then(Value::as_array).into_iter().flatten() {
                for scheme in scheme.as_object().into_iter().flat_map(|schemes| schemes.keys()) {
                    let pointer = reference("securitySchemes", scheme);
                    uses.0.entry(pointer).or_default().insert((name.clone(), Role::Request));
                }
            }
            let responses = operation.value.get("responses").and_then(Value::as_object);
            for (status, response) in responses.into_iter().flatten() {
                let role =
                    if operations::is_success(status) { Role::Response } else { Role::Error };
                uses.follow(document, Some(response), &(name.clone(), role(status.clone())));
            }
        }
        uses
    }

    fn follow(&mut self, document: &Value, part: Option<&Value>, user: &(String, Role)) {
        let mut left: Vec<&Value> = part.into_iter().collect();
        while let Some(value) = left.pop() {
            if let Some(pointer) = value.get("$ref").and_then(Value::as_str)
                && self.0.entry(pointer.to_owned()).or_default().insert(user.clone())
                && let Some(target) = resolve(document, pointer)
            {
                left.push(target);
            }
            match value {
                Value::Object(entries) => left.extend(entries.values()),
                Value::Array(elements) => left.extend(elements),
                _ => {}
            }
        }
    }

    /// Whether anything uses a component.
    pub fn has(&self, kind: &str, name: &str) -> bool {
        self.0.contains_key(&reference(kind, name))
    }

    /// The place of a component: who uses it, and in which direction.
    pub fn place(&self, kind: &str, name: &str, words: &str) -> Place {
        let none = BTreeSet::new();
        let users = self.0.get(&reference(kind, name)).unwrap_or(&none);
        let operations: BTreeSet<&String> = users.iter().map(|(operation, _)| operation).collect();
        let all = |each: &mut dyn Iterator<Item = String>| {
            each.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" and ")
        };
        let who = match (operations.len(), operations.first()) {
            (0, _) | (_, None) => "no operation".to_owned(),
            (1, Some(operation)) => {
                format!("{operation}: {}", all(&mut users.iter().map(|(_, role)| role.words())))
            }
            (count, _) => {
                let kinds = all(&mut users.iter().map(|(_, role)| role.kind().to_owned()));
                format!("{count} operations: {kinds}")
            }
        };
        let pointer = Pointer::default().join("components").join(kind).join(name);
        let is = |kind| users.iter().any(|(_, role)| role.kind() == kind);
        Place {
            sent: is("request"),
            read: is("response"),
            // A schema is a model even where nothing uses it.
            modelled: kind == "schemas" || is("request") || is("response"),
            ..Place::new(format!("{who}: {words}"), pointer)
        }
    }
}

/// The text that refers to a component.
pub fn reference(kind: &str, name: &str) -> String {
    format!("#{}", Pointer::default().join("components").join(kind).join(name))
}

/// What a local reference points to.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}
