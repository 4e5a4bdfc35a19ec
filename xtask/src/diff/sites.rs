//! Finds the uses of schemas that go over the wire. Their names do not depend on the names of
//! schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Level::{self, Major, Patch};
use crate::generate::events::delivery;
use crate::generate::schema::success;
use crate::generate::{operations, rules};
use crate::places::{self, Node, Pointer, SCHEMAS, elements, entries};

/// The prefix of the name of an alternative.
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

/// Operations by method and path, and schemas by their use, not by their names.
pub type Sites<'d> = BTreeMap<String, Site<'d>>;

/// A part of a document, with the direction of the data that it describes.
pub type Part<'d> = Node<'d, Direction>;

/// An operation, or a use of a schema.
pub struct Site<'d> {
    pub label: String,
    pub is_required: bool,
    pub is_nullable: bool,
    /// The name of the schema, or the label if it has none.
    pub name: String,
    /// The operation, or the schema with its reference resolved.
    pub schema: Part<'d>,
}

impl<'d> Site<'d> {
    fn new(label: String, schema: &Part<'d>, is_required: bool) -> Self {
        let nullable = places::nullable_reference(schema);
        let reference = places::lone_reference(schema).or(nullable);
        let behind = |name| schema.at(Pointer::of_reference(&format!("{SCHEMAS}{name}")));
        Self {
            is_required,
            is_nullable: places::may_be_null(schema),
            name: reference.map_or_else(|| label.clone(), str::to_owned),
            schema: reference.map_or_else(|| schema.clone(), behind),
            label,
        }
    }

    /// The type and the format, or `union`.
    pub fn kind(&self) -> String {
        let text = |key: &str| self.schema[key].as_str().unwrap_or_default();
        let kind = if self.alternatives().is_empty() { text("type") } else { "union" };
        format!("{kind} {}", text("format")).trim_end().to_owned()
    }

    pub fn is_operation(&self) -> bool {
        let at = self.schema.at.as_str();
        at.starts_with("/paths/") && at.matches('/').count() == 3
    }

    /// The inner schemas: fields, entries and alternatives; for an operation, its parameters, body
    /// and response.
    pub fn parts(&self) -> Sites<'d> {
        let schema = &self.schema;
        if self.is_operation() {
            let value = success(schema.value);
            let response = Node { value, shared: Direction::Read, ..schema.clone() };
            let mut sites = parameters(&self.label, &schema.key("parameters"));
            sites.extend(body(&format!("{}: body", self.label), &schema.key("requestBody")));
            sites.extend(body(&format!("{}: response", self.label), &response));
            return sites;
        }
        let fields = schema.key("properties").entries().into_iter();
        let fields =
            fields.map(|(name, part)| (format!(".{name}"), part, places::requires(schema, name)));
        let inner = [("items", "[]"), ("additionalProperties", "{*}")].into_iter();
        let inner = inner.map(|(key, mark)| (mark.to_owned(), schema.key(key), false));
        let inner = inner.filter(|(_, part, _)| part.is_object() || *part.value == true);
        let named = self.alternatives().into_iter();
        let named = named.map(|(name, one)| (format!("{ALTERNATIVE}{name}"), one, false));
        let site = |(key, part, is_required)| {
            let label = format!("{}{key}", self.name);
            (key, Self::new(label, &part, is_required))
        };
        fields.chain(inner).chain(named).map(site).collect()
    }

    /// The alternatives, by discriminator value or by title.
    pub fn alternatives(&self) -> Vec<(&'d str, Part<'d>)> {
        let all = ["oneOf", "anyOf"].map(|key| self.schema.key(key).elements()).concat();
        let tags = self.schema.key("discriminator").key("mapping").entries();
        let tagged = tags.into_iter().filter_map(|(tag, target)| {
            Some((tag, all.iter().find(|one| one["$ref"] == *target)?.clone()))
        });
        let titled = all.iter().filter(|one| one["title"].is_string());
        tagged.chain(titled.map(|one| (one.key("title").text(), one.clone()))).collect()
    }

    /// The sets of fields of which one is required, and whether exactly one.
    pub fn choices(&self) -> Vec<(bool, BTreeSet<&'d str>)> {
        let parts = elements(&self.schema.value["allOf"]).chain([self.schema.value]);
        let choices = parts.filter(|part| places::is_choice(part)).flat_map(rules::choices);
        choices.map(|one| (one.rule == "exactly_one", one.fields.into_iter().collect())).collect()
    }

    /// The cases that a request must not match, without their descriptions.
    pub fn exclusions(&self) -> BTreeSet<String> {
        let cases = elements(&self.schema["not"]["anyOf"]).map(|case| {
            let facts = entries(case).filter(|(key, _)| *key != "description");
            json!(facts.collect::<BTreeMap<_, _>>()).to_string()
        });
        cases.collect()
    }

    /// Whether an operation is safe to retry.
    pub fn is_safe(&self) -> bool {
        let method = self.schema.at.as_str().rsplit('/').next();
        let is_safe = ["get", "head", "put", "delete"].map(Some).contains(&method);
        self.schema["x-idempotent"].as_bool().unwrap_or(is_safe)
    }

    /// The headers in which an operation accepts credentials. An empty name means that it needs
    /// none.
    pub fn credentials(&self) -> BTreeSet<String> {
        operations::credentials(self.schema.document, self.schema.value).into_iter().collect()
    }

    /// Whether the site is required and nullable, for the report.
    pub fn presence(&self) -> String {
        let required = if self.is_required { "required" } else { "optional" };
        if self.is_nullable { format!("{required} and nullable") } else { required.to_owned() }
    }

    /// The level of a change after which the value may be missing. The client reads a missing list
    /// as empty.
    pub fn missing(&self) -> Level {
        let is_map = self.schema["type"] == "object" && self.schema.get("properties").is_none();
        let is_list = is_map || self.schema["type"] == "array";
        if self.is_required && !self.is_nullable && !is_list { Major } else { Patch }
    }
}

/// The operations, by method and path, and the deliveries to webhooks. The names of path
/// parameters are left out: they are not sent.
pub fn sites(document: &Value) -> Sites<'_> {
    let root = |direction| Node::root(document, direction);
    let operations = places::operations(document).map(|(path, method, _, at)| {
        let name = format!("{} {}", method.to_uppercase(), places::shape(path));
        site(name, &root(Direction::Sent).at(at), false)
    });
    let delivery = delivery(document).map(|name| {
        let union = root(Direction::Delivered).key("components").key("schemas").key(name);
        site("delivery".to_owned(), &union, false)
    });
    operations.chain(delivery).collect()
}

fn site<'d>(label: String, part: &Part<'d>, is_required: bool) -> (String, Site<'d>) {
    (label.clone(), Site::new(label, part, is_required))
}

/// The parameters of an operation.
fn parameters<'d>(of: &str, all: &Part<'d>) -> Sites<'d> {
    let parameters = all.elements().into_iter().map(|parameter| {
        let key = places::sent_as(all.at.as_str(), &parameter);
        let label = match parameter.key("in").text() {
            "path" => format!("{of}: path {}", parameter.key("name").text()),
            _ => format!("{of}: {key}"),
        };
        (key, Site::new(label, &parameter.key("schema"), parameter["required"] == true))
    });
    parameters.collect()
}

/// The schemas of a body, by media type.
fn body<'d>(label: &str, body: &Part<'d>) -> Sites<'d> {
    let is_required = body.shared == Direction::Read || body["required"] == true;
    let media =
        body.key("content").entries().into_iter().map(|(kind, media)| {
            site(format!("{label} {kind}"), &media.key("schema"), is_required)
        });
    media.collect()
}
