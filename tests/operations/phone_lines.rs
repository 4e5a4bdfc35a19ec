//! Phone lines: the verification that comes first, and the recording of an activation.

use std::time::Duration;

use futures_util::TryStreamExt;
use pilot_status::{Client, Credentials, DataUrl, ErrorKind, RetryPolicy, reqwest, types};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::case;
use crate::support::script::Step::{Pause, Read, Reset, Send, Silent, Tell};
use crate::support::script::{Script, ScriptedServer};
use crate::support::{Answer, KEY, Server, builder, client, eventually};

operations! {
    get_phone_line_verification {
        call: |client| client.get_phone_line_verification(),
        sends: "GET /v1/phone-lines/verification",
        reads: |state| {
            assert_eq!(state.status, types::VerificationStatus::InReview);
            assert!(state.can_purchase);
            let verification = state.verification.as_ref().unwrap();
            assert_eq!(verification.document_type, types::DocumentType::Cpf);
            assert_eq!(verification.document_number, "***.***.***-09");
            let status = &verification.document.status;
            assert_eq!(status, &types::VerificationDocumentStatus::Received);
            assert_eq!((&verification.legal_name, &verification.review_note), (&None, &None));
            assert_eq!(verification.review_reason, None);
            let contact = &verification.contact;
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
            assert!(!state.can_purchase);
            let contact = &state.verification.as_ref().unwrap().contact;
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
            let contact = &state.verification.as_ref().unwrap().contact;
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

/// The operation whose answer is no JSON.
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
    let server = Server::start([Answer::json(200, &none)]).await;
    let state = client(&server).get_phone_line_verification().send().await.unwrap();
    assert_eq!((&state.status, &state.verification), (&types::VerificationStatus::None, &None));
}

#[tokio::test]
async fn a_review_says_why_it_is_needed() {
    let mut state = case::example("get_phone_line_verification");
    let verification = &mut state["verification"];
    verification["documentType"] = "CNPJ".into();
    verification["legalName"] = "Acme Ltda".into();
    verification["contact"]["whatsapp"] = Value::Null;
    verification["document"]["status"] = "UNREADABLE".into();
    verification["reviewReason"] = "DOCUMENT_CHECK".into();
    let server = Server::start([Answer::json(200, &state)]).await;
    let state = client(&server).get_phone_line_verification().send().await.unwrap().into_inner();
    let verification = state.verification.unwrap();
    assert_eq!(verification.document_type, types::DocumentType::Cnpj);
    assert_eq!(verification.legal_name.as_deref(), Some("Acme Ltda"));
    assert_eq!(verification.contact.whatsapp, None);
    assert_eq!(verification.document.status, types::VerificationDocumentStatus::Unreadable);
    let reason = types::VerificationReviewReason::DocumentCheck;
    assert_eq!(verification.review_reason, Some(reason));
}

#[tokio::test]
async fn a_verification_without_a_key_gets_one_of_its_own() {
    let server = Server::start([case::success("start_phone_line_verification")]).await;
    let client = client(&server);
    for _ in 0..2 {
        client.start_phone_line_verification().body(applicant()).send().await.unwrap();
    }
    let keys: Vec<Uuid> = keys(&server).iter().map(|key| key.parse().unwrap()).collect();
    assert_eq!((keys.len(), keys[0].get_version_num()), (2, 4));
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_verification_is_sent_again_under_the_same_key() {
    let unavailable = Answer::new(503, &[("retry-after", "0")], "");
    for own in [None, Some("verification-42")] {
        let success = case::success("start_phone_line_verification");
        let broken = Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{");
        let server = Server::start([unavailable.clone(), broken, success]).await;
        let quick = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
        let client = builder(&server).retry(quick).build().unwrap();
        let mut call = client.start_phone_line_verification().body(applicant());
        if let Some(own) = own {
            call = call.idempotency_key(own);
        }
        call.send().await.unwrap();
        let keys = keys(&server);
        assert_eq!(keys, vec![own.unwrap_or(&keys[0]); 3]);
        let received = server.received();
        assert!(received.iter().all(|request| request.body == received[0].body));
    }
}

#[tokio::test]
async fn an_answer_tells_that_it_is_an_earlier_one() {
    let state = case::example("start_phone_line_verification").to_string();
    let replay = Answer::new(200, &[("Idempotent-Replayed", "true")], state);
    let first = case::success("start_phone_line_verification");
    let server = Server::start([first, replay]).await;
    let client = client(&server);
    for replayed in [None, Some("true")] {
        let call = client.start_phone_line_verification().idempotency_key("1").body(applicant());
        let answer = call.send().await.unwrap();
        let header = answer.headers().get("idempotent-replayed");
        assert_eq!(header.map(|value| value.to_str().unwrap()), replayed);
    }
}

#[tokio::test]
async fn a_key_that_the_api_refuses_is_not_sent() {
    let server = Server::start([case::success("start_phone_line_verification")]).await;
    let client = client(&server);
    for key in ["", "a\nb", &"k".repeat(256)] {
        let call = client.start_phone_line_verification().idempotency_key(key).body(applicant());
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{key}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_first_call_under_the_same_key_is_waited_for() {
    let in_use = case::error("start_phone_line_verification", 409, "IDEMPOTENCY_KEY_IN_USE");
    let success = case::success("start_phone_line_verification");
    let server = Server::start([in_use.clone(), success]).await;
    let quick = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = builder(&server).retry(quick).build().unwrap();
    let call = || client.start_phone_line_verification().idempotency_key("1").body(applicant());
    call().send().await.unwrap();
    assert_eq!(server.requests(), 2);
    let server = Server::start([in_use]).await;
    let client = builder(&server).retry(quick.max_attempts(3)).build().unwrap();
    let call = client.start_phone_line_verification().idempotency_key("1").body(applicant());
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), server.requests()), (ErrorKind::Conflict, 3));
    assert_eq!(error.code(), Some(&types::ErrorCode::IdempotencyKeyInUse));
}

#[tokio::test]
async fn a_submission_too_many_waits_as_long_as_the_body_asks_for() {
    let limited = json!({"error": "Wait", "code": "RATE_LIMITED", "retryAfterSeconds": 1});
    let success = case::success("start_phone_line_verification");
    let server = Server::start([Answer::json(429, &limited), success]).await;
    let client = client(&server);
    client.start_phone_line_verification().body(applicant()).send().await.unwrap();
    let received = server.received();
    assert!(received[1].at - received[0].at >= Duration::from_secs(1));
    let keys = keys(&server);
    assert_eq!(keys, [&*keys[0], &*keys[0]]);
}

#[tokio::test]
async fn a_submission_that_would_wait_for_long_fails_at_once() {
    let limited = case::error("start_phone_line_verification", 429, "RATE_LIMITED");
    let server = Server::start([limited]).await;
    let call = client(&server);
    let error = call.start_phone_line_verification().body(applicant()).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::RateLimited));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!((error.attempts(), server.requests()), (1, 1));
}

#[tokio::test]
async fn a_code_asked_for_too_soon_is_refused() {
    let cooldown = case::error("send_contact_code", 429, "CONTACT_CODE_COOLDOWN");
    let server = Server::start([cooldown]).await;
    let client = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let error = client.send_contact_code().channel("email").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::ContactCodeCooldown));
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, None));
}

#[tokio::test]
async fn a_code_that_is_wrong_is_not_tried_again() {
    let wrong = case::error("confirm_contact_code", 400, "CONTACT_CODE_INVALID");
    let server = Server::start([wrong]).await;
    let call = client(&server);
    let body = types::ContactCodeRequest::builder().code("123456");
    assert!(!format!("{body:?}").contains("123456"));
    let error = call.confirm_contact_code().channel("email").body(body).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::ContactCodeInvalid));
    assert_eq!(server.requests(), 1);
}

/// The keys of all requests, one of each.
fn keys(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|received| match received.headers("idempotency-key").as_slice() {
            [key] => (*key).to_owned(),
            keys => panic!("{keys:?}"),
        })
        .collect()
}

/// What no text holds.
const AUDIO: &[u8] = b"ID3\x04\0\0\xff\xfb\x90";

fn recording() -> Answer {
    let headers = [
        ("content-type", "audio/mpeg"),
        ("content-disposition", "attachment; filename=\"activation.mp3\""),
    ];
    Answer::new(200, &headers, AUDIO)
}

#[tokio::test]
async fn get_activation_audio() {
    let refusal = case::error("get_activation_audio", 404, "ACTIVATION_NOT_FOUND");
    let server = Server::start([recording(), refusal]).await;
    let client = client(&server);
    let call = || client.get_activation_audio().id("act/1?ü").send();
    let answer = call().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let audio = answer.into_inner();
    assert_eq!(audio.content_type(), Some("audio/mpeg"));
    assert_eq!(audio.content_length(), Some(9));
    assert_eq!(audio.file_name().as_deref(), Some("activation.mp3"));
    assert_eq!(audio.bytes().await.unwrap(), AUDIO);
    let received = &server.received()[0];
    let path = "/v1/phone-lines/activations/act%2F1%3F%C3%BC/audio";
    assert_eq!(received.request_line(), format!("GET {path} HTTP/1.1"));
    assert_eq!(received.headers("x-api-key"), [KEY]);
    assert_eq!(received.headers("accept"), ["audio/*, application/json"]);
    for absent in ["api-version", "content-type", "idempotency-key"] {
        assert_eq!(received.headers(absent), [""; 0]);
    }
    let error = call().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.code(), Some(&types::ErrorCode::ActivationNotFound));
    assert_eq!(error.operation_id(), Some("get_activation_audio"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_recording_is_asked_for_again_until_it_begins() {
    let unavailable = Answer::new(503, &[("retry-after", "0")], "");
    let server = Server::start([unavailable, Answer::raw(""), recording()]).await;
    let quick = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = builder(&server).retry(quick).build().unwrap();
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap(), AUDIO);
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn a_recording_may_come_without_a_length_or_a_name() {
    let bare = Answer::raw("HTTP/1.1 200 OK\r\n\r\nabc");
    let name = "attachment; filename*=UTF-8''..%2Fgrava%C3%A7%C3%A3o.ogg";
    let server =
        Server::start([bare, Answer::new(200, &[("content-disposition", name)], "")]).await;
    let client = client(&server);
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!((audio.content_type(), audio.content_length()), (None, None));
    assert_eq!(audio.file_name(), None);
    assert_eq!(audio.bytes().await.unwrap(), "abc");
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.file_name().as_deref(), Some("gravação.ogg"));
    assert_eq!(audio.content_length(), Some(0));
    assert_eq!(audio.bytes().await.unwrap(), "");
}

#[tokio::test]
async fn a_recording_longer_than_allowed_is_read_in_parts_only() {
    let server = Server::start([recording()]).await;
    let client = builder(&server).max_response_bytes(AUDIO.len() - 1).build().unwrap();
    let call = || client.get_activation_audio().id("1").send();
    let error = call().await.unwrap().into_inner().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("longer than 8 bytes"), "{error}");
    let parts: Vec<_> = call().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(parts.concat(), AUDIO);
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const OF_TEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
const PART: &[u8] = b"3\r\nabc\r\n";

/// How long the hurried client waits for a part.
const PATIENCE: Duration = Duration::from_millis(400);

/// Starts servers that follow the scripts in their turn, and clients of them that
/// have little time.
async fn hurried(scripts: &[Script]) -> (ScriptedServer, [Client; 2]) {
    let server = ScriptedServer::start(scripts).await;
    let builder = || {
        Client::builder(Credentials::api_key(KEY))
            .base_url(server.url())
            .request_timeout(PATIENCE)
            .retry(RetryPolicy::default().total_time(PATIENCE))
    };
    let own = builder().http_client_builder(reqwest::Client::builder());
    let clients = [builder(), own].map(|builder| builder.build().unwrap());
    (server, clients)
}

#[tokio::test]
async fn a_recording_may_take_longer_than_a_call_as_long_as_it_goes_on() {
    const PAUSE: Duration = Duration::from_millis(100);
    const STEADY: Script = &[
        Read,
        Send(CHUNKED),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(b"0\r\n\r\n"),
    ];
    let (_server, clients) = hurried(&[STEADY]).await;
    for client in clients {
        let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        assert_eq!(audio.content_length(), None);
        let parts: Vec<_> = audio.try_collect().await.unwrap();
        assert_eq!(parts, ["abc"; 5]);
    }
}

#[tokio::test]
async fn a_recording_that_stops_coming_is_a_timeout_after_what_came() {
    let (server, clients) = hurried(&[&[Read, Send(CHUNKED), Send(PART), Silent]]).await;
    for client in clients {
        let mut audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
        let error = audio.chunk().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!(error.operation_id(), Some("get_activation_audio"));
        assert_eq!(audio.chunk().await.unwrap(), None);
        eventually("its connection is closed", || server.open() == 0).await;
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_recording_that_breaks_off_is_an_error_after_what_came() {
    const BROKEN: [Script; 2] =
        [&[Read, Send(OF_TEN), Send(b"abc")], &[Read, Send(CHUNKED), Send(PART), Send(b"3\r\n")]];
    for script in BROKEN {
        let (server, clients) = hurried(&[script]).await;
        let call = || clients[0].get_activation_audio().id("1").send();
        let mut audio = call().await.unwrap().into_inner();
        assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
        let error = audio.chunk().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 1));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!(audio.chunk().await.unwrap(), None);
        let error = call().await.unwrap().into_inner().bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(server.accepted(), 2);
    }
}

#[tokio::test]
async fn a_recording_whose_connection_is_reset_is_an_error() {
    const RESET: Script = &[Read, Send(OF_TEN), Pause(Duration::from_millis(50)), Reset];
    let (_server, [client, _]) = hurried(&[RESET]).await;
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    let error = audio.bytes().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 1));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_recording_that_is_dropped_gives_up_its_connection() {
    let (server, [client, _]) = hurried(&[&[Read, Send(CHUNKED), Send(PART), Tell, Silent]]).await;
    let mut audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
    server.told().await;
    assert_eq!(server.open(), 1);
    drop(audio);
    eventually("its connection is closed", || server.open() == 0).await;
}
