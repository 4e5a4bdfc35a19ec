//! Types the bodies that the vendor shows an example of and nothing more.
//!
//! ```text
//! bodies (examples) -> shape (types) -> share (each shape once) -> name -> schema
//! ```
//!
//! An example proves little: no property is required, and every object is open.
//! What an overlay or xtask/spec/api types is left alone; `additionalProperties: true` is enough.
//!
//! An object keeps the name that it has in the document that was made before. A
//! new one is named after its place; where its shape stands in several, after the
//! first in the order of shared bodies, paths and methods. So what is added renames
//! nothing.

mod bodies;
mod earlier;
mod name;
mod schema;
mod shape;
mod share;

#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use serde_json::Value;

use name::{Name, Taken};
use schema::Writer;
use shape::{Budget, Kind, Shape};
use share::Objects;

use crate::places;
use crate::pointer::Pointer;

/// How many values all examples together may have.
const MOST_VALUES: usize = 100_000;

/// A body and what its examples show.
struct Inferred {
    place: String,
    what: String,
    examples: usize,
    shape: Shape,
}

/// Gives the bodies of a document that have examples and no type a schema, and
/// returns a line for each schema that is inferred. `earlier` is the document that
/// was made before, of which names are kept; null if there is none.
pub fn infer(document: &mut Value, earlier: &Value) -> Result<Vec<String>> {
    let mut objects = Objects::default();
    let bodies = read(document, &mut objects)?;
    let writer = Writer {
        has_nullable: document["openapi"].as_str().is_some_and(|is| is.starts_with("3.0.")),
        names: names(document, earlier, &objects, &bodies),
    };
    let mut lines = Vec::new();
    for body in &bodies {
        lines.extend(place(document, body, &writer));
    }
    for index in objects.by_place() {
        let object = &objects.all()[index];
        let name = &writer.names[index];
        places::schemas_mut(document)?.insert(name.clone(), writer.object(object));
        let more = match object.places {
            1 => String::new(),
            places => format!(", and {} more", places - 1),
        };
        let place = Pointer::default().join("components").join("schemas").join(name);
        let what = &bodies[object.first.body].what;
        let count = object.properties.len();
        lines.push(format!("{place}: {}, for the {what}{more}", counted(count, "property")));
    }
    Ok(lines)
}

/// What the examples of all bodies show.
fn read(document: &Value, objects: &mut Objects) -> Result<Vec<Inferred>> {
    let mut budget = Budget(MOST_VALUES);
    let bodies = bodies::find(document).into_iter().enumerate();
    let inferred = bodies.map(|(index, body)| {
        let shape =
            Shape::of(&body.examples, &mut budget).with_context(|| cannot_infer(&body.place))?;
        let shape = objects.share(shape, Name::top(&body.name), index);
        let examples = body.examples.len();
        Ok(Inferred { place: body.place, what: body.what, examples, shape })
    });
    inferred.collect()
}

fn cannot_infer(place: &str) -> String {
    format!("cannot infer a schema for {place}, type it in xtask/spec/api or an overlay")
}

/// The names of all objects, by their indices.
fn names(document: &Value, earlier: &Value, objects: &Objects, bodies: &[Inferred]) -> Vec<String> {
    let mut taken = Taken::default();
    let existing = document["components"]["schemas"].as_object();
    for (name, _) in existing.into_iter().flatten() {
        taken.take_as_it_is(name);
    }
    let mut names = earlier::names(earlier, objects, bodies);
    let order = objects.by_place();
    for index in &order {
        names[*index] = names[*index].take().filter(|name| taken.take_as_it_is(name));
    }
    for index in order {
        names[index].get_or_insert_with(|| taken.take(&objects.all()[index].first.name));
    }
    names.into_iter().flatten().collect()
}

/// Puts the schema of a body in its place; none if it was there.
fn place(document: &mut Value, body: &Inferred, writer: &Writer) -> Option<String> {
    let content = document.pointer_mut(&body.place)?.as_object_mut()?;
    let before = content.get("schema").unwrap_or(&Value::Null);
    if body.shape.kind == Kind::Unknown && before.is_object() {
        return None;
    }
    let mut shape = body.shape.clone();
    shape.nullable |= bodies::is_nullable(before);
    let schema = schema::with_words(writer.schema(&shape), bodies::words(before));
    if *before == schema {
        return None;
    }
    content.insert("schema".to_owned(), schema);
    let Inferred { place, what, examples, .. } = body;
    let kind = kind_in_words(&body.shape, writer);
    Some(format!("{place}/schema: {kind}, for the {what}, from {}", counted(*examples, "example")))
}

fn kind_in_words(shape: &Shape, writer: &Writer) -> String {
    match &shape.kind {
        Kind::Unknown | Kind::Any => "anything".to_owned(),
        Kind::Boolean => "a boolean".to_owned(),
        Kind::Integer => "an integer".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Text(_) => "a string".to_owned(),
        Kind::Array(items) => format!("an array, each {}", kind_in_words(items, writer)),
        Kind::Object(object) => match &object.rest {
            Some(values) => format!("a map, each {}", kind_in_words(values, writer)),
            None => "an object".to_owned(),
        },
        Kind::Named(index) => writer.names[*index].clone(),
    }
}

fn counted(count: usize, what: &str) -> String {
    match (count, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {what}s"),
    }
}
