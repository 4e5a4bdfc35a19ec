//! Messages: every content and destination, idempotency keys, and the status of a message.

use std::time::Duration;

use pilot_status::mock::{RecordedRequest, Reply, Sandbox};
use pilot_status::types::{MessageRequestContent as Content, MessageRequestDestination as To};
use pilot_status::{Client, DataUrl, ErrorCode, ErrorKind, RetryPolicy, StatusCode, types};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::operations::case::{self, ok, sandbox};

operations! {
    send_message {
        call: |client| client.send_message().idempotency_key("pedido 42").body(
            to_ana(Content::TemplateId("boas_vindas".to_owned()))
                .variables([("nome", "Ana")])
                .labels(["vip"])
                .deliver_at(case::moment("2026-06-27T10:00:00Z"))
                .deliver_until(case::moment("2026-06-27T12:30:00.250Z"))
                .marketing_options(types::MarketingOptions::builder().ai_rewrite_enabled(false))
                .mark_read(true),
        ),
        sends: "POST /v1/messages/send",
        headers: [("idempotency-key", "pedido 42")],
        body: {
            "destinationNumber": "5511988887777",
            "templateId": "boas_vindas",
            "variables": {"nome": "Ana"},
            "labels": ["vip"],
            "deliverAt": "2026-06-27T10:00:00Z",
            "deliverUntil": "2026-06-27T12:30:00.250Z",
            "marketingOptions": {"aiRewriteEnabled": false},
            "markRead": true,
        },
        reads: |message| {
            assert_eq!(message.id, "msg_01HZX...");
            assert_eq!(message.correlation_id.as_deref(), Some("corr_01HZX..."));
            assert_eq!(message.status, Some(types::MessageStatus::Queued));
            assert_eq!(message.created_at, Some("2026-06-27T10:00:00.000Z".into()));
            assert_eq!(message.origin.as_deref(), Some("Suporte"));
            assert_eq!(message.source_number.as_deref(), Some("5511999999999"));
            assert_eq!(message.flow_token, None);
        },
        refused: (409, "NUMBER_BLOCKED"),
    }

    get_message {
        call: |client| client.get_message().id("wamid.HBgL/NTUx+OTk?5"),
        sends: "GET /v1/messages/wamid.HBgL%2FNTUx%2BOTk%3F5",
        reads: |message| {
            assert_eq!(message.status, types::MessageStatus::Delivered);
            assert_eq!(message.external_message_id.as_deref(), Some("wamid.HBgLNTUxMTk5OTk5OTk5"));
            assert_eq!(message.destination_number.as_deref(), Some("+5511999999999"));
            assert_eq!(message.template.as_deref(), Some("welcome_message"));
            assert_eq!(message.delivered_at, Some("2026-06-27T10:00:02.000Z".into()));
            assert_eq!((&message.read_at, &message.error_code), (&None, &None));
            assert_eq!(message.error_message, None);
            assert_eq!(message.origin, Some(types::MessageOrigin::Api));
            let pricing = message.meta_pricing.as_ref().unwrap();
            assert_eq!(pricing.conversation_id, None);
            assert_eq!(pricing.origin_type, Some(types::MetaPricingCategory::Utility));
            assert_eq!(pricing.category, Some(types::MetaPricingCategory::Utility));
            assert_eq!(pricing.type_, Some(types::MetaPricingType::Regular));
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }

    cancel_messages {
        call: |client| client.cancel_messages().body(
            types::MessageCancellationRequest::builder()
                .message_ids(["msg_1", "msg_2"]),
        ),
        sends: "DELETE /v1/messages/cancel",
        body: {"messageIds": ["msg_1", "msg_2"]},
        reads: |cancellation| {
            let cancelled = types::CancelledMessages::Ids(vec!["msg_01HZX...".to_owned()]);
            assert_eq!(cancellation.cancelled, Some(cancelled));
            let [failed] = cancellation.failed.as_slice() else { panic!("{cancellation:?}") };
            assert_eq!(failed.id.as_deref(), Some("msg_01HZY..."));
            assert_eq!(failed.reason.as_deref(), Some("already sent"));
            assert_eq!(cancellation.not_found, None);
        },
        refused: (400, None::<&str>),
    }
}

fn to_ana(content: Content) -> types::builder::MessageRequest {
    types::MessageRequest::new(To::DestinationNumber("5511988887777".to_owned()), content)
}

fn text() -> types::builder::MessageRequest {
    to_ana(Content::Text("Oi!".to_owned()))
}

/// Returns the body that is sent for a message.
async fn sent(message: types::builder::MessageRequest) -> Value {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().send_message().body(message).send().await.unwrap();
    sandbox.requests()[0].json()
}

fn button(kind: types::MessageButtonType, label: &str) -> types::builder::MessageButton {
    types::MessageButton::builder().type_(kind).label(label)
}

#[tokio::test]
async fn a_text_is_sent_with_header_footer_and_buttons() {
    let header =
        types::MessageHeader::builder().type_(types::MessageHeaderType::Text).content("Pedido 42");
    let buttons = [
        button(types::MessageButtonType::Reply, "Sim"),
        button(types::MessageButtonType::Url, "Ver").url("https://loja.com/42"),
        button(types::MessageButtonType::Call, "Ligar").phone_number("+5511999998888"),
    ];
    let message = text().header(header).footer("Loja").buttons(buttons);
    assert_eq!(
        sent(message).await,
        json!({
            "destinationNumber": "5511988887777",
            "text": "Oi!",
            "header": {"type": "text", "content": "Pedido 42"},
            "footer": "Loja",
            "buttons": [
                {"type": "reply", "label": "Sim"},
                {"type": "url", "label": "Ver", "url": "https://loja.com/42"},
                {"type": "call", "label": "Ligar", "phoneNumber": "+5511999998888"},
            ],
        })
    );
}

#[tokio::test]
async fn a_file_is_sent_as_a_url_or_a_data_url() {
    let copy = button(types::MessageButtonType::Copy, "Copiar").copy_code("PROMO10");
    let image = to_ana(Content::Media("https://loja.com/a.png".to_owned()))
        .media_type(types::MediaType::Image)
        .caption("Oferta")
        .buttons([copy]);
    assert_eq!(
        sent(image).await,
        json!({
            "destinationNumber": "5511988887777",
            "media": "https://loja.com/a.png",
            "mediaType": "image",
            "caption": "Oferta",
            "buttons": [{"type": "copy", "label": "Copiar", "copyCode": "PROMO10"}],
        })
    );
    let recording = DataUrl::new("audio/ogg", b"OggS");
    let voice = to_ana(Content::Media(recording.to_string())).media_type(types::MediaType::Voice);
    assert_eq!(
        sent(voice).await,
        json!({
            "destinationNumber": "5511988887777",
            "media": "data:audio/ogg;base64,T2dnUw==",
            "mediaType": "voice",
        })
    );
}

fn list() -> types::builder::ListMessage {
    let row = types::ListRow::builder().title("Azul").description("Tamanho M").row_id("azul-m");
    let section = types::ListSection::builder().title("Camisas").rows([row]);
    types::ListMessage::builder().button_text("Escolher").sections([section])
}

#[tokio::test]
async fn a_list_is_sent_with_its_text() {
    let message = to_ana(Content::List(list().try_into().unwrap())).text("Qual cor?");
    assert_eq!(
        sent(message).await,
        json!({
            "destinationNumber": "5511988887777",
            "text": "Qual cor?",
            "list": {
                "buttonText": "Escolher",
                "sections": [{
                    "title": "Camisas",
                    "rows": [{"title": "Azul", "description": "Tamanho M", "rowId": "azul-m"}],
                }],
            },
        })
    );
}

#[tokio::test]
async fn a_carousel_is_sent_with_its_cards() {
    let reply = types::CarouselButton::builder()
        .type_(types::CarouselButtonType::QuickReply)
        .text("Quero")
        .payload("azul");
    let link = types::CarouselButton::builder()
        .type_(types::CarouselButtonType::Url)
        .text("Ver")
        .url("https://loja.com/azul");
    let card = types::CarouselCard::builder()
        .media([("link", "https://loja.com/azul.png")])
        .body("Azul")
        .buttons([reply, link]);
    let carousel =
        types::CarouselMessage::builder().card_template([("name", json!("cartao"))]).cards([card]);
    assert_eq!(
        sent(to_ana(Content::Carousel(carousel.try_into().unwrap()))).await,
        json!({
            "destinationNumber": "5511988887777",
            "carousel": {
                "cardTemplate": {"name": "cartao"},
                "cards": [{
                    "media": {"link": "https://loja.com/azul.png"},
                    "body": "Azul",
                    "buttons": [
                        {"type": "QUICK_REPLY", "text": "Quero", "payload": "azul"},
                        {"type": "URL", "text": "Ver", "url": "https://loja.com/azul"},
                    ],
                }],
            },
        })
    );
}

#[tokio::test]
async fn a_flow_is_sent_and_its_token_is_read() {
    let flow = types::FlowMessage::builder()
        .flow_id("1234567890")
        .cta("Agendar")
        .action(types::FlowAction::Navigate)
        .screen("DATA")
        .data([("pedido", json!(42))])
        .mode(types::FlowMode::Draft);
    let message = to_ana(Content::Flow(flow.try_into().unwrap())).text("Marque um horário");
    let mut response = case::example("send_message");
    response["flowToken"] = "ft_1".into();
    let sandbox = sandbox("send_message", [Reply::json(StatusCode::ACCEPTED, &response)]).await;
    let sent = sandbox.client().send_message().body(message).send().await.unwrap();
    assert_eq!(sent.flow_token.as_deref(), Some("ft_1"));
    assert_eq!(
        sandbox.requests()[0].json(),
        json!({
            "destinationNumber": "5511988887777",
            "text": "Marque um horário",
            "flow": {
                "flowId": "1234567890",
                "cta": "Agendar",
                "action": "navigate",
                "screen": "DATA",
                "data": {"pedido": 42},
                "mode": "draft",
            },
        })
    );
}

#[tokio::test]
async fn a_message_is_sent_to_a_destination_of_any_kind() {
    let user = "BR.13491208655302741918";
    let group = "123456789-987654321@g.us";
    let channel = "120363000000000000@newsletter";
    for (to, body) in [
        (To::DestinationNumber(user.to_owned()), json!({"destinationNumber": user, "text": "Oi!"})),
        (To::GroupId(group.to_owned()), json!({"groupId": group, "text": "Oi!"})),
        (To::NewsletterId(channel.to_owned()), json!({"newsletterId": channel, "text": "Oi!"})),
    ] {
        let message = types::MessageRequest::new(to, Content::Text("Oi!".to_owned()));
        assert_eq!(sent(message).await, body);
    }
}

#[tokio::test]
async fn a_message_requires_one_destination_and_some_content() {
    let destinations = "exactly one of destinationNumber, groupId, newsletterId must be set";
    let contents = "at least one of templateId, templateName, text, media, list, carousel, flow must be set, but none is";
    let message = types::MessageRequest::builder;
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for (message, problem) in [
        (message(), format!("{destinations}, but none is")),
        (message().text("Oi!"), format!("{destinations}, but none is")),
        (
            text().group_id("1@g.us"),
            format!("{destinations}, but destinationNumber and groupId are"),
        ),
        (
            text().group_id("1@g.us").newsletter_id("1@newsletter"),
            format!("{destinations}, but destinationNumber and groupId and newsletterId are"),
        ),
        (message().group_id("1@g.us"), contents.to_owned()),
        (
            message().group_id("1@g.us").footer("Loja").media_type(types::MediaType::Image),
            contents.to_owned(),
        ),
    ] {
        let error = client.send_message().body(message).send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        assert_eq!(error.operation_id(), Some("send_message"));
        assert!(error.to_string().contains(&problem), "{error}");
    }
    // A deserialized message is checked as well.
    let read: types::MessageRequest = serde_json::from_value(
        json!({"groupId": "1@g.us", "destinationNumber": "1", "text": "Oi!"}),
    )
    .unwrap();
    let call = client.send_message().body(read);
    let error = call.clone().send().await.unwrap_err();
    assert!(error.to_string().contains("destinationNumber and groupId are"), "{error}");
    assert_eq!(sandbox.requests().len(), 0);
    call.body_map(|message| message.destination_number(None)).send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn combined_contents_are_sent_unchanged() {
    let kinds = [
        ("templateId", json!("boas_vindas")),
        ("text", json!("Oi!")),
        ("media", json!("https://loja.com/a.png")),
        ("list", json!({"buttonText": "Escolher"})),
        ("carousel", json!({"cardTemplate": {"name": "cartao"}})),
        ("flow", json!({"flowId": "1"})),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for mask in 1..1 << kinds.len() {
        let chosen = kinds.iter().enumerate().filter(|(place, _)| mask & (1 << place) != 0);
        let mut body = json!({"destinationNumber": "5511988887777"});
        chosen.for_each(|(_, (name, value))| body[name] = value.clone());
        let message: types::MessageRequest = serde_json::from_value(body.clone()).unwrap();
        // The server decides which contents can be combined.
        let is_excluded = body.get("list").is_some()
            && ["templateId", "media", "carousel", "flow"]
                .iter()
                .any(|name| body.get(name).is_some());
        let result = client.send_message().body(message).send().await;
        assert_eq!(result.is_err(), is_excluded, "{body}");
        assert_eq!(sandbox.requests().last().unwrap().json(), body);
    }
}

#[tokio::test]
async fn a_cancellation_of_no_or_too_many_messages_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let cancel = async |count: usize| {
        let ids = (0..count).map(|id| format!("msg_{id}")).collect::<Vec<_>>();
        let body = types::MessageCancellationRequest::builder().message_ids(ids);
        client.cancel_messages().body(body).send().await
    };
    for count in [0, 101] {
        let error = cancel(count).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        let problem = format!("`messageIds` takes 1 to 100 entries, and has {count}");
        assert!(error.to_string().contains(&problem), "{error}");
    }
    for count in [1, 100] {
        cancel(count).await.unwrap();
    }
    assert_eq!(sandbox.requests().len(), 2);
}

/// Builds a client that retries without delay and has a short attempt timeout.
fn impatient(sandbox: &Sandbox) -> Client {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    sandbox.builder().retry(policy).attempt_timeout(Duration::from_secs(1)).build().unwrap()
}

fn keys(sandbox: &Sandbox) -> Vec<String> {
    let key =
        |request: &RecordedRequest| request.headers["idempotency-key"].to_str().unwrap().to_owned();
    sandbox.requests().iter().map(key).collect()
}

#[tokio::test]
async fn a_send_of_unknown_outcome_is_retried_with_its_key() {
    for unclear in [
        Reply::error(StatusCode::SERVICE_UNAVAILABLE, None),
        Reply::reset(),
        Reply::documented().delay(Duration::from_secs(60)),
    ] {
        let sandbox = sandbox("send_message", [unclear]).await;
        let client = impatient(&sandbox);
        client.send_message().body(text()).send().await.unwrap();
        client.send_message().body(text()).send().await.unwrap();
        let keys = keys(&sandbox);
        assert_eq!(keys.len(), 3);
        assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
        for key in keys {
            assert_eq!(key.parse::<Uuid>().unwrap().get_version_num(), 4);
        }
        let received = sandbox.requests();
        assert_eq!(received[0].body, received[1].body);
    }
}

#[tokio::test]
async fn a_retry_waits_for_a_send_that_is_still_in_progress() {
    let late = Reply::documented().delay(Duration::from_secs(60));
    let in_use = case::error("send_message", 409, "IDEMPOTENCY_KEY_IN_USE");
    let sandbox = sandbox("send_message", [late, in_use]).await;
    let sent = impatient(&sandbox).send_message().body(text()).send().await.unwrap();
    assert!(sent.is_replayed());
    let keys = keys(&sandbox);
    assert_eq!((keys.len(), &keys[0], &keys[1]), (3, &keys[1], &keys[2]));
}

#[tokio::test]
async fn a_given_key_is_sent_with_every_attempt() {
    let busy = Reply::error(StatusCode::SERVICE_UNAVAILABLE, None);
    let sandbox = sandbox("send_message", [busy.clone(), busy]).await;
    let key = "k".repeat(255);
    let client = impatient(&sandbox);
    client.send_message().idempotency_key(&*key).body(text()).send().await.unwrap();
    assert_eq!(keys(&sandbox), [&*key, &key, &key]);
}

#[tokio::test]
async fn an_invalid_key_is_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for key in ["k".repeat(256), "a\nb".to_owned(), "a\tb".to_owned(), "a\u{7f}".to_owned()] {
        let call = client.send_message().idempotency_key(key).body(text());
        let error = call.send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_replayed_response_is_marked() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let call = client.send_message().idempotency_key("pedido-42").body(text());
    let first = call.clone().send().await.unwrap();
    assert!(!first.is_replayed());
    let second = call.send().await.unwrap();
    assert!(second.is_replayed());
    assert_eq!(second.into_inner(), first.into_inner());
}

#[tokio::test]
async fn an_error_names_missing_and_invalid_template_variables() {
    let codes = ["MISSING_TEMPLATE_VARIABLES", "INVALID_TEMPLATE_VARIABLE_VALUE"];
    let replies = codes.map(|code| case::error("send_message", 400, code));
    let sandbox = sandbox("send_message", replies).await;
    let client = sandbox.client();
    for (code, invalid) in codes.into_iter().zip([&[][..], &[("nome", "blank")]]) {
        let error = client.send_message().body(text()).send().await.unwrap_err();
        assert_eq!(error.code().map(ErrorCode::as_str), Some(code));
        assert!(!matches!(error.code().unwrap(), ErrorCode::Unknown(_)));
        assert_eq!(error.missing().collect::<Vec<_>>(), ["nome"]);
        assert_eq!(error.invalid().collect::<Vec<_>>(), invalid);
    }
}

#[tokio::test]
async fn a_tenant_key_sends_for_the_given_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client().for_number("num_1");
    client.send_message().body(text()).send().await.unwrap();
    assert_eq!(sandbox.requests()[0].headers["x-whatsapp-number-id"], "num_1");
}

#[tokio::test]
async fn only_the_id_of_a_send_is_required() {
    let sandbox = sandbox(
        "send_message",
        [
            Reply::json(StatusCode::ACCEPTED, &json!({"id": "msg_1"})),
            ok(&json!({"status": "SENT"})),
        ],
    )
    .await;
    let client = sandbox.client();
    let sent = client.send_message().body(text()).send().await.unwrap();
    assert_eq!((&*sent.id, &sent.status, &sent.correlation_id), ("msg_1", &None, &None));
    let error = client.send_message().body(text()).send().await.unwrap_err();
    assert!(error.to_string().contains("$ lacks \"id\""), "{error}");
}

#[tokio::test]
async fn a_blocked_number_has_a_reason() {
    let sandbox =
        sandbox("send_message", [case::error("send_message", 409, "NUMBER_BLOCKED")]).await;
    let error = impatient(&sandbox).send_message().body(text()).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::NumberBlocked));
    assert_eq!(error.reason(), Some("extra_charge_unpaid"));
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
}

#[tokio::test]
async fn a_message_is_read_with_fewer_fields_and_unknown_failures() {
    let mut older = case::example("get_message");
    let message = older.as_object_mut().unwrap();
    for name in ["externalMessageId", "template", "deliveredAt", "errorCode", "errorMessage"] {
        message.remove(name);
    }
    message.remove("origin");
    message.remove("metaPricing");
    let mut failed = case::example("get_message");
    failed["status"] = "FAILED".into();
    failed["errorCode"] = "META_OUTSIDE_24H_WINDOW".into();
    failed["sentAt"] = Value::Null;
    let mut newer = failed.clone();
    newer["errorCode"] = "META_IS_AWAY".into();
    let responses = [older, failed, newer].map(|response| ok(&response));
    let sandbox = sandbox("get_message", responses).await;
    let client = sandbox.client();
    let message = async || client.get_message().id("msg_1").send().await.unwrap();
    let older = message().await;
    assert_eq!((&older.external_message_id, &older.origin), (&None, &None));
    assert_eq!((&older.delivered_at, &older.meta_pricing), (&None, &None));
    let failed = message().await;
    assert_eq!(failed.status, types::MessageStatus::Failed);
    assert_eq!(failed.error_code, Some(types::DeliveryErrorCode::MetaOutside24hWindow));
    assert_eq!(failed.sent_at, None);
    let newer = message().await.into_inner().error_code.unwrap();
    assert!(matches!(newer, types::DeliveryErrorCode::Unknown(code) if code == "META_IS_AWAY"));
}

#[tokio::test]
async fn a_cancellation_is_read_as_lists_and_as_counts() {
    let responses = [
        json!({"cancelled": 2, "notFound": 0}),
        json!({"cancelled": [], "failed": [{"id": "msg_1", "reason": "already sent"}]}),
        json!({"cancelled": {"msg_1": true}}),
        json!({"cancelled": 3.0}),
    ];
    let sandbox = sandbox("cancel_messages", responses.clone().map(|response| ok(&response))).await;
    let client = sandbox.client();
    let cancel = async || {
        let ids = types::MessageCancellationRequest::builder().message_ids(["msg_1"]);
        client.cancel_messages().body(ids).send().await.unwrap().into_inner()
    };
    let counts = cancel().await;
    assert_eq!(counts.cancelled, Some(types::CancelledMessages::Count(2)));
    assert_eq!((counts.not_found, counts.failed.len()), (Some(0), 0));
    let lists = cancel().await;
    assert_eq!(lists.cancelled, Some(types::CancelledMessages::Ids(vec![])));
    assert_eq!(lists.failed[0].id.as_deref(), Some("msg_1"));
    let neither = cancel().await;
    let kept = responses[2]["cancelled"].clone();
    assert_eq!(neither.cancelled, Some(types::CancelledMessages::Unknown(kept)));
    assert_eq!(cancel().await.cancelled, Some(types::CancelledMessages::Count(3)));
}
