//! Conversations and their messages, page by page.

use futures_util::TryStreamExt;
use pilot_status::mock::{OperationId, Reply};
use pilot_status::{ErrorCode, types};
use serde_json::{Value, json};

use crate::operations::case::{self, lines, ok, sandbox};

operations! {
    list_conversations {
        call: |client| client
            .list_conversations()
            .start_date(case::moment("2026-06-01T00:00:00Z"))
            .end_date(case::moment("2026-06-30T23:59:59.500Z"))
            .page(2)
            .page_size(100),
        sends: "GET /v1/conversations?endDate=2026-06-30T23%3A59%3A59.500Z&page=2&pageSize=100\
            &startDate=2026-06-01T00%3A00%3A00Z",
        reads: |page| {
            let [conversation] = page.conversations.as_slice() else { panic!("{page:?}") };
            assert_eq!(conversation.type_, Some(types::ConversationType::Direct));
            assert_eq!(conversation.from.as_deref(), Some("+5511988887777"));
            assert_eq!(conversation.user_id.as_deref(), Some("BR.13491208655302741918"));
            assert_eq!(conversation.username.as_deref(), Some("ana"));
            assert_eq!(conversation.last_message_at, Some(case::moment("2026-06-27T10:00:00Z").into()));
            let preview = conversation.last_message_preview.as_deref();
            assert_eq!(preview, Some("Olá! Sua entrega chegou."));
            assert_eq!((conversation.unread_count, &conversation.created_at), (Some(2), &None));
            assert_eq!((page.total, page.page), (Some(1), Some(1)));
            assert_eq!((page.page_size, page.total_pages), (Some(30), Some(1)));
            assert_eq!(page.notice, None);
        },
        refused: (400, "NUMBER_NOT_FOUND"),
    }

    list_message_history {
        call: |client| client
            .for_number("wn_01HZX")
            .list_message_history()
            .start_date(case::moment("2026-06-01T00:00:00-03:00"))
            .end_date(case::moment("2026-06-30T00:00:00Z"))
            .page(3)
            .page_size(1),
        sends: "GET /v1/messages/history?endDate=2026-06-30T00%3A00%3A00Z&page=3&pageSize=1\
            &startDate=2026-06-01T03%3A00%3A00Z",
        headers: [("x-whatsapp-number-id", "wn_01HZX")],
        reads: |page| {
            let [message] = page.messages.as_slice() else { panic!("{page:?}") };
            assert_eq!(message.conversation_id.as_deref(), Some("conv_01HZX..."));
            assert_eq!(message.direction, Some(types::MessageDirection::Inbound));
            assert_eq!(message.provider_kind.as_deref(), Some("PILOT_STATUS"));
            assert_eq!(message.external_message_id.as_deref(), Some("wamid.HBg..."));
            assert_eq!(message.status, Some(types::MessageStatus::Delivered));
            assert_eq!(message.message_type, Some(types::MessageType::Text));
            assert_eq!(message.text.as_deref(), Some("Olá, ainda está disponível?"));
            assert_eq!(message.participant_name.as_deref(), Some("Ana"));
            let user = message.participant_user_id.as_deref();
            assert_eq!(user, Some("BR.13491208655302741918"));
            assert_eq!((&message.origin, &message.media, &message.referral), (&None, &None, &None));
            assert_eq!((&message.replied_to_external_id, message.redacted), (&None, None));
        },
        refused: (404, "NUMBER_NOT_FOUND"),
    }

    list_group_messages {
        call: |client| client
            .list_group_messages()
            .start_date(case::moment("2026-06-01T00:00:00Z"))
            .end_date(case::moment("2026-06-02T00:00:00Z"))
            .page(1)
            .page_size(50),
        sends: "GET /v1/messages/group?endDate=2026-06-02T00%3A00%3A00Z&page=1&pageSize=50\
            &startDate=2026-06-01T00%3A00%3A00Z",
        reads: |page| {
            let [message] = page.messages.as_slice() else { panic!("{page:?}") };
            assert_eq!(message.direction, Some(types::MessageDirection::Inbound));
            assert_eq!(message.type_, Some(types::MessageType::Text));
            assert_eq!(message.content.as_deref(), Some("Olá!"));
            assert_eq!(message.from.as_deref(), Some("+5511988887777"));
            assert_eq!(message.from_name.as_deref(), Some("Ana"));
            assert_eq!(message.group_id.as_deref(), Some("120363123456789012@g.us"));
            assert_eq!(message.group_name.as_deref(), Some("Vendas"));
            assert_eq!((&message.media, &message.participant_name), (&None, &None));
        },
        refused: (400, "META_GROUPS_NOT_ELIGIBLE"),
    }

    list_unread_messages {
        call: |client| client.list_unread_messages().page(2).page_size(10),
        sends: "GET /v1/messages/unread?page=2&pageSize=10",
        reads: |page| {
            let [message] = page.messages.as_slice() else { panic!("{page:?}") };
            assert_eq!(message.conversation_unread_count, Some(2));
            assert_eq!(message.direction, Some(types::MessageDirection::Inbound));
            assert_eq!(message.type_, Some(types::MessageType::Text));
            assert_eq!(message.content.as_deref(), Some("Olá, ainda está disponível?"));
            assert_eq!((&message.read_at, &message.media, message.redacted), (&None, &None, None));
            assert_eq!(page.total, Some(2));
        },
        refused: (400, "NUMBER_NOT_FOUND"),
    }
}

/// Builds a page of an operation, with the entry of its example under each id.
fn page<const N: usize>(operation: &str, ids: [&str; N], about: &Value) -> Reply {
    let mut response = case::example(operation);
    let fields = response.as_object_mut().unwrap();
    fields.extend(about.as_object().unwrap().clone());
    let entries = fields.values_mut().find_map(Value::as_array_mut).unwrap();
    let entry = entries.remove(0);
    entries.extend(ids.map(|id| {
        let mut entry = entry.clone();
        entry["id"] = id.into();
        entry
    }));
    ok(&response)
}

macro_rules! streams {
    ($($name:ident: $operation:ident at $path:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let operation = stringify!($operation);
            let sandbox = sandbox(operation, [
                page(operation, ["a", "b"], &json!({"page": 1, "totalPages": 2})),
                page(operation, ["c"], &json!({"page": 2, "totalPages": 2})),
            ])
            .await;
            let client = sandbox.client();
            let entries: Vec<_> =
                client.$operation().page_size(2).stream().try_collect().await.unwrap();
            let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
            assert_eq!(ids, ["a", "b", "c"]);
            let line = |page| format!("GET {}?page={page}&pageSize=2", $path);
            assert_eq!(lines(&sandbox), [line(1), line(2)]);
        }
    )*};
}

streams! {
    conversations_are_streamed: list_conversations at "/v1/conversations";
    the_history_is_streamed: list_message_history at "/v1/messages/history";
    group_messages_are_streamed: list_group_messages at "/v1/messages/group";
    unread_messages_are_streamed: list_unread_messages at "/v1/messages/unread";
}

#[tokio::test]
async fn the_total_of_unread_messages_does_not_count_messages() {
    // By the totals of conversations there would be more pages, or fewer.
    for total_pages in [45, 1] {
        let counts = json!({"total": 90, "pageSize": 2, "totalPages": total_pages});
        let operation = "list_unread_messages";
        let pages = [
            page(operation, ["a", "b"], &counts),
            page(operation, ["c"], &counts),
            page(operation, [], &counts),
        ];
        let sandbox = sandbox("list_unread_messages", pages).await;
        let client = sandbox.client();
        let call = client.list_unread_messages();
        let messages: Vec<_> = call.stream().try_collect().await.unwrap();
        assert_eq!((messages.len(), sandbox.requests().len()), (3, 3), "{total_pages}");
    }
}

#[tokio::test]
async fn a_stream_sends_its_number_for_every_page() {
    let operation = "list_message_history";
    let pages = ["a", "b"].map(|id| page(operation, [id], &json!({"totalPages": 2})));
    let sandbox = sandbox("list_message_history", pages).await;
    let client = sandbox.client().for_number("wn_01HZX");
    let call = client.list_message_history().start_date(case::moment("2026-06-01T00:00:00Z"));
    let messages: Vec<_> = call.stream().try_collect().await.unwrap();
    assert_eq!(messages.len(), 2);
    for received in sandbox.requests() {
        assert_eq!(received.headers["x-whatsapp-number-id"], "wn_01HZX");
        assert!(received.line().contains("startDate=2026-06-01T00%3A00%3A00Z"));
    }
}

#[tokio::test]
async fn messages_of_a_relay_only_number_are_absent_or_redacted() {
    let nothing = json!({"messages": [], "total": 0, "page": 1, "pageSize": 30, "totalPages": 0,
        "notice": "PII_RELAY_ONLY"});
    let mut redacted = case::example("list_unread_messages");
    let message = &mut redacted["messages"][0];
    for name in ["content", "from", "fromName"] {
        message[name] = Value::Null;
    }
    message["redacted"] = true.into();
    let sandbox = sandbox("list_unread_messages", [ok(&nothing), ok(&redacted)]).await;
    sandbox.enqueue(OperationId::ListGroupMessages, ok(&nothing));
    let client = sandbox.client();
    let page = client.list_unread_messages().send().await.unwrap();
    assert_eq!((page.messages.len(), page.notice.as_deref()), (0, Some("PII_RELAY_ONLY")));
    let page = client.list_unread_messages().send().await.unwrap();
    assert_eq!((&page.messages[0].content, page.messages[0].redacted), (&None, Some(true)));
    let messages: Vec<_> = client.list_group_messages().stream().try_collect().await.unwrap();
    assert_eq!((messages.len(), sandbox.requests().len()), (0, 3));
}

#[tokio::test]
async fn media_and_referrals_of_a_message_are_read() {
    let mut response = case::example("list_message_history");
    response["messages"][0]["messageType"] = "image".into();
    response["messages"][0]["origin"] = "LAYER".into();
    response["messages"][0]["media"] = json!({"provider": "META", "id": "1234567890123456",
        "url": null, "mimeType": "image/jpeg", "fileName": null});
    response["messages"][0]["referral"] = json!({"headline": "Oferta"});
    let newer = json!({"id": "cm_2", "messageType": "poll", "media": {"provider": "EVO_GO",
        "url": "https://example.com/a"}, "status": "PLAYED"});
    response["messages"].as_array_mut().unwrap().push(newer);
    let sandbox = sandbox("list_message_history", [ok(&response)]).await;
    let page = sandbox.client().list_message_history().send().await.unwrap();
    let [image, poll] = page.messages.as_slice() else { panic!("{page:?}") };
    assert_eq!(image.origin, Some(types::MessageOrigin::Layer));
    let file = image.media.as_ref().unwrap();
    assert_eq!(file.provider, Some(types::MediaProvider::Meta));
    assert_eq!((file.id.as_deref(), &file.url), (Some("1234567890123456"), &None));
    assert!(image.referral.is_some());
    assert_eq!(poll.message_type, Some(types::MessageType::Unknown("poll".to_owned())));
    assert_eq!(poll.media.as_ref().unwrap().provider, Some(types::MediaProvider::EvoGo));
    assert_eq!((&poll.direction, &poll.provider_timestamp), (&None, &None));
}

#[tokio::test]
async fn groups_unavailable_to_a_meta_number_have_either_code() {
    let operation = "list_group_messages";
    let responses = ["META_GROUPS_NOT_ELIGIBLE", "NOT_SUPPORTED_FOR_META"]
        .map(|code| case::error(operation, 400, code));
    let sandbox = sandbox("list_group_messages", responses).await;
    let client = sandbox.client();
    for code in [ErrorCode::MetaGroupsNotEligible, ErrorCode::NotSupportedForMeta] {
        let error = client.list_group_messages().send().await.unwrap_err();
        assert_eq!(error.code(), Some(&code));
    }
}
