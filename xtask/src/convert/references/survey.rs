//! What a document calls its schemas, and where it refers to them.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use serde_json::{Map, Value};
use url::Url;

use crate::convert::grammar::{Child, Kind};
use crate::convert::refuse;
use crate::pointer::Pointer;

/// The address of a document that has no other.
const DOCUMENT: &str = "document:/";

/// What relative references inside of a schema start from.
pub struct Scope(Url);

impl Scope {
    pub fn is_document(&self) -> bool {
        self.0.as_str() == DOCUMENT
    }

    pub fn join(&self, text: &str) -> Option<String> {
        self.0.join(text).ok().map(Into::into)
    }
}

/// What refers to a schema.
#[derive(Clone, PartialEq, Eq)]
pub enum Keyword {
    Ref,
    DynamicRef,
    /// An entry of `discriminator.mapping`; its holder is the mapping.
    Mapping(String),
}

impl Keyword {
    /// The key that it stands under.
    pub fn key(&self) -> &str {
        match self {
            Self::Ref => "$ref",
            Self::DynamicRef => "$dynamicRef",
            Self::Mapping(value) => value,
        }
    }

    /// The key that it stands under in 3.0.
    pub fn written(&self) -> String {
        match self {
            Self::Ref | Self::DynamicRef => "$ref".to_owned(),
            Self::Mapping(value) => value.clone(),
        }
    }
}

pub struct Reference {
    pub at: Pointer,
    pub keyword: Keyword,
    pub text: String,
    pub scope: Rc<Scope>,
}

#[derive(Default)]
pub struct Survey {
    pub references: Vec<Reference>,
    /// The schemas with an address of their own.
    resources: HashMap<String, Pointer>,
    /// Each anchor with the address of its resource before it.
    anchors: HashMap<String, Pointer>,
    /// How many schemas have each dynamic anchor.
    dynamic_anchors: HashMap<String, usize>,
}

impl Survey {
    pub fn of(document: &Value) -> Result<Self> {
        let mut survey = Self::default();
        let scope = Rc::new(Scope(Url::parse(DOCUMENT)?));
        survey.resources.insert(DOCUMENT.to_owned(), Pointer::default());
        survey.visit(Kind::Document, document, &Pointer::default(), &scope)?;
        Ok(survey)
    }

    /// The pointer to a resource, by its address.
    pub fn resource(&self, address: &str) -> Option<&str> {
        self.resources.get(address).map(Pointer::as_str)
    }

    pub fn anchor(&self, resource: &str, name: &str) -> Option<String> {
        self.anchors.get(&format!("{resource}#{name}")).map(|at| at.as_str().to_owned())
    }

    /// Whether who asks decides what a dynamic anchor means.
    pub fn is_ambiguous(&self, anchor: &str) -> bool {
        self.dynamic_anchors.get(anchor).is_some_and(|count| *count > 1)
    }

    /// Wrong shapes are left to the conversion, which says what they are.
    fn visit(&mut self, kind: Kind, value: &Value, at: &Pointer, scope: &Rc<Scope>) -> Result<()> {
        let Value::Object(object) = value else { return Ok(()) };
        let own = if kind == Kind::Schema { self.schema(object, at, scope)? } else { None };
        let scope = own.as_ref().unwrap_or(scope);
        for (key, value) in object {
            let Some(child) = kind.child(key) else { continue };
            let at = at.join(key);
            match (child, value) {
                (Child::One(kind), value) => self.visit(kind, value, &at, scope)?,
                (Child::List(kind), Value::Array(values)) => {
                    for (index, value) in values.iter().enumerate() {
                        self.visit(kind, value, &at.join(index), scope)?;
                    }
                }
                (Child::Map(kind) | Child::Extensible(kind), Value::Object(values)) => {
                    for (name, value) in values {
                        self.visit(kind, value, &at.join(name), scope)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes what a schema is called and refers to. Returns its scope if it
    /// opens one.
    fn schema(
        &mut self,
        schema: &Map<String, Value>,
        at: &Pointer,
        scope: &Rc<Scope>,
    ) -> Result<Option<Rc<Scope>>> {
        let own = self.resource_of(schema, at, scope)?;
        let scope = own.as_ref().unwrap_or(scope);
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(Value::String(name)) = schema.get(key) {
                if key == "$dynamicAnchor" {
                    *self.dynamic_anchors.entry(name.clone()).or_default() += 1;
                }
                let address = format!("{}#{name}", scope.0);
                if self.anchors.insert(address, at.clone()).is_some_and(|other| other != *at) {
                    return Err(refuse(&at.join(key), "another schema has this anchor already"));
                }
            }
        }
        for keyword in [Keyword::Ref, Keyword::DynamicRef] {
            if let Some(Value::String(text)) = schema.get(keyword.key()) {
                self.note(at, keyword, text, scope);
            }
        }
        if schema.contains_key("$ref") && schema.contains_key("$dynamicRef") {
            return Err(refuse(&at.join("$dynamicRef"), "it stands beside another reference"));
        }
        self.mapping(schema, at, scope);
        Ok(own)
    }

    fn resource_of(
        &mut self,
        schema: &Map<String, Value>,
        at: &Pointer,
        scope: &Scope,
    ) -> Result<Option<Rc<Scope>>> {
        let Some(Value::String(id)) = schema.get("$id") else { return Ok(None) };
        let refuse = |reason: &str| refuse(&at.join("$id"), reason);
        let mut address =
            scope.0.join(id).map_err(|error| refuse(&format!("it is no URI: {error}")))?;
        if address.fragment().is_some_and(|fragment| !fragment.is_empty()) {
            return Err(refuse("it may have no fragment"));
        }
        address.set_fragment(None);
        if self.resources.insert(address.to_string(), at.clone()).is_some() {
            return Err(refuse("another schema has this address already"));
        }
        Ok(Some(Rc::new(Scope(address))))
    }

    /// A name among the values of a mapping stays as it is.
    fn mapping(&mut self, schema: &Map<String, Value>, at: &Pointer, scope: &Rc<Scope>) {
        let mapping = schema.get("discriminator").and_then(|it| it.get("mapping"));
        let Some(Value::Object(mapping)) = mapping else { return };
        let at = at.join("discriminator").join("mapping");
        for (value, target) in mapping {
            if let Some(text) = target.as_str().filter(|text| text.contains('#')) {
                self.note(&at, Keyword::Mapping(value.clone()), text, scope);
            }
        }
    }

    fn note(&mut self, at: &Pointer, keyword: Keyword, text: &str, scope: &Rc<Scope>) {
        let (at, text, scope) = (at.clone(), text.to_owned(), Rc::clone(scope));
        self.references.push(Reference { at, keyword, text, scope });
    }
}
