//! Documented fields of an error body beyond its message and code.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Error;
use crate::decode;

const INVALID: &[&str] = &["invalidKeys"];

impl Error {
    /// The field `reason`: why a number cannot send (`NUMBER_BLOCKED`), such as
    /// `extra_charge_unpaid`.
    pub fn reason(&self) -> Option<&str> {
        self.field("reason")?.as_str()
    }

    /// The names in `details.missing` and `details.missingKeys`, such as template variables
    /// without a value (`MISSING_TEMPLATE_VARIABLES`) or without an example
    /// (`TEMPLATE_EXAMPLES_REQUIRED`). Falls back to the names of [`invalid`](Self::invalid).
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        const MISSING: &[&str] = &["missing", "missingKeys"];
        let has_missing = self.detail_keys(MISSING).next().is_some();
        self.detail_keys(if has_missing { MISSING } else { INVALID }).map(|(key, _)| key)
    }

    /// The entries of `details.invalidKeys`, each a name and the reason, such as template
    /// variables with a blank value (`INVALID_TEMPLATE_VARIABLE_VALUE`). The reason is empty
    /// if the API sends none.
    pub fn invalid(&self) -> impl Iterator<Item = (&str, &str)> {
        self.detail_keys(INVALID)
    }

    /// The field `declineCode`: why the card issuer declined the payment.
    pub fn decline_code(&self) -> Option<&str> {
        self.field("declineCode")?.as_str()
    }

    /// The field `proratedTotal`: the amount due, in units of [`currency`](Self::currency).
    pub fn prorated_total(&self) -> Option<f64> {
        decode::from_value(self.field("proratedTotal")?).ok()
    }

    /// The field `currency`: the currency of [`prorated_total`](Self::prorated_total), such
    /// as `BRL`.
    pub fn currency(&self) -> Option<&str> {
        self.field("currency")?.as_str()
    }

    /// Deserializes the [error object](Self::api_error) into a model, such as the preview that
    /// accompanies `CONFIRMATION_REQUIRED`. None if there is no such object, or if it does not
    /// match the model. A model without required fields matches any object, so check the
    /// [`code`](Self::code) first.
    ///
    /// ```
    /// # fn f(error: pilot_status::Error) {
    /// use pilot_status::types::{ErrorCode, ExtraNumbersPreview};
    ///
    /// if error.code() == Some(&ErrorCode::ConfirmationRequired)
    ///     && let Some(preview) = error.body_as::<ExtraNumbersPreview>()
    /// {
    ///     println!("{:?} BRL a month", preview.monthly_total_brl);
    /// }
    /// # }
    /// ```
    pub fn body_as<T: DeserializeOwned>(&self) -> Option<T> {
        decode::from_value(&serde_json::to_value(self.api_error()?).ok()?).ok()
    }

    /// The keys in the named lists of `details`, each with its reason.
    fn detail_keys(&self, lists: &'static [&'static str]) -> impl Iterator<Item = (&str, &str)> {
        let entries = move |name: &&'static str| {
            let detail = self.field("details").and_then(|details| details.get(*name));
            detail.or_else(|| self.field(name))?.as_array()
        };
        lists.iter().filter_map(entries).flatten().filter_map(move |entry| {
            let text = |name| entry.get(name)?.as_str();
            let key = entry.as_str().or_else(|| text("key")).or_else(|| text("name"))?;
            Some((key, text("reason").unwrap_or_default()))
        })
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.api_error()?.extra.get(name)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::types::{ApiError, ErrorCode};

    fn error(extra: &Value) -> Error {
        Error::of_status(StatusCode::PAYMENT_REQUIRED).with_server_message(ApiError {
            error: Some("Declined".to_owned()),
            code: Some(ErrorCode::from("PAYMENT_FAILED")),
            extra: extra.as_object().cloned().unwrap_or_default(),
        })
    }

    #[test]
    fn documented_fields_are_read() {
        let error = error(&json!({
            "reason": "extra_charge_unpaid",
            "details": {"missing": ["name", 7, "discount"]},
            "declineCode": "expired_card",
            "proratedTotal": 12.5,
            "currency": "BRL",
        }));
        assert_eq!(error.reason(), Some("extra_charge_unpaid"));
        assert_eq!(error.missing().collect::<Vec<_>>(), ["name", "discount"]);
        assert_eq!(error.decline_code(), Some("expired_card"));
        assert_eq!(error.prorated_total(), Some(12.5));
        assert_eq!(error.currency(), Some("BRL"));
    }

    #[test]
    fn missing_and_invalid_keys_are_read_in_every_form() {
        type Keys = &'static [&'static str];
        type Reasons = &'static [(&'static str, &'static str)];
        let blank = json!([{"key": "nome", "reason": "blank"}, {"key": "valor"}]);
        for (extra, missing, invalid) in [
            (json!({"details": {"missing": ["nome", 7]}}), &["nome"] as Keys, &[] as Reasons),
            (json!({"details": {"missingKeys": ["nome", "valor"]}}), &["nome", "valor"], &[]),
            (json!({"missingKeys": ["nome"]}), &["nome"], &[]),
            (
                json!({"details": {"missing": [{"key": "nome"}, {"name": "b"}]}}),
                &["nome", "b"],
                &[],
            ),
            (
                json!({"details": {"invalidKeys": blank}}),
                &["nome", "valor"],
                &[("nome", "blank"), ("valor", "")],
            ),
            (
                json!({"details": {"missingKeys": ["data"], "invalidKeys": blank}}),
                &["data"],
                &[("nome", "blank"), ("valor", "")],
            ),
            (json!({"details": {"invalidKeys": ["nome"]}}), &["nome"], &[("nome", "")]),
            (json!({"details": ["nome"], "invalidKeys": {"nome": 1}}), &[], &[]),
        ] {
            let error = error(&extra);
            assert_eq!(error.missing().collect::<Vec<_>>(), missing, "{extra}");
            assert_eq!(error.invalid().collect::<Vec<_>>(), invalid, "{extra}");
        }
    }

    #[test]
    fn fields_of_other_types_are_ignored() {
        for extra in [
            json!({}),
            json!({"reason": 1, "details": "x", "declineCode": [], "proratedTotal": "much",
                   "currency": null}),
            json!({"details": {"missing": {"a": "b"}}}),
        ] {
            let error = error(&extra);
            assert_eq!(
                (error.reason(), error.decline_code(), error.currency()),
                (None, None, None)
            );
            assert_eq!((error.missing().count(), error.invalid().count()), (0, 0));
            assert_eq!(error.prorated_total(), None);
        }
    }

    #[test]
    fn the_body_is_deserialized_with_its_message_and_code() {
        let error = error(&json!({"requested": 2}));
        let body: Value = error.body_as().unwrap();
        let whole = json!({"error": "Declined", "code": "PAYMENT_FAILED", "requested": 2});
        assert_eq!(body, whole);
        assert_eq!(error.body_as::<Vec<String>>(), None);
    }
}
