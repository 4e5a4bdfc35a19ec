//! Security schemes. 3.0 has no `mutualTLS`, and gives roles to OAuth 2 and
//! OpenID Connect only.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Context;
use crate::pointer::Pointer;

/// The names of the schemes that a requirement in 3.0 says otherwise.
#[derive(Default)]
pub(super) struct Schemes {
    mutual_tls: BTreeSet<String>,
    without_roles: BTreeSet<String>,
}

impl Schemes {
    pub(super) fn of(document: &Value) -> Self {
        let mut schemes = Self::default();
        let declared = document.pointer("/components/securitySchemes").and_then(Value::as_object);
        for (name, scheme) in declared.into_iter().flatten() {
            match kind(document, scheme) {
                Some("mutualTLS") => drop(schemes.mutual_tls.insert(name.clone())),
                Some("http" | "apiKey") => drop(schemes.without_roles.insert(name.clone())),
                _ => {}
            }
        }
        schemes
    }

    /// Takes the schemes away that 3.0 does not know.
    pub(super) fn retain(&self, components: &mut Map<String, Value>) -> Vec<String> {
        let mut removed = Vec::new();
        if let Some(Value::Object(declared)) = components.get_mut("securitySchemes") {
            declared.retain(|name, _| {
                let keep = !self.mutual_tls.contains(name);
                if !keep {
                    removed.push(name.clone());
                }
                keep
            });
        }
        removed
    }
}

/// The type of a scheme, which may be a reference to another.
fn kind<'a>(document: &'a Value, mut scheme: &'a Value) -> Option<&'a str> {
    for _ in 0..8 {
        let Some(reference) = scheme.get("$ref") else { break };
        scheme = document.pointer(reference.as_str()?.strip_prefix('#')?)?;
    }
    scheme.get("type")?.as_str()
}

/// The requirements of a document or an operation, any one of which is enough.
pub(super) fn convert(object: &mut Map<String, Value>, at: &Pointer, context: &mut Context) {
    let Some(Value::Array(alternatives)) = object.get_mut("security") else { return };
    let at = at.join("security");
    let needs_mutual_tls = |alternative: &Value| {
        let mut names = alternative.as_object().into_iter().flat_map(Map::keys);
        names.any(|name| context.schemes.mutual_tls.contains(name))
    };
    let needed: Vec<bool> = alternatives.iter().map(needs_mutual_tls).collect();
    let always = needed.iter().all(|needed| *needed);
    for (index, _) in needed.iter().enumerate().filter(|(_, needed)| **needed) {
        context.dropped.push(at.join(index).to_string());
    }
    if always {
        // The connection is what shows the certificate, the request need not.
        for schemes in alternatives.iter_mut().filter_map(Value::as_object_mut) {
            schemes.retain(|name, _| !context.schemes.mutual_tls.contains(name));
        }
    } else {
        let mut needed = needed.into_iter();
        alternatives.retain(|_| needed.next() == Some(false));
    }
    for (index, alternative) in alternatives.iter_mut().enumerate() {
        drop_roles(alternative, &at.join(index), context);
    }
}

fn drop_roles(alternative: &mut Value, at: &Pointer, context: &mut Context) {
    let Value::Object(schemes) = alternative else { return };
    for (name, roles) in schemes {
        if let Value::Array(roles) = roles
            && !roles.is_empty()
            && context.schemes.without_roles.contains(name)
        {
            roles.clear();
            context.drop(at, name);
        }
    }
}
