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

use serde_json::{Value, json};

use super::Change;
use super::Level::{self, Major, Minor, Patch};
use crate::generate::schema::success;
use crate::generate::simplify::{IDEMPOTENCY_KEY, inline_shared};
use crate::places::{self, elements, entries};

/// What is compared of a schema, beside its type, its fields and its alternatives.
const KEYWORDS: &str = "default enum exclusiveMaximum exclusiveMinimum maxItems maxLength maximum \
    minItems minLength minimum multipleOf pattern uniqueItems";

/// Begins the name of an alternative.
const ALTERNATIVE: &str = ": alternative ";

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

/// Schemas by what they are used for, whatever they are called.
type Sites<'d> = BTreeMap<String, Site<'d>>;

/// Where a schema is used, and the schema, behind the reference to it.
struct Site<'d> {
    document: &'d Value,
    label: String,
    is_required: bool,
    is_nullable: bool,
    /// The name of the schema, or the label where it has none.
    name: String,
    schema: &'d Value,
}

impl<'d> Site<'d> {
    fn new(document: &'d Value, label: String, schema: &'d Value, is_required: bool) -> Self {
        let nullable = places::nullable_reference(schema);
        let reference = places::lone_reference(schema).or(nullable);
        Self {
            document,
            is_required,
            is_nullable: schema["nullable"] == true || nullable.is_some(),
            name: reference.map_or_else(|| label.clone(), str::to_owned),
            schema: reference.map_or(schema, |name| &document["components"]["schemas"][name]),
            label,
        }
    }

    /// The type and the format.
    fn kind(&self) -> String {
        let text = |key: &str| self.schema[key].as_str().unwrap_or_default();
        format!("{} {}", text("type"), text("format")).trim_end().to_owned()
    }

    /// The schemas within: fields, entries and alternatives.
    fn parts(&self) -> Sites<'d> {
        let mut parts = Sites::new();
        let mut add = |key: String, schema, is_required| {
            let label = format!("{}{key}", self.name);
            parts.insert(key, Self::new(self.document, label, schema, is_required));
        };
        for (field, schema) in entries(&self.schema["properties"]) {
            let is_required = elements(&self.schema["required"]).any(|name| name == field);
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
    fn alternatives(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        let schema = self.schema;
        let tagged = entries(&schema["discriminator"]["mapping"]).filter_map(|(tag, target)| {
            let one = places::members(schema).find(|one| one["$ref"] == *target)?;
            Some((tag.as_str(), one))
        });
        tagged.chain(places::members(schema).filter_map(|one| Some((one["title"].as_str()?, one))))
    }

    /// The fields of which one has to be set, and whether exactly one.
    fn choices(&self) -> Vec<(bool, BTreeSet<&'d str>)> {
        let parts = elements(&self.schema["allOf"]).chain([self.schema]);
        let fields = |part| {
            let fields = places::members(part).flat_map(|one| elements(&one["required"]));
            fields.filter_map(Value::as_str).collect()
        };
        parts
            .filter(|part| places::is_choice(part))
            .map(|part| (part.get("oneOf").is_some(), fields(part)))
            .collect()
    }

    /// What it means for the client that it is no longer always there. A list is read as empty.
    fn missing(&self) -> Level {
        let is_map = self.schema["type"] == "object" && self.schema.get("properties").is_none();
        let is_list = is_map || self.schema["type"] == "array";
        if self.is_required && !self.is_nullable && !is_list { Major } else { Patch }
    }
}

/// What is sent or read, and how, by names that do not depend on those of schemas.
struct Operation<'d> {
    is_safe: bool,
    /// The headers that it takes to know the caller. An empty one says that it need not.
    credentials: BTreeSet<String>,
    sent: Sites<'d>,
    read: Sites<'d>,
}

/// The operations by method and path. Names of parameters in the path are not sent.
fn operations(document: &Value) -> BTreeMap<String, Operation<'_>> {
    let all = places::operations(document).map(|(path, method, value, _)| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        let name = format!("{} {}", method.to_uppercase(), parts.collect::<Vec<_>>().join("/"));
        let (request, response) = (&value["requestBody"], success(value));
        let mut sent =
            body(document, &format!("{name}: body"), request, request["required"] == true);
        sent.extend(parameters(document, &name, path, &value["parameters"]));
        let is_safe = matches!(method, "get" | "head" | "put" | "delete");
        let operation = Operation {
            is_safe: value["x-idempotent"].as_bool().unwrap_or(is_safe),
            credentials: credentials(document, value),
            sent,
            read: body(document, &format!("{name}: response"), response, true),
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
fn parameters<'d>(document: &'d Value, of: &str, path: &str, all: &'d Value) -> Sites<'d> {
    let parameters = elements(all).map(|parameter| {
        let text = |key: &str| parameter[key].as_str().unwrap_or_default();
        let (within, name) = (text("in"), text("name"));
        let name = if within == "header" { name.to_lowercase() } else { name.to_owned() };
        let label = format!("{of}: {within} {name}");
        let key = match path.find(&format!("{{{name}}}")) {
            Some(place) if within == "path" => path[..place].matches('{').count().to_string(),
            _ => label.clone(),
        };
        (key, Site::new(document, label, &parameter["schema"], parameter["required"] == true))
    });
    parameters.collect()
}

/// A body, by its media type.
fn body<'d>(document: &'d Value, label: &str, body: &'d Value, is_required: bool) -> Sites<'d> {
    let media = entries(&body["content"]).map(|(kind, media)| {
        let label = format!("{label} {kind}");
        (label.clone(), Site::new(document, label, &media["schema"], is_required))
    });
    media.collect()
}

/// What the server delivers to webhooks.
fn deliveries(document: &Value) -> Sites<'_> {
    let callbacks =
        places::operations(document).flat_map(|(.., one, _)| entries(&one["callbacks"]));
    let items = callbacks.flat_map(|(_, callback)| entries(callback));
    items
        .flat_map(|(_, item)| body(document, "delivery", &item["post"]["requestBody"], false))
        .collect()
}

/// The changes on the wire, and those for which the client refuses requests that it sent
/// before. What stands at many places is told once.
pub fn compare(old: &Value, new: &Value) -> (Vec<Change>, Vec<Change>) {
    let (mut old, mut new) = (old.clone(), new.clone());
    [&mut old, &mut new].into_iter().for_each(inline_shared);
    let mut wire = Wire::default();
    let url = |document: &Value| document["servers"][0]["url"].clone();
    wire.differ(Major, "server", url(&old), url(&new));
    let advice = |document: &Value| {
        let advice = entries(&document["components"]["schemas"]["ErrorCode"]["x-retry"]);
        advice.map(|(code, advice)| (code.clone(), advice.clone())).collect()
    };
    for (code, old, new) in pairs(advice(&old), advice(&new)) {
        wire.differ(Minor, &format!("x-retry of {code}"), old, new);
    }
    for (name, old, new) in pairs(operations(&old), operations(&new)) {
        match (old, new) {
            (Some(old), Some(new)) => wire.operation(&name, old, new),
            (Some(_), None) => wire.tell(Major, format!("{name} is gone")),
            _ => wire.tell(Patch, format!("{name} is new")),
        }
    }
    wire.parts(Delivered, deliveries(&old), deliveries(&new));
    while let Some((direction, old, new)) = wire.open.pop() {
        wire.schema(direction, &old, &new);
    }
    let refused = |text| format!("{text}: the client refuses requests that it sent before");
    let refused = wire.refused.iter().map(|text| Change::new(Major, &refused(text))).collect();
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
    fn differ<T: Into<Value>>(&mut self, level: Level, label: &str, old: T, new: T) {
        let (old, new): (Value, Value) = (old.into(), new.into());
        if old != new {
            self.tell(level, format!("{label}: {old} -> {new}"));
        }
    }

    fn operation(&mut self, name: &str, old: Operation<'d>, new: Operation<'d>) {
        let level = if new.is_safe { Patch } else { Major };
        self.differ(level, &format!("{name} x-idempotent"), old.is_safe, new.is_safe);
        let (before, now) = (old.credentials, new.credentials);
        let keeps = now.is_superset(&before) || now.contains("");
        let level = if keeps { Patch } else { Major };
        self.differ(level, &format!("{name} credentials"), json!(before), json!(now));
        self.parts(Sent, old.sent, new.sent);
        self.parts(Read, old.read, new.read);
    }

    fn parts(&mut self, direction: Direction, old: Sites<'d>, new: Sites<'d>) {
        for (name, old, new) in pairs(old, new) {
            let is_alternative = name.starts_with(ALTERNATIVE);
            match (old, new) {
                (Some(old), Some(new)) => self.open.push((direction, old, new)),
                (Some(old), None) => {
                    let level = if direction == Sent { Major } else { old.missing().max(Minor) };
                    self.tell(level, format!("{} is gone", old.label));
                }
                (None, Some(new)) => {
                    let level = match direction {
                        Sent if new.is_required => Major,
                        Read if is_alternative => Minor,
                        _ => Patch,
                    };
                    // The client sends headers of its own.
                    if level == Major && !new.label.contains(": header ") {
                        self.refused.insert(format!("{} is new and required", new.label));
                    }
                    self.tell(level, format!("{} is new", new.label));
                }
                (None, None) => {}
            }
        }
    }

    fn schema(&mut self, direction: Direction, old: &Site<'d>, new: &Site<'d>) {
        let is_sent = direction == Sent;
        let level = match new.is_required {
            true if is_sent && !new.label.ends_with(IDEMPOTENCY_KEY) => Major,
            false if !is_sent => old.missing(),
            _ => Patch,
        };
        self.differ(level, &format!("{}: required", old.label), old.is_required, new.is_required);
        let level = match new.is_nullable {
            true if !is_sent => old.missing(),
            false if is_sent => Major,
            _ => Patch,
        };
        self.differ(level, &format!("{}: nullable", old.label), old.is_nullable, new.is_nullable);
        let address = |site: &Site| std::ptr::from_ref(site.schema).addr();
        if !self.seen.insert((direction, address(old), address(new))) {
            return;
        }
        if old.kind() != new.kind() {
            let is_text = [": query ", ": path "].iter().any(|within| old.label.contains(within));
            let level =
                if is_sent { fit(old, new, is_text, false) } else { fit(new, old, true, true) };
            self.differ(level, &format!("{}: type", old.name), old.kind(), new.kind());
        }
        for keyword in KEYWORDS.split(' ') {
            let (before, now) = (&old.schema[keyword], &new.schema[keyword]);
            let level = match keyword {
                _ if !is_sent || before == now || loosens(keyword, before, now) => Patch,
                "default" if before.is_null() => Patch,
                "default" => Minor,
                _ => Major,
            };
            let label = format!("{}: {keyword}", old.name);
            self.differ(level, &label, before.clone(), now.clone());
            if level == Major && keyword.ends_with("Items") {
                self.refused.insert(label);
            }
        }
        if is_sent {
            self.choices(old, new);
        }
        self.parts(direction, old.parts(), new.parts());
    }

    /// Compares the rules for the fields of a request.
    fn choices(&mut self, old: &Site, new: &Site) {
        let before = old.choices();
        for (is_exact, fields) in new.choices() {
            let mut looser = before
                .iter()
                .map(|(was_exact, were)| fields.is_superset(were) && (*was_exact || !is_exact));
            if !looser.any(|is_looser| is_looser) {
                let count = if is_exact { "exactly one" } else { "at least one" };
                let text = format!("{}: takes {count} of {}", new.name, json!(fields));
                self.refused.insert(text.clone());
                self.tell(Major, text);
            }
        }
    }
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
