//! What only the generator needs of a document, so that `openapi.json` can stay
//! as any other tool would want it.
//!
//! One idea each, in this order: [`references`] puts shared parts where they are
//! used; [`operations`] keeps what can be generated, with [`parameters`],
//! [`bodies`] and [`responses`]; [`texts`] makes descriptions safe as comments;
//! [`names`] gives schemas names that Rust takes; [`lenient`] drops what a newer
//! server may break; [`lift`] names what has no name; [`all_of`] joins; [`unions`]
//! finds alternatives; [`nullable`] tells null from missing; [`aliases`] and
//! [`fields`] see to the rest. What is dropped on the way and still needed is found
//! before: [`callbacks`] and [`rules`].

mod aliases;
mod all_of;
mod api_error;
mod bodies;
mod callbacks;
mod fields;
mod lenient;
mod lift;
mod marker;
mod media;
mod names;
mod nullable;
mod operations;
mod parameters;
mod reach;
mod references;
mod responses;
mod rules;
mod texts;
mod unions;
mod walk;

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use serde_json::Value;

use super::select;

pub use marker::{plain, unmark};
pub use media::Media;
pub use names::snake;
pub use nullable::Nullables;
pub use parameters::IDEMPOTENCY_KEY;
pub use rules::{Choice, Rules, Size};
pub use unions::{Holds, Union};
pub use walk::{METHODS, SCHEMAS, alias};

/// A document that the generator takes.
pub struct Adapted {
    /// The document.
    pub document: OpenAPI,
    /// The same as JSON.
    pub json: Value,
    /// The names of all fields on the wire.
    pub fields: BTreeSet<String>,
    /// The named schemas that are one of several, which the generator leaves to us.
    pub unions: Vec<Union>,
    /// The one of what callbacks send.
    pub deliveries: Option<Union>,
    /// The named schemas for a value or null, which the generator leaves to us too.
    pub nullables: Nullables,
    /// What the fields of requests have to hold.
    pub rules: Rules,
    /// The named schemas that requests are made of.
    pub sent: BTreeSet<String>,
    /// The media types that the generator does not know.
    pub media: Media,
    /// What was left out or simplified, a line each.
    pub warnings: Vec<String>,
}

/// Adapts a document, and keeps what `has_feature` asks for.
pub fn adapt(mut document: Value, has_feature: &dyn Fn(&str) -> bool) -> Result<Adapted, String> {
    let mut warnings = Vec::new();
    marker::refuse(&document)?;
    references::resolve(&mut document)?;
    let delivery = callbacks::body(&mut document);
    let media = operations::adapt(&mut document, &mut warnings);
    texts::adapt(&mut document);
    let mut names = names::adapt(&mut document);
    let rules = rules::find(&mut document);
    lenient::adapt(&mut document);
    lift::adapt(&mut document, &mut names);
    aliases::adapt(&mut document);
    all_of::adapt(&mut document, &mut warnings);
    // Of the whole document: which operations are selected must not change a type.
    let reach = reach::of(&mut document);
    // Later, what unions are made of is no longer to be seen.
    select::select(&mut document, has_feature, delivery.as_deref());
    let mut unions = unions::adapt(&mut document, &mut warnings);
    let place = unions.iter().position(|union| Some(&union.name) == delivery.as_ref());
    let deliveries = place.map(|place| unions.remove(place));
    let nullables = nullable::adapt(&mut document, &reach, &mut names);
    let fields = fields::adapt(&mut document);
    let json = document.clone();
    let document = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let sent = reach.sent;
    Ok(Adapted {
        document,
        json,
        fields,
        unions,
        deliveries,
        nullables,
        rules,
        sent,
        media,
        warnings,
    })
}
