//! Which credentials an operation takes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Differ;
use super::change::Level::{Major, Patch};
use super::change::Verdict;
use super::operations;
use super::place::Place;
use super::sides::{Both, Sides};
use crate::pointer::Pointer;

impl Differ<'_> {
    /// The security of the whole document, for operations that have none of their own.
    pub fn global_security(&mut self, both: Both) {
        let operations = operations::list(self.old);
        let inherits =
            |operation: &&operations::Operation| operation.value.get("security").is_none();
        let words = match operations.iter().filter(inherits).count() {
            1 => "1 operation: global security".to_owned(),
            count => format!("{count} operations: global security"),
        };
        let place = Place::new(words, Pointer::default().join("security"));
        compare(self, &place, both);
    }

    /// A way to show who one is, compared by itself.
    pub fn security_scheme(&mut self, place: &Place, old: &Value, new: &Value) {
        let Some(mut sides) = Sides::of(old, new) else {
            return self.not_understood(place);
        };
        let differs =
            ["type", "in", "name", "scheme"].map(|key| sides.take(key).is_some()).contains(&true);
        match (carrier(old), carrier(new)) {
            (Some(before), Some(after)) if before != after => {
                let text = format!("{before} -> {after}");
                self.change(place, &text, Verdict::wire(Patch, Major));
            }
            (Some(_), Some(_)) => {
                if differs {
                    self.change(place, "written differently, same meaning", Verdict::WORDS);
                }
            }
            _ => return self.not_understood(place),
        }
        self.rest(place, &mut sides);
    }
}

/// Compares what two lists of requirements accept.
pub fn compare(differ: &mut Differ, place: &Place, (old, new): Both) {
    if old == new {
        return;
    }
    let (Some(before), Some(after)) =
        (Accepted::of(differ.old, old), Accepted::of(differ.new, new))
    else {
        return differ.not_understood(place);
    };
    let dropped: BTreeSet<_> = before.credentials.difference(&after.credentials).collect();
    let added: BTreeSet<_> = after.credentials.difference(&before.credentials).collect();
    let list = |credentials: BTreeSet<&String>| {
        credentials.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    if !dropped.is_empty() {
        // A server that wants no credential minds none.
        let wire = if after.anonymous { Patch } else { Major };
        let text = format!("takes no longer: {}", list(dropped));
        differ.change(place, &text, Verdict::wire(Patch, wire));
    }
    if !added.is_empty() {
        differ.change(place, &format!("also takes: {}", list(added)), Verdict::WORDS);
    }
    match (before.anonymous, after.anonymous) {
        (true, false) => {
            differ.change(place, "demands a credential from now on", Verdict::wire(Patch, Major));
        }
        (false, true) => {
            differ.change(place, "demands no credential any more", Verdict::WORDS);
        }
        _ if before == after => {
            differ.change(place, "written differently, same meaning", Verdict::WORDS);
        }
        _ => {}
    }
}

/// What a list of requirements accepts.
#[derive(Default, PartialEq)]
struct Accepted {
    credentials: BTreeSet<String>,
    anonymous: bool,
}

impl Accepted {
    /// None if it is no such list, or names a scheme that is not there.
    fn of(document: &Value, requirements: Option<&Value>) -> Option<Self> {
        let none = json!([]);
        let requirements = requirements.unwrap_or(&none).as_array()?;
        let mut accepted = Self { anonymous: requirements.is_empty(), ..Self::default() };
        for requirement in requirements {
            let mut together = BTreeSet::new();
            for (name, scopes) in requirement.as_object()? {
                let schemes = document.get("components")?.get("securitySchemes")?;
                let carrier = carrier(schemes.get(name)?)?;
                let scopes = scopes.as_array()?;
                together.insert(if scopes.is_empty() {
                    carrier
                } else {
                    format!("{carrier} with {}", Value::from(scopes.clone()))
                });
            }
            if together.is_empty() {
                accepted.anonymous = true;
            } else {
                let together: Vec<String> = together.into_iter().collect();
                accepted.credentials.insert(together.join(" together with "));
            }
        }
        Some(accepted)
    }
}

/// What carries the credential of a scheme: `header x-api-key`.
fn carrier(scheme: &Value) -> Option<String> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    Some(match text("type")? {
        "apiKey" if text("in")? == "header" => {
            format!("header {}", text("name")?.to_ascii_lowercase())
        }
        "apiKey" => format!("{} {}", text("in")?, text("name")?),
        "http" => format!("header authorization ({})", text("scheme")?.to_ascii_lowercase()),
        other => other.to_owned(),
    })
}
