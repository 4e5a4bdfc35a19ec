//! Strings that must not be logged.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::text::text_conversions;

/// A confidential field of a model, such as a password: a string with the format `password` in
/// the document.
///
/// `Debug` does not print the value. It is wiped from memory when it is dropped, except for
/// copies in request and response bodies. `Serialize` writes the value, since it must reach the
/// server. Take care where else you serialize a model.
///
/// ```
/// use pilot_status::Secret;
///
/// let secret = Secret::from("correct horse");
/// assert_eq!(format!("{secret:?}"), "Secret([redacted])");
/// assert_eq!(secret.expose_secret(), "correct horse");
/// ```
#[derive(Clone)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(inline, with = "String", description = "Confidential text.", extend("format" = "password"))
)]
pub struct Secret(SecretString);

impl Secret {
    /// The value.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose_secret() == other.expose_secret()
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

text_conversions!(Secret);

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The error of `deserialize_string` would quote a value of another type.
        deserializer.deserialize_any(SecretVisitor)
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Secret, E> {
        Ok(Secret::from(value))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        self.visit_f64(0.0)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        self.visit_f64(0.0)
    }

    /// The error does not quote the number, which may be a PIN.
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        Err(E::invalid_type(Unexpected::Other("a number"), &self))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_prints_the_value() {
        let secret = Secret::from("marked");
        let printed = format!("{secret:?} {secret:#?} {secret:40?} {:?}", Some(&secret));
        assert!(!printed.contains("marked"), "{printed}");
        assert_eq!(format!("{secret:?}"), "Secret([redacted])");
    }

    #[test]
    fn a_secret_is_deserialized_from_and_serialized_as_a_string() {
        for value in ["", "marked", "line\nbreak \"quoted\" é \u{0}"] {
            let json = json!(value);
            let from_text: Secret = serde_json::from_str(&json.to_string()).unwrap();
            let from_value: Secret = serde_json::from_value(json.clone()).unwrap();
            for secret in [from_text, from_value, Secret::from(value), value.parse().unwrap()] {
                assert_eq!(secret.expose_secret(), value);
                assert_eq!(serde_json::to_value(&secret).unwrap(), json);
            }
        }
    }

    #[test]
    fn secrets_are_compared_by_value() {
        let secret = Secret::from("marked");
        assert_eq!(secret, secret.clone());
        assert_eq!(secret, Secret::from("marked".to_owned()));
        assert_ne!(secret, Secret::from("Marked"));
    }

    #[test]
    fn other_types_are_refused_and_not_shown() {
        for json in [
            json!(4711),
            json!(-4711),
            json!(4711.5),
            json!(null),
            json!(["4711"]),
            json!({"4711": "4711"}),
        ] {
            for error in [
                serde_json::from_value::<Secret>(json.clone()).unwrap_err(),
                serde_json::from_str::<Secret>(&json.to_string()).unwrap_err(),
            ] {
                let printed = format!("{error} {error:?}");
                assert!(printed.contains("expected a string"), "{printed}");
                assert!(!printed.contains("4711"), "{printed}");
            }
        }
    }
}
