//! What changed in operations: where they are, what they take and what they answer.

use serde_json::{Value, json};

use super::change::Level::{Major, Minor, Patch};
use super::change::Verdict;
use super::place::Place;
use super::schema::{Slot, arrow};
use super::shape::{Kind, Shape};
use super::sides::{Both, Sides, get};
use super::uses::resolve;
use super::{Differ, name_of, security};
use crate::pointer::Pointer;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Whether something old and something new are the same thing.
type Same<'a, T> = &'a dyn Fn(&T, &T) -> bool;

/// An operation where it stands.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    pub path: String,
    pub method: String,
    /// The path item.
    pub item: &'a Value,
    pub value: &'a Value,
}

/// The operations of a document.
pub fn list(document: &Value) -> Vec<Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut operations = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(value) = item.get(method) {
                let (path, method) = (path.clone(), method.to_owned());
                operations.push(Operation { path, method, item, value });
            }
        }
    }
    operations
}

/// Statuses of which the generated code reads the body.
pub fn is_success(status: &str) -> bool {
    status == "2XX" || status.parse().is_ok_and(|status: u16| (200..300).contains(&status))
}

/// A path without the names of its parameters.
fn template(path: &str) -> String {
    let mut template = String::new();
    for (index, part) in path.split('{').enumerate() {
        match part.split_once('}') {
            Some((_, rest)) if index > 0 => {
                template.push_str("{}");
                template.push_str(rest);
            }
            _ => template.push_str(part),
        }
    }
    template
}

/// The position of a parameter in a path.
fn position(path: &str, name: &str) -> Option<usize> {
    let names = path.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default());
    names.into_iter().position(|found| found == name)
}

impl Differ<'_> {
    /// Everything under `paths`.
    pub fn paths(&mut self) {
        let place = Place::new("paths", Pointer::default().join("paths"));
        let none = json!({});
        let (old, new) = get(self.old, self.new, "paths");
        let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(&place);
        };
        for (path, (old, new)) in sides.rest() {
            self.path_item(&place.key(path), path, old, new);
        }
        self.operations();
    }

    /// A path item, apart from its operations and parameters.
    fn path_item(&mut self, place: &Place, path: &str, old: Option<&Value>, new: Option<&Value>) {
        let place = Place { words: path.to_owned(), ..place.clone() };
        let none = json!({});
        let Some(mut sides) = Sides::of(old.unwrap_or(&none), new.unwrap_or(&none)) else {
            return self.not_understood(&place);
        };
        let differing: Vec<&str> =
            METHODS.into_iter().filter(|method| sides.take(method).is_some()).collect();
        let parameters = sides.take("parameters");
        let has_operations = !differing.is_empty()
            || METHODS.iter().any(|method| old.is_some_and(|item| item.get(*method).is_some()));
        match (old, new) {
            (None, _) if !has_operations => {
                self.change(&place, "path added, without operations", Verdict::WORDS);
            }
            (_, None) if !has_operations => {
                self.change(&place, "path removed, with no operations", Verdict::WORDS);
            }
            (None, _) | (_, None) => {}
            _ => {
                // Each operation tells what it makes of the parameters.
                if parameters.is_some() && !has_operations {
                    self.change(&place, "parameters, without operations", Verdict::WORDS);
                }
                self.servers_beside(&place, &mut sides);
                self.rest(&place, &mut sides);
            }
        }
    }

    /// Servers of a path or an operation, which the generator ignores.
    fn servers_beside(&mut self, place: &Place, sides: &mut Sides) {
        if sides.take("servers").is_some() {
            let text = "servers changed, which this client does not read";
            self.change(place, text, Verdict::wire(Patch, Major));
        }
    }

    fn operations(&mut self) {
        let (old, new) = (self.old, self.new);
        let (mut old, mut new) = (list(old), list(new));
        let id = |operation: &Operation| {
            operation.value.get("operationId").and_then(Value::as_str).map(str::to_owned)
        };
        let same: [Same<Operation>; 3] = [
            &|old, new| old.path == new.path && old.method == new.method,
            &|old, new| template(&old.path) == template(&new.path) && old.method == new.method,
            &|old, new| id(old).is_some() && id(old) == id(new),
        ];
        for same in same {
            old.retain(|before| {
                let found = new.iter().position(|after| same(before, after));
                if let Some(found) = found {
                    self.operation(before, &new.remove(found));
                }
                found.is_none()
            });
        }
        for (operations, text, verdict) in [
            (old, "operation removed", Verdict::WORST),
            (new, "operation added", Verdict::wire(Minor, Patch)),
        ] {
            for operation in operations {
                let text = format!("{text}: {}", operation.words());
                self.change(&operation.place(), &text, verdict);
            }
        }
    }

    fn operation(&mut self, old: &Operation, new: &Operation) {
        let shared = get(old.item, new.item, "parameters");
        if old.path == new.path
            && old.method == new.method
            && old.value == new.value
            && shared.0 == shared.1
        {
            return;
        }
        let place = old.place();
        let Some(mut sides) = Sides::of(old.value, new.value) else {
            return self.not_understood(&place);
        };
        self.or_same_meaning(&place, |differ| {
            differ.identity(&place, old, new, &mut sides);
            let own = sides.both("parameters");
            differ.parameters(&place, (old, own.0), (new, own.1));
            if let Some(body) = sides.take("requestBody") {
                differ.body(&place.key("requestBody").named(": request").only_sent(), body);
            }
            if let Some(responses) = sides.take("responses") {
                differ.responses(&place.key("responses"), responses);
            }
            if let Some(own) = sides.take("security") {
                let global = get(differ.old, differ.new, "security");
                let effective = (own.0.or(global.0), own.1.or(global.1));
                security::compare(differ, &place.key("security").named(": security"), effective);
            }
            differ.servers_beside(&place, &mut sides);
            differ.rest(&place, &mut sides);
        });
    }

    /// Name, path and method.
    fn identity(&mut self, place: &Place, old: &Operation, new: &Operation, sides: &mut Sides) {
        if let Some(id) = sides.take("operationId") {
            self.change(place, &format!("operationId: {}", arrow(id)), Verdict::wire(Major, Patch));
        }
        if old.path != new.path {
            let moved = template(&old.path) != template(&new.path);
            let wire = if moved { Major } else { Patch };
            let text = format!("path: {} -> {}", old.path, new.path);
            self.change(place, &text, Verdict::wire(Patch, wire));
        }
        if old.method != new.method {
            let repeated = match (is_idempotent(&old.method), is_idempotent(&new.method)) {
                (false, true) => ", repeated after a failure from now on",
                (true, false) => ", repeated after a failure no more",
                _ => "",
            };
            let (before, after) = (old.method.to_uppercase(), new.method.to_uppercase());
            let text = format!("method: {before} -> {after}{repeated}");
            self.change(place, &text, Verdict::wire(Patch, Major));
        }
    }

    fn parameters(
        &mut self,
        place: &Place,
        (old, old_own): (&Operation, Option<&Value>),
        (new, new_own): (&Operation, Option<&Value>),
    ) {
        let (documents, items) = ((self.old, self.new), (old.item, new.item));
        if old_own == new_own
            && items.0.get("parameters") == items.1.get("parameters")
            && old.path == new.path
        {
            return;
        }
        let before = effective(documents.0, &old.path, items.0.get("parameters"), old_own);
        let after = effective(documents.1, &new.path, items.1.get("parameters"), new_own);
        let (Some(mut before), Some(mut after)) = (before, after) else {
            return self.not_understood(&place.key("parameters"));
        };
        let same: [Same<Parameter>; 3] = [
            &|old, new| old.reference.is_some() && old.reference == new.reference,
            &|old, new| old.key == new.key,
            &|old, new| old.name == new.name,
        ];
        for same in same {
            before.retain(|old| {
                let found = after.iter().position(|new| same(old, new));
                if let Some(found) = found {
                    let new = after.remove(found);
                    // A component is compared where it stands.
                    if old.reference.is_none() || old.reference != new.reference {
                        let place = place.key("parameters").named(&format!(": {}", old.words()));
                        self.parameter(&place.only_sent(), old.value, new.value);
                    }
                }
                found.is_none()
            });
        }
        for (parameters, text, is_new) in [(before, "removed", false), (after, "added", true)] {
            for parameter in parameters {
                let required = parameter.value.get("required") == Some(&Value::Bool(true));
                let verdict =
                    if is_new && !required { Verdict::wire(Minor, Patch) } else { Verdict::WORST };
                let optional = if required { "required" } else { "optional" };
                let place = place.key("parameters").named(&format!(": {}", parameter.words()));
                self.change(&place.only_sent(), &format!("{optional} parameter {text}"), verdict);
            }
        }
    }

    /// Two descriptions of one parameter.
    pub fn parameter(&mut self, place: &Place, old: &Value, new: &Value) {
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        let kind = |parameter: &Value| {
            parameter.get("in").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        if let Some(name) = sides.take("name") {
            // What a path or the name of a header says is the same to the server.
            let same = kind(old) == "path" || kind(old) == "header" && is_same_header(name);
            let wire = if same { Patch } else { Major };
            self.change(place, &format!("name: {}", arrow(name)), Verdict::wire(Major, wire));
        }
        if let Some(moved) = sides.take("in") {
            self.change(place, &format!("in: {}", arrow(moved)), Verdict::wire(Patch, Major));
        }
        self.style(place, (old, new), &mut sides);
        let (before, after) = sides.both("required");
        let flag = |value: Option<&Value>| value.map_or(Some(false), Value::as_bool);
        let (Some(was_required), Some(is_required)) = (flag(before), flag(after)) else {
            return self.not_understood(&place.key("required"));
        };
        match sides.both("schema") {
            (Some(before), Some(after)) => {
                let nullable = |schema| Shape::of(schema).is_some_and(|shape| shape.nullable);
                // The generator takes a query parameter that may be null for optional.
                let needed = |required, parameter: &Value, schema| {
                    required && !(kind(parameter) == "query" && nullable(schema))
                };
                let slot = Slot::Parameter(
                    needed(was_required, old, before),
                    needed(is_required, new, after),
                );
                self.schema(&place.key("schema"), slot, before, after);
            }
            (None, None) if was_required != is_required => {
                let words = |required| if required { "required" } else { "optional" };
                let text = format!("{} -> {}", words(was_required), words(is_required));
                let level = if is_required { Major } else { Minor };
                self.change(
                    place,
                    &text,
                    Verdict::wire(level, if is_required { Major } else { Patch }),
                );
            }
            (None, None) => {}
            _ => self.not_understood(&place.key("schema")),
        }
        if sides.take("allowEmptyValue").is_some() {
            self.change(place, "allowEmptyValue changed", Verdict::WORDS);
        }
        if let Some(content) = sides.take("content") {
            self.request_content(&place.key("content"), content);
        }
        self.rest(place, &mut sides);
    }

    /// How a value is written into a path, a query or a header.
    fn style(&mut self, place: &Place, (old, new): (&Value, &Value), sides: &mut Sides) {
        let differing: Vec<Both> = ["style", "explode", "allowReserved"]
            .iter()
            .filter_map(|key| sides.take(key))
            .collect();
        if differing.is_empty() {
            return;
        }
        let style = |parameter: &Value| {
            let default = match parameter.get("in").and_then(Value::as_str) {
                Some("query" | "cookie") => "form",
                _ => "simple",
            };
            let style = parameter.get("style").map_or(Some(default), Value::as_str)?.to_owned();
            let explode = parameter.get("explode").map_or(Some(style == "form"), Value::as_bool)?;
            parameter.get("allowReserved").map_or(Some(false), Value::as_bool)?;
            Some(if explode { format!("{style}, exploded") } else { style })
        };
        match (style(old), style(new)) {
            (Some(before), Some(after)) if before != after => {
                let text = format!("style: {before} -> {after}");
                self.change(place, &text, Verdict::wire(Patch, Major));
            }
            (Some(_), Some(_)) => {
                self.change(
                    place,
                    "style or allowReserved, written as before by clients",
                    Verdict::WORDS,
                );
            }
            _ => self.not_understood(&place.key("style")),
        }
    }

    fn body(&mut self, place: &Place, (old, new): Both) {
        let (before, after) =
            (old.map(|old| deref(self.old, old)), new.map(|new| deref(self.new, new)));
        match (before, after) {
            (Some(_), Some(_)) if is_same_reference(old, new) => {}
            (Some(Some(before)), Some(Some(after))) => {
                self.or_same_meaning(place, |differ| differ.request_body(place, before, after));
            }
            (Some(Some(_)), None) => self.change(place, "body removed", Verdict::WORST),
            (None, Some(Some(body))) => {
                let required = body.get("required") == Some(&Value::Bool(true));
                // The builder demands what the schema demands.
                let rust = if required || demands(self.new, body) { Major } else { Minor };
                let text = format!("{} body added", if required { "required" } else { "optional" });
                self.change(
                    place,
                    &text,
                    Verdict::wire(rust, if required { Major } else { Patch }),
                );
            }
            _ => self.not_understood(place),
        }
    }

    /// Two descriptions of one request body.
    pub fn request_body(&mut self, place: &Place, old: &Value, new: &Value) {
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        if let Some(required) = sides.take("required") {
            // The generated code sends a body in any case.
            self.change(place, &format!("required: {}", arrow(required)), Verdict::WORDS);
        }
        if let Some(content) = sides.take("content") {
            self.request_content(&place.key("content"), content);
        }
        self.rest(place, &mut sides);
    }

    fn request_content(&mut self, place: &Place, (old, new): Both) {
        let none = json!({});
        let Some(mut sides) = Sides::of(old.unwrap_or(&none), new.unwrap_or(&none)) else {
            return self.not_understood(place);
        };
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for (media_type, both) in sides.rest() {
            match both {
                (Some(old), Some(new)) => self.media(&place.key(media_type), old, new),
                (Some(_), None) => removed.push(media_type),
                _ => added.push(media_type),
            }
        }
        if !removed.is_empty() {
            let text = format!(
                "content type: {} -> {}",
                removed.join(", "),
                if added.is_empty() { "none".to_owned() } else { added.join(", ") }
            );
            self.change(place, &text, Verdict::WORST);
        } else if !added.is_empty() {
            let text = format!("content type added: {}", added.join(", "));
            self.change(place, &text, Verdict::WORDS);
        }
    }

    fn media(&mut self, place: &Place, old: &Value, new: &Value) {
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        match sides.both("schema") {
            (Some(old), Some(new)) => {
                self.schema(&place.key("schema").named(": body"), Slot::Inside, old, new);
            }
            (None, None) => {}
            // Of an error the generator reads none.
            _ if !place.modelled => self.change(place, "schema added or removed", Verdict::WORDS),
            _ => self.not_understood(&place.key("schema")),
        }
        self.rest(place, &mut sides);
    }

    fn responses(&mut self, place: &Place, (old, new): Both) {
        let none = json!({});
        let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        let successes = |responses: &Value| {
            responses
                .as_object()
                .into_iter()
                .flat_map(|all| all.keys())
                .filter(|status| is_success(status))
                .count()
        };
        let left = successes(new);
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for (status, both) in sides.rest() {
            match both {
                (Some(old), Some(new)) => self.response(&of_status(place, status), (old, new)),
                (Some(old), None) => removed.push((status, old)),
                (None, Some(new)) => added.push((status, new)),
                (None, None) => {}
            }
        }
        let is_only = |found: &[(&str, &Value)]| {
            found.iter().filter(|(status, _)| is_success(status)).count() == 1
        };
        if successes(old) == 1 && left == 1 && is_only(&removed) && is_only(&added) {
            let take = |found: &mut Vec<(&'_ str, &'_ Value)>| {
                found
                    .iter()
                    .position(|(status, _)| is_success(status))
                    .map(|at| found.remove(at).0.to_owned())
            };
            if let (Some(before), Some(after)) = (take(&mut removed), take(&mut added)) {
                let at = of_status(place, &before);
                // Any 2xx status is a success.
                self.change(&at, &format!("status: {before} -> {after}"), Verdict::WORDS);
                if let (Some(old), Some(new)) = (old.get(&before), new.get(&after))
                    && old != new
                {
                    self.response(&at, (old, new));
                }
            }
        }
        for (status, _) in removed {
            let is_last = is_success(status) && left == 0;
            let verdict = if is_last { Verdict::WORST } else { Verdict::WORDS };
            self.change(&of_status(place, status), "response removed", verdict);
        }
        for (status, _) in added {
            self.change(&of_status(place, status), "response added", Verdict::WORDS);
        }
    }

    fn response(&mut self, place: &Place, (old, new): (&Value, &Value)) {
        if is_same_reference(Some(old), Some(new)) {
            return;
        }
        match (deref(self.old, old), deref(self.new, new)) {
            (Some(before), Some(after)) => {
                self.or_same_meaning(place, |differ| differ.response_object(place, before, after));
            }
            _ => self.not_understood(place),
        }
    }

    /// Two descriptions of one response.
    pub fn response_object(&mut self, place: &Place, old: &Value, new: &Value) {
        let Some(mut sides) = Sides::of(old, new) else {
            if old != new {
                self.not_understood(place);
            }
            return;
        };
        if let Some(content) = sides.take("content") {
            self.response_content(&place.key("content"), content);
        }
        for key in ["headers", "links"] {
            if sides.take(key).is_some() {
                let text = format!("{key} changed, of which no code is generated");
                self.change(place, &text, Verdict::WORDS);
            }
        }
        self.rest(place, &mut sides);
    }

    fn response_content(&mut self, place: &Place, (old, new): Both) {
        let none = json!({});
        let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        let answer = |content: &Value| {
            let types: Vec<&String> =
                content.as_object().into_iter().flat_map(|all| all.keys()).collect();
            match types.iter().find(|media_type| is_json(media_type)) {
                Some(json) => ("JSON", Some((*json).clone())),
                None if types.is_empty() => ("nothing", None),
                None => ("bytes", None),
            }
        };
        let ((was, old_json), (is, new_json)) = (answer(old), answer(new));
        if was != is {
            self.change(place, &format!("answers with {was} -> {is}"), Verdict::WORST);
        }
        // The generator reads the first JSON, however its type is written.
        if let (Some(before), Some(after)) = (&old_json, &new_json)
            && before != after
            && let (Some(old), Some(new)) = (old.get(before), new.get(after))
        {
            self.media(&place.key(before), old, new);
        }
        for (media_type, both) in sides.rest() {
            match both {
                (Some(old), Some(new)) => self.media(&place.key(media_type), old, new),
                (Some(_), None) if was == is => {
                    self.change(
                        place,
                        &format!("content type removed: {media_type}"),
                        Verdict::WORDS,
                    );
                }
                (None, Some(_)) if was == is => {
                    self.change(
                        place,
                        &format!("content type added: {media_type}"),
                        Verdict::WORDS,
                    );
                }
                _ => {}
            }
        }
    }
}

impl Operation<'_> {
    fn place(&self) -> Place {
        let pointer = Pointer::default().join("paths").join(&self.path).join(&self.method);
        Place::new(name_of(self.value, &self.path, &self.method), pointer)
    }

    fn words(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

/// A parameter of an operation, from wherever it is described.
struct Parameter<'a> {
    name: &'a str,
    kind: &'a str,
    /// What makes it the same parameter.
    key: (String, String),
    reference: Option<&'a str>,
    value: &'a Value,
}

impl Parameter<'_> {
    fn words(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// The parameters of an operation, its own before those of its path. None if they
/// are odd.
fn effective<'a>(
    document: &'a Value,
    path: &str,
    shared: Option<&'a Value>,
    own: Option<&'a Value>,
) -> Option<Vec<Parameter<'a>>> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (list, is_own) in [(own, true), (shared, false)] {
        let Some(list) = list else { continue };
        for value in list.as_array()? {
            let parameter = parameter(document, path, value)?;
            match parameters.iter().any(|other| other.key == parameter.key) {
                false => parameters.push(parameter),
                // What stands twice in one list is odd.
                true if is_own => return None,
                true => {}
            }
        }
    }
    Some(parameters)
}

fn parameter<'a>(document: &'a Value, path: &str, value: &'a Value) -> Option<Parameter<'a>> {
    let reference = value.get("$ref").and_then(Value::as_str);
    let value = deref(document, value)?;
    let (name, kind) = (value.get("name")?.as_str()?, value.get("in")?.as_str()?);
    let key = match (kind, position(path, name)) {
        ("path", Some(position)) => format!("{{{position}}}"),
        ("header", _) => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    Some(Parameter { name, kind, key: (kind.to_owned(), key), reference, value })
}

/// What a value is or refers to. None if that is not there, or again a reference.
fn deref<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    match value.get("$ref") {
        None => Some(value),
        Some(reference) => {
            resolve(document, reference.as_str()?).filter(|target| target.get("$ref").is_none())
        }
    }
}

/// Whether both refer to one component, which is compared where it stands.
fn is_same_reference(old: Option<&Value>, new: Option<&Value>) -> bool {
    let reference = |value: Option<&Value>| value?.get("$ref")?.as_str().map(str::to_owned);
    let reference = (reference(old), reference(new));
    reference.0.is_some() && reference.0 == reference.1 && old == new
}

/// Whether a body cannot be left empty.
fn demands(document: &Value, body: &Value) -> bool {
    let schemas = body.get("content").and_then(Value::as_object);
    let schema = schemas.and_then(|content| content.values().next()?.get("schema"));
    let shape = schema.and_then(|schema| deref(document, schema)).and_then(Shape::of);
    !shape.is_some_and(|shape| {
        let required = shape.schema.get("required").and_then(Value::as_array);
        shape.kind == Kind::Struct && required.is_none_or(Vec::is_empty)
    })
}

fn of_status(place: &Place, status: &str) -> Place {
    let place = place.key(status).named(&format!(": response {status}"));
    if is_success(status) { place.only_read() } else { place.of_error() }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.starts_with("application/json;")
}

/// Methods that may be sent again (RFC 9110, section 9.2.2).
fn is_idempotent(method: &str) -> bool {
    !matches!(method, "post" | "patch")
}

fn is_same_header((old, new): Both) -> bool {
    let name = |name: Option<&Value>| name.and_then(Value::as_str).map(str::to_ascii_lowercase);
    name(old) == name(new)
}
