//! How models are read from JSON objects.
//!
//! What serde's derive would emit for a model takes three times as long to compile:
//! it reads from lists too, from names in bytes and from fields by number, and says
//! much in each model again. Here a model only says what to do with each field;
//! how an object is walked through is said once. Reading takes a quarter to a third
//! longer for it: 0.2 to 0.4 µs a number. As everywhere in this client, a field that
//! is not known is passed over.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Says how a model is read: `Model { field: presence("nameInJson"), .. }`, where
/// presence is one of
///
/// - `required`: an object without the field is an error;
/// - `optional`: an absent field is read as null, and null as `None`;
/// - `or_empty`: an absent field is read as null, and null as the default of the type;
/// - `present`: an object without the field is an error, and null is read as the default of
///   the type.
macro_rules! model {
    ($model:ident { $($field:ident: $presence:ident($name:literal)),* $(,)? }) => {
        #[automatically_derived]
        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::fields::read(deserializer)
            }
        }

        impl<'de> $crate::fields::FromFields<'de> for $model {
            const MODEL: &'static str = stringify!($model);
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn from_fields<A: ::serde::de::MapAccess<'de>>(
                mut fields: $crate::fields::Fields<A>,
            ) -> ::std::result::Result<Self, A::Error> {
                #[allow(non_camel_case_types)]
                enum Place { $($field),* }
                $(let mut $field = ::std::option::Option::None;)*
                while let ::std::option::Option::Some(place) = fields.next()? {
                    $(if place == Place::$field as usize {
                        $field = $crate::fields::model!(@take $presence fields);
                    })*
                }
                ::std::result::Result::Ok(Self {
                    $($field: $crate::fields::model!(@give $presence $field $name),)*
                })
            }
        }
    };
    (@take required $fields:ident) => { ::std::option::Option::Some($fields.value()?) };
    (@take present $fields:ident) => {
        ::std::option::Option::Some(
            $fields.value::<::std::option::Option<_>>()?.unwrap_or_default(),
        )
    };
    (@take $presence:ident $fields:ident) => { $fields.value()? };
    (@give required $field:ident $name:literal) => { $crate::fields::required($field, $name)? };
    (@give present $field:ident $name:literal) => { $crate::fields::required($field, $name)? };
    (@give optional $field:ident $name:literal) => { $field };
    (@give or_empty $field:ident $name:literal) => { $field.unwrap_or_default() };
}

pub(crate) use model;

/// A model that is read from the fields of an object.
pub trait FromFields<'de>: Sized {
    /// The name of the model.
    const MODEL: &'static str;

    /// The names of its fields in JSON.
    const NAMES: &'static [&'static str];

    /// Takes the value of each field, which [`Fields::next`] names by its place in
    /// `NAMES`.
    fn from_fields<A: MapAccess<'de>>(fields: Fields<A>) -> Result<Self, A::Error>;
}

/// Reads a model.
pub fn read<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: FromFields<'de>,
{
    deserializer.deserialize_map(Object(PhantomData))
}

/// The value of a field that has to be there.
pub fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// The fields of an object, in the order that they come in.
pub struct Fields<A> {
    object: A,
    known: &'static [&'static str],
}

impl<'de, A: MapAccess<'de>> Fields<A> {
    /// The next field that the model knows.
    pub fn next(&mut self) -> Result<Option<usize>, A::Error> {
        while let Some(place) = self.object.next_key_seed(Place(self.known))? {
            if place.is_some() {
                return Ok(place);
            }
            self.object.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    /// The value of that field.
    pub fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.object.next_value()
    }
}

/// An object that becomes a model.
struct Object<M>(PhantomData<M>);

impl<'de, M: FromFields<'de>> Visitor<'de> for Object<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as an object", M::MODEL)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<M, A::Error> {
        M::from_fields(Fields { object, known: M::NAMES })
    }
}

/// The place that the name of a field has among these, if it has one.
struct Place(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Place {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Place {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|known| *known == name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Model {
        id: String,
        parent: Option<String>,
        note: Option<i64>,
        labels: Vec<String>,
        rows: Vec<String>,
    }

    model!(Model {
        id: required("id"),
        parent: required("parentId"),
        note: optional("note"),
        labels: or_empty("labels"),
        rows: present("rows"),
    });

    /// The same, as serde's derive reads it.
    #[derive(Debug, Deserialize)]
    #[serde(rename = "Model")]
    struct Derived {
        id: String,
        #[serde(rename = "parentId", deserialize_with = "Option::deserialize")]
        parent: Option<String>,
        note: Option<i64>,
        #[serde(default, deserialize_with = "crate::decode::or_default")]
        labels: Vec<String>,
        #[serde(deserialize_with = "crate::decode::or_default")]
        rows: Vec<String>,
    }

    impl From<Derived> for Model {
        fn from(derived: Derived) -> Self {
            let Derived { id, parent, note, labels, rows } = derived;
            Self { id, parent, note, labels, rows }
        }
    }

    fn error(value: Value) -> String {
        serde_json::from_value::<Model>(value).unwrap_err().to_string()
    }

    #[test]
    fn what_is_missing_is_null_where_it_may_be() {
        let read = json!({"id": "a", "parentId": null, "rows": null});
        let read: Model = serde_json::from_value(read).unwrap();
        let (labels, rows) = (vec![], vec![]);
        assert_eq!(read, Model { id: "a".to_owned(), parent: None, note: None, labels, rows });
        assert_eq!(error(json!({"id": "a"})), "missing field `parentId`");
        assert_eq!(error(json!({"id": "a", "parentId": null})), "missing field `rows`");
        assert_eq!(error(json!({"parentId": "a"})), "missing field `id`");
    }

    #[test]
    fn only_an_object_is_a_model() {
        assert!(error(json!(["a", null])).ends_with("expected Model as an object"));
    }

    proptest! {
        #[test]
        fn a_model_is_read_as_serde_would(
            object in prop::collection::btree_map(
                prop::sample::select(vec![
                    "id", "parent", "parentId", "note", "labels", "rows", "x",
                ]),
                prop::sample::select(vec![
                    json!(null), json!(7), json!("a"), json!([]), json!(["a"]), json!({"id": [{}]}),
                ]),
                0..7,
            ),
        ) {
            let text = json!(object).to_string();
            let ours = serde_json::from_str::<Model>(&text).map_err(|error| error.to_string());
            let derived = serde_json::from_str::<Derived>(&text).map(Model::from);
            prop_assert_eq!(ours, derived.map_err(|error| error.to_string()));
        }
    }
}
