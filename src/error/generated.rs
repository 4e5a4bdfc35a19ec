//! Rewrites error texts of the generated builders into readable ones.

use super::{Error, ErrorKind};
use crate::generated::types::error::ConversionError;

impl Error {
    /// The error for a request that the generated code failed to build.
    pub(crate) fn invalid_request(reason: &str) -> Self {
        Self::new(ErrorKind::InvalidRequest).with_detail(readable(reason))
    }
}

/// For a request that is converted from its builder.
impl From<ConversionError> for Error {
    fn from(error: ConversionError) -> Self {
        Self::invalid_request(&error.to_string())
    }
}

/// Replaces Rust type paths with words: generated setters report errors such as "conversion to
/// `:: std :: string :: String` for id failed".
fn readable(reason: &str) -> String {
    if let Some(missing) = reason.strip_suffix(" was not initialized") {
        return format!("`{missing}` is missing");
    }
    if let Some((rest, missing)) = reason.rsplit_once("no value supplied for ") {
        return format!("{}`{missing}` is missing", readable(rest));
    }
    if let Some(rest) = reason.strip_prefix("conversion to `")
        && let Some((type_name, rest)) = rest.split_once("` for ")
        && let Some((field, rest)) = rest.split_once(" failed")
    {
        let name = type_name.rsplit(":: ").next().unwrap_or(type_name);
        let expected = match name {
            "String" => "text".to_owned(),
            "i64" | "i32" | "u32" | "u64" => "a whole number in range".to_owned(),
            "f64" => "a number".to_owned(),
            "bool" => "true or false".to_owned(),
            "Utc >" => "a date and time (`chrono::DateTime<Utc>`)".to_owned(),
            _ => format!("a valid `types::{name}`"),
        };
        return format!("`{field}` must be {expected}{rest}");
    }
    reason.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setter_error_names_the_field_and_the_expected_value() {
        for (reason, text) in [
            ("conversion to `:: std :: string :: String` for id failed", "`id` must be text"),
            ("conversion to `i64` for page failed", "`page` must be a whole number in range"),
            (
                "conversion to `:: chrono :: DateTime < :: chrono :: offset :: Utc >` for to failed",
                "`to` must be a date and time (`chrono::DateTime<Utc>`)",
            ),
            (
                "conversion to `crate :: generated :: types :: Flag` for live failed",
                "`live` must be a valid `types::Flag`",
            ),
            (
                "conversion to `MessageRequest` for body failed: exactly one of a, b",
                "`body` must be a valid `types::MessageRequest`: exactly one of a, b",
            ),
            (
                "conversion to `NumberRequest` for body failed: no value supplied for name",
                "`body` must be a valid `types::NumberRequest`: `name` is missing",
            ),
            (
                "conversion to `MessageRequest` for body failed: `buttons`: no value supplied for label",
                "`body` must be a valid `types::MessageRequest`: `buttons`: `label` is missing",
            ),
            ("no value supplied for name", "`name` is missing"),
            ("id was not initialized", "`id` is missing"),
        ] {
            assert_eq!(readable(reason), text);
        }
    }
}
