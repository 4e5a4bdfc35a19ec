//! Reasons of the generated code become readable.

use std::borrow::Cow;

use super::{Error, ErrorKind};

impl Error {
    /// The error for a request that the generated code did not build.
    pub(crate) fn invalid_request(reason: &str) -> Self {
        Self::new(ErrorKind::InvalidRequest).detail(readable(reason).into_owned())
    }
}

/// Puts what a setter says of its value into words: the generator names the type in Rust, as
/// in "conversion to `:: std :: string :: String` for id failed".
fn readable(reason: &str) -> Cow<'_, str> {
    if let Some((rest, missing)) = reason.rsplit_once("no value supplied for ") {
        return Cow::Owned(format!("{}`{missing}` is missing", readable(rest)));
    }
    let parts = || {
        let (type_name, rest) = reason.strip_prefix("conversion to `")?.split_once("` for ")?;
        let (field, rest) = rest.split_once(" failed")?;
        Some((type_name, field, rest))
    };
    let Some((type_name, field, rest)) = parts() else { return Cow::Borrowed(reason) };
    let name = type_name.rsplit(":: ").next().unwrap_or(type_name);
    let expected = match name {
        "String" => "text".to_owned(),
        "i64" | "i32" | "u32" | "u64" => "a whole number that fits".to_owned(),
        "f64" => "a number".to_owned(),
        "bool" => "true or false".to_owned(),
        "Utc >" => "a date and time (`chrono::DateTime<Utc>`)".to_owned(),
        _ => format!("a valid `types::{name}`"),
    };
    Cow::Owned(format!("`{field}` has to be {expected}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setter_names_its_field_and_what_it_takes() {
        for (reason, said) in [
            ("conversion to `:: std :: string :: String` for id failed", "`id` has to be text"),
            ("conversion to `i64` for page failed", "`page` has to be a whole number that fits"),
            (
                "conversion to `:: chrono :: DateTime < :: chrono :: offset :: Utc >` for to failed",
                "`to` has to be a date and time (`chrono::DateTime<Utc>`)",
            ),
            (
                "conversion to `crate :: generated :: types :: Flag` for live failed",
                "`live` has to be a valid `types::Flag`",
            ),
            (
                "conversion to `MessageRequest` for body failed: exactly one of a, b",
                "`body` has to be a valid `types::MessageRequest`: exactly one of a, b",
            ),
            (
                "conversion to `NumberRequest` for body failed: no value supplied for name",
                "`body` has to be a valid `types::NumberRequest`: `name` is missing",
            ),
            (
                "conversion to `MessageRequest` for body failed: `buttons`: no value supplied for label",
                "`body` has to be a valid `types::MessageRequest`: `buttons`: `label` is missing",
            ),
            ("no value supplied for name", "`name` is missing"),
            ("id was not initialized", "id was not initialized"),
        ] {
            assert_eq!(readable(reason), said);
        }
    }
}
