//! Parameters of the query.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::Value;

/// The name of a parameter and its value, which serialize as the pairs of a query: one for each
/// entry of a list, and none for null.
pub struct QueryParam<'a, T>(&'a str, &'a T);

impl<'a, T> QueryParam<'a, T> {
    pub(crate) fn new(name: &'a str, value: &'a T) -> Self {
        Self(name, value)
    }
}

impl<T: Serialize> Serialize for QueryParam<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(name, value) = self;
        let value = serde_json::to_value(value).map_err(S::Error::custom)?;
        let values = scalars(value).ok_or_else(|| {
            S::Error::custom(format!("the parameter {name} has a value that is an object"))
        })?;
        serializer.collect_seq(values.iter().map(|value| (name, value)))
    }
}

/// The texts of a parameter.
pub(super) fn scalars(value: Value) -> Option<Vec<String>> {
    let scalar = |value| match value {
        Value::String(text) => Some(text),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(values) => values.into_iter().map(scalar).collect(),
        value => scalar(value).map(|text| vec![text]),
    }
}
