//! Deliveries to a webhook, as the service signs them.

use hmac_sha256::HMAC;

/// The signature that the service gives the body of a delivery, under the secret of a
/// webhook: what the header [`SIGNATURE_HEADER`](crate::webhooks::SIGNATURE_HEADER)
/// carries.
///
/// ```
/// use pilot_status::mock::sign_delivery;
/// use pilot_status::webhooks::Verifier;
///
/// let body = r#"{"event": "message.edited"}"#;
/// let event = Verifier::new("secret").verify(sign_delivery("secret", body), body)?;
/// assert_eq!(event.name(), "message.edited");
/// # Ok::<(), pilot_status::webhooks::Refused>(())
/// ```
pub fn sign_delivery(secret: &str, body: impl AsRef<[u8]>) -> String {
    hex::encode(HMAC::mac(body, secret))
}
