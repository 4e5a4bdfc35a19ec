//! What goes over the wire, by the document: the facts of each place in requests, responses
//! and deliveries. References are followed, so names of schemas are no facts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// More places than any document has that is meant well: references can multiply.
const MOST: usize = 50_000;

/// How deep schemas lie in each other.
const DEEPEST: usize = 60;

/// Who sends what a place is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The client sends it.
    Sent,
    /// The client reads it.
    Read,
    /// The facts of operations and of the service.
    Known,
}

/// Where something is: of an operation, and in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub of: String,
    pub direction: Direction,
    pub path: Vec<String>,
}

/// What is said of a place.
pub type Facts = BTreeMap<&'static str, Value>;

/// The places of a document, each with the words for people.
pub type Wire = BTreeMap<Place, (String, Facts)>;

/// Reads the places of a document.
pub fn read(document: &Value) -> Result<Wire, String> {
    let mut reader = Reader { document, wire: Wire::new(), behind: Vec::new() };
    reader.known("service", "server", json!({"url": document["servers"][0]["url"]}));
    for (code, advice) in entries(&document["components"]["schemas"]["ErrorCode"]["x-retry"]) {
        reader.known("service", &format!("x-retry of {code}"), json!({ "advice": advice }));
    }
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            reader.operation(path, method, operation)?;
        }
    }
    Ok(reader.wire)
}

struct Reader<'d> {
    document: &'d Value,
    wire: Wire,
    /// The references that are followed right now.
    behind: Vec<&'d str>,
}

impl<'d> Reader<'d> {
    fn known(&mut self, of: &str, name: &str, facts: Value) {
        let place = Place {
            of: of.to_owned(),
            direction: Direction::Known,
            path: if name.is_empty() { Vec::new() } else { vec![name.to_owned()] },
        };
        let facts = [("known", facts)].into();
        self.wire.insert(place, (format!("{of} {name}").trim().to_owned(), facts));
    }

    fn operation(&mut self, path: &str, method: &str, operation: &'d Value) -> Result<(), String> {
        // The names of parameters in a path are not sent.
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        let of = format!("{} {}", method.to_uppercase(), parts.collect::<Vec<_>>().join("/"));
        let safe = matches!(method, "get" | "head" | "put" | "delete");
        let safe = operation["x-idempotent"].as_bool().unwrap_or(safe);
        self.known(&of, "", json!({}));
        self.known(&of, "x-idempotent", json!({ "safe": safe }));
        self.known(&of, "credentials", credentials(self.document, operation));
        for parameter in elements(&operation["parameters"]) {
            let parameter = self.resolved(parameter);
            let (within, name) = (text(&parameter["in"]), text(&parameter["name"]));
            let name = match within {
                "path" => continue,
                "header" => name.to_lowercase(),
                _ => name.to_owned(),
            };
            let required = parameter["required"] == true;
            let label = format!("{of}: {within} {name}");
            let path = vec![within.to_owned(), name];
            let place = Place { of: of.clone(), direction: Direction::Sent, path };
            self.schema(&place, &label, &parameter["schema"], required)?;
        }
        let body = self.resolved(&operation["requestBody"]);
        self.content(&of, Direction::Sent, "body", body, body["required"] == true)?;
        for (status, response) in entries(&operation["responses"]) {
            if status.starts_with('2') {
                let response = self.resolved(response);
                self.content(&of, Direction::Read, "response", response, true)?;
            }
        }
        for (_, callback) in entries(&operation["callbacks"]) {
            for (_, item) in entries(callback) {
                let body = self.resolved(&item["post"]["requestBody"]);
                self.content("delivery", Direction::Read, "event", body, true)?;
            }
        }
        Ok(())
    }

    /// What a body is, by its first type.
    fn content(
        &mut self,
        of: &str,
        direction: Direction,
        name: &str,
        body: &'d Value,
        required: bool,
    ) -> Result<(), String> {
        let Some((kind, media)) = entries(&body["content"]).next() else { return Ok(()) };
        let place = Place { of: of.to_owned(), direction, path: vec![name.to_owned()] };
        let label = format!("{of}: {name}");
        self.schema(&place, &label, &media["schema"], required)?;
        if let Some((_, facts)) = self.wire.get_mut(&place) {
            facts.insert("content", json!(kind));
        }
        Ok(())
    }

    fn schema(
        &mut self,
        place: &Place,
        label: &str,
        schema: &'d Value,
        required: bool,
    ) -> Result<(), String> {
        if self.wire.len() > MOST || place.path.len() > DEEPEST {
            return Err(format!("{label}: the schemas are too many or too deep to be compared"));
        }
        let (words, facts) = self.wire.entry(place.clone()).or_default();
        label.clone_into(words);
        facts.insert("required", json!(required));
        self.part(place, label, schema)
    }

    fn add(&mut self, place: &Place, fact: &'static str, value: Value) {
        self.wire.entry(place.clone()).or_default().1.insert(fact, value);
    }

    /// Adds what a schema, or a part of one, says of a place.
    fn part(&mut self, place: &Place, label: &str, schema: &'d Value) -> Result<(), String> {
        if let Some(reference) = schema["$ref"].as_str() {
            if self.behind.contains(&reference) {
                self.add(place, "again", json!(true));
                return Ok(());
            }
            self.behind.push(reference);
            let name = reference.rsplit('/').next().unwrap_or(reference).to_owned();
            let done = self.part(place, &name, self.resolved(schema));
            self.behind.pop();
            return done;
        }
        for fact in FACTS {
            if let Some(value) = schema.get(fact) {
                self.add(place, fact, value.clone());
            }
        }
        let within = |name: &str| {
            let mut path = place.path.clone();
            path.push(name.to_owned());
            Place { path, ..place.clone() }
        };
        for (name, field) in entries(&schema["properties"]) {
            let required = elements(&schema["required"]).any(|required| required == name);
            self.schema(&within(name), &format!("{label}.{name}"), field, required)?;
        }
        for (key, name) in [("items", "[]"), ("additionalProperties", "{*}")] {
            if schema[key].is_object() {
                self.schema(&within(name), &format!("{label}{name}"), &schema[key], false)?;
            }
        }
        if schema["additionalProperties"].is_object() && schema.get("properties").is_none() {
            self.add(place, "map", json!(true));
        }
        for part in elements(&schema["allOf"]) {
            self.part(place, label, part)?;
        }
        for key in ["oneOf", "anyOf"] {
            self.alternatives(&within, label, schema, key)?;
        }
        Ok(())
    }

    fn alternatives(
        &mut self,
        within: &dyn Fn(&str) -> Place,
        label: &str,
        schema: &'d Value,
        key: &str,
    ) -> Result<(), String> {
        // Alternatives of nothing but fields that are required are rules.
        let is_rule = |one: &Value| one.as_object().is_some_and(|one| one.keys().eq(["required"]));
        let (rules, others): (Vec<&'d Value>, Vec<&'d Value>) =
            elements(&schema[key]).partition(|one| is_rule(one));
        if !rules.is_empty() {
            let rules: BTreeSet<String> = rules.iter().map(ToString::to_string).collect();
            let name = within(&format!("rule {key} {}", rules.iter().cloned().collect::<String>()));
            self.wire
                .insert(name, (format!("{label}: rule {key}"), [("rule", json!(rules))].into()));
        }
        for (position, one) in others.into_iter().enumerate() {
            let mapped = entries(&schema["discriminator"]["mapping"])
                .filter(|(_, target)| target.as_str() == one["$ref"].as_str());
            let tags: Vec<&str> = mapped.map(|(tag, _)| tag).collect();
            let names = match (tags.is_empty(), one["title"].as_str()) {
                (false, _) => tags.into_iter().map(str::to_owned).collect(),
                (true, Some(title)) => vec![title.to_owned()],
                (true, None) => vec![position.to_string()],
            };
            for name in names {
                let place = within(&format!("|{name}"));
                self.schema(&place, &format!("{label}: alternative {name}"), one, false)?;
                self.add(&place, "alternative", json!(true));
            }
        }
        Ok(())
    }

    fn resolved(&self, part: &'d Value) -> &'d Value {
        let mut part = part;
        for _ in 0..DEEPEST {
            let Some(reference) = part["$ref"].as_str() else { break };
            let pointer = reference.strip_prefix('#').unwrap_or_default();
            part = self.document.pointer(pointer).unwrap_or(&Value::Null);
        }
        part
    }
}

/// What is compared of a schema.
const FACTS: [&str; 12] = [
    "type",
    "format",
    "nullable",
    "enum",
    "default",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
];

/// What an operation takes to know the caller, or that it need not.
fn credentials(document: &Value, operation: &Value) -> Value {
    let secured = operation.get("security").unwrap_or(&document["security"]);
    let carrier = |scheme: &String| {
        let scheme = &document["components"]["securitySchemes"][scheme];
        format!("{} {}", text(&scheme["in"]), text(&scheme["name"]).to_lowercase())
    };
    let taken: BTreeSet<String> = elements(secured)
        .filter_map(|one| Some(one.as_object()?.keys().map(carrier).collect::<Vec<_>>().join("+")))
        .collect();
    if taken.is_empty() { json!([""]) } else { json!(taken) }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
