//! Parity with the vendor's Python SDK 1.15.0: the typed call of each operation sends the same
//! request as the SDK, and reads a response with only the fields that the SDK requires.
//!
//! The ids of the SDK's older operations have no special characters: the SDK does not escape
//! them.

use std::collections::{BTreeMap, BTreeSet};

use pilot_status::mock::{RecordedRequest, Reply, Sandbox};
use pilot_status::{Client, DataUrl, Nullable, StatusCode, types};
use serde_json::{Map, Value, json};

use crate::operations::case::{self, Called, Operation, moment, ok};

/// Generates the tests of a table of operations, and lists their names in `OPERATIONS`.
macro_rules! sdk {
    ($($id:ident {
        call: |$client:ident| $call:expr,
        sends: $line:literal,
        $(body: $body:tt,)?
        reads: $response:tt,
    })*) => {
        const OPERATIONS: &[&str] = &[$(stringify!($id)),*];

        $(
            #[tokio::test]
            async fn $id() {
                fn call($client: &Client) -> Called<'_> {
                    Box::pin(async move {
                        let success = $call.send().await?;
                        Ok(serde_json::to_value(success.into_inner()).unwrap())
                    })
                }
                let body: &[Value] = &[$(json!($body))?];
                check(stringify!($id), call, $line, body.first(), &json!($response)).await;
            }
        )*
    };
}

/// Calls an operation with and without a number, and compares both requests and the decoded
/// response with the table.
async fn check(
    id: &str,
    call: for<'c> fn(&'c Client) -> Called<'c>,
    line: &str,
    body: Option<&Value>,
    response: &Value,
) {
    let operation = Operation::find(id);
    let sandbox = case::sandbox(id, [ok(response), ok(response)]).await;
    let decoded = call(&sandbox.client()).await.unwrap();
    case::assert_kept(response, &decoded, "$");
    call(&sandbox.client().for_number("wn_1")).await.unwrap();
    let requests = sandbox.requests();
    let numbers = [None, Some("wn_1")];
    assert_eq!(requests.len(), numbers.len());
    for (request, number) in requests.iter().zip(numbers) {
        sends(request, line, body);
        assert_eq!(header(request, "accept"), Some("application/json"));
        // The SDK also sends credentials to public operations, which do not need them.
        let takes_key = !operation.is_public();
        assert_eq!(header(request, "x-api-key"), takes_key.then_some(Sandbox::API_KEY));
        assert_eq!(header(request, "x-whatsapp-number-id"), number.filter(|_| takes_key));
    }
}

/// Asserts that a request has the line and body of the SDK's. The order of query parameters is
/// free.
fn sends(request: &RecordedRequest, line: &str, body: Option<&Value>) {
    let parts = |line: &str| {
        let (path, query) = line.split_once('?').unwrap_or((line, ""));
        let query: BTreeSet<String> = query.split('&').map(str::to_owned).collect();
        (path.to_owned(), query)
    };
    assert_eq!(parts(&request.line()), parts(line));
    assert_eq!(header(request, "content-type"), body.map(|_| "application/json"));
    match body {
        Some(body) => assert_eq!(&request.json(), body),
        None => assert_eq!(request.body, ""),
    }
}

fn header<'r>(request: &'r RecordedRequest, name: &str) -> Option<&'r str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

sdk! {
    list_numbers {
        call: |client| client.list_numbers(),
        sends: "GET /v1/numbers",
        reads: [{
            "id": "wn_1",
            "instanceName": "tenant-5511999999999",
            "number": "5511999999999",
            "name": "Suporte",
            "apiKeys": [{"name": "Default", "keyPrefix": "ps_abcd", "keyLast4": null}],
            "primaryLink": {"state": "OPEN", "connectedAt": null},
            "secondaryLink": null,
            "isFullyConnected": true,
            "createdAt": "2026-06-01T11:59:00.000Z",
            "updatedAt": "2026-06-01T12:00:00.000Z",
            "extraChargeUnpaidSince": null,
            "extraChargeDisconnectAt": null,
        }],
    }

    create_number {
        call: |client| client.create_number().body(
            types::NumberRequest::builder()
                .name("Suporte")
                .number("+5511999999999")
                .settings(types::NumberSettingsRequest::builder().history_import_enabled(true)),
        ),
        sends: "POST /v1/numbers",
        body: {
            "name": "Suporte",
            "number": "+5511999999999",
            "settings": {"historyImportEnabled": true},
        },
        reads: {},
    }

    create_remote_pairing {
        call: |client| client.create_remote_pairing().body(
            types::RemotePairingRequest::builder().name("Cliente").number("5511988887777"),
        ),
        sends: "POST /v1/numbers/remote-pairing",
        body: {"name": "Cliente", "number": "5511988887777"},
        reads: {"instance": {}, "linkedApiKeyId": null},
    }

    get_number {
        call: |client| client.get_number().id("wn_1").refresh("1"),
        sends: "GET /v1/numbers/wn_1?refresh=1",
        reads: {
            "id": "wn_1",
            "number": "5511999999999",
            "coexistence": null,
            "extraChargeUnpaidSince": null,
            "extraChargeDisconnectAt": null,
        },
    }

    update_number {
        call: |client| client.update_number().id("wn_1").body(
            types::NumberUpdateRequest::builder()
                .pii_mode(types::PiiMode::StoreIndefinite)
                .pii_retention_days(Nullable::Null)
                .settings(
                    types::NumberSettingsRequest::builder()
                        .always_online(Nullable::Null)
                        .mark_read_on_send(false)
                        .msg_reject_call("Não atendemos chamadas"),
                ),
        ),
        sends: "PATCH /v1/numbers/wn_1",
        body: {
            "piiMode": "STORE_INDEFINITE",
            "piiRetentionDays": null,
            "settings": {
                "alwaysOnline": null,
                "markReadOnSend": false,
                "msgRejectCall": "Não atendemos chamadas",
            },
        },
        reads: {
            "id": "wn_1",
            "number": "5511999999999",
            "coexistence": null,
            "extraChargeUnpaidSince": null,
            "extraChargeDisconnectAt": null,
        },
    }

    delete_number {
        call: |client| client.delete_number().id("wn_1"),
        sends: "DELETE /v1/numbers/wn_1",
        reads: {"ok": true},
    }

    connect_number {
        call: |client| client.connect_number().id("wn_1").link("secondary"),
        sends: "GET /v1/numbers/wn_1/connect?link=secondary",
        reads: {"qrcodeBase64": null, "pairingCode": null},
    }

    get_number_status {
        call: |client| client.get_number_status().id("wn_1").link("primary"),
        sends: "GET /v1/numbers/wn_1/status?link=primary",
        reads: {"id": "wn_1", "state": "OPEN"},
    }

    restore_number {
        call: |client| client.restore_number().id("wn_1"),
        sends: "POST /v1/numbers/wn_1/restore",
        reads: {"ok": true},
    }

    purge_number {
        call: |client| client.purge_number().id("wn_1"),
        sends: "DELETE /v1/numbers/wn_1/purge",
        reads: {"ok": true},
    }

    pay_number {
        call: |client| client.pay_number().id("wn/1"),
        sends: "POST /v1/numbers/wn%2F1/pay",
        reads: {"ok": true, "status": "not_required"},
    }

    upgrade_number_to_dual {
        call: |client| client.upgrade_number_to_dual().id("wn_1"),
        sends: "POST /v1/numbers/wn_1/upgrade-to-dual",
        reads: {"secondaryLink": {"qrcodeBase64": null, "pairingCode": null}},
    }

    get_remote_pairing {
        call: |client| client.get_remote_pairing().token("rp_1"),
        sends: "GET /v1/remote-pairing/rp_1",
        reads: {"valid": false},
    }

    get_remote_pairing_status {
        call: |client| client.get_remote_pairing_status().token("rp_1"),
        sends: "GET /v1/remote-pairing/rp_1/status",
        reads: {
            "state": "CONNECTING",
            "isFullyConnected": false,
            "primaryLink": {},
            "secondaryLink": null,
        },
    }

    connect_remote_pairing {
        call: |client| client.connect_remote_pairing().token("rp_1"),
        sends: "POST /v1/remote-pairing/rp_1/connect",
        reads: {"qrcodeBase64": null, "pairingCode": null},
    }

    list_api_keys {
        call: |client| client.list_api_keys(),
        sends: "GET /v1/api-keys",
        reads: [
            // With a tenant key.
            {
                "numberId": null,
                "number": null,
                "displayName": null,
                "keyId": "k_1",
                "keyLast4": null,
                "key": null,
                "revealable": false,
            },
            // With the key of a number.
            {
                "id": "k_1",
                "name": "Default",
                "keyPrefix": "ps_abcd",
                "lastUsedAt": null,
                "createdAt": "2026-06-28T10:00:00.000Z",
                "webhookId": null,
                "projectId": null,
                "webhook": null,
                "whatsappInstanceId": null,
                "whatsappInstance": null,
                "retentionDays": 30,
            },
        ],
    }

    rotate_number_api_key {
        call: |client| client.rotate_number_api_key().body(
            types::NumberApiKeyRequest::builder().whatsapp_number_id("wn_1"),
        ),
        sends: "POST /v1/api-keys",
        body: {"whatsappNumberId": "wn_1"},
        reads: {
            "numberId": "wn_1",
            "keyId": "k_1",
            "keyPrefix": "ps_abcd",
            "keyLast4": null,
            "key": "ps_shown_once",
            "createdAt": "2026-06-28T10:00:00.000Z",
        },
    }

    send_message {
        call: |client| client.send_message().body(
            types::MessageRequest::builder()
                .destination_number("+5511999999999")
                .template_id("onboarding-test")
                .variables([("name", "João")]),
        ),
        sends: "POST /v1/messages/send",
        body: {
            "destinationNumber": "+5511999999999",
            "templateId": "onboarding-test",
            "variables": {"name": "João"},
        },
        reads: {
            "id": "msg_1",
            "correlationId": "corr_1",
            "status": "QUEUED",
            "createdAt": "2026-06-27T10:00:00.000Z",
            "origin": "API",
            "sourceNumber": null,
        },
    }

    get_message {
        call: |client| client.get_message().id("msg_1"),
        sends: "GET /v1/messages/msg_1",
        reads: {
            "id": "msg_1",
            "externalMessageId": null,
            "status": "QUEUED",
            "correlationId": "corr_1",
            "destinationNumber": "+5511999999999",
            "createdAt": "2026-06-27T10:00:00.000Z",
            "sentAt": null,
            "deliveredAt": null,
            "readAt": null,
            "errorCode": null,
            "errorMessage": null,
            "origin": null,
            "metaPricing": null,
        },
    }

    cancel_messages {
        call: |client| client.cancel_messages().body(
            types::MessageCancellationRequest::builder().message_ids(["msg_1", "msg_2"]),
        ),
        sends: "DELETE /v1/messages/cancel",
        body: {"messageIds": ["msg_1", "msg_2"]},
        reads: {"cancelled": ["msg_1"], "failed": [{"id": "msg_2", "reason": "already sent"}]},
    }

    list_message_history {
        call: |client| client
            .list_message_history()
            .start_date(moment("2026-06-01T00:00:00Z"))
            .end_date(moment("2026-06-30T23:59:59Z"))
            .page(2)
            .page_size(50),
        sends: "GET /v1/messages/history?startDate=2026-06-01T00%3A00%3A00Z\
            &endDate=2026-06-30T23%3A59%3A59Z&page=2&pageSize=50",
        reads: {
            "messages": [{"id": "cm_1"}],
            "total": 1,
            "page": 2,
            "pageSize": 50,
            "totalPages": 1,
        },
    }

    list_templates {
        call: |client| client.list_templates(),
        sends: "GET /v1/templates",
        reads: [{"id": "tpl_1", "name": "boas_vindas", "category": "UTILITY"}],
    }

    get_template {
        call: |client| client.get_template().id("boas_vindas"),
        sends: "GET /v1/templates/boas_vindas",
        reads: {"id": "tpl_1", "name": "boas_vindas", "category": "UTILITY"},
    }

    list_groups {
        call: |client| client.list_groups(),
        sends: "GET /v1/groups",
        reads: [{"id": "120363123456789012@g.us", "subject": "Vendas"}],
    }

    list_newsletters {
        call: |client| client.list_newsletters(),
        sends: "GET /v1/newsletters",
        reads: [{"id": "120363000000000000@newsletter", "name": "Novidades"}],
    }

    start_call {
        call: |client| client.start_call().body(
            types::StartCallRequest::builder()
                .to("+5511999999999")
                .sdp("v=0\r\n")
                .sdp_type("offer")
                .biz_opaque_callback_data("order-42"),
        ),
        sends: "POST /v1/calls",
        body: {
            "to": "+5511999999999",
            "sdp": "v=0\r\n",
            "sdpType": "offer",
            "bizOpaqueCallbackData": "order-42",
        },
        reads: {"id": "call_1", "externalCallId": null, "status": "INITIATED"},
    }

    list_calls {
        call: |client| client.list_calls().limit(100).before(moment("2026-06-28T10:00:00Z")),
        sends: "GET /v1/calls?limit=100&before=2026-06-28T10%3A00%3A00Z",
        reads: {
            "calls": [
                {"id": "call_1", "externalCallId": null, "direction": "INBOUND", "status": "MISSED"},
            ],
        },
    }

    get_call {
        call: |client| client.get_call().call_id("wacid.AB/C==").include_sdp("1"),
        sends: "GET /v1/calls/wacid.AB%2FC%3D%3D?includeSdp=1",
        reads: {
            "id": "call_1",
            "externalCallId": null,
            "direction": "OUTBOUND",
            "status": "RINGING",
        },
    }

    pre_accept_call {
        call: |client| client
            .pre_accept_call()
            .call_id("wacid.AB/C==")
            .body(types::PreAcceptCallRequest::builder().sdp("v=0\r\n").sdp_type("answer")),
        sends: "POST /v1/calls/wacid.AB%2FC%3D%3D/pre-accept",
        body: {"sdp": "v=0\r\n", "sdpType": "answer"},
        reads: {"success": true, "id": "call_1", "status": "RINGING"},
    }

    accept_call {
        call: |client| client
            .accept_call()
            .call_id("call_1")
            .body(types::AcceptCallRequest::builder().sdp("v=0\r\n")),
        sends: "POST /v1/calls/call_1/accept",
        body: {"sdp": "v=0\r\n"},
        reads: {"success": true, "id": "call_1", "status": "ACCEPTED"},
    }

    reject_call {
        call: |client| client.reject_call().call_id("call_1"),
        sends: "POST /v1/calls/call_1/reject",
        reads: {"success": true, "id": "call_1", "status": "REJECTED"},
    }

    terminate_call {
        call: |client| client.terminate_call().call_id("call_1"),
        sends: "POST /v1/calls/call_1/terminate",
        reads: {"success": true, "id": "call_1", "status": "COMPLETED"},
    }

    play_call_audio {
        call: |client| client.play_call_audio().call_id("call_1").body(
            types::PlayCallAudioRequest::builder()
                .media_url("https://cdn.example.com/ivr-greeting.mp3"),
        ),
        sends: "POST /v1/calls/call_1/play",
        body: {"mediaUrl": "https://cdn.example.com/ivr-greeting.mp3"},
        reads: {"success": true, "id": "call_1", "status": "ACCEPTED"},
    }

    create_realtime_session {
        call: |client| client
            .create_realtime_session()
            .call_id("call_1")
            .body(types::RealtimeSessionRequest::builder().mode(types::RealtimeMode::Talk)),
        sends: "POST /v1/calls/call_1/realtime-session",
        body: {"mode": "talk"},
        reads: {"wsUrl": "wss://example.com", "token": "single-use", "expiresInSeconds": 120},
    }

    get_calling_settings {
        call: |client| client.get_calling_settings(),
        sends: "GET /v1/calls/settings",
        reads: {"calling": {}},
    }

    update_calling_settings {
        call: |client| client.update_calling_settings().body(
            types::CallingSettingsRequest::builder()
                .status(types::CallingStatus::Enabled)
                .call_icon_visibility(types::CallIconVisibility::DisableAll)
                .callback_permission_status(types::CallingStatus::Disabled)
                .call_hours(types::CallHours::builder().status("DISABLED"))
                .voicemail(Map::from_iter([("status".to_owned(), json!("ENABLED"))])),
        ),
        sends: "PUT /v1/calls/settings",
        body: {
            "status": "ENABLED",
            "call_icon_visibility": "DISABLE_ALL",
            "callback_permission_status": "DISABLED",
            "call_hours": {"status": "DISABLED"},
            "voicemail": {"status": "ENABLED"},
        },
        reads: {"success": true},
    }

    get_call_permission {
        call: |client| client.get_call_permission().to("+5511999999999"),
        sends: "GET /v1/calls/permissions?to=%2B5511999999999",
        reads: {"permission": {}, "actions": []},
    }

    request_call_permission {
        call: |client| client.request_call_permission().body(
            types::CallPermissionRequest::builder().to("+5511999999999").text("Podemos ligar?"),
        ),
        sends: "POST /v1/calls/permissions/request",
        body: {"to": "+5511999999999", "text": "Podemos ligar?"},
        reads: {"messageId": "wamid.HBgM"},
    }

    get_media {
        call: |client| client
            .get_media()
            .media_id("1234567890123456")
            .phone_number_id("123456789012345"),
        sends: "GET /v1/media/1234567890123456?phoneNumberId=123456789012345",
        reads: {
            "base64": "data:image/jpeg;base64,/9j/4AAQ",
            "mimeType": "image/jpeg",
            "fileName": null,
            "mediaId": "1234567890123456",
        },
    }

    get_dashboard {
        call: |client| client
            .get_dashboard()
            .period(types::AnalyticsPeriod::Last7Days)
            .tz("America/Sao_Paulo"),
        sends: "GET /v1/analytics/dashboard?period=7d&tz=America%2FSao_Paulo",
        reads: {
            "totalSent": 120,
            "totalFailed": 3,
            "sentPercentChange": 0,
            "failedPercentChange": 0,
            "failureRate": 2.44,
            "dailyMessages": [{"date": "2026-02-24", "count": 10}],
            "statusDistribution":
                {"queued": 1, "sent": 20, "delivered": 70, "failed": 3, "read": 29},
        },
    }

    list_projects {
        call: |client| client.list_projects(),
        sends: "GET /v1/projects",
        reads: [{
            "id": "prj_1",
            "name": "Suporte",
            "slug": "suporte",
            "description": "",
            "createdAt": "2026-06-28T10:00:00.000Z",
        }],
    }

    create_project {
        call: |client| client.create_project().body(
            types::ProjectRequest::builder().name("Suporte").description("Atendimento"),
        ),
        sends: "POST /v1/projects",
        body: {"name": "Suporte", "description": "Atendimento"},
        reads: {
            "id": "prj_1",
            "name": "Suporte",
            "slug": "suporte",
            "description": "Atendimento",
            "createdAt": "2026-06-28T10:00:00.000Z",
        },
    }

    list_leads {
        call: |client| client
            .list_leads()
            .form_id("form_1")
            .ad_id("120210000000000001")
            .page_id("102030405060708")
            .start_date(moment("2026-06-01T00:00:00Z"))
            .end_date(moment("2026-06-30T23:59:59Z"))
            .page(1)
            .page_size(100),
        sends: "GET /v1/leads?formId=form_1&adId=120210000000000001&pageId=102030405060708\
            &startDate=2026-06-01T00%3A00%3A00Z&endDate=2026-06-30T23%3A59%3A59Z&page=1\
            &pageSize=100",
        reads: {
            "leads": [lead()],
            "total": 1,
            "page": 1,
            "pageSize": 100,
            "totalPages": 1,
        },
    }

    get_lead {
        call: |client| client.get_lead().id("lead_1"),
        sends: "GET /v1/leads/lead_1",
        reads: {"lead": lead()},
    }

    list_referrals {
        call: |client| client
            .list_referrals()
            .source_id("120210000000000001")
            .source_type(types::ReferralSourceType::Ad)
            .start_date(moment("2026-06-01T00:00:00Z"))
            .end_date(moment("2026-06-30T23:59:59Z"))
            .page(1)
            .page_size(100),
        sends: "GET /v1/referrals?sourceId=120210000000000001&sourceType=ad\
            &startDate=2026-06-01T00%3A00%3A00Z&endDate=2026-06-30T23%3A59%3A59Z&page=1\
            &pageSize=100",
        reads: {
            "referrals": [{"id": "cm_1", "referral": referral()}],
            "total": 1,
            "page": 1,
            "pageSize": 100,
            "totalPages": 1,
        },
    }

    get_referral_summary {
        call: |client| client
            .get_referral_summary()
            .start_date(moment("2026-06-01T00:00:00Z"))
            .end_date(moment("2026-06-30T23:59:59Z")),
        sends: "GET /v1/referrals/summary?startDate=2026-06-01T00%3A00%3A00Z\
            &endDate=2026-06-30T23%3A59%3A59Z",
        reads: {"ads": [ad()], "total": 1, "limit": 200, "truncated": false},
    }

    list_ad_accounts {
        call: |client| client.list_ad_accounts(),
        sends: "GET /v1/ads/accounts",
        reads: {
            "linked": [{
                "adAccountId": "act_1",
                "adAccountName": null,
                "linkedAt": "2026-06-28T10:00:00.000Z",
                "sharingActive": null,
            }],
            "candidates": [{"adAccountId": "act_2", "adAccountName": null, "accountStatus": null}],
            "partnerBusinessId": null,
            "sharingLookup": "unavailable",
        },
    }

    link_ad_account {
        call: |client| client.link_ad_account().body(
            types::AdAccountLinkRequest::builder().ad_account_id("act_1234567890"),
        ),
        sends: "POST /v1/ads/accounts",
        body: {"adAccountId": "act_1234567890"},
        reads: {
            "link": {
                "adAccountId": "act_1234567890",
                "adAccountName": null,
                "linkedAt": "2026-06-28T10:00:00.000Z",
            },
        },
    }

    unlink_ad_account {
        call: |client| client.unlink_ad_account().ad_account_id("act_1234567890"),
        sends: "DELETE /v1/ads/accounts/act_1234567890",
        reads: {"unlinked": true, "adAccountId": "act_1234567890"},
    }

    get_ads_summary {
        call: |client| client
            .get_ads_summary()
            .whatsapp_number_id("wn_1")
            .start_date(moment("2026-06-01T00:00:00Z"))
            .end_date(moment("2026-06-30T23:59:59Z")),
        sends: "GET /v1/ads/summary?whatsappNumberId=wn_1&startDate=2026-06-01T00%3A00%3A00Z\
            &endDate=2026-06-30T23%3A59%3A59Z",
        reads: {
            "ads": [with(ad(), "leadCount", 3)],
            "total": 1,
            "limit": 200,
            "truncated": false,
        },
    }

    list_lead_pages {
        call: |client| client.list_lead_pages(),
        sends: "GET /v1/lead-pages",
        reads: {
            "linked": [page_link()],
            "candidates": [{"pageId": "2", "pageName": null, "missingTasks": null}],
            "configured": true,
            "partnerBusinessId": null,
            "candidatesLookup": "ok",
            "eligibilityBlocker": null,
        },
    }

    link_lead_page {
        call: |client| client.link_lead_page().body(
            types::LeadPageLinkRequest::builder()
                .page_id("102030405060708")
                .whatsapp_number_id("wn_1"),
        ),
        sends: "POST /v1/lead-pages",
        body: {"pageId": "102030405060708", "whatsappNumberId": "wn_1"},
        reads: {"link": page_link()},
    }

    move_lead_page {
        call: |client| client
            .move_lead_page()
            .page_link_id("plk_1")
            .body(types::LeadPageMoveRequest::builder().whatsapp_number_id("wn_2")),
        sends: "PATCH /v1/lead-pages/plk_1",
        body: {"whatsappNumberId": "wn_2"},
        reads: {"link": page_link(), "autoSendDisabled": false},
    }

    unlink_lead_page {
        call: |client| client.unlink_lead_page().page_link_id("plk_1"),
        sends: "DELETE /v1/lead-pages/plk_1",
        reads: {"unlinked": true, "pageLinkId": "plk_1", "deletedLeads": 12},
    }

    list_lead_page_forms {
        call: |client| client.list_lead_page_forms().page_link_id("plk_1"),
        sends: "GET /v1/lead-pages/plk_1/forms",
        reads: {
            "forms": [{
                "formId": "form_1",
                "formName": null,
                "status": null,
                "questions": [{"key": "city", "label": "Cidade", "type": null, "options": []}],
                "consentCheckboxes": [{"key": "consent_1", "text": null}],
                "consentAvailable": true,
                "config": null,
            }],
            "formsTruncated": false,
            "numberIsOfficial": true,
            "templates": [{"id": "tpl_1", "name": "boas_vindas", "variables": []}],
        },
    }

    update_lead_page_form {
        call: |client| client
            .update_lead_page_form()
            .page_link_id("plk_1")
            .form_id("form_1")
            .body(
                types::LeadFormConfigRequest::builder()
                    .consent_disclaimer_key(None)
                    .auto_send_enabled(true)
                    .template_id("tpl_1")
                    .free_text(None)
                    .variable_map(variables())
                    .form_name(Nullable::Null),
            ),
        sends: "PUT /v1/lead-pages/plk_1/forms/form_1",
        body: {
            "consentDisclaimerKey": null,
            "autoSendEnabled": true,
            "templateId": "tpl_1",
            "freeText": null,
            "variableMap": {
                "nome": {"source": "field", "key": "full_name"},
                "loja": {"source": "static", "value": "Acme"},
            },
            "formName": null,
        },
        reads: {
            "config": {
                "formId": "form_1",
                "formName": null,
                "consentDisclaimerKey": null,
                "autoSendEnabled": true,
                "templateId": "tpl_1",
                "freeText": null,
                "variableMap": {},
                "updatedAt": "2026-06-28T10:00:00.000Z",
            },
        },
    }

    resync_lead_page {
        call: |client| client.resync_lead_page().page_link_id("plk_1"),
        sends: "POST /v1/lead-pages/plk_1/resync",
        reads: {"started": true, "pageLinkId": "plk_1"},
    }

    get_phone_line_verification {
        call: |client| client.get_phone_line_verification(),
        sends: "GET /v1/phone-lines/verification",
        reads: {"status": "NONE", "canPurchase": false, "verification": null},
    }

    start_phone_line_verification {
        call: |client| client.start_phone_line_verification().idempotency_key("42").body(
            types::PhoneLineVerificationRequest::builder()
                .document_type(types::DocumentType::Cnpj)
                .document_number("12345678000195")
                .contact_email("ana@example.com")
                .contact_whatsapp("+5511988887777")
                .document("data:application/pdf;base64,JVBERi0xLjQK"),
        ),
        sends: "POST /v1/phone-lines/verification",
        body: {
            "documentType": "CNPJ",
            "documentNumber": "12345678000195",
            "contactEmail": "ana@example.com",
            "contactWhatsapp": "+5511988887777",
            "document": "data:application/pdf;base64,JVBERi0xLjQK",
        },
        reads: (verification_state()),
    }

    send_contact_code {
        call: |client| client.send_contact_code().channel("whatsapp"),
        sends: "POST /v1/phone-lines/verification/contact/whatsapp/send",
        reads: (verification_state()),
    }

    confirm_contact_code {
        call: |client| client
            .confirm_contact_code()
            .channel("email")
            .body(types::ContactCodeRequest::builder().code("123456")),
        sends: "POST /v1/phone-lines/verification/contact/email/confirm",
        body: {"code": "123456"},
        reads: (verification_state()),
    }

    submit_verification_document {
        call: |client| client.submit_verification_document().body(
            types::VerificationDocumentRequest::builder()
                .document(DataUrl::new("image/png", b"\x89PNG")),
        ),
        sends: "POST /v1/phone-lines/verification/document",
        body: {"document": "data:image/png;base64,iVBORw=="},
        reads: (verification_state()),
    }
}

/// The operation that downloads a file, which does not fit the table.
const DOWNLOAD: &str = "get_activation_audio";

#[tokio::test]
async fn get_activation_audio() {
    let recording = Reply::new(StatusCode::OK, "ID3").header("content-type", "audio/mpeg").unwrap();
    let sandbox = case::sandbox(DOWNLOAD, [recording]).await;
    let audio = sandbox.client().get_activation_audio().id("act/1").send().await.unwrap();
    assert_eq!(audio.content_type(), Some("audio/mpeg"));
    assert_eq!(audio.into_inner().bytes().await.unwrap(), "ID3");
    let request = &sandbox.requests()[0];
    sends(request, "GET /v1/phone-lines/activations/act%2F1/audio", None);
    assert_eq!(header(request, "accept"), Some("audio/*, application/json"));
}

#[test]
fn the_table_has_all_operations_of_the_sdk() {
    let names: BTreeSet<&str> = OPERATIONS.iter().copied().chain([DOWNLOAD]).collect();
    assert_eq!((names.len(), OPERATIONS.len() + 1), (63, 63));
    // Every operation with the SDK as its only evidence must be in the table.
    let missing: Vec<String> = case::operations()
        .filter(|operation| operation.evidence() == "sdk" && !names.contains(&*operation.id))
        .map(|operation| operation.id)
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[tokio::test]
async fn an_idempotency_key_is_sent_as_by_the_sdk() {
    let sandbox = Sandbox::start().await.unwrap();
    let message = types::MessageRequest::builder().group_id("1@g.us").text("Oi!");
    let client = sandbox.client();
    client.send_message().idempotency_key("order-42").body(message).send().await.unwrap();
    assert_eq!(header(&sandbox.requests()[0], "idempotency-key"), Some("order-42"));
}

/// A message to Ana, with the `variables` that the SDK always sends.
fn to_ana() -> types::builder::MessageRequest {
    types::MessageRequest::builder()
        .destination_number("5511988887777")
        .variables(BTreeMap::<String, String>::new())
}

/// Sends a message to Ana and compares it with the rest of the SDK's body.
async fn sends_message(message: types::builder::MessageRequest, rest: Value) {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().send_message().body(message).send().await.unwrap();
    let body = with(rest, "destinationNumber", "5511988887777");
    let body = with(body, "variables", Map::new());
    sends(&sandbox.requests()[0], "POST /v1/messages/send", Some(&body));
}

#[tokio::test]
async fn a_text_is_sent_as_by_the_sdk() {
    sends_message(to_ana().text("Oi!"), json!({"text": "Oi!"})).await;
    let header = types::MessageHeader::builder().type_(types::MessageHeaderType::Text);
    let button = types::MessageButton::builder().type_(types::MessageButtonType::Reply);
    sends_message(
        to_ana()
            .text("Confirma?")
            .header(header.content("Pedido 42"))
            .footer("Loja")
            .buttons([button.label("Sim")]),
        json!({
            "text": "Confirma?",
            "header": {"type": "text", "content": "Pedido 42"},
            "footer": "Loja",
            "buttons": [{"type": "reply", "label": "Sim"}],
        }),
    )
    .await;
}

#[tokio::test]
async fn a_file_is_sent_as_by_the_sdk() {
    for kind in ["image", "video", "document", "audio", "voice", "sticker"] {
        sends_message(
            to_ana().media("https://loja.com/a").media_type(kind),
            json!({"media": "https://loja.com/a", "mediaType": kind}),
        )
        .await;
    }
}

#[tokio::test]
async fn a_template_is_sent_as_by_the_sdk() {
    sends_message(
        to_ana()
            .template_id("oferta")
            .labels(["vip"])
            .deliver_at(moment("2026-06-27T10:00:00Z"))
            .deliver_until(moment("2026-06-27T12:00:00Z"))
            .marketing_options(types::MarketingOptions::builder().ai_rewrite_enabled(true))
            .mark_read(false),
        json!({
            "templateId": "oferta",
            "labels": ["vip"],
            "deliverAt": "2026-06-27T10:00:00Z",
            "deliverUntil": "2026-06-27T12:00:00Z",
            "marketingOptions": {"aiRewriteEnabled": true},
            "markRead": false,
        }),
    )
    .await;
}

#[tokio::test]
async fn a_template_with_a_file_is_sent_as_by_the_sdk() {
    sends_message(
        to_ana()
            .template_id("fatura")
            .media("https://loja.com/a.pdf")
            .media_type(types::MediaType::Document),
        json!({
            "templateId": "fatura",
            "media": "https://loja.com/a.pdf",
            "mediaType": "document",
        }),
    )
    .await;
}

#[tokio::test]
async fn a_list_is_sent_as_by_the_sdk() {
    let row = types::ListRow::builder().title("Azul").description("Tamanho M").row_id("azul-m");
    let section = types::ListSection::builder().title("Camisas").rows([row]);
    let list = types::ListMessage::builder().button_text("Escolher").sections([section]);
    sends_message(
        to_ana().text("Qual cor?").footer("Loja").list(list),
        json!({
            "text": "Qual cor?",
            "footer": "Loja",
            "list": {
                "buttonText": "Escolher",
                "sections": [{
                    "title": "Camisas",
                    "rows": [{"title": "Azul", "description": "Tamanho M", "rowId": "azul-m"}],
                }],
            },
        }),
    )
    .await;
}

#[tokio::test]
async fn a_carousel_is_sent_as_by_the_sdk() {
    let button = types::CarouselButton::builder()
        .type_(types::CarouselButtonType::QuickReply)
        .text("Quero")
        .payload("azul");
    let card = types::CarouselCard::builder()
        .media([("link", "https://loja.com/azul.png")])
        .body("Azul")
        .buttons([button]);
    let carousel =
        types::CarouselMessage::builder().card_template([("name", json!("cartao"))]).cards([card]);
    sends_message(
        to_ana().text("Ofertas").carousel(carousel),
        json!({
            "text": "Ofertas",
            "carousel": {
                "cardTemplate": {"name": "cartao"},
                "cards": [{
                    "media": {"link": "https://loja.com/azul.png"},
                    "body": "Azul",
                    "buttons": [{"type": "QUICK_REPLY", "text": "Quero", "payload": "azul"}],
                }],
            },
        }),
    )
    .await;
}

#[tokio::test]
async fn a_flow_is_sent_as_by_the_sdk() {
    let flow = types::FlowMessage::builder()
        .flow_id("1234567890")
        .cta("Agendar")
        .action(types::FlowAction::Navigate)
        .screen("DATA")
        .data([("pedido", json!(42))])
        .mode(types::FlowMode::Published);
    sends_message(
        to_ana().text("Escolha a data").flow(flow),
        json!({
            "text": "Escolha a data",
            "flow": {
                "flowId": "1234567890",
                "cta": "Agendar",
                "action": "navigate",
                "screen": "DATA",
                "data": {"pedido": 42},
                "mode": "published",
            },
        }),
    )
    .await;
}

#[tokio::test]
async fn unset_parameters_are_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.get_number().id("wn_1").send().await.unwrap();
    client.connect_number().id("wn_1").send().await.unwrap();
    client.get_number_status().id("wn_1").send().await.unwrap();
    client.list_message_history().send().await.unwrap();
    client.list_calls().send().await.unwrap();
    client.get_call().call_id("call_1").send().await.unwrap();
    client.get_dashboard().send().await.unwrap();
    client.list_leads().send().await.unwrap();
    client.list_referrals().send().await.unwrap();
    client.get_referral_summary().send().await.unwrap();
    client.get_ads_summary().send().await.unwrap();
    let lines = case::lines(&sandbox);
    assert_eq!(
        lines,
        [
            "GET /v1/numbers/wn_1",
            "GET /v1/numbers/wn_1/connect",
            "GET /v1/numbers/wn_1/status",
            "GET /v1/messages/history",
            "GET /v1/calls",
            "GET /v1/calls/call_1",
            "GET /v1/analytics/dashboard",
            "GET /v1/leads",
            "GET /v1/referrals",
            "GET /v1/referrals/summary",
            "GET /v1/ads/summary",
        ]
    );
}

fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    object[name] = value.into();
    object
}

fn lead() -> Value {
    json!({
        "id": "lead_1",
        "leadgenId": "1234567890",
        "whatsappNumberId": "wn_1",
        "pageId": "102030405060708",
        "pageName": null,
        "formId": "form_1",
        "formName": null,
        "adId": null,
        "adName": null,
        "adsetName": null,
        "campaignName": null,
        "platform": null,
        "isOrganic": null,
        "createdAt": "2026-06-28T10:00:00.000Z",
        "fullName": null,
        "email": null,
        "phone": null,
        "fields": [{"key": "city", "label": "Cidade", "values": ["São Paulo"]}],
        "consentGiven": null,
        "conversationId": null,
        "autoSendStatus": "SKIPPED",
        "autoSendReason": null,
        "source": "WEBHOOK",
        "redacted": false,
    })
}

fn referral() -> Value {
    json!({
        "sourceId": null,
        "sourceType": null,
        "sourceUrl": null,
        "headline": null,
        "body": null,
        "mediaType": null,
        "imageUrl": null,
        "videoUrl": null,
        "thumbnailUrl": null,
        "ctwaClid": null,
        "adName": null,
        "adsetId": null,
        "adsetName": null,
        "campaignId": null,
        "campaignName": null,
        "namesResolvedAt": null,
    })
}

fn ad() -> Value {
    json!({
        "sourceId": "120210000000000001",
        "sourceType": null,
        "conversations": 12,
        "messages": 40,
        "firstAt": "2026-06-01T10:00:00.000Z",
        "lastAt": "2026-06-27T10:00:00.000Z",
        "lastSourceUrl": null,
        "lastHeadline": null,
        "adName": null,
        "adsetId": null,
        "adsetName": null,
        "campaignId": null,
        "campaignName": null,
        "namesResolvedAt": null,
    })
}

fn page_link() -> Value {
    json!({
        "pageLinkId": "plk_1",
        "pageId": "102030405060708",
        "pageName": "Acme",
        "whatsappNumberId": "wn_1",
        "subscribedAt": null,
        "subscriptionError": null,
        "linkedAt": "2026-06-28T10:00:00.000Z",
        "leadsCount": 0,
    })
}

/// One variable of each kind.
fn variables() -> BTreeMap<String, types::LeadVariable> {
    let field =
        types::LeadFieldVariable::builder().source(types::LeadFieldSource::Field).key("full_name");
    let fixed =
        types::LeadStaticVariable::builder().source(types::LeadStaticSource::Static).value("Acme");
    BTreeMap::from([
        ("nome".to_owned(), types::LeadFieldVariable::try_from(field).unwrap().into()),
        ("loja".to_owned(), types::LeadStaticVariable::try_from(fixed).unwrap().into()),
    ])
}

fn verification_state() -> Value {
    json!({
        "status": "PENDING_CONTACT",
        "canPurchase": false,
        "verification": {
            "id": "ver_1",
            "documentType": "CPF",
            "documentNumber": "***.***.***-09",
            "legalName": null,
            "contact": {
                "email": "a**@example.com",
                "whatsapp": null,
                "requiredChannels": ["EMAIL"],
                "confirmedChannels": [],
                "pendingChannels": ["EMAIL"],
            },
            "document": {"status": "MISSING"},
            "reviewReason": null,
            "reviewNote": null,
            "createdAt": "2026-06-28T10:00:00.000Z",
            "updatedAt": "2026-06-28T10:00:00.000Z",
        },
    })
}
