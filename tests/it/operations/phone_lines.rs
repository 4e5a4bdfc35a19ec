//! Phone lines: the verification that they require, and the recording of an activation.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use pilot_status::mock::{RecordedRequest, Reply, Sandbox};
use pilot_status::{DataUrl, ErrorKind, RetryPolicy, StatusCode, types};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::operations::case::{self, ok, quick, sandbox};

operations! {
    get_phone_line_verification {
        call: |client| client.get_phone_line_verification(),
        sends: "GET /v1/phone-lines/verification",
        reads: |state| {
            assert_eq!(state.status, types::VerificationStatus::InReview);
            assert_eq!(state.can_purchase, Some(true));
            let verification = state.verification.as_ref().unwrap();
            assert_eq!(verification.document_type, Some(types::DocumentType::Cpf));
            assert_eq!(verification.document_number.as_deref(), Some("***.***.***-09"));
            let status = &verification.document.as_ref().unwrap().status;
            assert_eq!(status, &Some(types::VerificationDocumentStatus::Received));
            assert_eq!((&verification.legal_name, &verification.review_note), (&None, &None));
            assert_eq!(verification.review_reason, None);
            let contact = verification.contact.as_ref().unwrap();
            assert_eq!(contact.whatsapp.as_deref(), Some("+55119****7777"));
            assert_eq!(contact.confirmed_channels, CHANNELS);
            assert_eq!(contact.pending_channels, []);
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    start_phone_line_verification {
        call: |client| client
            .start_phone_line_verification()
            .idempotency_key("verification 42")
            .body(applicant()),
        sends: "POST /v1/phone-lines/verification",
        headers: [("idempotency-key", "verification 42")],
        body: {
            "documentType": "CPF",
            "documentNumber": "12345678909",
            "contactEmail": "ana@example.com",
            "contactWhatsapp": "+5511988887777",
            "document": "data:application/pdf;base64,JVBERi0xLjQK",
        },
        reads: |state| {
            assert_eq!(state.status, types::VerificationStatus::PendingContact);
            assert_eq!(state.can_purchase, Some(false));
            let verification = state.verification.as_ref().unwrap();
            let contact = verification.contact.as_ref().unwrap();
            assert_eq!(contact.required_channels, CHANNELS);
            assert_eq!(contact.pending_channels, CHANNELS);
        },
        refused: (409, "IDEMPOTENCY_KEY_REUSED"),
    }

    send_contact_code {
        call: |client| client.send_contact_code().channel(types::ContactChannel::Whatsapp),
        sends: "POST /v1/phone-lines/verification/contact/whatsapp/send",
        reads: |state| assert_eq!(state.status, types::VerificationStatus::PendingContact),
        refused: (403, "PERMISSION_DENIED"),
    }

    confirm_contact_code {
        call: |client| client
            .confirm_contact_code()
            .channel("email")
            .body(types::ContactCodeRequest::builder().code("123456")),
        sends: "POST /v1/phone-lines/verification/contact/email/confirm",
        body: {"code": "123456"},
        reads: |state| {
            let verification = state.verification.as_ref().unwrap();
            let contact = verification.contact.as_ref().unwrap();
            assert_eq!(contact.confirmed_channels, [types::VerificationChannel::Email]);
            assert_eq!(contact.pending_channels, [types::VerificationChannel::Whatsapp]);
        },
        refused: (400, "CONTACT_CODE_EXPIRED"),
    }

    submit_verification_document {
        call: |client| client.submit_verification_document().body(
            types::VerificationDocumentRequest::builder()
                .document(DataUrl::new("image/png", b"\x89PNG")),
        ),
        sends: "POST /v1/phone-lines/verification/document",
        body: {"document": "data:image/png;base64,iVBORw=="},
        reads: |state| assert_eq!(state.status, types::VerificationStatus::InReview),
        refused: (403, "PERMISSION_DENIED"),
    }
}

/// The operation with a response that is not JSON.
pub const DOWNLOADS: &[&str] = &["get_activation_audio"];

const CHANNELS: [types::VerificationChannel; 2] =
    [types::VerificationChannel::Email, types::VerificationChannel::Whatsapp];

fn applicant() -> types::builder::PhoneLineVerificationRequest {
    types::PhoneLineVerificationRequest::builder()
        .document_type(types::DocumentType::Cpf)
        .document_number("12345678909")
        .contact_email("ana@example.com")
        .contact_whatsapp("+5511988887777")
        .document(DataUrl::new("application/pdf", b"%PDF-1.4\n"))
}

#[tokio::test]
async fn an_account_without_a_verification_has_none() {
    let none = json!({"status": "NONE", "canPurchase": false, "verification": null});
    let sandbox = sandbox("get_phone_line_verification", [ok(&none)]).await;
    let state = sandbox.client().get_phone_line_verification().send().await.unwrap();
    assert_eq!((&state.status, &state.verification), (&types::VerificationStatus::None, &None));
}

#[tokio::test]
async fn a_review_has_a_reason() {
    let mut state = case::example("get_phone_line_verification");
    let verification = &mut state["verification"];
    verification["documentType"] = "CNPJ".into();
    verification["legalName"] = "Acme Ltda".into();
    verification["contact"]["whatsapp"] = Value::Null;
    verification["document"]["status"] = "UNREADABLE".into();
    verification["reviewReason"] = "DOCUMENT_CHECK".into();
    let sandbox = sandbox("get_phone_line_verification", [ok(&state)]).await;
    let state = sandbox.client().get_phone_line_verification().send().await.unwrap().into_inner();
    let verification = state.verification.unwrap();
    assert_eq!(verification.document_type, Some(types::DocumentType::Cnpj));
    assert_eq!(verification.legal_name.as_deref(), Some("Acme Ltda"));
    assert_eq!(verification.contact.unwrap().whatsapp, None);
    assert_eq!(
        verification.document.unwrap().status,
        Some(types::VerificationDocumentStatus::Unreadable)
    );
    let reason = types::VerificationReviewReason::DocumentCheck;
    assert_eq!(verification.review_reason, Some(reason));
}

#[tokio::test]
async fn a_verification_without_a_key_gets_a_new_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for _ in 0..2 {
        client.start_phone_line_verification().body(applicant()).send().await.unwrap();
    }
    let keys: Vec<Uuid> = keys(&sandbox).iter().map(|key| key.parse().unwrap()).collect();
    assert_eq!((keys.len(), keys[0].get_version_num()), (2, 4));
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_verification_is_retried_with_the_same_key() {
    for own in [None, Some("verification-42")] {
        let faults = [Reply::error(StatusCode::SERVICE_UNAVAILABLE, None), Reply::reset()];
        let sandbox = sandbox("start_phone_line_verification", faults).await;
        let client = quick(&sandbox);
        let mut call = client.start_phone_line_verification().body(applicant());
        if let Some(own) = own {
            call = call.idempotency_key(own);
        }
        call.send().await.unwrap();
        let keys = keys(&sandbox);
        assert_eq!(keys, vec![own.unwrap_or(&keys[0]); 3]);
        let received = sandbox.requests();
        assert!(received.iter().all(|request| request.body == received[0].body));
    }
}

#[tokio::test]
async fn a_replayed_response_is_marked() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for replayed in [false, true] {
        let call = client.start_phone_line_verification().idempotency_key("1").body(applicant());
        let response = call.send().await.unwrap();
        assert_eq!(response.is_replayed(), replayed);
    }
}

#[tokio::test]
async fn an_invalid_key_is_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for key in ["", "a\nb", &"k".repeat(256)] {
        let call = client.start_phone_line_verification().idempotency_key(key).body(applicant());
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{key}");
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_call_waits_for_an_earlier_one_with_the_same_key() {
    let in_use = case::error("start_phone_line_verification", 409, "IDEMPOTENCY_KEY_IN_USE");
    let sandbox = sandbox("start_phone_line_verification", vec![in_use; 5]).await;
    let client = quick(&sandbox);
    let call = || client.start_phone_line_verification().idempotency_key("1").body(applicant());
    let error = call().send().await.unwrap_err();
    assert_eq!((error.kind(), sandbox.requests().len()), (ErrorKind::Conflict, 4));
    assert_eq!(error.code(), Some(&types::ErrorCode::IdempotencyKeyInUse));
    call().send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 6);
}

#[tokio::test]
async fn a_rate_limited_submission_waits_as_the_body_asks() {
    let limited = json!({"error": "Wait", "code": "RATE_LIMITED", "retryAfterSeconds": 1});
    let limited = Reply::json(StatusCode::TOO_MANY_REQUESTS, &limited);
    let sandbox = sandbox("start_phone_line_verification", [limited]).await;
    let start = Instant::now();
    let client = sandbox.client();
    client.start_phone_line_verification().body(applicant()).send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    let keys = keys(&sandbox);
    assert_eq!(keys, [&*keys[0], &*keys[0]]);
}

#[tokio::test]
async fn a_submission_with_a_long_wait_fails_immediately() {
    let limited = case::error("start_phone_line_verification", 429, "RATE_LIMITED");
    let sandbox = sandbox("start_phone_line_verification", [limited]).await;
    let call = sandbox.client();
    let error = call.start_phone_line_verification().body(applicant()).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::RateLimited));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_code_requested_too_soon_is_rate_limited() {
    let cooldown = case::error("send_contact_code", 429, "CONTACT_CODE_COOLDOWN");
    let sandbox = sandbox("send_contact_code", [cooldown]).await;
    let client = sandbox.builder().retry(RetryPolicy::none()).build().unwrap();
    let error = client.send_contact_code().channel("email").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::ContactCodeCooldown));
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, None));
}

#[tokio::test]
async fn a_wrong_code_is_not_retried() {
    let wrong = case::error("confirm_contact_code", 400, "CONTACT_CODE_INVALID");
    let sandbox = sandbox("confirm_contact_code", [wrong]).await;
    let call = sandbox.client();
    let body = types::ContactCodeRequest::builder().code("123456");
    assert!(!format!("{body:?}").contains("123456"));
    let error = call.confirm_contact_code().channel("email").body(body).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::ContactCodeInvalid));
    assert_eq!(sandbox.requests().len(), 1);
}

/// The idempotency keys of all requests, exactly one per request.
fn keys(sandbox: &Sandbox) -> Vec<String> {
    let key = |request: &RecordedRequest| {
        let keys: Vec<_> = request.headers.get_all("idempotency-key").iter().collect();
        let [key] = keys[..] else { panic!("{keys:?}") };
        key.to_str().unwrap().to_owned()
    };
    sandbox.requests().iter().map(key).collect()
}

/// Bytes that are not valid UTF-8.
const AUDIO: &[u8] = b"ID3\x04\0\0\xff\xfb\x90";

fn recording() -> Reply {
    Reply::new(StatusCode::OK, AUDIO)
        .header("content-type", "audio/mpeg")
        .unwrap()
        .header("content-disposition", "attachment; filename=\"activation.mp3\"")
        .unwrap()
}

#[tokio::test]
async fn get_activation_audio() {
    let refusal = case::error("get_activation_audio", 404, "ACTIVATION_NOT_FOUND");
    let sandbox = sandbox("get_activation_audio", [recording(), refusal]).await;
    let client = sandbox.client();
    let call = || client.get_activation_audio().id("act/1?ü").send();
    let response = call().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let audio = response.into_inner();
    assert_eq!(audio.content_type(), Some("audio/mpeg"));
    assert_eq!(audio.content_length(), Some(9));
    assert_eq!(audio.file_name().as_deref(), Some("activation.mp3"));
    assert_eq!(audio.bytes().await.unwrap(), AUDIO);
    let received = &sandbox.requests()[0];
    let path = "/v1/phone-lines/activations/act%2F1%3F%C3%BC/audio";
    assert_eq!(received.line(), format!("GET {path}"));
    assert_eq!(received.headers["x-api-key"], Sandbox::API_KEY);
    assert_eq!(received.headers["accept"], "audio/*, application/json");
    for absent in ["api-version", "content-type", "idempotency-key"] {
        assert!(!received.headers.contains_key(absent));
    }
    let error = call().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.code(), Some(&types::ErrorCode::ActivationNotFound));
    assert_eq!(error.operation_id(), Some("get_activation_audio"));
}

#[tokio::test]
async fn a_recording_is_retried_until_its_download_starts() {
    let unavailable = Reply::error(StatusCode::SERVICE_UNAVAILABLE, None);
    let sandbox = sandbox("get_activation_audio", [unavailable, Reply::reset(), recording()]).await;
    let audio = quick(&sandbox).get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap(), AUDIO);
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn the_file_name_of_a_recording_is_not_a_path() {
    let name = "attachment; filename=\"../activation.ogg\"";
    let nothing = Reply::new(StatusCode::OK, "").header("content-disposition", name).unwrap();
    let sandbox = sandbox("get_activation_audio", [nothing]).await;
    let audio = sandbox.client().get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.file_name().as_deref(), Some("activation.ogg"));
    assert_eq!(audio.content_length(), Some(0));
    assert_eq!(audio.bytes().await.unwrap(), "");
}

#[tokio::test]
async fn a_recording_above_the_size_limit_can_only_be_streamed() {
    let sandbox = sandbox("get_activation_audio", [recording(), recording()]).await;
    let client = sandbox.builder().max_response_bytes(AUDIO.len() - 1).build().unwrap();
    let call = || client.get_activation_audio().id("1").send();
    let error = call().await.unwrap().into_inner().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("longer than 8 bytes"), "{error}");
    let parts: Vec<_> = call().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(parts.concat(), AUDIO);
}
