//! What only the generator needs of a document, so that `openapi.json` can stay
//! as any other tool would want it.
//!
//! One idea each, in this order: [`references`] puts shared parts where they are
//! used; [`operations`] keeps what can be generated, with [`parameters`],
//! [`bodies`] and [`responses`]; [`texts`] makes descriptions safe as comments;
//! [`names`] gives schemas names that Rust takes; [`lenient`] drops what a newer
//! server may break; [`lift`] names what has no name; [`all_of`] joins; [`unions`]
//! finds alternatives; [`aliases`] and [`fields`] see to the rest.

mod aliases;
mod all_of;
mod api_error;
mod bodies;
mod fields;
mod lenient;
mod lift;
mod marker;
mod media;
mod names;
mod operations;
mod parameters;
mod references;
mod responses;
mod texts;
mod unions;
mod walk;

use openapiv3::OpenAPI;
use serde_json::Value;

pub use marker::{plain, unmark};
pub use media::Media;
pub use unions::{Holds, Union};

/// A document that the generator takes.
pub struct Adapted {
    /// The document.
    pub document: OpenAPI,
    /// The named schemas that are one of several, which the generator leaves to us.
    pub unions: Vec<Union>,
    /// The media types that the generator does not know.
    pub media: Media,
    /// What was left out or simplified, a line each.
    pub warnings: Vec<String>,
}

/// Adapts a document.
pub fn adapt(mut document: Value) -> Result<Adapted, String> {
    let mut warnings = Vec::new();
    marker::refuse(&document)?;
    references::resolve(&mut document)?;
    let media = operations::adapt(&mut document, &mut warnings);
    texts::adapt(&mut document);
    let mut names = names::adapt(&mut document);
    lenient::adapt(&mut document);
    lift::adapt(&mut document, &mut names);
    aliases::adapt(&mut document);
    all_of::adapt(&mut document, &mut warnings);
    let unions = unions::adapt(&mut document, &mut warnings);
    fields::adapt(&mut document);
    let document = serde_json::from_value(document).map_err(|error| error.to_string())?;
    Ok(Adapted { document, unions, media, warnings })
}
