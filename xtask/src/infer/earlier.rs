//! The names that objects have in the document that was made before. No rule that
//! looks at one document alone can keep them: what is added may have the same
//! shape or want the same name, and come first.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Inferred;
use super::shape::{Kind, Object, Shape};
use super::share::Objects;

/// The earlier names, by the indices of the objects.
pub fn names(earlier: &Value, objects: &Objects, bodies: &[Inferred]) -> Vec<Option<String>> {
    let names = vec![None; objects.all().len()];
    let mut walk = Walk { earlier, objects, names, seen: BTreeSet::new() };
    for body in bodies {
        if let Some(content) = earlier.pointer(&body.place) {
            walk.shape(&body.shape, &content["schema"]);
        }
    }
    walk.names
}

/// Goes down into shapes and the earlier schemas of their places at once.
struct Walk<'a> {
    earlier: &'a Value,
    objects: &'a Objects,
    names: Vec<Option<String>>,
    seen: BTreeSet<(usize, &'a str)>,
}

impl<'a> Walk<'a> {
    fn shape(&mut self, shape: &Shape, schema: &'a Value) {
        match &shape.kind {
            Kind::Array(items) => self.shape(items, &schema["items"]),
            Kind::Object(Object { rest: Some(values), .. }) => {
                self.shape(values, &schema["additionalProperties"]);
            }
            Kind::Named(index) => {
                if let Some(name) = name(schema) {
                    self.object(*index, name);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, index: usize, name: &'a str) {
        if !self.seen.insert((index, name)) {
            return;
        }
        self.names[index].get_or_insert_with(|| name.to_owned());
        let objects = self.objects;
        for (property, shape) in &objects.all()[index].properties {
            let schema = &self.earlier["components"]["schemas"][name];
            self.shape(shape, &schema["properties"][property]);
        }
    }
}

/// The name that a schema refers to, as one that may be null or not.
fn name(schema: &Value) -> Option<&str> {
    let alone = || ["allOf", "anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.get(0));
    let reference = schema.get("$ref").or_else(|| alone()?.get("$ref"))?;
    reference.as_str()?.strip_prefix("#/components/schemas/")
}
