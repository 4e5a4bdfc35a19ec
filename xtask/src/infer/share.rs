//! Objects of the same shape share one schema, wherever they stand.

use std::collections::BTreeMap;

use super::name::Name;
use super::shape::{Kind, Object, Shape};

/// The objects of a document that have properties, each shape once.
#[derive(Default)]
pub struct Objects {
    all: Vec<Shared>,
    visited: usize,
}

/// An object that has a schema with a name.
pub struct Shared {
    pub properties: BTreeMap<String, Shape>,
    /// Some keys are no properties: what they hold can be anything.
    pub has_rest: bool,
    pub first: Place,
    pub places: usize,
}

/// Where an object stands.
pub struct Place {
    /// The index of its body.
    pub body: usize,
    pub name: Name,
    /// Which place the walk over all bodies came to before which.
    order: usize,
}

impl Objects {
    /// Puts a name in place of each object of a shape.
    pub fn share(&mut self, shape: Shape, name: Name, body: usize) -> Shape {
        let Shape { nullable, kind } = shape;
        let kind = match kind {
            Kind::Array(items) => Kind::Array(Box::new(self.share(*items, name.item(), body))),
            Kind::Object(object) => self.share_object(object, name, body),
            kind => kind,
        };
        Shape { nullable, kind }
    }

    fn share_object(&mut self, mut object: Object, name: Name, body: usize) -> Kind {
        object.settle();
        if object.properties.is_empty() {
            let rest = object.rest.map(|rest| Box::new(self.share(*rest, name.value(), body)));
            return Kind::Object(Object { rest, ..Object::default() });
        }
        // What holds an object comes before it.
        let order = self.visited;
        self.visited += 1;
        let has_rest = object.rest.is_some();
        let properties = object.properties.into_iter().map(|(property, shape)| {
            let shape = self.share(shape, name.property(&property), body);
            (property, shape)
        });
        let properties = properties.collect();
        let first = Place { body, name, order };
        Kind::Named(self.add(Shared { properties, has_rest, first, places: 1 }))
    }

    /// The index of an object, after it was united with one of the same shape.
    fn add(&mut self, object: Shared) -> usize {
        let same = self.all.iter().position(|known| known.has_shape_of(&object));
        if let Some(index) = same {
            self.all[index].unite(object);
            return index;
        }
        self.all.push(object);
        self.all.len() - 1
    }

    /// The objects by their indices.
    pub fn all(&self) -> &[Shared] {
        &self.all
    }

    /// The indices in the order of the first places.
    pub fn by_place(&self) -> Vec<usize> {
        let mut indices: Vec<usize> = (0..self.all.len()).collect();
        indices.sort_by_key(|index| self.all[*index].first.order);
        indices
    }
}

impl Shared {
    /// Whether both have the same properties, of types that go together.
    fn has_shape_of(&self, other: &Self) -> bool {
        self.properties.len() == other.properties.len()
            && self.properties.iter().zip(&other.properties).all(
                |((one, shape), (other, as_other))| one == other && shape.is_compatible(as_other),
            )
    }

    fn unite(&mut self, other: Self) {
        self.has_rest |= other.has_rest;
        self.places += other.places;
        if other.first.order < self.first.order {
            self.first = other.first;
        }
        for (name, shape) in other.properties {
            self.properties.entry(name).or_default().unite(shape);
        }
    }
}
