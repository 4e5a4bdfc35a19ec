//! Lead pages: Facebook Pages that feed leads to a number, and the actions of their forms.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{ErrorKind, Nullable, StatusCode, types};
use serde_json::{Value, json};

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_lead_pages {
        call: |client| client.list_lead_pages(),
        sends: "GET /v1/lead-pages",
        reads: |pages| {
            let [linked] = pages.linked.as_slice() else { panic!("{pages:?}") };
            assert_eq!((linked.page_link_id.as_str(), linked.leads_count), ("plk_01HZX...", Some(0)));
            assert_eq!(linked.subscribed_at, None);
            let error = Some(types::LeadPageSubscriptionError::PageNotShared);
            assert_eq!(linked.subscription_error, error);
            let [candidate] = pages.candidates.as_slice() else { panic!("{pages:?}") };
            assert_eq!((&candidate.page_name, &candidate.missing_tasks), (&None, &None));
            assert_eq!(pages.configured, Some(true));
            assert_eq!(pages.candidates_lookup, Some(types::LookupStatus::Ok));
            assert_eq!(pages.eligibility_blocker, None);
        },
        refused: (403, "NUMBER_NOT_IN_GRANT"),
    }

    link_lead_page {
        call: |client| client.link_lead_page().body(
            types::LeadPageLinkRequest::builder()
                .page_id("102030405060708")
                .whatsapp_number_id("wn_01HZX".to_owned()),
        ),
        sends: "POST /v1/lead-pages",
        body: {"pageId": "102030405060708", "whatsappNumberId": "wn_01HZX"},
        reads: |response| {
            assert_eq!(response.link.page_link_id, "plk_01HZX...");
            assert_eq!(response.link.subscribed_at, Some("2026-06-28T10:00:00.000Z".into()));
            assert_eq!(response.link.subscription_error, None);
        },
        refused: (400, "UNKNOWN_FIELDS"),
    }

    move_lead_page {
        call: |client| client
            .move_lead_page()
            .page_link_id("plk/1#ü")
            .body(types::LeadPageMoveRequest::builder().whatsapp_number_id("wn_02HZX")),
        sends: "PATCH /v1/lead-pages/plk%2F1%23%C3%BC",
        body: {"whatsappNumberId": "wn_02HZX"},
        reads: |response| {
            assert_eq!(response.link.as_ref().unwrap().whatsapp_number_id.as_deref(), Some("wn_02HZX..."));
            assert_eq!(response.auto_send_disabled, Some(false));
        },
        refused: (403, "NUMBER_NOT_IN_GRANT"),
    }

    unlink_lead_page {
        call: |client| client.unlink_lead_page().page_link_id("plk 1"),
        sends: "DELETE /v1/lead-pages/plk%201",
        reads: |response| {
            assert_eq!(response.unlinked, Some(true));
            assert_eq!((response.page_link_id.as_deref(), response.deleted_leads), (Some("plk_01HZX..."), Some(12)));
        },
        refused: (403, "NUMBER_NOT_IN_GRANT"),
    }

    list_lead_page_forms {
        call: |client| client.list_lead_page_forms().page_link_id("plk_1%"),
        sends: "GET /v1/lead-pages/plk_1%25/forms",
        reads: |forms| {
            let [form] = forms.forms.as_slice() else { panic!("{forms:?}") };
            assert_eq!((&form.status, &form.config), (&None, &None));
            let [name, city] = form.questions.as_slice() else { panic!("{form:?}") };
            assert_eq!((name.key.as_str(), &name.type_, name.options.len()), ("full_name", &None, 0));
            assert_eq!(city.options[0].value.as_deref(), Some("São Paulo"));
            assert_eq!(form.consent_checkboxes[0].text.as_deref(), Some("Aceito receber mensagens"));
            assert_eq!((form.consent_available, forms.number_is_official), (Some(true), Some(true)));
            assert_eq!(forms.forms_truncated, Some(false));
            assert_eq!(forms.templates[0].variables, ["nome", "loja"]);
        },
        refused: (403, "NUMBER_NOT_IN_GRANT"),
    }

    update_lead_page_form {
        call: |client| client
            .update_lead_page_form()
            .page_link_id("plk/1")
            .form_id("form/1")
            .body(template_with_variables()),
        sends: "PUT /v1/lead-pages/plk%2F1/forms/form%2F1",
        body: {
            "consentDisclaimerKey": "consent_1",
            "autoSendEnabled": true,
            "templateId": "tpl_01HZX",
            "freeText": null,
            "variableMap": {
                "nome": {"source": "field", "key": "full_name"},
                "loja": {"source": "static", "value": "Acme"},
            },
            "formName": "Orçamento",
        },
        reads: |response| {
            let config = response.config.as_ref().unwrap();
            assert_eq!((&config.free_text, config.auto_send_enabled), (&None, Some(true)));
            assert_eq!(config.template_id.as_deref(), Some("tpl_01HZX..."));
            assert_eq!(config.updated_at, Some("2026-06-28T10:00:00.000Z".into()));
            assert_eq!(config.variable_map, variables());
        },
        refused: (400, "UNKNOWN_FIELDS"),
    }

    resync_lead_page {
        call: |client| client.resync_lead_page().page_link_id("plk:1/"),
        sends: "POST /v1/lead-pages/plk%3A1%2F/resync",
        reads: |response| {
            assert_eq!(response.started, Some(true));
            assert_eq!(response.subscribed_at, Some("2026-06-28T10:00:00.000Z".into()));
            assert_eq!(response.subscription_error, None);
        },
        refused: (429, "RESYNC_COOLDOWN"),
    }
}

fn template_with_variables() -> types::builder::LeadFormConfigRequest {
    types::LeadFormConfigRequest::builder()
        .consent_disclaimer_key("consent_1")
        .auto_send_enabled(true)
        .template_id("tpl_01HZX")
        .free_text(None)
        .variable_map(variables())
        .form_name("Orçamento")
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

/// Returns the body that is sent for a form.
async fn sent(body: types::builder::LeadFormConfigRequest) -> Value {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.update_lead_page_form().page_link_id("1").form_id("2").body(body).send().await.unwrap();
    sandbox.requests()[0].json()
}

#[tokio::test]
async fn required_nullable_fields_are_sent_as_null() {
    let nothing = types::LeadFormConfigRequest::builder()
        .consent_disclaimer_key(None)
        .auto_send_enabled(false)
        .template_id(None)
        .free_text(None);
    let required = json!({"consentDisclaimerKey": null, "autoSendEnabled": false,
        "templateId": null, "freeText": null});
    assert_eq!(sent(nothing.clone()).await, required);
    let mut unnamed = required;
    unnamed["formName"] = Value::Null;
    assert_eq!(sent(nothing.form_name(Nullable::Null)).await, unnamed);
}

#[tokio::test]
async fn a_missing_required_field_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let without_text = types::LeadFormConfigRequest::builder()
        .consent_disclaimer_key(None)
        .auto_send_enabled(false)
        .template_id(None);
    let call = client.update_lead_page_form().page_link_id("1").form_id("2").body(without_text);
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("free_text"), "{error}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_variable_of_an_unknown_kind_is_sent_back_unchanged() {
    let mut response = case::example("update_lead_page_form");
    let new = json!({"source": "lead", "path": ["ad", "name"]});
    response["config"]["variableMap"]["anuncio"] = new.clone();
    let config: types::LeadFormConfigUpdated = serde_json::from_value(response).unwrap();
    let variables = config.config.unwrap().variable_map;
    assert!(matches!(variables["anuncio"], types::LeadVariable::Unknown(_)));
    let body = template_with_variables().variable_map(variables);
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let call = client.update_lead_page_form().page_link_id("1").form_id("2").body(body);
    // The document does not list the new kind, so the sandbox rejects it.
    call.send().await.unwrap_err();
    let sent = sandbox.requests()[0].json();
    assert_eq!(sent["variableMap"]["anuncio"], new);
    assert_eq!(sent["variableMap"]["nome"], json!({"source": "field", "key": "full_name"}));
}

#[tokio::test]
async fn a_page_is_linked_to_the_only_number_by_default() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = types::LeadPageLinkRequest::builder().page_id("1");
    sandbox.client().link_lead_page().body(body).send().await.unwrap();
    let sent = sandbox.requests()[0].json();
    assert_eq!(sent, json!({"pageId": "1"}));
}

#[tokio::test]
async fn pages_that_cannot_be_linked_are_listed() {
    let mut pages = case::example("list_lead_pages");
    pages["configured"] = false.into();
    pages["candidates"][0]["missingTasks"] = json!(["ADVERTISE"]);
    pages["candidatesLookup"] = "unavailable".into();
    pages["partnerBusinessId"] = Value::Null;
    pages["eligibilityBlocker"] = "NO_OFFICIAL_NUMBER".into();
    pages["linked"][0]["subscriptionError"] = "TOKEN_EXPIRED".into();
    let sandbox = sandbox("list_lead_pages", [ok(&pages)]).await;
    let scoped = sandbox.client().for_number("wn_01HZX");
    let pages = scoped.list_lead_pages().send().await.unwrap();
    assert_eq!(pages.eligibility_blocker, Some(types::LeadPageBlocker::NoOfficialNumber));
    assert_eq!(pages.candidates_lookup, Some(types::LookupStatus::Unavailable));
    assert_eq!(pages.candidates[0].missing_tasks.as_deref(), Some(&["ADVERTISE".into()][..]));
    let error = pages.linked[0].subscription_error.as_ref().unwrap();
    assert!(
        matches!(error, types::LeadPageSubscriptionError::Unknown(_))
            && error.as_str() == "TOKEN_EXPIRED"
    );
    assert_eq!(sandbox.requests()[0].headers["x-whatsapp-number-id"], "wn_01HZX");
}

#[tokio::test]
async fn forms_are_read_with_their_configuration() {
    let mut forms = case::example("list_lead_page_forms");
    forms["forms"][0]["config"] = case::example("update_lead_page_form")["config"].take();
    forms["formsTruncated"] = true.into();
    let sandbox = sandbox("list_lead_page_forms", [ok(&forms)]).await;
    let call = sandbox.client();
    let forms = call.list_lead_page_forms().page_link_id("1").send().await.unwrap();
    assert_eq!(forms.forms_truncated, Some(true));
    assert_eq!(forms.forms[0].config.as_ref().unwrap().variable_map, variables());
}

#[tokio::test]
async fn a_resync_may_report_only_whether_it_started() {
    let response = json!({"started": false, "pageLinkId": "plk_1"});
    let sandbox = sandbox("resync_lead_page", [Reply::json(StatusCode::ACCEPTED, &response)]).await;
    let call = sandbox.client();
    let response = call.resync_lead_page().page_link_id("plk_1").send().await.unwrap();
    assert_eq!(response.status().as_u16(), 202);
    assert_eq!((response.started, &response.subscribed_at), (Some(false), &None));
    assert_eq!(response.subscription_error, None);
}

#[tokio::test]
async fn a_call_waits_for_a_short_cooldown() {
    let cooldown = json!({"error": "Wait", "code": "RESYNC_COOLDOWN", "retryAfterSeconds": 1});
    let cooldown = Reply::json(StatusCode::TOO_MANY_REQUESTS, &cooldown);
    let sandbox = sandbox("resync_lead_page", [cooldown]).await;
    let start = Instant::now();
    let call = sandbox.client();
    call.resync_lead_page().page_link_id("plk_1").send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_long_cooldown_is_an_immediate_error() {
    let sandbox =
        sandbox("resync_lead_page", [case::error("resync_lead_page", 429, "RESYNC_COOLDOWN")])
            .await;
    let call = sandbox.client();
    let error = call.resync_lead_page().page_link_id("plk_1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&types::ErrorCode::ResyncCooldown));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn an_error_names_the_missing_field_of_an_alternative() {
    let sandbox = Sandbox::start().await.unwrap();
    let variable = json!({"config": {"formId": "f", "variableMap": {"nome": {"source": "field"}}}});
    sandbox.respond_with(OperationId::UpdateLeadPageForm, variable);
    let client = sandbox.client();
    let call = client.update_lead_page_form().page_link_id("1").form_id("2");
    let error = call.body(template_with_variables()).send().await.unwrap_err();
    assert!(error.to_string().contains("lacks \"key\""), "{error}");
}
