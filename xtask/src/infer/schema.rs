//! Writes shapes as schemas, in the form of the version of the document.

use serde_json::{Map, Value, json};

use super::shape::{Format, Kind, Object, Shape};
use super::share::Shared;

/// Writes the schemas of one document.
pub struct Writer {
    /// Whether null is said with `nullable`, as 3.0 does.
    pub has_nullable: bool,
    /// The names of the objects that have one.
    pub names: Vec<String>,
}

impl Writer {
    /// The schema of an object that has a name. It requires nothing, and is open
    /// to what a newer server adds.
    pub fn object(&self, object: &Shared) -> Value {
        let properties: Map<String, Value> = object
            .properties
            .iter()
            .map(|(name, shape)| (name.clone(), self.schema(shape)))
            .collect();
        let mut schema = json!({
            "description": "Inferred from examples.",
            "type": "object",
            "properties": properties,
        });
        if object.has_rest {
            schema["additionalProperties"] = json!({});
        }
        schema
    }

    /// The schema of a shape.
    pub fn schema(&self, shape: &Shape) -> Value {
        let schema = match &shape.kind {
            Kind::Unknown | Kind::Any => return json!({}),
            Kind::Named(index) => {
                let reference =
                    json!({"$ref": format!("#/components/schemas/{}", self.names[*index])});
                return if shape.nullable {
                    self.nullable_reference(&reference)
                } else {
                    reference
                };
            }
            Kind::Boolean => json!({"type": "boolean"}),
            Kind::Integer => json!({"type": "integer", "format": "int64"}),
            Kind::Number => json!({"type": "number", "format": "double"}),
            Kind::Text(Format::Plain) => json!({"type": "string"}),
            Kind::Text(Format::Date) => json!({"type": "string", "format": "date"}),
            Kind::Text(Format::DateTime) => json!({"type": "string", "format": "date-time"}),
            Kind::Array(items) => json!({"type": "array", "items": self.schema(items)}),
            Kind::Object(Object { rest: Some(values), .. }) => {
                json!({"type": "object", "additionalProperties": self.schema(values)})
            }
            Kind::Object(_) => json!({"type": "object"}),
        };
        if shape.nullable { self.nullable(schema) } else { schema }
    }

    fn nullable(&self, mut schema: Value) -> Value {
        if self.has_nullable {
            schema["nullable"] = true.into();
        } else {
            schema["type"] = json!([schema["type"], "null"]);
        }
        schema
    }

    fn nullable_reference(&self, reference: &Value) -> Value {
        if self.has_nullable {
            json!({"allOf": [reference], "nullable": true})
        } else {
            json!({"oneOf": [reference, {"type": "null"}]})
        }
    }
}

/// A schema with words beside it, which may not stand beside a reference.
pub fn with_words(mut schema: Value, words: Map<String, Value>) -> Value {
    if words.is_empty() {
        return schema;
    }
    if schema.get("$ref").is_some() {
        schema = json!({"allOf": [schema]});
    }
    if let Value::Object(keywords) = &mut schema {
        keywords.extend(words);
    }
    schema
}
