//! What changed in a schema, key by key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Differ;
use super::change::Level::{self, Major, Minor, Patch};
use super::change::Verdict;
use super::merge::merged;
use super::place::Place;
use super::shape::{Kind, Shape};
use super::sides::{Both, Sides};
use super::uses::resolve;

/// What holds a schema, and so decides what missing and null mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot {
    /// The schema of a component.
    Component,
    /// An item, the value of a map, a branch, a whole body: always there.
    Inside,
    /// A field of an object, required or not, before and after.
    Field(bool, bool),
    /// A parameter, required or not, before and after.
    Parameter(bool, bool),
}

impl Slot {
    fn required(self) -> (bool, bool) {
        match self {
            Slot::Component | Slot::Inside => (true, true),
            Slot::Field(old, new) | Slot::Parameter(old, new) => (old, new),
        }
    }

    /// The Rust type of what the slot holds.
    fn rust(self, shape: &Shape, required: bool) -> String {
        match self {
            Slot::Component | Slot::Inside => shape.rust_or_null(),
            Slot::Field(..) => shape.rust_field(required),
            // A setter takes the value itself.
            Slot::Parameter(..) => shape.rust(),
        }
    }
}

impl Differ<'_> {
    /// Compares two schemas at one place.
    pub fn schema(&mut self, place: &Place, slot: Slot, old: &Value, new: &Value) {
        let (was_required, is_required) = slot.required();
        if old == new && was_required == is_required {
            return;
        }
        let (Some(before), Some(after)) = (Shape::of(old), Shape::of(new)) else {
            return self.not_understood(place);
        };
        let joins = |one: Kind, other: Kind| one == Kind::AllOf && other == Kind::Struct;
        if (joins(before.kind, after.kind) || joins(after.kind, before.kind))
            && let (Some(old), Some(new)) =
                (merged(old, self.old, self.old), merged(new, self.old, self.new))
        {
            // The generator makes the same of an object and of one in parts.
            self.schema(place, slot, &old, &new);
            return self.or_same_meaning(place, |_| {});
        }
        self.or_same_meaning(place, |differ| {
            differ.outside(place, slot, &before, &after);
            if before.is_like(&after) {
                differ.inside(place, slot, &before, &after);
            }
        });
    }

    /// Kind, format, null and missing: what one line says.
    fn outside(&mut self, place: &Place, slot: Slot, old: &Shape, new: &Shape) {
        let (was_required, is_required) = slot.required();
        let words = |shape: &Shape, required: bool| {
            format!("{}{}", if required { "" } else { "optional " }, shape.words())
        };
        // Of a list or a map the words name what is inside, which has its own line.
        let same_words = old.is_like(new)
            && (matches!(old.kind, Kind::Array | Kind::Map) || old.kind == new.kind);
        if same_words && old.nullable == new.nullable && was_required == is_required {
            return;
        }
        let typed = slot.rust(old, was_required) == slot.rust(new, is_required);
        let newly_required = is_required && !was_required;
        let rust = match slot {
            _ if !typed => Major,
            _ if newly_required && place.sent => Major,
            Slot::Parameter(true, false) => Minor,
            _ => Patch,
        };
        let (sent, read) = self.wire(slot, old, new, place);
        let text = format!("{} -> {}", words(old, was_required), words(new, is_required));
        self.change(place, &text, Verdict { rust, sent, read });
    }

    fn wire(&mut self, slot: Slot, old: &Shape, new: &Shape, place: &Place) -> (Level, Level) {
        let (was_required, is_required) = slot.required();
        let old_type = slot.rust(old, was_required);
        let reads_null = old_type.starts_with("Option<") || old.kind == Kind::Anything;
        let null_fails = new.nullable && !reads_null;
        // A required field has to be there, even if it may be null.
        let missing_fails = !is_required && was_required;
        let read = if null_fails || missing_fails { Major } else { self.reads(old, new, place) };

        let takes_null = new.nullable || new.kind == Kind::Anything;
        let sends_null =
            old.nullable && was_required && !matches!(slot, Slot::Parameter(..)) && !takes_null;
        let misses = is_required && !was_required;
        let sent = if sends_null || misses { Major } else { self.takes(old, new, place) };
        (sent, read)
    }

    /// Whether the type that an older client has reads what the server sends now.
    #[expect(clippy::match_same_arms, reason = "an arm for each rule")]
    fn reads(&mut self, old: &Shape, new: &Shape, place: &Place) -> Level {
        let holds_anything = |map: &Shape| {
            let values = map.schema.get("additionalProperties").and_then(Shape::of);
            values.is_none_or(|values| values.kind == Kind::Anything)
        };
        match (old.kind, new.kind) {
            (Kind::Reference(_), _) | (_, Kind::Reference(_)) if !old.is_like(new) => {
                self.behind_references(old, new, place, Place::only_read)
            }
            (Kind::Number(Some("float")), Kind::Number(format)) if format != Some("float") => Minor,
            (Kind::Anything, _) => Patch,
            (Kind::Number(_), Kind::Number(_) | Kind::Integer(_)) => Patch,
            (Kind::Integer(_), Kind::Integer(_)) => {
                let (type_before, type_now) = (old.integer(), new.integer());
                let (least, most) = new.bounds();
                let fits = least.unwrap_or(type_now.least) >= type_before.least
                    && most.unwrap_or(type_now.most) <= type_before.most;
                if type_before == type_now || fits { Patch } else { Major }
            }
            (Kind::String(_), Kind::String(_)) if old.rust() == new.rust() => Patch,
            (Kind::String(_), Kind::String(_) | Kind::Enum) => {
                if matches!(old.rust().as_str(), "String" | "Secret") { Patch } else { Major }
            }
            // Enums are open.
            (Kind::Enum, Kind::Enum | Kind::String(_)) => Patch,
            (Kind::Map, Kind::Struct) if holds_anything(old) => Patch,
            _ if same_branches(old, new) => Patch,
            _ if old.is_like(new) => Patch,
            _ => Major,
        }
    }

    /// Whether the server takes what the type of an older client writes.
    #[expect(clippy::match_same_arms, reason = "an arm for each rule")]
    fn takes(&mut self, old: &Shape, new: &Shape, place: &Place) -> Level {
        match (old.kind, new.kind) {
            (Kind::Reference(_), _) | (_, Kind::Reference(_)) if !old.is_like(new) => {
                self.behind_references(old, new, place, Place::only_sent)
            }
            (_, Kind::Anything) => Patch,
            (Kind::Integer(_) | Kind::Number(_), Kind::Number(_)) => Patch,
            (Kind::Integer(_), Kind::Integer(_)) => {
                let ((least, most), now) = (old.bounds(), new.integer());
                let before = old.integer();
                let within = least.unwrap_or(before.least) >= now.least
                    && most.unwrap_or(before.most) <= now.most;
                if within { Patch } else { Major }
            }
            // A secret is a string like any other.
            (Kind::String(_) | Kind::Enum, Kind::String(None | Some("password"))) => Patch,
            (Kind::String(one), Kind::String(other)) if one == other => Patch,
            (Kind::String(_), Kind::String(_)) => Major,
            (Kind::Struct, Kind::Map) if !new.schema.contains_key("additionalProperties") => Patch,
            _ if same_branches(old, new) => Patch,
            _ if old.is_like(new) => Patch,
            _ => Major,
        }
    }

    /// What older clients meet where a reference was replaced: whatever differs
    /// between what it points to before and after.
    fn behind_references(
        &mut self,
        old: &Shape,
        new: &Shape,
        place: &Place,
        direction: fn(&Place) -> Place,
    ) -> Level {
        const DEEPEST: usize = 16;
        let target = |document: &Value, shape: &Shape| match shape.kind {
            Kind::Reference(reference) => resolve(document, reference).cloned(),
            _ => Some(Value::Object(shape.schema.clone())),
        };
        let (Some(mut before), Some(mut after)) = (target(self.old, old), target(self.new, new))
        else {
            return Major;
        };
        if self.behind.contains(&(before.clone(), after.clone())) {
            return Patch;
        }
        if self.behind.len() == DEEPEST {
            return Major;
        }
        self.behind.push((before.clone(), after.clone()));
        // Whether what is referred to may be null was judged outside.
        for value in [&mut before, &mut after] {
            if let Some(schema) = value.as_object_mut() {
                schema.remove("nullable");
            }
        }
        let found = self.probe(|differ| {
            differ.schema(&direction(place), Slot::Inside, &before, &after);
        });
        self.behind.pop();
        found
    }

    /// What only schemas of one kind have to compare.
    fn inside(&mut self, place: &Place, slot: Slot, old: &Shape, new: &Shape) {
        let (before, after) =
            (Value::Object(old.schema.clone()), Value::Object(new.schema.clone()));
        let Some(mut sides) = Sides::of(&before, &after) else { return };
        for key in ["type", "format", "nullable", "$ref"] {
            sides.both(key);
        }
        match old.kind {
            Kind::Reference(_) => {
                sides.both("allOf");
            }
            Kind::Array => {
                let (old, new) = sides.both("items");
                let (old, new) = (old.cloned(), new.cloned());
                let any = || json!({});
                self.schema(
                    &place.key("items").named("[]"),
                    Slot::Inside,
                    &old.unwrap_or_else(any),
                    &new.unwrap_or_else(any),
                );
            }
            Kind::Struct => self.fields(place, &mut sides),
            Kind::Enum => {
                let values = sides.both("enum");
                self.values(&place.key("enum"), values);
            }
            Kind::AllOf => {
                for key in ["allOf", "properties", "required", "additionalProperties"] {
                    sides.both(key);
                }
                self.all_of(place, &before, &after);
            }
            Kind::OneOf => self.branches(place, "oneOf", &mut sides),
            Kind::AnyOf => self.branches(place, "anyOf", &mut sides),
            _ => {}
        }
        if matches!(old.kind, Kind::Struct | Kind::Map) {
            self.other_fields(place, old.kind == Kind::Map, &mut sides);
        }
        self.bounds(place, slot, (old, new), &mut sides);
        self.notes(place, slot, (old, new), &mut sides);
        self.rest(place, &mut sides);
    }

    fn fields(&mut self, place: &Place, sides: &mut Sides) {
        let (properties, required) = (sides.both("properties"), sides.both("required"));
        let (Some(old), Some(new)) =
            (Fields::of(properties.0, required.0), Fields::of(properties.1, required.1))
        else {
            return self.not_understood(place);
        };
        for name in old.names().union(&new.names()) {
            let place = place.key("properties").key(name).named(&format!(".{name}"));
            match (old.get(name), new.get(name)) {
                (Some((old, was_required)), Some((new, is_required))) => {
                    self.schema(&place, Slot::Field(was_required, is_required), old, new);
                }
                (Some((field, required)), None) => self.field_removed(&place, field, required),
                (None, Some((field, required))) => self.field_added(&place, field, required),
                (None, None) => {}
            }
        }
    }

    fn field_added(&mut self, place: &Place, field: &Value, required: bool) {
        let rust = if required && place.sent { Major } else { Minor };
        let sent = if required { Major } else { Patch };
        let text = format!("field added: {}", field_words(field, required));
        self.change(place, &text, Verdict { rust, sent, read: Patch });
    }

    fn field_removed(&mut self, place: &Place, field: &Value, required: bool) {
        let read = if required { Major } else { Minor };
        let text = format!("field removed (was {})", field_words(field, required));
        self.change(place, &text, Verdict { rust: Major, sent: Major, read });
    }

    /// Fields of any name: all that a map has.
    fn other_fields(&mut self, place: &Place, is_map: bool, sides: &mut Sides) {
        let (old, new) = sides.both("additionalProperties");
        let place = place.key("additionalProperties");
        let any = json!({});
        let schema = |value: Option<&Value>| match value {
            None | Some(Value::Bool(true)) if is_map => Some(any.clone()),
            None | Some(Value::Bool(_)) => None,
            Some(schema) => Some(schema.clone()),
        };
        match (schema(old), schema(new)) {
            (Some(before), Some(after)) => {
                self.schema(&place.named("{}"), Slot::Inside, &before, &after);
            }
            (None, Some(_)) => {
                let verdict = Verdict::wire(Minor, Patch);
                self.change(&place, "fields of any name are kept from now on", verdict);
            }
            (Some(_), None) => {
                let verdict = Verdict { rust: Major, sent: Major, read: Patch };
                self.change(&place, "fields of any name are kept no more", verdict);
            }
            // Models ignore other fields, and send none.
            (None, None) if old != new => {
                self.change(&place, "other fields allowed or not", Verdict::WORDS);
            }
            (None, None) => {}
        }
    }

    /// The values of an enum of strings.
    fn values(&mut self, place: &Place, (old, new): Both) {
        let list = |values: Option<&Value>| values.and_then(Value::as_array).cloned();
        let (Some(old), Some(new)) = (list(old), list(new)) else {
            return self.not_understood(place);
        };
        for value in new.iter().filter(|value| !old.contains(value)) {
            let rust = if value.is_string() { Minor } else { Patch };
            self.change(place, &format!("value added: {value}"), Verdict::wire(rust, Patch));
        }
        if new != old && new.len() == old.len() && new.iter().all(|value| old.contains(value)) {
            // Values of an enum are compared by their order.
            self.change(place, "values in another order", Verdict::wire(Minor, Patch));
        }
        for value in old.iter().filter(|value| !new.contains(value)) {
            let level = if value.is_string() { Major } else { Patch };
            let verdict = Verdict { rust: level, sent: level, read: Patch };
            self.change(place, &format!("value removed: {value}"), verdict);
        }
    }

    /// Schemas that are joined into one object: compared as that object.
    fn all_of(&mut self, place: &Place, old: &Value, new: &Value) {
        let keys = ["allOf", "properties", "required", "additionalProperties"];
        if keys.iter().all(|key| old.get(key) == new.get(key)) {
            return;
        }
        // What both refer to by one name is reported where it stands.
        match (merged(old, self.old, self.old), merged(new, self.old, self.new)) {
            (Some(old), Some(new)) => self.schema(place, Slot::Inside, &old, &new),
            _ => self.change(place, "allOf changed", Verdict::WORST),
        }
    }

    /// Schemas of which one applies. The names of variants depend on all of them.
    fn branches(&mut self, place: &Place, key: &str, sides: &mut Sides) {
        let Some((Some(Value::Array(old)), Some(Value::Array(new)))) = sides.take(key) else {
            return;
        };
        let place = place.key(key);
        let mut removed: Vec<_> = old.iter().filter(|branch| !new.contains(branch)).collect();
        let mut added: Vec<_> =
            new.iter().enumerate().filter(|(_, branch)| !old.contains(branch)).collect();
        let inline = |branch: &Value| {
            Shape::of(branch).is_some_and(|shape| !matches!(shape.kind, Kind::Reference(_)))
        };
        if !removed.is_empty()
            && old.len() == new.len()
            && removed.len() == added.len()
            && removed.iter().copied().chain(added.iter().map(|(_, branch)| *branch)).all(inline)
        {
            for (before, (index, after)) in
                std::mem::take(&mut removed).into_iter().zip(std::mem::take(&mut added))
            {
                let place = place.key(index).named(&format!(" ({key} {})", index + 1));
                self.schema(&place, Slot::Inside, before, after);
            }
            return;
        }
        for branch in &removed {
            let verdict = Verdict { rust: Major, sent: Major, read: Patch };
            self.change(&place, &format!("{key}: {} removed", field_words(branch, true)), verdict);
        }
        for (_, branch) in &added {
            let verdict = Verdict { rust: Major, sent: Patch, read: Major };
            self.change(&place, &format!("{key}: {} added", field_words(branch, true)), verdict);
        }
        if removed.is_empty() && added.is_empty() {
            // The first branch that fits is read.
            let text = format!("{key}: order or repetition of branches");
            self.change(&place, &text, Verdict::wire(Major, Patch));
        }
    }

    /// Keywords that bound what is valid.
    fn bounds(
        &mut self,
        place: &Place,
        slot: Slot,
        (old, new): (&Shape, &Shape),
        sides: &mut Sides,
    ) {
        const BOUNDS: &[&str] = &[
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minProperties",
            "maxProperties",
        ];
        let (was_required, is_required) = slot.required();
        let typed = slot.rust(old, was_required) == slot.rust(new, is_required);
        for key in BOUNDS {
            let Some(bound) = sides.take(key) else { continue };
            let Some(Moved { tighter, looser }) = moved(key, bound) else {
                self.not_understood(&place.key(key));
                continue;
            };
            let of_type = match old.kind {
                Kind::String(_) => old.is_checked_string(),
                Kind::Array => old.fixed_length().is_some(),
                Kind::Integer(_) => self.reads(old, new, place) == Major,
                _ => false,
            };
            let verdict = Verdict {
                rust: if typed { Patch } else { Major },
                sent: if tighter { Major } else { Patch },
                read: if looser && of_type { Major } else { Patch },
            };
            self.change(place, &format!("{key}: {}", arrow(bound)), verdict);
        }
    }

    /// Keywords beside the type: defaults, directions and words.
    fn notes(
        &mut self,
        place: &Place,
        slot: Slot,
        (old, new): (&Shape, &Shape),
        sides: &mut Sides,
    ) {
        let (was_required, is_required) = slot.required();
        if let Some(default) = sides.take("default") {
            let typed = slot.rust(old, was_required) == slot.rust(new, is_required);
            let rust = match (slot, default) {
                _ if !typed => Major,
                (Slot::Component, (Some(_), None)) => Major,
                (Slot::Component, (None, Some(_))) => Minor,
                _ => Patch,
            };
            // An older client fills in the default that it knows.
            let filled =
                default.0.is_some() && default.1.is_some() && matches!(slot, Slot::Field(false, _));
            let read = if filled { Minor } else { Patch };
            let verdict = Verdict { rust, sent: Patch, read };
            self.change(place, &format!("default: {}", arrow(default)), verdict);
        }
        if let Some(title) = sides.take("title") {
            let names_a_type = slot != Slot::Component
                && (matches!(
                    old.kind,
                    Kind::Struct | Kind::Enum | Kind::AllOf | Kind::OneOf | Kind::AnyOf
                ) || old.is_checked_string());
            let rust = if names_a_type { Major } else { Patch };
            self.change(place, &format!("title: {}", arrow(title)), Verdict::wire(rust, Patch));
        }
        let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
        for (key, words, verdict) in [
            (
                "readOnly",
                "sent by the server only",
                Verdict { rust: Patch, sent: Major, read: Patch },
            ),
            (
                "writeOnly",
                "sent by clients only",
                Verdict { rust: Patch, sent: Patch, read: Major },
            ),
        ] {
            match sides.take(key) {
                Some((None | Some(Value::Bool(_)), after @ (None | Some(Value::Bool(_))))) => {
                    if is_true(after) {
                        self.change(place, &format!("{words} from now on ({key})"), verdict);
                    } else {
                        self.change(place, &format!("{key} no more"), Verdict::WORDS);
                    }
                }
                Some(_) => self.not_understood(&place.key(key)),
                None => {}
            }
        }
        if matches!(old.kind, Kind::Reference(_)) {
            // Nothing else beside a reference has a meaning.
            for (key, _) in sides.rest() {
                self.change(place, &format!("{key} changed"), Verdict::WORDS);
            }
        }
    }
}

/// Whether one or any of the same schemas apply.
fn same_branches(old: &Shape, new: &Shape) -> bool {
    let branches = |shape: &Shape| match shape.kind {
        Kind::OneOf => shape.schema.get("oneOf").cloned(),
        Kind::AnyOf => shape.schema.get("anyOf").cloned(),
        _ => None,
    };
    branches(old).is_some() && branches(old) == branches(new)
}

/// The fields of an object. One that is required and not described may hold
/// anything.
struct Fields {
    schemas: BTreeMap<String, Value>,
    required: BTreeSet<String>,
}

impl Fields {
    fn of(properties: Option<&Value>, required: Option<&Value>) -> Option<Self> {
        let mut schemas: BTreeMap<String, Value> = match properties {
            None => BTreeMap::new(),
            Some(properties) => properties.as_object()?.clone().into_iter().collect(),
        };
        let required = match required {
            None => BTreeSet::new(),
            Some(required) => required
                .as_array()?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<BTreeSet<_>>>()?,
        };
        for name in &required {
            schemas.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
        }
        Some(Self { schemas, required })
    }

    fn names(&self) -> BTreeSet<&String> {
        self.schemas.keys().collect()
    }

    fn get(&self, name: &str) -> Option<(&Value, bool)> {
        Some((self.schemas.get(name)?, self.required.contains(name)))
    }
}

fn field_words(field: &Value, required: bool) -> String {
    let words = Shape::of(field).map_or_else(|| "not understood".to_owned(), |shape| shape.words());
    format!("{}{words}", if required { "" } else { "optional " })
}

/// `1 -> 2`, or `(none)` for what is not there.
pub fn arrow((old, new): Both) -> String {
    let words = |value: Option<&Value>| match value {
        None => "(none)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    format!("{} -> {}", words(old), words(new))
}

/// Where a bound went.
struct Moved {
    tighter: bool,
    looser: bool,
}

fn moved(key: &str, (old, new): Both) -> Option<Moved> {
    let number = |value: Option<&Value>, none: f64| match value {
        None => Some(none),
        Some(value) => value.as_f64(),
    };
    let flag = |value: Option<&Value>| match value {
        None => Some(0.0),
        Some(value) => value.as_bool().map(|flag| f64::from(u8::from(flag))),
    };
    // From the tighter side: more is tighter.
    let (before, after) = match key {
        "minLength" | "minItems" | "minProperties" => (number(old, 0.0)?, number(new, 0.0)?),
        "minimum" => (number(old, f64::NEG_INFINITY)?, number(new, f64::NEG_INFINITY)?),
        "maxLength" | "maxItems" | "maxProperties" | "maximum" => {
            (-number(old, f64::INFINITY)?, -number(new, f64::INFINITY)?)
        }
        "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => (flag(old)?, flag(new)?),
        // Of two patterns or factors nobody can tell which allows more.
        _ => {
            let known = |value: Option<&Value>| {
                value.is_none_or(|value| value.is_string() || value.is_number())
            };
            (known(old) && known(new)).then_some(())?;
            return Some(Moved { tighter: new.is_some(), looser: old.is_some() });
        }
    };
    Some(Moved { tighter: after > before, looser: after < before })
}
