//! Finds the named schemas that requests and responses use.
//!
//! It runs on the whole document, before tags are dropped: features must not change the type of
//! a field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{self, SCHEMAS, named, operations, reference};
use super::unions::is_union;

/// The names of schemas by their use.
pub struct Reach {
    /// Those in requests.
    pub sent: BTreeSet<String>,
    /// Those in responses and deliveries.
    pub received: BTreeSet<String>,
    /// The alternatives of unions.
    pub alternatives: BTreeSet<String>,
}

impl Reach {
    /// Follows the references of all operations.
    pub fn of(document: &Value) -> Self {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for (_, _, operation) in operations(document) {
            for key in ["parameters", "requestBody"] {
                follow(document, &operation[key], &mut sent);
            }
            for key in ["responses", "callbacks"] {
                follow(document, &operation[key], &mut received);
            }
        }
        let unions = named(document).filter(|(_, schema)| is_union(schema));
        let names = unions.flat_map(|(_, one)| schema::alternatives(one)).filter_map(reference);
        Self { sent, received, alternatives: names.map(str::to_owned).collect() }
    }

    /// Whether only requests use a schema.
    pub fn is_only_sent(&self, name: &str) -> bool {
        self.sent.contains(name) && !self.received.contains(name)
    }
}

/// Adds the schemas that a part of the document refers to, directly or indirectly.
pub fn follow(document: &Value, part: &Value, reached: &mut BTreeSet<String>) {
    schema::references(part, &mut |reference| {
        if let Some(name) = reference.strip_prefix(SCHEMAS)
            && reached.insert(name.to_owned())
        {
            follow(document, schema::schema(document, name), reached);
        }
    });
}
