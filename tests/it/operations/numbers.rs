//! Numbers.

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{ErrorCode, ErrorKind, Nullable, StatusCode, types};
use serde_json::json;

use crate::operations::case::{moment, ok, quick, sandbox};

operations! {
    list_numbers {
        call: |client| client.list_numbers(),
        sends: "GET /v1/numbers",
        reads: |numbers| {
            let [number] = numbers.as_slice() else { panic!("{numbers:?}") };
            assert_eq!(number.provider, Some(types::Provider::PilotStatus));
            assert_eq!(number.state, Some(types::ConnectionState::Open));
            assert_eq!(number.api_keys[0].key_last4.as_deref(), Some("wxyz"));
            assert_eq!(number.created_at, moment("2026-06-01T11:59:00Z").into());
            assert_eq!(number.extra_charge_unpaid_since, None);
        },
        refused: (401, None::<&str>),
    }

    create_number {
        call: |client| client.create_number().body(
            types::NumberRequest::builder()
                .name("Suporte")
                .number("+5511999999999")
                .link_mode(types::LinkMode::Single)
                .link_to_api_key(false)
                .settings(types::NumberSettingsRequest::builder().history_import_enabled(true)),
        ),
        sends: "POST /v1/numbers",
        body: {
            "name": "Suporte",
            "number": "+5511999999999",
            "linkMode": "SINGLE",
            "linkToApiKey": false,
            "settings": {"historyImportEnabled": true},
        },
        reads: |created| {
            let instance = created.instance.as_ref().unwrap();
            assert_eq!(instance.id.as_deref(), Some("wa_01HZX..."));
            assert_eq!(instance.state, Some(types::ConnectionState::Connecting));
            assert_eq!(instance.quality, Some(types::NumberQuality::UnknownValue));
            let code = created.primary_link.as_ref().unwrap().pairing_code.as_ref();
            assert_eq!(code.unwrap().expose_secret(), "ABCD-1234");
            assert_eq!((&created.secondary_link, &created.linked_api_key_id), (&None, &None));
        },
        refused: (409, "NUMBER_SOFT_DELETED"),
    }

    create_meta_number {
        call: |client| client.create_meta_number().body(
            types::MetaNumberRequest::builder()
                .name("Atendimento")
                .number("5511999999999")
                .meta_phone_id("100000000000001"),
        ),
        sends: "POST /v1/numbers/meta",
        body: {
            "name": "Atendimento",
            "number": "5511999999999",
            "metaPhoneId": "100000000000001",
        },
        reads: |created| assert!(created.is_empty()),
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    create_remote_pairing {
        call: |client| client.create_remote_pairing().body(
            types::RemotePairingRequest::builder()
                .provider(types::Provider::PilotStatus)
                .name("Cliente Acme")
                .number("5511988887777")
                .link_mode(types::LinkMode::Dual)
                .send_via_whatsapp(true),
        ),
        sends: "POST /v1/numbers/remote-pairing",
        body: {
            "provider": "PILOT_STATUS",
            "name": "Cliente Acme",
            "number": "5511988887777",
            "linkMode": "DUAL",
            "sendViaWhatsApp": true,
        },
        reads: |pairing| {
            let token = pairing.remote_pairing_token.as_ref().unwrap().expose_secret();
            let url = pairing.remote_pairing_url.as_ref().unwrap().expose_secret();
            assert_eq!(token, "rp_01HZX...");
            assert_eq!(url, format!("https://pilotstatus.com.br/connect/{token}"));
            assert_eq!(pairing.number_id.as_deref(), Some("num_01HZX..."));
        },
        refused: (400, None::<&str>),
    }

    check_numbers {
        call: |client| client.for_number("num_1").check_numbers().body(
            types::NumberCheckRequest::builder()
                .numbers(["+5511967435133".to_owned(), "551155550000".to_owned()]),
        ),
        sends: "POST /v1/numbers/check",
        headers: [("x-whatsapp-number-id", "num_1")],
        body: {"numbers": ["+5511967435133", "551155550000"]},
        reads: |found| {
            let [result] = found.results.as_slice() else { panic!("{found:?}") };
            assert_eq!(result.input, "+5511967435133");
            assert!(result.exists);
            assert_eq!(result.number.as_deref(), Some("551167435133"));
        },
        refused: (503, "EVOLUTION_API_KEY_MISSING"),
    }

    get_number {
        call: |client| client.get_number().id("num/1 ã").refresh("1"),
        sends: "GET /v1/numbers/num%2F1%20%C3%A3?refresh=1",
        reads: |number| {
            assert_eq!(number.pii_mode, Some(types::PiiMode::StoreXDays));
            assert_eq!(number.pii_retention_days, Some(30));
            let settings = number.settings.as_ref().unwrap();
            assert_eq!((settings.mark_read_on_send, settings.always_online), (Some(true), None));
            let reach = settings.applies_to.as_ref().unwrap();
            assert_eq!(reach.advanced, Some(types::SettingsTarget::None));
            assert_eq!(number.health.as_ref().unwrap().sendable, Some(true));
            let coexistence = number.coexistence.as_ref().unwrap();
            assert_eq!(coexistence.status, Some(types::CoexistenceStatus::Confirmed));
        },
        refused: (404, None::<&str>),
    }

    update_number {
        call: |client| client.update_number().id("num_01HZX").body(
            types::NumberUpdateRequest::builder()
                .pii_mode(types::PiiMode::StoreXDays)
                .pii_retention_days(30)
                .settings(
                    types::NumberSettingsRequest::builder()
                        .reject_call(true)
                        .msg_reject_call(Nullable::Null),
                ),
        ),
        sends: "PATCH /v1/numbers/num_01HZX",
        body: {
            "piiMode": "STORE_X_DAYS",
            "piiRetentionDays": 30,
            "settings": {"rejectCall": true, "msgRejectCall": null},
        },
        reads: |number| {
            assert_eq!(number.settings.as_ref().unwrap().reject_call, Some(true));
            let sync = number.settings_sync.as_ref().unwrap();
            assert_eq!((sync.applied, sync.failed, sync.skipped), (Some(1), Some(0), Some(0)));
            assert_eq!((&number.meta, &number.coexistence), (&None, &None));
        },
        refused: (400, "EMPTY_PATCH"),
    }

    delete_number {
        call: |client| client.delete_number().id("wn:1"),
        sends: "DELETE /v1/numbers/wn%3A1",
        reads: |deleted| {
            assert_eq!(deleted.ok, Some(true));
            assert_eq!(deleted.restorable_until, Some("2026-07-01T12:00:00.000Z".into()));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    connect_number {
        call: |client| client
            .connect_number()
            .id("wa_1")
            .link(types::LinkSlot::Secondary)
            .number("5511999999999"),
        sends: "GET /v1/numbers/wa_1/connect?link=secondary&number=5511999999999",
        reads: |codes| {
            let code = codes.pairing_code.as_ref().unwrap();
            assert_eq!(code.expose_secret(), "ABCD-1234");
            assert_eq!(codes.qrcode_base64.as_ref().unwrap().media_type(), Some("image/png"));
        },
        refused: (409, None::<&str>),
    }

    get_number_status {
        call: |client| client.get_number_status().id("wa_abc?").link(types::LinkSlot::Primary),
        sends: "GET /v1/numbers/wa_abc%3F/status?link=primary",
        reads: |status| {
            assert_eq!((status.id.as_str(), status.stale), ("wa_abc", Some(false)));
            assert_eq!(status.state, types::ConnectionState::Open);
            assert_eq!(status.checked_at, Some("2026-06-01T12:00:00.000Z".into()));
            assert_eq!(status.last_known_at, None);
        },
        refused: (404, None::<&str>),
    }

    restore_number {
        call: |client| client.restore_number().id("num_1"),
        sends: "POST /v1/numbers/num_1/restore",
        reads: |restored| {
            assert_eq!((restored.ok, restored.requires_reconnect), (Some(true), Some(true)));
        },
        refused: (409, "NUMBER_ALREADY_ACTIVE"),
    }

    purge_number {
        call: |client| client.purge_number().id("num_1"),
        sends: "DELETE /v1/numbers/num_1/purge",
        reads: |purged| assert_eq!(purged.ok, Some(true)),
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    pay_number {
        call: |client| client.pay_number().id("num_1"),
        sends: "POST /v1/numbers/num_1/pay",
        reads: |payment| {
            assert_eq!(payment.ok, Some(true));
            assert_eq!(payment.status, types::NumberPaymentStatus::Paid);
        },
        refused: (409, "PAYMENT_IN_PROGRESS"),
    }

    upgrade_number_to_dual {
        call: |client| client.upgrade_number_to_dual().id("num_1"),
        sends: "POST /v1/numbers/num_1/upgrade-to-dual",
        reads: |dual| {
            let code = dual.secondary_link.as_ref().unwrap().pairing_code.as_ref();
            assert_eq!(code.unwrap().expose_secret(), "ABCD-1234");
        },
        refused: (401, None::<&str>),
    }
}

const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

#[tokio::test]
async fn a_setting_is_left_reset_or_set() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .respond_with(OperationId::UpdateNumber, json!({"id": "num_1", "number": "5511999999999"}));
    let client = sandbox.client();
    let patch = types::NumberSettingsRequest::builder;
    for (settings, body) in [
        (None, json!({"piiMode": "RELAY_ONLY"})),
        (Some(patch()), json!({"settings": {}})),
        (
            Some(patch().always_online(Nullable::Null).msg_reject_call(Nullable::Null)),
            json!({"settings": {"alwaysOnline": null, "msgRejectCall": null}}),
        ),
        (
            Some(patch().always_online(false).msg_reject_call("")),
            json!({"settings": {"alwaysOnline": false, "msgRejectCall": ""}}),
        ),
        (
            Some(patch().ignore_groups(Nullable::Value(true)).mark_read_on_send(false)),
            json!({"settings": {"ignoreGroups": true, "markReadOnSend": false}}),
        ),
    ] {
        let call = client.update_number().id("num_1");
        let call = match settings {
            Some(settings) => call.body_map(|body| body.settings(settings)),
            None => call.body_map(|body| body.pii_mode(types::PiiMode::RelayOnly)),
        };
        let number = call.send().await.unwrap();
        assert_eq!((&number.settings, &number.settings_sync), (&None, &None));
        let received = sandbox.requests().pop().unwrap();
        assert_eq!(received.json(), body);
    }
}

#[tokio::test]
async fn an_id_cannot_select_another_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let line = || sandbox.requests().pop().unwrap().line();

    client.get_number().id("check").send().await.unwrap_err();
    assert_eq!(line(), "GET /v1/numbers/check");
    client.get_number().id("num_1/status").send().await.unwrap();
    assert_eq!(line(), "GET /v1/numbers/num_1%2Fstatus");
    client.delete_number().id("num_1/purge").send().await.unwrap();
    assert_eq!(line(), "DELETE /v1/numbers/num_1%2Fpurge");
    client.delete_number().id("num_1?a=b#c").send().await.unwrap();
    assert_eq!(line(), "DELETE /v1/numbers/num_1%3Fa%3Db%23c");
    client.restore_number().id("num_1/pay").send().await.unwrap();
    assert_eq!(line(), "POST /v1/numbers/num_1%2Fpay/restore");
}

#[tokio::test]
async fn an_id_that_changes_the_path_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for id in ["", ".", "..", "../webhooks", "num_1/..", "%2e%2e", "num_1\n"] {
        let errors = [
            client.get_number().id(id).send().await.map(drop).unwrap_err(),
            client.update_number().id(id).send().await.map(drop).unwrap_err(),
            client.delete_number().id(id).send().await.map(drop).unwrap_err(),
            client.connect_number().id(id).send().await.map(drop).unwrap_err(),
            client.get_number_status().id(id).send().await.map(drop).unwrap_err(),
            client.restore_number().id(id).send().await.map(drop).unwrap_err(),
            client.purge_number().id(id).send().await.map(drop).unwrap_err(),
            client.pay_number().id(id).send().await.map(drop).unwrap_err(),
            client.upgrade_number_to_dual().id(id).send().await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{id:?}");
        }
    }
    let error = client.get_number().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn the_refresh_flag_is_sent_only_if_set() {
    let response = json!({"id": "num_1", "number": "5511999999999"});
    let sandbox = sandbox("get_number", [ok(&response)]).await;
    sandbox.client().get_number().id("num_1").send().await.unwrap();
    assert_eq!(sandbox.requests()[0].line(), "GET /v1/numbers/num_1");
}

#[tokio::test]
async fn a_check_accepts_a_single_phone() {
    let sandbox = sandbox(
        "check_numbers",
        [ok(&json!({"results": [
            {"input": "5511900000000", "exists": false, "number": null, "name": null},
        ]}))],
    )
    .await;
    let client = sandbox.client();
    let call = client.check_numbers();
    let found = call.body_map(|body| body.number("5511900000000")).send().await.unwrap();
    let result = &found.results[0];
    assert_eq!((result.exists, &result.number, &result.name), (false, &None, &None));
    let received = &sandbox.requests()[0];
    assert!(!received.headers.contains_key("x-whatsapp-number-id"));
    assert_eq!(received.body, r#"{"number":"5511900000000"}"#);
}

#[tokio::test]
async fn a_check_of_no_or_too_many_phones_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let check = async |body| client.check_numbers().body(body).send().await;
    let request = types::NumberCheckRequest::builder;
    let phones = |count| request().numbers(vec!["5511900000000"; count]);
    for (body, problem) in [
        (request(), "at least one of numbers, number must be set, but none is"),
        (phones(0), "`numbers` takes 1 to 20 entries, and has 0"),
        (phones(21), "`numbers` takes 1 to 20 entries, and has 21"),
    ] {
        let error = check(body).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        assert!(error.to_string().contains(problem), "{error}");
    }
    for body in [phones(1), phones(20), phones(1).number("5511900000001")] {
        check(body).await.unwrap();
    }
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn undocumented_fields_are_sent_and_read() {
    let response = json!({"webhookUrl": "https://example.com/hook", "verifyToken": "marked"});
    let sandbox =
        sandbox("create_meta_number", [Reply::json(StatusCode::CREATED, &response)]).await;
    let client = sandbox.client();
    let extra = json!({"wabaId": "100000000000002"}).as_object().unwrap().clone();
    let call = client.create_meta_number();
    let created = call.body_map(|body| body.name("Acme").extra(extra)).send().await.unwrap();
    assert_eq!(created["verifyToken"], "marked");
    let sent = sandbox.requests()[0].json();
    assert_eq!(sent, json!({"name": "Acme", "wabaId": "100000000000002"}));
}

#[tokio::test]
async fn a_pairing_link_for_meta_accepts_the_fields_of_meta() {
    let response = json!({"provider": "META", "remotePairingToken": "eyJ..."});
    let sandbox = sandbox("create_remote_pairing", [ok(&response)]).await;
    let client = sandbox.client();
    let request = types::RemotePairingRequest::builder()
        .provider(types::Provider::Meta)
        .redirect_url("https://app.example.com/done")
        .external_ref("customer-42")
        .link_to_api_key(false)
        .meta_flow(types::MetaFlow::Embedded)
        .branding(types::Branding::builder().company_name("Acme"));
    let pairing = client.create_remote_pairing().body(request).send().await.unwrap();
    assert_eq!(pairing.provider, Some(types::Provider::Meta));
    let sent = sandbox.requests()[0].json();
    let body = json!({
        "provider": "META",
        "redirectUrl": "https://app.example.com/done",
        "externalRef": "customer-42",
        "linkToApiKey": false,
        "metaFlow": "embedded",
        "branding": {"companyName": "Acme"},
    });
    assert_eq!(sent, body);
}

#[tokio::test]
async fn a_pairing_link_is_read_in_either_documented_form() {
    let sandbox = sandbox(
        "create_remote_pairing",
        [Reply::json(
            StatusCode::CREATED,
            &json!({
                "instance": {
                    "id": "wa_abc",
                    "instanceName": "PS-tenant-xxx",
                    "number": "5511999999999",
                    "name": "Customer João",
                    "state": "CLOSE",
                },
                "remotePairingUrl": "https://pilotstatus.com/connect/abc123-marked-...",
                "maskedNumber": "+551199****9999",
                "messageSent": false,
                "messageError": "No template",
                "linkedApiKeyId": null,
            }),
        )],
    )
    .await;
    let client = sandbox.client();
    let call = client.create_remote_pairing();
    let call = call.body_map(|body| body.name("Customer João").number("5511999999999"));
    let pairing = call.send().await.unwrap();
    assert_eq!(pairing.status(), 201);
    let instance = pairing.instance.as_ref().unwrap();
    assert_eq!(instance.state, Some(types::ConnectionState::Close));
    assert_eq!(pairing.masked_number.as_deref(), Some("+551199****9999"));
    assert_eq!(pairing.message_sent, Some(false));
    assert_eq!(pairing.message_error.as_deref(), Some("No template"));
    assert!(!format!("{pairing:?}").contains("marked"));
}

#[tokio::test]
async fn the_codes_of_a_number_are_read_and_not_printed() {
    let image = pilot_status::DataUrl::new("image/png", b"\x89PNG marked");
    let codes = json!({"qrcodeBase64": image, "pairingCode": "marked"});
    let mut response = codes.clone();
    response["primaryLink"] = codes.clone();
    response["secondaryLink"] = codes;
    let sandbox = sandbox("create_number", [Reply::json(StatusCode::CREATED, &response)]).await;
    let client = sandbox.client();
    let request = types::NumberRequest::builder().name("Suporte").number("5511999999999");
    let created = client.create_number().body(request).send().await.unwrap();
    let second = created.secondary_link.as_ref().unwrap();
    let image = second.qrcode_base64.as_ref().unwrap();
    assert_eq!(image.decode().unwrap(), b"\x89PNG marked");
    assert_eq!(second.pairing_code.as_ref().unwrap().expose_secret(), "marked");
    let shown = format!("{created:?} {created:#?}");
    assert!(!shown.contains("marked") && !shown.contains("iVBOR"), "{shown}");
}

#[tokio::test]
async fn the_creation_of_a_number_is_not_retried() {
    let sandbox =
        sandbox("create_number", [Reply::error(UNAVAILABLE, ErrorCode::UpstreamError)]).await;
    let client = quick(&sandbox);
    let request = types::NumberRequest::builder().name("Suporte").number("5511999999999");
    let error = client.create_number().body(request).send().await.unwrap_err();
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    assert!(error.to_string().contains("it may have taken effect"), "{error}");
}

#[tokio::test]
async fn an_existing_number_is_a_conflict_and_in_the_list() {
    let conflicts = [None, Some(ErrorCode::NumberSoftDeleted)];
    let replies = conflicts.clone().map(|code| Reply::error(StatusCode::CONFLICT, code));
    let sandbox = sandbox("create_number", replies).await;
    let client = sandbox.client();
    let create = async || {
        let request = types::NumberRequest::builder().name("Suporte").number("+5511999999999");
        client.create_number().body(request).send().await
    };
    let messages = ["Number already exists", "The number was deleted recently"];
    for (code, message) in conflicts.iter().zip(messages) {
        let error = create().await.unwrap_err();
        assert_eq!(
            (error.status(), error.kind()),
            (Some(StatusCode::CONFLICT), ErrorKind::Conflict)
        );
        assert_eq!((error.code(), error.message()), (code.as_ref(), Some(message)));
    }
    let created = create().await.unwrap().into_inner().instance.unwrap();
    let numbers = client.list_numbers().send().await.unwrap().into_inner();
    let found = numbers.iter().find(|number| created.number.as_ref() == Some(&number.number));
    assert_ne!(created.id.as_deref(), found.map(|number| &*number.id));
}

#[tokio::test]
async fn a_creation_may_respond_with_201() {
    let ids = ["create_number", "rotate_number_api_key", "create_project"];
    let sandbox = Sandbox::start().await.unwrap();
    for id in ids {
        let created = Reply::json(StatusCode::CREATED, &crate::operations::case::example(id));
        sandbox.enqueue(crate::operations::case::operation_id(id), created);
    }
    let client = sandbox.client();
    let request = types::NumberRequest::builder().name("Suporte").number("5511999999999");
    let created = client.create_number().body(request).send().await.unwrap();
    let request = types::NumberApiKeyRequest::builder().whatsapp_number_id("num_1");
    let rotated = client.rotate_number_api_key().body(request).send().await.unwrap();
    let request = types::ProjectRequest::builder().name("Suporte");
    let project = client.create_project().body(request).send().await.unwrap();
    let statuses = [created.status(), rotated.status(), project.status()];
    assert_eq!(statuses, [StatusCode::CREATED; 3]);
}

#[tokio::test]
async fn a_request_without_a_required_field_is_not_sent() {
    let sandbox = sandbox("create_number", [ok(&json!({}))]).await;
    let client = sandbox.client();
    let error = client.create_number().body_map(|body| body.name("a")).send().await.unwrap_err();
    assert_eq!((error.kind(), sandbox.requests().len()), (ErrorKind::InvalidRequest, 0));
    assert!(error.to_string().contains("`number` is missing"), "{error}");
}

#[tokio::test]
async fn a_status_is_retried_after_transient_errors_only() {
    let state = ok(&json!({"id": "num_1", "state": "CLOSE", "stale": true,
        "lastKnownAt": "2026-06-01T12:00:00.000Z"}));
    for code in [ErrorCode::UpstreamTimeout, ErrorCode::UpstreamError] {
        let fault = Reply::error(UNAVAILABLE, code);
        let sandbox = sandbox("get_number_status", [fault, state.clone()]).await;
        let client = quick(&sandbox);
        let status = client.get_number_status().id("num_1").send().await.unwrap();
        assert_eq!((status.stale, &status.checked_at), (Some(true), &None));
        assert_eq!(sandbox.requests().len(), 2);
    }
    let fault = Reply::error(UNAVAILABLE, ErrorCode::ProviderNotConfigured);
    let sandbox = sandbox("get_number_status", [fault]).await;
    let client = quick(&sandbox);
    let error = client.get_number_status().id("num_1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::ProviderNotConfigured));
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_declined_payment_has_a_decline_code_and_an_amount() {
    let declined = json!({
        "error": "The payment was declined",
        "code": "PAYMENT_FAILED",
        "declineCode": "expired_card",
        "proratedTotal": 29.9,
        "currency": "BRL",
    });
    let without_funds = json!({"error": "It failed", "code": "INSUFFICIENT_FUNDS"});
    let refusals = [declined, without_funds];
    let refusals = refusals.map(|body| Reply::json(StatusCode::PAYMENT_REQUIRED, &body));
    let sandbox = sandbox("pay_number", refusals).await;
    let client = sandbox.client();
    let error = client.pay_number().id("num_1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PaymentRequired);
    assert_eq!(error.code(), Some(&ErrorCode::PaymentFailed));
    assert_eq!(error.decline_code(), Some("expired_card"));
    assert_eq!((error.prorated_total(), error.currency()), (Some(29.9), Some("BRL")));

    let error = client.pay_number().id("num_1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::InsufficientFunds));
    assert_eq!((error.decline_code(), error.prorated_total()), (None, None));
}

#[tokio::test]
async fn a_payment_is_not_retried() {
    let fault = Reply::error(StatusCode::BAD_GATEWAY, ErrorCode::PaymentProviderError);
    let sandbox = sandbox("pay_number", [fault]).await;
    let client = quick(&sandbox);
    let error = client.pay_number().id("num_1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::PaymentProviderError));
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    assert!(error.to_string().contains("check before you repeat it"), "{error}");
}

#[tokio::test]
async fn a_number_as_the_sdk_defines_it_is_read() {
    let sandbox = sandbox(
        "list_numbers",
        [ok(&json!([{
            "id": "wn_1",
            "instanceName": "tenant-5511999999999",
            "number": "+5511999999999",
            "name": "Suporte",
            "apiKeys": [{"name": "Default", "keyPrefix": "ps_abcd", "keyLast4": null}],
            "primaryLink": {"state": "OPEN", "connectedAt": null},
            "secondaryLink": null,
            "isFullyConnected": true,
            "createdAt": "2026-06-01T11:59:00.000Z",
            "updatedAt": "2026-06-01T12:00:00.000Z",
            "coexistence": {"status": "UNKNOWN", "evidence": null},
            "extraChargeUnpaidSince": "2026-06-01T12:00:00.000Z",
            "extraChargeDisconnectAt": null,
        }]))],
    )
    .await;
    let numbers = sandbox.client().list_numbers().send().await.unwrap();
    let number = &numbers[0];
    assert_eq!((&number.state, &number.provider), (&None, &None));
    let link = number.primary_link.as_ref().unwrap();
    assert_eq!(link.state, Some(types::ConnectionState::Open));
    let coexistence = number.coexistence.as_ref().unwrap();
    assert_eq!(coexistence.status, Some(types::CoexistenceStatus::UnknownValue));
    assert_eq!(coexistence.evidence, None);
    let since = moment("2026-06-01T12:00:00Z");
    assert_eq!(number.extra_charge_unpaid_since, Some(since.into()));
}
