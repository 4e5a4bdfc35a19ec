//! The workflows of four programs that use the service, from the messages they send to the
//! events they receive. Each uses only the part of the document that its calls need.

use pilot_status::mock::{OperationId, Reply, Sandbox, delivery, sign_delivery};
use pilot_status::types::{
    ConnectionState, MessageRequest, NumberRequest, NumberSettingsRequest, NumberUpdateRequest,
    WebhookEventName, WebhookRequest,
};
use pilot_status::webhooks::{AddressToken, Event, Verifier};
use pilot_status::{Client, Credentials, Error, ErrorKind, Method, StatusCode, phone};
use serde_json::json;

use crate::support::{Server, ServerResponse};

/// Builds the client of a program whose base URL includes the version.
fn client(sandbox: &Sandbox) -> Client {
    sandbox.builder().base_url(format!("{}/v1/", sandbox.url())).build().unwrap()
}

/// Reminds customers with a template, and reads their replies without a webhook secret.
#[tokio::test]
async fn a_barbershop_reminds_a_customer_and_reads_the_reply() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let reminder = |name: Option<&str>| {
        let variables = name.map(|name| ("nome".to_owned(), name.to_owned()));
        MessageRequest::builder()
            .destination_number("+5581985966115")
            .template_id("lembrete")
            .variables(variables.into_iter().collect::<std::collections::BTreeMap<_, _>>())
    };
    let missing = json!({
        "error": "Missing template variables",
        "code": "MISSING_TEMPLATE_VARIABLES",
        "details": {"missingKeys": ["nome"]},
    });
    sandbox.enqueue(OperationId::SendMessage, Reply::json(StatusCode::BAD_REQUEST, &missing));
    let error = client.send_message().body(reminder(None)).send().await.unwrap_err();
    assert_eq!(error.missing().collect::<Vec<_>>(), ["nome"]);

    // The id is the only field that the service is known to send.
    sandbox.enqueue(
        OperationId::SendMessage,
        Reply::json(StatusCode::ACCEPTED, &json!({"id": "msg_1"})),
    );
    let sent = client.send_message().body(reminder(Some("Ana"))).send().await.unwrap();
    assert_eq!((sent.id.as_str(), sent.status()), ("msg_1", StatusCode::ACCEPTED));
    assert_eq!(sandbox.requests()[1].line(), "POST /v1/messages/send");

    // The dashboard provides no secret, so the URL contains a token.
    let token = AddressToken::new("rtx8f0bs7kq2");
    assert!(token.matches("rtx8f0bs7kq2") && !token.matches("rtx8f0bs7kq") && !token.matches(""));
    let body = delivery::event(
        "message.reply",
        &json!({"id": "msg_2", "from": "+5581 8596-6115", "content": "Sim", "pushName": "Ana"}),
    );
    let Event::MessageReply(reply) = Event::from_unverified(&body) else { panic!("{body}") };
    assert!(phone::same(reply.data.sender().unwrap(), "+5581985966115"));
    assert_eq!(reply.data.content.as_deref(), Some("Sim"));
    assert_eq!(reply.json()["data"]["pushName"], "Ana");
}

/// Uses a Meta number: files are announced in Meta's own envelope.
#[tokio::test]
async fn a_clinic_downloads_a_file_that_a_patient_sent_through_meta() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let body = delivery::meta_message(&json!({
        "id": "wamid.HBg", "from": "558185966115", "timestamp": "1767225600", "type": "audio",
        "audio": {"id": "1003383421387256", "mime_type": "audio/ogg"},
    }));
    let signature = format!("sha256={}", sign_delivery("secret", &body).to_uppercase());
    let event = Verifier::new("secret").verify(signature, &body).unwrap();
    let Event::Meta(envelope) = event else { panic!("{body}") };
    let found = envelope.media().next().unwrap();
    let call = client.get_media().media_id(found.media.id.as_deref().unwrap());
    let file = call.phone_number_id(found.phone_number_id).send().await.unwrap();
    assert!(file.base64.decode().is_some());
    assert_eq!(
        sandbox.requests()[0].line(),
        format!("GET /v1/media/1003383421387256?phoneNumberId={}", delivery::PHONE_NUMBER_ID)
    );

    // The same webhook receives statuses, with message ids of Meta only.
    let body = delivery::meta_status(
        &json!({"id": "wamid.HBh", "status": "delivered", "recipient_id": "558185966115"}),
    );
    let Event::Meta(envelope) = Event::from_unverified(body) else { panic!() };
    let status = &envelope.changes[0].statuses[0];
    assert!(phone::same(status.recipient_id.as_deref().unwrap(), "+5581985966115"));
}

/// Serves many tenants: finds a number that already exists, and adds a webhook for it.
#[tokio::test]
async fn a_crm_adopts_an_existing_number_and_adds_a_webhook() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let exists = json!({"error": "Number already exists"});
    sandbox.enqueue(OperationId::CreateNumber, Reply::json(StatusCode::CONFLICT, &exists));
    let wanted = "5511999999999";
    let request = NumberRequest::builder().name("Suporte").number(wanted);
    let error = client.create_number().body(request).send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, None));
    assert!(error.to_string().contains("Number already exists"), "{error}");

    let numbers = client.list_numbers().send().await.unwrap();
    let same = |number: &Option<String>| {
        number.as_deref().is_some_and(|number| phone::same(number, "+55 11 99999-9999"))
    };
    let number = numbers.iter().find(|number| same(&Some(number.number.clone()))).unwrap();
    client.connect_number().id(&number.id).number(wanted).send().await.unwrap();
    let settings = NumberSettingsRequest::builder().ignore_groups(true);
    let update = NumberUpdateRequest::builder().settings(settings);
    client.update_number().id(&number.id).body(update).send().await.unwrap();

    let webhook = WebhookRequest::builder()
        .url("https://crm.example/pilot?token=rtx8f0bs7kq2")
        .events([WebhookEventName::All]);
    let tenant = client.for_number(&number.id);
    tenant.create_webhook().body(webhook).send().await.unwrap();
    let text = MessageRequest::builder().destination_number("+5511988887777").text("Oi");
    tenant.send_message().body(text).send().await.unwrap();

    let requests = sandbox.requests();
    let lines: Vec<String> =
        requests[2..].iter().map(pilot_status::mock::RecordedRequest::line).collect();
    let id = &number.id;
    assert_eq!(
        lines,
        [
            format!("GET /v1/numbers/{id}/connect?number={wanted}"),
            format!("PATCH /v1/numbers/{id}"),
            "POST /v1/webhooks".to_owned(),
            "POST /v1/messages/send".to_owned(),
        ]
    );
    assert_eq!(requests[3].json()["settings"], json!({"ignoreGroups": true}));
    for request in &requests[4..] {
        assert_eq!(request.headers["x-whatsapp-number-id"], id.as_str());
    }
}

/// Reads states in any notation, and ends a session with an undocumented operation.
#[tokio::test]
async fn a_monitor_reads_states_and_ends_a_session() {
    let server = Server::start([
        ServerResponse::json(200, &json!({"id": "num_1", "state": "open"})),
        ServerResponse::json(
            200,
            &json!({"id": "num_1", "state": "CONNECTED", "checkedAt": 1_767_225_600}),
        ),
        ServerResponse::json(200, &json!({"success": true})),
    ])
    .await;
    let client = Client::builder(Credentials::api_key("ps_0123456789"))
        .base_url(format!("{}/v1", server.url))
        .build()
        .unwrap();
    let status = client.get_number_status().id("num_1").send().await.unwrap();
    assert_eq!(status.state, ConnectionState::Open);
    let status = client.get_number_status().id("num_1").send().await.unwrap();
    assert_eq!(status.state, ConnectionState::Connected);
    let checked = status.checked_at.as_ref().and_then(pilot_status::Timestamp::datetime);
    assert_eq!(checked.unwrap().to_rfc3339(), "2026-01-01T00:00:00+00:00");

    let logout = client.request(Method::POST, "/v1/numbers/{id}/logout").path("id", "num_1");
    let response: Result<serde_json::Value, Error> = logout.send().await.unwrap().json();
    assert_eq!(response.unwrap(), json!({"success": true}));
    assert_eq!(server.received()[2].line(), "POST /v1/numbers/num_1/logout");
}
