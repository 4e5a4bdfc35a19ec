//! What changed on the wire, for a client that was deployed before. The walk goes through
//! both documents side by side and reads the form that the profile asks for; it follows
//! references, so the name of a schema does not matter.
//!
//! | Change | sent | read |
//! |---|---|---|
//! | operation removed; added | major; patch | |
//! | another server, or a credential that is no longer taken | major | |
//! | no longer safe to repeat; safe to repeat | major; patch | |
//! | other advice on repeating | minor | |
//! | required field or parameter added; optional one | major; patch | patch |
//! | field or parameter removed | major | minor, major if required |
//! | alternative added; removed | patch; major | minor, an event patch; minor |
//! | becomes required; optional | major; patch | patch; major, not of lists, maps and nullables |
//! | becomes nullable; not null | patch; major | major, not of lists, maps and optionals; patch |
//! | another type or format | major, unless all values fit it | major, unless the client reads it |
//! | other media type | major | major |
//! | value of an enum added; removed | patch; major | patch |
//! | bound or rule tightened; loosened | major; patch | patch |
//! | another default; default added or removed | minor; patch | patch |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Change;
use super::Level::{self, Major, Minor, Patch};
use crate::generate::schema::success;
use crate::generate::simplify::IDEMPOTENCY_KEY;
use crate::places::{self, elements, entries};

/// What is compared of a schema, beside its type, its fields and its alternatives.
const KEYWORDS: &str = "default enum exclusiveMaximum exclusiveMinimum maxItems maxLength maximum \
    minItems minLength minimum multipleOf pattern uniqueItems";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    /// The client sends it.
    Sent,
    /// The client reads it in a response.
    Read,
    /// The server delivers it to a webhook.
    Delivered,
}

use Direction::{Delivered, Read, Sent};

/// Where a schema is used, and the schema, behind the reference to it.
#[derive(Clone)]
struct Site<'d> {
    label: String,
    is_required: bool,
    is_nullable: bool,
    /// The name of the schema, or the label where it has none.
    name: String,
    schema: &'d Value,
    document: &'d Value,
}

impl<'d> Site<'d> {
    fn new(document: &'d Value, label: String, schema: &'d Value, is_required: bool) -> Self {
        let nullable = places::nullable_reference(schema);
        let reference = places::lone_reference(schema).or(nullable);
        Self {
            is_required,
            is_nullable: schema["nullable"] == true || nullable.is_some(),
            name: reference.map_or_else(|| label.clone(), str::to_owned),
            schema: reference.map_or(schema, |name| &document["components"]["schemas"][name]),
            label,
            document,
        }
    }

    /// The type and the format.
    fn kind(&self) -> String {
        let text = |key: &str| self.schema[key].as_str().unwrap_or_default();
        format!("{} {}", text("type"), text("format")).trim_end().to_owned()
    }

    /// Whether the client reads nothing and null as empty.
    fn is_list(&self) -> bool {
        let is_map = self.schema["type"] == "object" && self.schema.get("properties").is_none();
        is_map || self.schema["type"] == "array"
    }

    /// The schemas within: fields, entries and alternatives.
    fn parts(&self) -> BTreeMap<String, Self> {
        let site = |label: String, schema, is_required| {
            Self::new(self.document, label, schema, is_required)
        };
        let mut parts = BTreeMap::new();
        for (field, schema) in entries(&self.schema["properties"]) {
            let is_required = elements(&self.schema["required"]).any(|name| name == field);
            let label = format!("{}.{field}", self.name);
            parts.insert(field.clone(), site(label, schema, is_required));
        }
        for (key, mark) in [("items", "[]"), ("additionalProperties", "{*}")] {
            if self.schema[key].is_object() {
                let label = format!("{}{mark}", self.name);
                parts.insert(mark.to_owned(), site(label, &self.schema[key], false));
            }
        }
        for (name, schema) in self.alternatives() {
            let label = format!("{}: alternative {name}", self.name);
            parts.insert(format!("|{name}"), site(label, schema, false));
        }
        parts
    }

    /// The alternatives by the values that name them, or by their titles.
    fn alternatives(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        let schema = self.schema;
        let members = places::members(schema).filter(|one| !places::is_rule(one));
        members.flat_map(|one| {
            let mapping = entries(&schema["discriminator"]["mapping"]);
            let tags = mapping.filter(|(_, target)| **target == one["$ref"]);
            let mut names: Vec<&str> = tags.map(|(tag, _)| tag.as_str()).collect();
            if names.is_empty() {
                names.push(one["title"].as_str().unwrap_or_default());
            }
            names.into_iter().map(move |name| (name, one))
        })
    }

    /// The fields of which one has to be set, and whether exactly one.
    fn choices(&self) -> Vec<(bool, BTreeSet<String>)> {
        let parts = elements(&self.schema["allOf"]).chain([self.schema]);
        parts
            .filter(|part| places::is_choice(part))
            .map(|part| {
                let fields = places::members(part).flat_map(|one| elements(&one["required"]));
                (part.get("oneOf").is_some(), fields.map(Value::to_string).collect())
            })
            .collect()
    }
}

/// The changes on the wire, and those for which the client refuses requests that it built
/// before. What stands at many places is told once.
pub fn compare(old: &Value, new: &Value) -> (Vec<Change>, Vec<Change>) {
    let mut wire = Wire::default();
    wire.service(old, new);
    for (name, old, new) in pairs(operations(old), operations(new)) {
        match (old, new) {
            (Some(old), Some(new)) => wire.operation(&name, old, new),
            (Some(_), None) => wire.tell(Major, format!("{name} is gone")),
            _ => wire.tell(Patch, format!("{name} is new")),
        }
    }
    wire.body(Delivered, delivery(old), delivery(new));
    while let Some((direction, old, new)) = wire.open.pop() {
        wire.schema(direction, &old, &new);
    }
    let refused = wire.refused.iter().map(|text| {
        Change::new(Major, &format!("{text}: the client refuses requests that it sent before"))
    });
    let refused = refused.collect();
    (wire.told.iter().map(|(text, level)| Change::new(*level, text)).collect(), refused)
}

#[derive(Default)]
struct Wire<'d> {
    told: BTreeMap<String, Level>,
    refused: BTreeSet<String>,
    /// What is still to be compared.
    open: Vec<(Direction, Site<'d>, Site<'d>)>,
    /// The pairs of schemas that were compared, by their addresses.
    seen: BTreeSet<(Direction, usize, usize)>,
}

impl<'d> Wire<'d> {
    fn tell(&mut self, level: Level, text: String) {
        let worst = self.told.entry(text).or_insert(level);
        *worst = level.max(*worst);
    }

    /// Tells a value that is another one.
    fn differ(&mut self, level: Level, label: &str, old: &Value, new: &Value) {
        let show = |value: &Value| if value.is_null() { "none".into() } else { value.to_string() };
        if old != new {
            self.tell(level, format!("{label}: {} -> {}", show(old), show(new)));
        }
    }

    /// Compares what holds for all operations.
    fn service(&mut self, old: &Value, new: &Value) {
        let url = |document: &Value| document["servers"][0]["url"].clone();
        self.differ(Major, "server", &url(old), &url(new));
        let advice = |document: &Value| {
            let advice = entries(&document["components"]["schemas"]["ErrorCode"]["x-retry"]);
            advice.map(|(code, advice)| (code.clone(), advice.clone())).collect()
        };
        for (code, old, new) in pairs(advice(old), advice(new)) {
            let label = format!("x-retry of {code}");
            self.differ(Minor, &label, &old.unwrap_or_default(), &new.unwrap_or_default());
        }
    }

    fn operation(&mut self, name: &str, old: Operation<'d>, new: Operation<'d>) {
        let label = format!("{name} x-idempotent");
        let is_safe = new.is_safe();
        let level = if is_safe { Patch } else { Major };
        self.differ(level, &label, &old.is_safe().into(), &is_safe.into());
        let (before, now) = (old.credentials(), new.credentials());
        if before != now {
            let keeps = now.is_superset(&before) || now.contains("");
            let label = format!("{name} credentials");
            let level = if keeps { Patch } else { Major };
            self.differ(level, &label, &before.into_iter().collect(), &now.into_iter().collect());
        }
        for (_, old, new) in pairs(old.parameters(name), new.parameters(name)) {
            self.part(Sent, false, old, new);
        }
        self.body(Sent, old.request(name), new.request(name));
        self.body(Read, old.response(name), new.response(name));
    }

    /// Compares the content of requests, responses or deliveries.
    fn body(&mut self, direction: Direction, old: Content<'d>, new: Content<'d>) {
        if let (Some((old, site)), Some((new, _))) = (&old, &new) {
            let label = format!("{} content", site.label);
            self.differ(Major, &label, &(*old).into(), &(*new).into());
        }
        self.part(direction, false, old.map(|(_, site)| site), new.map(|(_, site)| site));
    }

    /// Compares what may be new or gone.
    fn part(
        &mut self,
        direction: Direction,
        is_alternative: bool,
        old: Option<Site<'d>>,
        new: Option<Site<'d>>,
    ) {
        match (old, new) {
            (Some(old), Some(new)) => self.open.push((direction, old, new)),
            (Some(old), None) => {
                let level = match direction {
                    Sent => Major,
                    _ if is_alternative => Minor,
                    _ => becomes_optional(&old).max(Minor),
                };
                self.tell(level, format!("{} is gone", old.label));
            }
            (None, Some(new)) => {
                let level = match direction {
                    Sent if new.is_required => Major,
                    Read if is_alternative => Minor,
                    _ => Patch,
                };
                if level == Major && !new.label.contains(": header ") {
                    self.refused.insert(format!("{} is new and required", new.label));
                }
                self.tell(level, format!("{} is new", new.label));
            }
            (None, None) => {}
        }
    }

    fn schema(&mut self, direction: Direction, old: &Site<'d>, new: &Site<'d>) {
        self.presence(direction, old, new);
        let address = |site: &Site| std::ptr::from_ref(site.schema).addr();
        if !self.seen.insert((direction, address(old), address(new))) {
            return;
        }
        if old.kind() != new.kind() {
            let is_text = [": query ", ": path "].iter().any(|within| old.label.contains(within));
            let level = match direction {
                Sent => fit(old, new, is_text, false),
                _ => fit(new, old, true, true),
            };
            let label = format!("{}: type", old.name);
            self.differ(level, &label, &old.kind().into(), &new.kind().into());
        }
        for keyword in KEYWORDS.split(' ') {
            let (before, now) = (&old.schema[keyword], &new.schema[keyword]);
            let level = match keyword {
                _ if direction != Sent || loosens(keyword, before, now) => Patch,
                "default" if before.is_null() => Patch,
                "default" => Minor,
                _ => Major,
            };
            let label = format!("{}: {keyword}", old.name);
            if level == Major && keyword.ends_with("Items") && before != now {
                self.refused.insert(label.clone());
            }
            self.differ(level, &label, before, now);
        }
        self.choices(direction, old, new);
        for (name, old, new) in pairs(old.parts(), new.parts()) {
            self.part(direction, name.starts_with('|'), old, new);
        }
    }

    /// Compares whether something has to be there, and whether it may be null.
    fn presence(&mut self, direction: Direction, old: &Site, new: &Site) {
        // The client sends a key of its own.
        let is_sent_anyway = new.label.ends_with(IDEMPOTENCY_KEY);
        let level = match (direction, new.is_required) {
            (Sent, true) if !is_sent_anyway => Major,
            (Sent, _) | (_, true) => Patch,
            _ => becomes_optional(old),
        };
        let label = format!("{}: required", old.label);
        self.differ(level, &label, &old.is_required.into(), &new.is_required.into());
        let level = match (direction, new.is_nullable) {
            (Sent, false) => Major,
            (Read | Delivered, true) if old.is_required && !old.is_list() => Major,
            _ => Patch,
        };
        let label = format!("{}: nullable", old.label);
        self.differ(level, &label, &old.is_nullable.into(), &new.is_nullable.into());
    }

    /// Compares the rules for the fields of a request.
    fn choices(&mut self, direction: Direction, old: &Site, new: &Site) {
        let (before, now) = (old.choices(), new.choices());
        for (is_exact, fields) in
            now.iter().filter(|one| direction == Sent && !before.contains(one))
        {
            let is_looser = before
                .iter()
                .any(|(was_exact, were)| fields.is_superset(were) && (*was_exact || !is_exact));
            let count = if *is_exact { "exactly one" } else { "at least one" };
            let fields = fields.iter().cloned().collect::<Vec<_>>().join(", ");
            let text = format!("{}: takes {count} of {fields}", new.name);
            if !is_looser {
                self.refused.insert(text.clone());
            }
            self.tell(if is_looser { Patch } else { Major }, text);
        }
    }
}

/// What it means for the client that something may be missing.
fn becomes_optional(old: &Site) -> Level {
    if !old.is_required || old.is_nullable || old.is_list() { Patch } else { Major }
}

/// What it means that a value of one type is read as another. All values of a URL are texts, and
/// the client reads texts from numbers, and dates from anything.
fn fit(value: &Site, reader: &Site, is_text: bool, is_client: bool) -> Level {
    let kind = value.kind();
    let is = |kinds: &[&str]| kinds.contains(&kind.split(' ').next().unwrap_or_default());
    let mut parts = reader.parts().into_iter();
    let fits = match reader.kind().as_str() {
        "" if reader.alternatives().next().is_some() => {
            parts.any(|(_, part)| fit(value, &part, is_text, is_client) == Patch)
        }
        "" => true,
        "string date" | "string date-time" | "integer unix-time" => is_client,
        "string" | "string password" => is(&["string"]) || is_text && is(&["integer", "number"]),
        "string data-url" => is_client && is(&["string"]),
        "integer" | "integer int64" => is(&["integer"]) && kind != "integer uint64",
        "number" | "number double" => is(&["integer", "number"]),
        same => same == kind,
    };
    match fits {
        true => Patch,
        // A union keeps what it does not know.
        false if is_client && reader.kind().is_empty() => Minor,
        false => Major,
    }
}

/// Whether all that kept a bound keeps the new one.
fn loosens(keyword: &str, old: &Value, new: &Value) -> bool {
    match (keyword, old.as_f64(), new.as_f64()) {
        _ if new.is_null() => true,
        ("enum", ..) => {
            old.is_array() && elements(old).all(|value| elements(new).any(|one| one == value))
        }
        (_, Some(old), Some(new)) if keyword.starts_with("min") => new <= old,
        (_, Some(old), Some(new)) if keyword.starts_with("max") => new >= old,
        _ => *new == false,
    }
}

/// A body, by its first media type.
type Content<'d> = Option<(&'d str, Site<'d>)>;

fn content<'d>(document: &'d Value, label: String, body: &'d Value, required: bool) -> Content<'d> {
    let (kind, media) = entries(&body["content"]).next()?;
    Some((kind, Site::new(document, label, &media["schema"], required)))
}

/// What the server delivers to webhooks.
fn delivery(document: &Value) -> Content<'_> {
    let callbacks =
        places::operations(document).flat_map(|(.., one, _)| entries(&one["callbacks"]));
    let (_, item) = callbacks.flat_map(|(_, callback)| entries(callback)).next()?;
    content(document, "delivery".to_owned(), &item["post"]["requestBody"], false)
}

#[derive(Clone, Copy)]
struct Operation<'d> {
    document: &'d Value,
    path: &'d str,
    method: &'d str,
    value: &'d Value,
}

/// The operations by method and path. Names of parameters in the path are not sent.
fn operations(document: &Value) -> BTreeMap<String, Operation<'_>> {
    let all = places::operations(document).map(|(path, method, value, _)| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        let name = format!("{} {}", method.to_uppercase(), parts.collect::<Vec<_>>().join("/"));
        (name, Operation { document, path, method, value })
    });
    all.collect()
}

impl<'d> Operation<'d> {
    fn resolved(&self, part: &'d Value) -> &'d Value {
        places::resolve(self.document, part, &crate::pointer::Pointer::default()).1
    }

    /// Whether the client may repeat it.
    fn is_safe(&self) -> bool {
        let is_safe = matches!(self.method, "get" | "head" | "put" | "delete");
        self.value["x-idempotent"].as_bool().unwrap_or(is_safe)
    }

    /// The headers that it takes to know the caller. An empty one says that it need not.
    fn credentials(&self) -> BTreeSet<String> {
        let secured = self.value.get("security").unwrap_or(&self.document["security"]);
        let header = |name: &String| {
            let scheme = &self.document["components"]["securitySchemes"][name];
            scheme["name"].as_str().unwrap_or_default().to_lowercase()
        };
        let headers =
            elements(secured).map(|one| entries(one).map(|(name, _)| header(name)).collect());
        let headers: BTreeSet<String> = headers.collect();
        if headers.is_empty() { [String::new()].into() } else { headers }
    }

    /// The parameters. One in the path is known by its place there.
    fn parameters(&self, of: &str) -> BTreeMap<String, Site<'d>> {
        let parameters = elements(&self.value["parameters"]).map(|parameter| {
            let parameter = self.resolved(parameter);
            let text = |key: &str| parameter[key].as_str().unwrap_or_default();
            let (within, name) = (text("in"), text("name"));
            let label = match within {
                "header" => format!("{of}: header {}", name.to_lowercase()),
                _ => format!("{of}: {within} {name}"),
            };
            let key = match (within, self.path.find(&format!("{{{name}}}"))) {
                ("path", Some(place)) => self.path[..place].matches('{').count().to_string(),
                _ => label.clone(),
            };
            let is_required = parameter["required"] == true;
            (key, Site::new(self.document, label, &parameter["schema"], is_required))
        });
        parameters.collect()
    }

    fn request(&self, of: &str) -> Content<'d> {
        let body = self.resolved(&self.value["requestBody"]);
        content(self.document, format!("{of}: body"), body, body["required"] == true)
    }

    fn response(&self, of: &str) -> Content<'d> {
        content(self.document, format!("{of}: response"), self.resolved(success(self.value)), true)
    }
}

/// What has the same name in both.
fn pairs<V>(
    old: BTreeMap<String, V>,
    mut new: BTreeMap<String, V>,
) -> Vec<(String, Option<V>, Option<V>)> {
    let mut pairs = Vec::new();
    for (name, old) in old {
        let new = new.remove(&name);
        pairs.push((name, Some(old), new));
    }
    pairs.extend(new.into_iter().map(|(name, new)| (name, None, Some(new))));
    pairs
}
