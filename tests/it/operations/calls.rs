//! Calls of a number, their audio, and the permissions of Meta.

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{Secret, types};
use serde_json::{Map, Value, json};

use crate::operations::case::{bodies, lines, moment, ok, sandbox};

/// A part of an SDP. Its line breaks must arrive unchanged.
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

operations! {
    start_call {
        call: |client| client.start_call().body(
            types::StartCallRequest::builder()
                .to("+5511999999999")
                .sdp(SDP)
                .sdp_type("offer")
                .biz_opaque_callback_data("order-42"),
        ),
        sends: "POST /v1/calls",
        body: {
            "to": "+5511999999999",
            "sdp": SDP,
            "sdpType": "offer",
            "bizOpaqueCallbackData": "order-42",
        },
        reads: |call| {
            assert_eq!(call.id, "call_01HZX...");
            assert_eq!(call.external_call_id.as_deref(), Some("wacid.ABGG..."));
            assert_eq!(call.status, Some(types::CallStatus::Initiated));
        },
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    list_calls {
        call: |client| client.list_calls().before(moment("2026-06-28T10:00:00.250Z")).limit(100),
        sends: "GET /v1/calls?before=2026-06-28T10%3A00%3A00.250Z&limit=100",
        reads: |page| {
            let [call] = page.calls.as_slice() else { panic!("{page:?}") };
            assert_eq!(call.direction, Some(types::CallDirection::Outbound));
            assert_eq!(call.status, types::CallStatus::Completed);
            assert_eq!(call.connected_at, Some(moment("2026-06-28T10:00:08Z").into()));
            assert_eq!(call.ended_at, Some(moment("2026-06-28T10:01:08Z").into()));
            assert_eq!(call.duration_seconds, Some(60));
            assert_eq!((&call.error_code, &call.sdp_offer), (&None, &None));
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }

    get_call {
        call: |client| client.get_call().call_id("wacid.AB/C==").include_sdp("1"),
        sends: "GET /v1/calls/wacid.AB%2FC%3D%3D?includeSdp=1",
        reads: |call| {
            assert_eq!(call.direction, Some(types::CallDirection::Inbound));
            assert_eq!(call.status, types::CallStatus::Ringing);
            assert_eq!(call.created_at, Some(moment("2026-06-28T10:00:00Z").into()));
            assert_eq!((&call.connected_at, call.duration_seconds), (&None, None));
            assert_eq!(call.sdp_offer.as_deref(), Some("v=0\r\n..."));
            assert_eq!(call.sdp_answer, None);
        },
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }

    pre_accept_call {
        call: |client| client
            .pre_accept_call()
            .call_id("wacid.AB/C==")
            .body(types::PreAcceptCallRequest::builder().sdp(SDP).sdp_type("answer")),
        sends: "POST /v1/calls/wacid.AB%2FC%3D%3D/pre-accept",
        body: {"sdp": SDP, "sdpType": "answer"},
        reads: |result| {
            assert_eq!(result.success, Some(true));
            assert_eq!((result.id.as_str(), &result.status), ("call_01HZX...", &Some(types::CallStatus::Ringing)));
        },
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }

    accept_call {
        call: |client| client
            .accept_call()
            .call_id("call_01HZX")
            .body_map(|body| body.sdp(SDP).sdp_type("answer")),
        sends: "POST /v1/calls/call_01HZX/accept",
        body: {"sdp": SDP, "sdpType": "answer"},
        reads: |result| assert_eq!(result.status, Some(types::CallStatus::Accepted)),
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    reject_call {
        call: |client| client.reject_call().call_id("wacid.AB/C=="),
        sends: "POST /v1/calls/wacid.AB%2FC%3D%3D/reject",
        reads: |result| assert_eq!(result.status, Some(types::CallStatus::Rejected)),
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    terminate_call {
        call: |client| client.terminate_call().call_id("wacid.AB/C=="),
        sends: "POST /v1/calls/wacid.AB%2FC%3D%3D/terminate",
        reads: |result| assert_eq!(result.status, Some(types::CallStatus::Completed)),
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    play_call_audio {
        call: |client| client.play_call_audio().call_id("call_01HZX").body(
            types::PlayCallAudioRequest::builder()
                .media_url("https://cdn.example.com/ivr-greeting.mp3"),
        ),
        sends: "POST /v1/calls/call_01HZX/play",
        body: {"mediaUrl": "https://cdn.example.com/ivr-greeting.mp3"},
        reads: |result| assert_eq!(result.success, Some(true)),
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }

    create_realtime_session {
        call: |client| client
            .create_realtime_session()
            .call_id("3EB0/42")
            .body(types::RealtimeSessionRequest::builder().mode(types::RealtimeMode::Listen)),
        sends: "POST /v1/calls/3EB0%2F42/realtime-session",
        body: {"mode": "listen"},
        reads: |session| {
            assert_eq!(session.ws_url.expose_secret(), "wss://...");
            assert_eq!(session.token, Secret::from("..."));
            assert_eq!(session.expires_in_seconds, Some(120));
        },
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    get_calling_settings {
        call: |client| client.get_calling_settings(),
        sends: "GET /v1/calls/settings",
        reads: |response| {
            let settings = &response.calling;
            assert_eq!(settings.status, Some(types::CallingStatus::Enabled));
            assert_eq!(settings.call_icon_visibility, Some(types::CallIconVisibility::Default));
            let hours = settings.call_hours.as_ref().unwrap();
            assert_eq!(hours.status.as_deref(), Some("DISABLED"));
        },
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }

    update_calling_settings {
        call: |client| client.update_calling_settings().body(
            types::CallingSettingsRequest::builder()
                .status(types::CallingStatus::Enabled)
                .call_icon_visibility(types::CallIconVisibility::DisableAll)
                .callback_permission_status(types::CallingStatus::Disabled)
                .call_hours(types::CallHours::builder().status("ENABLED").extra(time_zone()))
                .voicemail(Map::from_iter([("status".to_owned(), json!("ENABLED"))])),
        ),
        sends: "PUT /v1/calls/settings",
        body: {
            "status": "ENABLED",
            "call_icon_visibility": "DISABLE_ALL",
            "callback_permission_status": "DISABLED",
            "call_hours": {"status": "ENABLED", "timezone_id": "America/Sao_Paulo"},
            "voicemail": {"status": "ENABLED"},
        },
        reads: |result| assert_eq!(result.success, Some(true)),
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }

    get_call_permission {
        call: |client| client.get_call_permission().to("+5511999999999"),
        sends: "GET /v1/calls/permissions?to=%2B5511999999999",
        reads: |response| {
            let grant = response.permission.as_ref().unwrap();
            assert_eq!(grant.status, Some(types::CallPermissionStatus::Temporary));
            assert_eq!(grant.expiration_time, Some(moment("2026-01-16T08:00:00Z").into()));
            let [action] = response.actions.as_slice() else { panic!("{response:?}") };
            assert_eq!(action.action_name.as_deref(), Some("start_call"));
            assert_eq!(action.can_perform_action, Some(true));
            let [limit] = action.limits.as_slice() else { panic!("{response:?}") };
            assert_eq!(limit.time_period.as_deref(), Some("PT24H"));
            assert_eq!((limit.max_allowed, limit.current_usage), (Some(1), Some(0)));
        },
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }

    request_call_permission {
        call: |client| client.request_call_permission().body(
            types::CallPermissionRequest::builder()
                .to("+5511999999999")
                .text("Podemos ligar para você?"),
        ),
        sends: "POST /v1/calls/permissions/request",
        body: {"to": "+5511999999999", "text": "Podemos ligar para você?"},
        reads: |message| assert_eq!(message.message_id.as_deref(), Some("wamid.HBgM...")),
        refused: (400, "FEATURE_NOT_SUPPORTED"),
    }
}

fn time_zone() -> Map<String, Value> {
    Map::from_iter([("timezone_id".to_owned(), json!("America/Sao_Paulo"))])
}

/// Builds a page with a call at each of these times.
fn page(moments: &[&str]) -> Reply {
    let calls: Vec<Value> = moments
        .iter()
        .map(|moment| {
            json!({"id": moment, "externalCallId": null, "direction": "INBOUND",
                "status": "MISSED", "createdAt": moment})
        })
        .collect();
    ok(&json!({ "calls": calls }))
}

/// Streams all calls. Returns their ids and the request lines.
async fn all(sandbox: &Sandbox) -> (Vec<String>, Vec<String>) {
    let mut ids = Vec::new();
    let client = sandbox.client();
    let mut calls = client.list_calls().limit(2).stream();
    while let Some(call) = calls.next().await {
        ids.push(call.unwrap().id);
    }
    (ids, lines(sandbox))
}

#[tokio::test]
async fn each_page_of_calls_begins_before_the_last_call_of_the_previous_page() {
    let moments = ["2026-06-28T10:00:03.500Z", "2026-06-28T10:00:02Z", "2026-06-28T10:00:01Z"];
    let sandbox =
        sandbox("list_calls", [page(&moments[..2]), page(&moments[2..]), page(&[])]).await;
    let (ids, lines) = all(&sandbox).await;
    assert_eq!(ids, moments);
    assert_eq!(
        lines,
        [
            "GET /v1/calls?limit=2",
            "GET /v1/calls?before=2026-06-28T10%3A00%3A02Z&limit=2",
            "GET /v1/calls?before=2026-06-28T10%3A00%3A01Z&limit=2",
        ]
    );
}

#[tokio::test]
async fn a_stream_ends_if_the_server_ignores_before() {
    let moments = ["2026-06-28T10:00:02Z", "2026-06-28T10:00:01Z"];
    let sandbox = sandbox("list_calls", [page(&moments), page(&moments)]).await;
    let (ids, lines) = all(&sandbox).await;
    assert_eq!((ids.len(), lines.len()), (2, 2));
}

#[tokio::test]
async fn a_stream_of_calls_without_times_ends_with_an_error() {
    let call = json!({"id": "call_1", "externalCallId": null, "direction": "INBOUND",
        "status": "MISSED"});
    let sandbox = sandbox("list_calls", [ok(&json!({"calls": [call]}))]).await;
    let client = sandbox.client();
    let mut calls = client.list_calls().stream();
    assert_eq!(calls.next().await.unwrap().unwrap().id, "call_1");
    let error = calls.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the next page is unknown"), "{error}");
    assert!(calls.next().await.is_none());
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_web_number_starts_and_accepts_calls_without_an_sdp() {
    let started = json!({"id": "call_1", "externalCallId": null, "status": "INITIATED"});
    let accepted = json!({"success": true, "id": "call_1", "status": "ACCEPTED"});
    let sandbox = sandbox("start_call", [ok(&started)]).await;
    sandbox.enqueue(OperationId::AcceptCall, ok(&accepted));
    let client = sandbox.client();
    let call = client.start_call().body_map(|body| body.to("+5511999999999")).send().await.unwrap();
    assert_eq!(call.external_call_id, None);
    client.accept_call().call_id(&call.id).send().await.unwrap();
    assert_eq!(bodies(&sandbox), [json!({"to": "+5511999999999"}), json!({})]);
}

#[tokio::test]
async fn the_token_of_a_realtime_session_is_not_printed() {
    let session = json!({"wsUrl": "wss://a", "token": "marked", "expiresInSeconds": 120});
    let sandbox = sandbox("create_realtime_session", [ok(&session)]).await;
    let session = sandbox
        .client()
        .create_realtime_session()
        .call_id("call_1")
        .body_map(|body| body.mode(types::RealtimeMode::Talk))
        .send()
        .await
        .unwrap();
    assert_eq!(session.token.expose_secret(), "marked");
    assert!(!format!("{session:?} {:#?}", *session).contains("marked"));
}

#[tokio::test]
async fn call_hours_keep_undocumented_fields_of_meta() {
    let hours = json!({"status": "ENABLED", "timezone_id": "America/Sao_Paulo",
        "weekly_operating_hours": [{"day_of_week": "MONDAY", "open_time": "0900"}]});
    let settings = json!({"calling": {"status": "ENABLED", "call_hours": hours, "sip": {}}});
    let sandbox = sandbox("get_calling_settings", [ok(&settings)]).await;
    let client = sandbox.client();
    let settings = client.get_calling_settings().send().await.unwrap().into_inner();
    let read = settings.calling.call_hours;
    client.update_calling_settings().body_map(|body| body.call_hours(read)).send().await.unwrap();
    let sent = sandbox.requests()[1].json();
    assert_eq!(sent, json!({ "call_hours": hours }));
}
