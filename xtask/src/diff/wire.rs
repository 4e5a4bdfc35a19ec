//! Finds the changes on the wire for clients that are already deployed. It walks both documents
//! side by side and expects the form that the profile requires. It follows references, so the name
//! of a schema does not matter.
//!
//! | Change | sent | read |
//! |---|---|---|
//! | operation removed; added | major; patch | |
//! | another server, or a credential that is no longer accepted | major | |
//! | no longer safe to retry; safe to retry | major; minor | |
//! | other advice on retries | minor | |
//! | required field or parameter added; optional one | major; patch | patch |
//! | field or parameter removed | major | minor, major if required |
//! | alternative added; removed | patch; major | minor, of events patch; minor |
//! | becomes required; optional | major; patch | patch; major, except lists, maps and nullables |
//! | becomes nullable; not null | patch; major | major, except lists, maps and optionals; patch |
//! | another type or format | major, unless all values fit | major, unless the client reads it |
//! | another discriminator | major | minor |
//! | other media type | major | major |
//! | value of an enum added; removed | patch; major | patch |
//! | bound, rule or exclusion tightened; loosened | major; patch | patch |
//! | another default; default added or removed | minor; patch | patch |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Changes;
use super::Level::{self, Major, Minor, Patch};
use super::sites::Direction::{Read, Sent};
use super::sites::{ALTERNATIVE, Direction, Site, Sites, sites};
use crate::generate::simplify::{IDEMPOTENCY_KEY, inline_shared};
use crate::places::{elements, entries};

/// The keywords of a schema that are compared, in addition to its type, fields and alternatives.
const KEYWORDS: &str = "default enum exclusiveMaximum exclusiveMinimum maxItems maxLength \
    maxProperties maximum minItems minLength minProperties minimum multipleOf pattern uniqueItems";

/// Returns the changes on the wire, and those that make the client refuse requests that it used
/// to send. A change in several places is listed once.
pub fn compare(old: &Value, new: &Value) -> (Changes, Changes) {
    let (mut old, mut new) = (old.clone(), new.clone());
    [&mut old, &mut new].into_iter().for_each(inline_shared);
    let mut wire = Wire::default();
    let url = |document: &Value| document["servers"][0]["url"].clone();
    wire.differ(Major, "server", url(&old), url(&new));
    let [before, now] =
        [&old, &new].map(|document| &document["components"]["schemas"]["ErrorCode"]["x-retry"]);
    for (code, _) in entries(before).chain(entries(now)) {
        let label = format!("x-retry of {code}");
        wire.differ(Minor, &label, before[code].clone(), now[code].clone());
    }
    wire.parts(sites(&old), sites(&new));
    while let Some((old, new)) = wire.open.pop() {
        wire.site(&old, &new);
    }
    let refused = |text| format!("{text}: the client refuses requests that it used to send");
    let refused = wire.refused.iter().map(|text| (Major, refused(text))).collect();
    (wire.changes.into_iter().map(|(text, level)| (level, text)).collect(), refused)
}

#[derive(Default)]
struct Wire<'d> {
    changes: BTreeMap<String, Level>,
    refused: BTreeSet<String>,
    /// The pairs that are still to be compared.
    open: Vec<(Site<'d>, Site<'d>)>,
    /// The pairs that were compared, by address.
    seen: BTreeSet<(Direction, usize, usize)>,
}

impl<'d> Wire<'d> {
    fn add(&mut self, level: Level, text: String) {
        let worst = self.changes.entry(text).or_insert(level);
        *worst = level.min(*worst);
    }

    /// Adds a change if two values differ.
    fn differ<T: Into<Value>>(&mut self, level: Level, label: &str, old: T, new: T) {
        let (old, new): (Value, Value) = (old.into(), new.into());
        if old != new {
            self.add(level, format!("{label}: {old} -> {new}"));
        }
    }

    fn parts(&mut self, old: Sites<'d>, mut new: Sites<'d>) {
        for (name, old) in old {
            if let Some(new) = new.remove(&name) {
                self.open.push((old, new));
                continue;
            }
            let is_needed = old.schema.shared == Sent || old.label.contains(": response ");
            let level = if is_needed { Major } else { old.missing().min(Minor) };
            self.add(level, format!("{} is removed", old.label));
        }
        for (name, new) in new {
            let level = match new.schema.shared {
                Sent if new.is_required => Major,
                Read if name.starts_with(ALTERNATIVE) => Minor,
                _ => Patch,
            };
            // The client sets required headers itself.
            if level == Major && !new.label.contains(": header ") {
                self.refused.insert(format!("{} is new and required", new.label));
            }
            self.add(level, format!("{} is new", new.label));
        }
    }

    fn site(&mut self, old: &Site<'d>, new: &Site<'d>) {
        let is_sent = new.schema.shared == Sent;
        // The client sets the idempotency key if the caller does not.
        let is_demanded = new.is_required && !new.label.ends_with(IDEMPOTENCY_KEY);
        let level = match is_sent {
            true if is_demanded && !old.is_required => Major,
            true if old.is_nullable && !new.is_nullable => Major,
            false if !new.is_required || new.is_nullable => old.missing(),
            _ => Patch,
        };
        self.differ(level, &old.label, old.presence(), new.presence());
        let address = |site: &Site| std::ptr::from_ref(site.schema.value).addr();
        if !self.seen.insert((new.schema.shared, address(old), address(new))) {
            return;
        }
        if new.is_operation() {
            self.operation(old, new);
        }
        if old.kind() != new.kind() {
            let level = if is_sent { fit(old, new) } else { fit(new, old) };
            self.differ(level, &format!("{}: type", old.name), old.kind(), new.kind());
        }
        let tag = |site: &Site<'d>| site.schema["discriminator"]["propertyName"].clone();
        let level = if is_sent { Major } else { Minor };
        self.differ(level, &format!("{}: discriminator", old.name), tag(old), tag(new));
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
        self.parts(old.parts(), new.parts());
    }

    fn operation(&mut self, old: &Site, new: &Site) {
        let [before, now] = [old, new].map(Site::is_safe);
        // A newer client repeats calls that an older one makes once.
        let level = if now { Minor } else { Major };
        self.differ(level, &format!("{} x-idempotent", new.label), before, now);
        let [before, now] = [old, new].map(Site::credentials);
        let level = if now.is_superset(&before) || now.contains("") { Patch } else { Major };
        self.differ(level, &format!("{} credentials", new.label), json!(before), json!(now));
    }

    /// Compares the rules on the fields of a request.
    fn choices(&mut self, old: &Site, new: &Site) {
        let before = old.choices();
        for (is_exact, fields) in new.choices() {
            let is_looser = before
                .iter()
                .any(|(was_exact, were)| fields.is_superset(were) && (*was_exact || !is_exact));
            if !is_looser {
                let count = if is_exact { "exactly one" } else { "at least one" };
                let text = format!("{}: requires {count} of {}", new.name, json!(fields));
                self.refused.insert(text.clone());
                self.add(Major, text);
            }
        }
        let [before, now] = [old, new].map(Site::exclusions);
        for (level, cases, word) in [
            (Major, now.difference(&before), "no longer accepts"),
            (Patch, before.difference(&now), "accepts again"),
        ] {
            cases.for_each(|case| self.add(level, format!("{}: {word} {case}", new.name)));
        }
    }
}

/// The level of a change after which values of one type are read as another. All values in a URL
/// are texts. The client reads numbers as texts, and any value as a date.
fn fit(value: &Site, reader: &Site) -> Level {
    let is_client = reader.schema.shared != Sent;
    let is_text = is_client || [": query ", ": path "].iter().any(|at| value.label.contains(at));
    let kind = value.kind();
    let is = |kinds: &[&str]| kinds.contains(&kind.split(' ').next().unwrap_or_default());
    let fits = match reader.kind().as_str() {
        // Any value fits.
        "" => true,
        "union" => reader.parts().values().any(|part| fit(value, part) == Patch),
        "string date" | "string date-time" | "integer unixtime" => is_client,
        "string" | "string password" => is(&["string"]) || is_text && is(&["integer", "number"]),
        "string data-url" => is_client && is(&["string"]),
        "integer" | "integer int64" => is(&["integer"]) && kind != "integer uint64",
        "number" | "number double" => is(&["integer", "number"]),
        same => same == kind,
    };
    match fits {
        true => Patch,
        // A union keeps unknown values.
        false if is_client && reader.kind() == "union" => Minor,
        false => Major,
    }
}

/// Whether every value that satisfied the old bound satisfies the new one.
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
