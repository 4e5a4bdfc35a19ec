//! Signatures of deliveries: valid ones in every known form, and all others.

use pilot_status::mock::sign_delivery;
use pilot_status::webhooks::{Verifier, VerifyError};
use serde_json::json;

use super::{SECRET, signature};

#[test]
fn a_signature_of_another_implementation_is_valid() {
    // RFC 4231, test case 2. The body is not an event.
    let event = Verifier::new("Jefe").verify(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "what do ya want for nothing?",
    );
    assert_eq!(event.unwrap().raw(), "what do ya want for nothing?");
    // Computed with Python's `hmac`.
    let event = Verifier::new("whsec ç").verify(
        "be6c84ee14c7a612b36ae9ddde61e2c399c51e3bf6e90932703a7965e3b49b9d",
        r#"{"event":"message.edited","data":{"text":"Olá"}}"#,
    );
    assert_eq!(event.unwrap().name(), "message.edited");
}

#[test]
fn sign_delivery_matches_another_implementation() {
    for (secret, body) in [(SECRET, &b"{}"[..]), ("", b""), ("ç", &[0xff; 100])] {
        assert_eq!(sign_delivery(secret, body), signature(secret, body));
    }
}

#[test]
fn a_signature_with_any_of_the_secrets_is_valid() {
    let body = json!({"event": "message.received", "data": {}}).to_string();
    let verifier = Verifier::new("new").with_previous_secret("old");
    for secret in ["new", "old"] {
        let signature = signature(secret, body.as_bytes());
        assert!(verifier.verify(signature, &body).is_ok());
    }
    let other = signature("other", body.as_bytes());
    assert_eq!(verifier.verify(other, body).unwrap_err(), VerifyError::OtherSignature);
}

#[test]
fn a_signature_is_accepted_in_every_known_form() {
    let body = json!({"event": "message.received", "data": {}}).to_string();
    let lower = signature(SECRET, body.as_bytes());
    let upper = lower.to_uppercase();
    for digits in [lower, upper] {
        for form in ["{}", " {} ", "sha256={}", "SHA256={}", "Sha256= {}\r\n", "\tsha256={}"] {
            let signature = form.replace("{}", &digits);
            assert!(Verifier::new(SECRET).verify(&signature, &body).is_ok(), "{signature:?}");
        }
    }
}

#[test]
fn an_invalid_signature_is_refused() {
    let body = json!({"event": "message.sent", "data": {}}).to_string();
    let right = signature(SECRET, body.as_bytes());
    let verifier = Verifier::new(SECRET);
    let flipped = format!("{}{}", if right.starts_with('0') { '1' } else { '0' }, &right[1..]);
    for (signature, refused) in [
        (flipped.as_str(), VerifyError::OtherSignature),
        ("", VerifyError::NoSignature),
        (&right[..63], VerifyError::NoSignature),
        (&format!("{right}00"), VerifyError::NoSignature),
        (&right.replace(|c: char| c.is_ascii_digit(), "g"), VerifyError::NoSignature),
        ("sha256=", VerifyError::NoSignature),
        (&format!("sha1={right}"), VerifyError::NoSignature),
        (&format!("sha256=sha256={right}"), VerifyError::NoSignature),
        (&format!("sha256={flipped}"), VerifyError::OtherSignature),
        (&format!("sha256={}", &right[..56]), VerifyError::NoSignature),
    ] {
        assert_eq!(verifier.verify(signature, &body).unwrap_err(), refused, "{signature}");
    }
    for changed in [body.replace("sent", "read"), format!("{body} "), String::new()] {
        let error = verifier.verify(&right, changed).unwrap_err();
        assert_eq!(error, VerifyError::OtherSignature);
    }
}

#[test]
fn a_blank_secret_accepts_no_signature() {
    let body = json!({"event": "message.sent", "data": {}}).to_string();
    for blank in ["", " \n", "\"\"", "''", "\u{feff}", "\u{200b}", "\0"] {
        let verifier = Verifier::new(blank);
        let error = verifier.verify(signature(blank, body.as_bytes()), &body).unwrap_err();
        assert_eq!(error, VerifyError::NoSecret);
        assert!(
            Verifier::new(blank)
                .with_previous_secret(SECRET)
                .verify(signature(SECRET, body.as_bytes()), &body)
                .is_ok()
        );
    }
}

#[test]
fn an_error_hints_at_a_quoted_secret_or_a_byte_order_mark() {
    let body = json!({"event": "message.sent", "data": {}}).to_string();
    let right = signature(SECRET, body.as_bytes());
    for marked in ["\"{}\"", "'{}'", "“{}”", "\u{feff}{}", "{}\"", "«{}»", " \"{}\" \n"] {
        let marked = marked.replace("{}", SECRET);
        for verifier in
            [Verifier::new(&*marked), Verifier::new("other").with_previous_secret(&*marked)]
        {
            let refused = verifier.verify(&right, &body).unwrap_err();
            assert_eq!(refused, VerifyError::MarkedSecret, "{marked:?}");
            assert!(refused.to_string().contains("in quotes"), "{refused}");
        }
        // The marks may still be part of the secret.
        let signature = signature(marked.trim(), body.as_bytes());
        assert!(Verifier::new(&*marked).verify(signature, &body).is_ok());
    }
}
