//! What kind of schema one is, and which Rust type the generator makes of it.
//!
//! Only the outermost layer: items, fields and branches are compared by themselves.

use serde_json::{Map, Value};

/// A schema, seen from outside.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    pub schema: &'a Map<String, Value>,
    pub kind: Kind<'a>,
    pub nullable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind<'a> {
    /// A reference, which may stand alone in an `allOf`, where it can have words
    /// beside it.
    Reference(&'a str),
    Struct,
    Map,
    Array,
    /// Strings of which some are known.
    Enum,
    String(Option<&'a str>),
    Integer(Option<&'a str>),
    Number(Option<&'a str>),
    Boolean,
    AllOf,
    OneOf,
    AnyOf,
    Anything,
}

impl<'a> Shape<'a> {
    /// None if it is no schema that this code understands.
    pub fn of(value: &'a Value) -> Option<Self> {
        let schema = value.as_object()?;
        if let Some(reference) = schema.get("$ref") {
            // Whatever stands beside a reference is ignored in OpenAPI 3.0.
            return Some(Self {
                schema,
                kind: Kind::Reference(reference.as_str()?),
                nullable: false,
            });
        }
        let nullable = match schema.get("nullable") {
            None => false,
            Some(nullable) => nullable.as_bool()?,
        };
        Some(Self { schema, kind: kind(schema)?, nullable })
    }

    /// Whether both are of one kind, whose insides can be compared.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
            && match (self.kind, other.kind) {
                (Kind::Reference(one), Kind::Reference(other)) => one == other,
                _ => true,
            }
    }

    /// For the report.
    pub fn words(&self) -> String {
        let or_null = if self.nullable { " or null" } else { "" };
        format!("{}{or_null}", self.kind_words())
    }

    fn kind_words(&self) -> String {
        let inside = |key: &str| {
            let inside = self.schema.get(key).and_then(Shape::of);
            inside.map_or_else(|| "anything".to_owned(), |shape| shape.words())
        };
        let with_format = |kind: &str, format: Option<&str>| match format {
            Some(format) => format!("{kind} ({format})"),
            None => kind.to_owned(),
        };
        match self.kind {
            Kind::Reference(reference) => last_name(reference),
            Kind::Struct => "object".to_owned(),
            Kind::Map => format!("map of {}", inside("additionalProperties")),
            Kind::Array => format!("array of {}", inside("items")),
            Kind::Enum => "enum".to_owned(),
            Kind::String(format) => with_format("string", format),
            Kind::Integer(format) => with_format("integer", format),
            Kind::Number(format) => with_format("number", format),
            Kind::Boolean => "boolean".to_owned(),
            Kind::AllOf => "allOf".to_owned(),
            Kind::OneOf => "oneOf".to_owned(),
            Kind::AnyOf => "anyOf".to_owned(),
            Kind::Anything => "anything".to_owned(),
        }
    }

    /// The Rust type of a value that is there and not null.
    pub fn rust(&self) -> String {
        match self.kind {
            Kind::Reference(reference) => last_name(reference),
            Kind::Struct => "struct".to_owned(),
            Kind::Map => "map".to_owned(),
            Kind::Array => match self.fixed_length() {
                Some(length) => format!("[_; {length}]"),
                None => "Vec".to_owned(),
            },
            Kind::Enum => "enum".to_owned(),
            Kind::String(Some(format)) if is_native(format) => format.to_owned(),
            Kind::String(Some("password")) => "Secret".to_owned(),
            Kind::String(_) if self.is_checked_string() => "checked string".to_owned(),
            Kind::String(_) => "String".to_owned(),
            Kind::Integer(_) => self.integer().name.to_owned(),
            Kind::Number(Some("float")) => "f32".to_owned(),
            Kind::Number(_) => "f64".to_owned(),
            Kind::Boolean => "bool".to_owned(),
            Kind::AllOf | Kind::OneOf | Kind::AnyOf => format!("{:?}", self.kind),
            Kind::Anything => "Value".to_owned(),
        }
    }

    /// The Rust type of a value that may be null.
    pub fn rust_or_null(&self) -> String {
        if self.nullable { format!("Option<{}>", self.rust()) } else { self.rust() }
    }

    /// The Rust type of a field. Lists and maps have an empty value for what is
    /// missing, and so has what has a default.
    pub fn rust_field(&self, required: bool) -> String {
        let of_its_own = match self.kind {
            Kind::Array => {
                self.fixed_length().is_none()
                    && self.schema.get("uniqueItems") != Some(&Value::Bool(true))
            }
            Kind::Map => true,
            _ => false,
        };
        if required || self.nullable || of_its_own || self.schema.contains_key("default") {
            self.rust_or_null()
        } else {
            format!("Option<{}>", self.rust())
        }
    }

    /// Whether the Rust type checks what it reads against length or pattern.
    pub fn is_checked_string(&self) -> bool {
        let checked = |key: &&str| self.schema.contains_key(*key);
        match self.kind {
            Kind::String(Some(format)) if is_native(format) || format == "password" => false,
            Kind::String(_) => ["minLength", "maxLength", "pattern"].iter().any(checked),
            _ => false,
        }
    }

    /// An array of one length only.
    pub fn fixed_length(&self) -> Option<u64> {
        let bound = |key| self.schema.get(key).and_then(Value::as_u64).filter(|bound| *bound > 0);
        let unique = self.schema.get("uniqueItems") == Some(&Value::Bool(true));
        bound("minItems").filter(|least| bound("maxItems") == Some(*least) && !unique)
    }

    /// The integer type that format and bounds choose.
    pub fn integer(&self) -> Integer {
        let format = match self.kind {
            Kind::Integer(Some(format)) => INTEGERS
                .iter()
                .find(|(formats, _)| formats.contains(&format))
                .map(|(_, found)| *found),
            _ => None,
        };
        let (least, most) = self.bounds();
        if least == Some(1.0) {
            return Integer {
                name: format.map_or("NonZeroU64", |found| found.non_zero()),
                least: 1.0,
                ..format.unwrap_or(U64)
            };
        }
        let (least, most) = match format {
            // Bounds within the format leave its type.
            Some(found)
                if least.is_none_or(|least| least >= found.least)
                    && most.is_none_or(|most| most <= found.most) =>
            {
                return found;
            }
            Some(found) => (least.or(Some(found.least)), most.or(Some(found.most))),
            None => (least, most),
        };
        let is = |bound: Option<f64>, of: f64| {
            bound.is_none_or(|bound| (bound - of).abs() <= f64::EPSILON)
        };
        let mut known = INTEGERS.iter().rev().map(|(_, found)| *found);
        match (least, most) {
            (None, None) => I64,
            _ => known.find(|found| is(least, found.least) && is(most, found.most)).unwrap_or(I64),
        }
    }

    /// The least and the most that is allowed, where the document says.
    pub fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let bound = |key, exclusive, inwards: f64| {
            let bound = self.schema.get(key).and_then(Value::as_f64)?;
            let exclusive = self.schema.get(exclusive) == Some(&Value::Bool(true));
            Some(if exclusive { bound + inwards } else { bound })
        };
        (bound("minimum", "exclusiveMinimum", 1.0), bound("maximum", "exclusiveMaximum", -1.0))
    }
}

fn kind(schema: &Map<String, Value>) -> Option<Kind<'_>> {
    let list = |key| schema.get(key).map(|list| list.as_array());
    if let Some(branches) = list("allOf") {
        let branches = branches?;
        return Some(
            match branches.first().and_then(|only| only.get("$ref")).and_then(Value::as_str) {
                Some(reference) if branches.len() == 1 && !has_more_than_words(schema) => {
                    Kind::Reference(reference)
                }
                _ => Kind::AllOf,
            },
        );
    }
    for (key, kind) in [("oneOf", Kind::OneOf), ("anyOf", Kind::AnyOf)] {
        if let Some(branches) = list(key) {
            return branches.map(|_| kind);
        }
    }
    let format = match schema.get("format") {
        None => None,
        Some(format) => Some(format.as_str()?),
    };
    Some(match schema.get("type") {
        Some(Value::String(name)) => match name.as_str() {
            "string" if schema.contains_key("enum") => Kind::Enum,
            "string" => Kind::String(format),
            "integer" => Kind::Integer(format),
            "number" => Kind::Number(format),
            "boolean" => Kind::Boolean,
            "array" => Kind::Array,
            "object" if is_map(schema) => Kind::Map,
            "object" => Kind::Struct,
            _ => return None,
        },
        Some(_) => return None,
        None if schema.contains_key("properties") => Kind::Struct,
        None if schema.contains_key("items") => Kind::Array,
        None if schema.contains_key("additionalProperties") => Kind::Map,
        None => Kind::Anything,
    })
}

fn is_map(schema: &Map<String, Value>) -> bool {
    let is_empty = |key| match schema.get(key) {
        None => true,
        Some(Value::Object(entries)) => entries.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        Some(_) => false,
    };
    is_empty("properties")
        && is_empty("required")
        && schema.get("additionalProperties") != Some(&Value::Bool(false))
}

/// Whether something stands beside the `allOf` that makes another type of it.
fn has_more_than_words(schema: &Map<String, Value>) -> bool {
    ["properties", "required", "additionalProperties", "items", "oneOf", "anyOf", "enum"]
        .iter()
        .any(|key| schema.contains_key(*key))
}

/// Formats of strings for which there is a Rust type.
fn is_native(format: &str) -> bool {
    matches!(format, "uuid" | "date" | "date-time" | "ip" | "ipv4" | "ipv6")
}

/// The name of a component in a reference.
fn last_name(reference: &str) -> String {
    let name = reference.strip_prefix("#/components/schemas/").unwrap_or(reference);
    name.replace("~1", "/").replace("~0", "~")
}

/// An integer type of Rust.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integer {
    pub name: &'static str,
    pub least: f64,
    pub most: f64,
}

impl Integer {
    const fn new(name: &'static str, least: f64, most: f64) -> Self {
        Self { name, least, most }
    }

    /// The type for a least value of one.
    fn non_zero(self) -> &'static str {
        match self.name {
            "i8" | "u8" => "NonZeroU8",
            "i16" | "u16" => "NonZeroU16",
            "i32" | "u32" => "NonZeroU32",
            _ => "NonZeroU64",
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the generator counts in f64 too")]
const I64: Integer = Integer::new("i64", i64::MIN as f64, i64::MAX as f64);
#[expect(clippy::cast_precision_loss, reason = "the generator counts in f64 too")]
const U64: Integer = Integer::new("u64", 0.0, u64::MAX as f64);

/// The formats that the generator knows, from the narrowest type on.
const INTEGERS: &[(&[&str], Integer)] = &[
    (&["int8"], Integer::new("i8", -128.0, 127.0)),
    (&["uint8"], Integer::new("u8", 0.0, 255.0)),
    (&["int16"], Integer::new("i16", -32_768.0, 32_767.0)),
    (&["uint16"], Integer::new("u16", 0.0, 65_535.0)),
    (&["int", "int32"], Integer::new("i32", -2_147_483_648.0, 2_147_483_647.0)),
    (&["uint", "uint32"], Integer::new("u32", 0.0, 4_294_967_295.0)),
    (&["int64"], I64),
    (&["uint64"], U64),
];
