//! What a set of examples shows of a value: its type, as far as they agree.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use chrono::{DateTime, NaiveDate};
use heck::ToSnakeCase;
use serde_json::{Number, Value};

/// How deep an example may nest.
const DEEPEST: usize = 32;

/// How long the name of a property may be.
const LONGEST_NAME: usize = 64;

/// What examples show of one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// An example is null.
    pub nullable: bool,
    pub kind: Kind,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind {
    /// No example says.
    #[default]
    Unknown,
    /// The examples have no type in common.
    Any,
    Boolean,
    Integer,
    Number,
    Text(Format),
    Array(Box<Shape>),
    Object(Object),
    /// An object that has a name, by its index among those that do.
    Named(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    Plain,
    Date,
    DateTime,
}

/// What examples show of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    pub properties: BTreeMap<String, Shape>,
    /// The values whose keys are no names of properties.
    pub rest: Option<Box<Shape>>,
}

/// How many values may still be read.
pub struct Budget(pub usize);

impl Shape {
    /// The shape of all examples of one value.
    pub fn of(examples: &[&Value], budget: &mut Budget) -> Result<Self> {
        let mut all = Self::default();
        for example in examples {
            all.unite(Self::of_one(example, "", 0, budget)?);
        }
        Ok(all)
    }

    fn of_one(example: &Value, name: &str, depth: usize, budget: &mut Budget) -> Result<Self> {
        ensure!(depth < DEEPEST, "an example nests deeper than {DEEPEST} levels");
        ensure!(budget.0 > 0, "the examples of the document are too large");
        budget.0 -= 1;
        let kind = match example {
            Value::Null => return Ok(Self { nullable: true, kind: Kind::Unknown }),
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) => number_kind(number),
            Value::String(text) => Kind::Text(format(text, name)),
            Value::Array(elements) => {
                let mut all = Self::default();
                for element in elements {
                    all.unite(Self::of_one(element, name, depth + 1, budget)?);
                }
                Kind::Array(Box::new(all))
            }
            Value::Object(entries) => {
                let mut object = Object::default();
                for (key, value) in entries {
                    if is_property_name(key) {
                        let shape = Self::of_one(value, key, depth + 1, budget)?;
                        object.properties.insert(key.clone(), shape);
                    } else {
                        object.unite_rest(Self::of_one(value, "", depth + 1, budget)?);
                    }
                }
                Kind::Object(object)
            }
        };
        Ok(Self { nullable: false, kind })
    }

    /// Adds what other examples of the same value show. The order of the
    /// examples makes no difference.
    pub fn unite(&mut self, other: Self) {
        self.nullable |= other.nullable;
        self.kind = match (std::mem::take(&mut self.kind), other.kind) {
            (Kind::Unknown, kind) | (kind, Kind::Unknown) => kind,
            (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) => Kind::Number,
            (Kind::Text(one), Kind::Text(other)) if one != other => Kind::Text(Format::Plain),
            (Kind::Array(mut one), Kind::Array(other)) => {
                one.unite(*other);
                Kind::Array(one)
            }
            (Kind::Object(mut one), Kind::Object(other)) => {
                one.unite(other);
                Kind::Object(one)
            }
            (one, other) if one == other => one,
            _ => Kind::Any,
        };
    }

    /// Whether both can be of one type, with nothing that was known lost. What is
    /// null in one may be any scalar in the other; that it is an object would be
    /// a guess, of which object.
    pub fn is_compatible(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Unknown, kind) | (kind, Kind::Unknown) => kind.is_scalar_or_unknown(),
            (Kind::Integer | Kind::Number, Kind::Integer | Kind::Number)
            | (Kind::Text(_), Kind::Text(_)) => true,
            (Kind::Array(one), Kind::Array(other)) => one.is_compatible(other),
            (Kind::Object(one), Kind::Object(other)) => match (&one.rest, &other.rest) {
                (Some(one), Some(other)) => one.is_compatible(other),
                _ => true,
            },
            (one, other) => one == other,
        }
    }
}

impl Kind {
    fn is_scalar_or_unknown(&self) -> bool {
        matches!(self, Self::Unknown | Self::Boolean | Self::Integer | Self::Number | Self::Text(_))
    }
}

impl Object {
    fn unite(&mut self, other: Self) {
        for (name, shape) in other.properties {
            self.properties.entry(name).or_default().unite(shape);
        }
        if let Some(rest) = other.rest {
            self.unite_rest(*rest);
        }
    }

    fn unite_rest(&mut self, shape: Shape) {
        self.rest.get_or_insert_default().unite(shape);
    }

    /// Leaves as properties only those that can be the fields of one struct: of
    /// `_id` and `id`, which are one name in Rust, the shorter.
    pub fn settle(&mut self) {
        let mut names: Vec<String> = self.properties.keys().cloned().collect();
        names.sort_by_key(String::len);
        let mut fields = BTreeSet::new();
        for name in names {
            if !fields.insert(name.to_snake_case()) {
                self.no_property(&name);
            }
        }
        // The field in which the generator keeps the rest has this name.
        let extra = |name: &&String| name.to_snake_case() == "extra";
        if self.rest.is_some()
            && let Some(name) = self.properties.keys().find(extra).cloned()
        {
            self.no_property(&name);
        }
    }

    fn no_property(&mut self, name: &str) {
        if let Some(shape) = self.properties.remove(name) {
            self.unite_rest(shape);
        }
    }
}

/// An integer is one that fits 64 bits and is written without a fraction.
fn number_kind(number: &Number) -> Kind {
    if number.is_i64() { Kind::Integer } else { Kind::Number }
}

/// Whether a key names a property; any other is data, such as a phone number.
fn is_property_name(key: &str) -> bool {
    key.len() <= LONGEST_NAME
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key.to_snake_case().starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The format of a text; none for one that tells things apart, whatever it
/// looks like in an example.
fn format(text: &str, name: &str) -> Format {
    const TELLS_APART: [&str; 10] =
        ["id", "ids", "uuid", "number", "numbers", "phone", "phones", "code", "key", "token"];
    let snake = name.to_snake_case();
    if snake.rsplit('_').next().is_some_and(|word| TELLS_APART.contains(&word)) {
        Format::Plain
    } else if is_date_time(text) {
        Format::DateTime
    } else if is_date(text) {
        Format::Date
    } else {
        Format::Plain
    }
}

/// The parser also takes a space between date and time, which is not ISO 8601.
fn is_date_time(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T') && DateTime::parse_from_rfc3339(text).is_ok()
}

/// The parser also takes signs, spaces and fewer digits.
fn is_date(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok_and(|date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Budget, Format, Kind, Shape, format};

    fn shape(examples: &[Value]) -> Shape {
        Shape::of(&examples.iter().collect::<Vec<_>>(), &mut Budget(1000)).unwrap()
    }

    #[test]
    fn a_text_has_a_format_only_if_it_is_strictly_in_it() {
        let table = [
            ("createdAt", "2026-06-01T11:59:00.000Z", Format::DateTime),
            ("createdAt", "2026-06-01T11:59:00-03:00", Format::DateTime),
            ("createdAt", "2026-06-01T11:59:00", Format::Plain),
            ("createdAt", "2026-06-01 11:59:00Z", Format::Plain),
            ("createdAt", "2026-06-31T11:59:00Z", Format::Plain),
            ("createdAt", "2026-06-01T11:59Z", Format::Plain),
            ("createdAt", "", Format::Plain),
            ("day", "2026-06-01", Format::Date),
            ("day", "2026-02-30", Format::Plain),
            ("day", "2026-6-1", Format::Plain),
            ("day", "20260601", Format::Plain),
            ("day", "+2026-06-01", Format::Plain),
            ("id", "2026-06-01", Format::Plain),
            ("orderId", "2026-06-01T11:59:00Z", Format::Plain),
            ("phone_number", "2026-06-01", Format::Plain),
            ("a", "5511999998888", Format::Plain),
            ("a", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", Format::Plain),
        ];
        for (name, text, expected) in table {
            assert_eq!(format(text, name), expected, "{name}: {text}");
        }
    }

    #[test]
    fn examples_that_agree_are_united() {
        let text = Kind::Text(Format::Plain);
        let table = [
            (vec![json!(1), json!(2)], false, Kind::Integer),
            (vec![json!(1), json!(2.5)], false, Kind::Number),
            (vec![json!(1.0)], false, Kind::Number),
            (vec![json!(u64::MAX)], false, Kind::Number),
            (vec![json!(null), json!(true)], true, Kind::Boolean),
            (vec![json!(null)], true, Kind::Unknown),
            (vec![json!(1), json!("a")], false, Kind::Any),
            (vec![json!(1), json!("a"), json!(1)], false, Kind::Any),
            (vec![json!("a"), json!("2026-06-01")], false, text.clone()),
            (vec![json!("2026-06-01T00:00:00Z"), json!("2026-06-01")], false, text),
            (vec![json!([]), json!([1])], false, Kind::Array(Box::new(shape(&[json!(1)])))),
            (vec![json!({}), json!([])], false, Kind::Any),
        ];
        for (examples, nullable, kind) in table {
            assert_eq!(shape(&examples), Shape { nullable, kind }, "{examples:?}");
        }
    }

    #[test]
    fn keys_that_are_data_name_no_properties() {
        let long = "a".repeat(65);
        for (key, is_name) in [
            ("id", true),
            ("keyLast4", true),
            ("_id", true),
            ("self", true),
            ("", false),
            ("_", false),
            ("_1", false),
            ("5511999998888", false),
            ("2026-06-01", false),
            ("content-type", false),
            ("a b", false),
            ("número", false),
            ("$ref", false),
            (long.as_str(), false),
        ] {
            let Kind::Object(object) = shape(&[json!({key: 1})]).kind else { panic!("{key}") };
            assert_eq!(object.properties.contains_key(key), is_name, "{key}");
            assert_eq!(object.rest.is_some(), !is_name, "{key}");
        }
    }

    #[test]
    fn properties_that_would_be_one_field_keep_the_shorter_name() {
        for (example, names) in [
            (json!({"id": 1, "_id": "a"}), vec!["id"]),
            (json!({"api_key": 1, "apiKey": 2, "APIKey": 3}), vec!["APIKey"]),
            (json!({"extra": 1, "a": 2}), vec!["a", "extra"]),
            (json!({"extra": 1, "a": 2, "5511": 3}), vec!["a"]),
            (json!({"extra": 1, "_extra": 2, "a": 3}), vec!["a"]),
        ] {
            let Kind::Object(mut object) = shape(&[example]).kind else { panic!("an object") };
            object.settle();
            assert_eq!(object.properties.keys().collect::<Vec<_>>(), names);
        }
    }

    #[test]
    fn examples_that_are_too_deep_or_too_large_are_refused() {
        let deep = (0..10_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
        let error = Shape::of(&[&deep], &mut Budget(1000)).unwrap_err().to_string();
        assert!(error.contains("deeper than 32"), "{error}");
        let error = Shape::of(&[&json!([1, 2, 3])], &mut Budget(3)).unwrap_err().to_string();
        assert!(error.contains("too large"), "{error}");
        // Dropping it would recurse as deep.
        std::mem::forget(deep);
    }
}
