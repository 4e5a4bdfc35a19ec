//! What goes over the wire, by the document: where schemas are used, by names that do not
//! depend on those of schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Level::{self, Major, Patch};
use crate::generate::schema::success;
use crate::places::{self, elements, entries};

/// Begins the name of an alternative.
pub const ALTERNATIVE: &str = ": alternative ";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The client sends it.
    Sent,
    /// The client reads it in a response.
    Read,
    /// The server delivers it to a webhook.
    Delivered,
}

/// The document, and who sends what is found there.
type Within<'d> = (&'d Value, Direction);

/// Schemas by what they are used for, whatever they are called.
pub type Sites<'d> = BTreeMap<String, Site<'d>>;

/// Where a schema is used, and the schema, behind the reference to it.
pub struct Site<'d> {
    document: &'d Value,
    pub direction: Direction,
    pub label: String,
    pub is_required: bool,
    pub is_nullable: bool,
    /// The name of the schema, or the label where it has none.
    pub name: String,
    pub schema: &'d Value,
}

impl<'d> Site<'d> {
    fn new(within: Within<'d>, label: String, schema: &'d Value, is_required: bool) -> Self {
        let (document, direction) = within;
        let nullable = places::nullable_reference(schema);
        let reference = places::lone_reference(schema).or(nullable);
        Self {
            document,
            direction,
            is_required,
            is_nullable: schema["nullable"] == true || nullable.is_some(),
            name: reference.map_or_else(|| label.clone(), str::to_owned),
            schema: reference.map_or(schema, |name| &document["components"]["schemas"][name]),
            label,
        }
    }

    /// The type and the format.
    pub fn kind(&self) -> String {
        let text = |key: &str| self.schema[key].as_str().unwrap_or_default();
        format!("{} {}", text("type"), text("format")).trim_end().to_owned()
    }

    /// The schemas within: fields, entries and alternatives.
    pub fn parts(&self) -> Sites<'d> {
        let within = (self.document, self.direction);
        let mut parts = Sites::new();
        let mut add = |key: String, schema, is_required| {
            let label = format!("{}{key}", self.name);
            parts.insert(key, Self::new(within, label, schema, is_required));
        };
        for (field, schema) in entries(&self.schema["properties"]) {
            let is_required = places::requires(self.schema, field);
            add(format!(".{field}"), schema, is_required);
        }
        for (key, mark) in [("items", "[]"), ("additionalProperties", "{*}")] {
            if self.schema[key].is_object() {
                add(mark.to_owned(), &self.schema[key], false);
            }
        }
        for (name, schema) in self.alternatives() {
            add(format!("{ALTERNATIVE}{name}"), schema, false);
        }
        parts
    }

    /// The alternatives by the values that name them, or by their titles.
    pub fn alternatives(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        let schema = self.schema;
        let tagged = entries(&schema["discriminator"]["mapping"]).filter_map(|(tag, target)| {
            let one = places::members(schema).find(|one| one["$ref"] == *target)?;
            Some((tag.as_str(), one))
        });
        tagged.chain(places::members(schema).filter_map(|one| Some((one["title"].as_str()?, one))))
    }

    /// The fields of which one has to be set, and whether exactly one.
    pub fn choices(&self) -> Vec<(bool, BTreeSet<&'d str>)> {
        let parts = elements(&self.schema["allOf"]).chain([self.schema]);
        let choices = parts.filter(|part| places::is_choice(part)).map(|part| {
            let fields = places::members(part).flat_map(|one| elements(&one["required"]));
            (part.get("oneOf").is_some(), fields.filter_map(Value::as_str).collect())
        });
        choices.collect()
    }

    /// Whether it is there, for people.
    pub fn presence(&self) -> String {
        let required = if self.is_required { "required" } else { "optional" };
        if self.is_nullable { format!("{required} and nullable") } else { required.to_owned() }
    }

    /// What it means for the client that it is no longer always there. A list is read as empty.
    pub fn missing(&self) -> Level {
        let is_map = self.schema["type"] == "object" && self.schema.get("properties").is_none();
        let is_list = is_map || self.schema["type"] == "array";
        if self.is_required && !self.is_nullable && !is_list { Major } else { Patch }
    }
}

/// What is sent or read, and how, by names that do not depend on those of schemas.
pub struct Operation<'d> {
    pub is_safe: bool,
    /// The headers that it takes to know the caller. An empty one says that it need not.
    pub credentials: BTreeSet<String>,
    pub sites: Sites<'d>,
}

/// The operations by method and path. Names of parameters in the path are not sent.
pub fn operations(document: &Value) -> BTreeMap<String, Operation<'_>> {
    let all = places::operations(document).map(|(path, method, value, _)| {
        let name = format!("{} {}", method.to_uppercase(), places::shape(path));
        let (request, response) = (&value["requestBody"], success(value));
        let (sent, read) = ((document, Direction::Sent), (document, Direction::Read));
        let mut sites = parameters(sent, &name, path, &value["parameters"]);
        sites.extend(body(sent, &format!("{name}: body"), request, request["required"] == true));
        sites.extend(body(read, &format!("{name}: response"), response, true));
        let is_safe = matches!(method, "get" | "head" | "put" | "delete");
        let operation = Operation {
            is_safe: value["x-idempotent"].as_bool().unwrap_or(is_safe),
            credentials: credentials(document, value),
            sites,
        };
        (name, operation)
    });
    all.collect()
}

fn credentials(document: &Value, operation: &Value) -> BTreeSet<String> {
    let secured = operation.get("security").unwrap_or(&document["security"]);
    let header = |name: &String| {
        let scheme = &document["components"]["securitySchemes"][name];
        scheme["name"].as_str().unwrap_or_default().to_lowercase()
    };
    let headers = elements(secured).map(|one| entries(one).map(|(name, _)| header(name)).collect());
    let headers: BTreeSet<String> = headers.collect();
    if headers.is_empty() { [String::new()].into() } else { headers }
}

/// The parameters. One in the path is known by its place there.
fn parameters<'d>(within: Within<'d>, of: &str, path: &str, all: &'d Value) -> Sites<'d> {
    let parameters = elements(all).map(|parameter| {
        let text = |key: &str| parameter[key].as_str().unwrap_or_default();
        let (place, name) = (text("in"), text("name"));
        let name = if place == "header" { name.to_lowercase() } else { name.to_owned() };
        let label = format!("{of}: {place} {name}");
        let key = match path.find(&format!("{{{name}}}")) {
            Some(at) if place == "path" => path[..at].matches('{').count().to_string(),
            _ => label.clone(),
        };
        (key, Site::new(within, label, &parameter["schema"], parameter["required"] == true))
    });
    parameters.collect()
}

/// A body, by its media type.
fn body<'d>(within: Within<'d>, label: &str, body: &'d Value, is_required: bool) -> Sites<'d> {
    let media = entries(&body["content"]).map(|(kind, media)| {
        let label = format!("{label} {kind}");
        (label.clone(), Site::new(within, label, &media["schema"], is_required))
    });
    media.collect()
}

/// What the server delivers to webhooks.
pub fn deliveries(document: &Value) -> Sites<'_> {
    let callbacks =
        places::operations(document).flat_map(|(.., one, _)| entries(&one["callbacks"]));
    let items = callbacks.flat_map(|(_, callback)| entries(callback));
    let within = (document, Direction::Delivered);
    items
        .flat_map(|(_, item)| body(within, "delivery", &item["post"]["requestBody"], false))
        .collect()
}
