//! Embedded pages.

use pilot_status::mock::Reply;
use pilot_status::{ErrorKind, StatusCode, types};
use serde_json::json;

use crate::operations::case::{moment, sandbox};

operations! {
    create_embed_session {
        call: |client| client.create_embed_session().body(
            types::EmbedSessionRequest::builder()
                .surface(types::EmbedSurface::Chat)
                .allowed_origins(["https://app.example.com".to_owned()])
                .whatsapp_number_ids(["num_01HZX...".to_owned()])
                .branding_override(
                    types::Branding::builder()
                        .company_name("Acme")
                        .hide_pilot_status_branding(true),
                )
                .ttl_seconds(900),
        ),
        sends: "POST /v1/embed/sessions",
        body: {
            "surface": "chat",
            "allowedOrigins": ["https://app.example.com"],
            "whatsappNumberIds": ["num_01HZX..."],
            "brandingOverride": {"companyName": "Acme", "hidePilotStatusBranding": true},
            "ttlSeconds": 900,
        },
        reads: |session| {
            let token = &session.token;
            assert_eq!(token.expose_secret(), "eyJhbGciOiJIUzI1NiJ9.<claims>.<sig>");
            assert_eq!(session.surface, Some(types::EmbedSurface::Chat));
            assert_eq!(session.allowed_origins, ["https://app.example.com"]);
            assert_eq!(session.expires_at, Some(moment("2026-06-26T15:15:00Z").into()));
            assert!(!format!("{session:?} {session:#?}").contains("eyJ"), "{session:?}");
        },
        refused: (400, None::<&str>),
    }
}

#[tokio::test]
async fn a_connect_session_has_no_number() {
    let sandbox = sandbox(
        "create_embed_session",
        [Reply::json(StatusCode::CREATED, &json!({"token": "marked"}))],
    )
    .await;
    let client = sandbox.client();
    let request = types::EmbedSessionRequest::builder()
        .surface("connect")
        .allowed_origins(["http://localhost:3000".to_owned()]);
    let session = client.create_embed_session().body(request).send().await.unwrap();
    assert_eq!((&session.surface, session.whatsapp_number_ids.len()), (&None, 0));
    let sent = sandbox.requests()[0].json();
    let body = json!({"surface": "connect", "allowedOrigins": ["http://localhost:3000"]});
    assert_eq!(sent, body);
}

#[tokio::test]
async fn a_session_without_origins_is_not_requested() {
    let sandbox =
        sandbox("create_embed_session", [Reply::json(StatusCode::CREATED, &json!({}))]).await;
    let client = sandbox.client();
    let call = client.create_embed_session();
    let error = call.body_map(|body| body.surface("chat")).send().await.unwrap_err();
    assert_eq!((error.kind(), sandbox.requests().len()), (ErrorKind::InvalidRequest, 0));
    assert!(error.to_string().contains("allowed_origins"), "{error}");
}
