//! The helpers for httpmock expect what the client sends, and answer what it reads.

use pilot_status::mock::httpmock::{MockServer, MockServerExt};
use pilot_status::types::{MessageHistory, MessageRequest};
use pilot_status::{Client, Credentials};
use serde_json::json;

fn client(server: &MockServer) -> Client {
    Client::builder(Credentials::api_key("ps_test")).base_url(server.base_url()).build().unwrap()
}

fn no_messages() -> MessageHistory {
    let page = json!({"messages": [], "page": 1, "pageSize": 30, "total": 0, "totalPages": 0});
    serde_json::from_value(page).unwrap()
}

#[tokio::test]
async fn a_moment_in_a_query_is_expected_as_it_is_sent() {
    let server = MockServer::start_async().await;
    let moment: chrono::DateTime<chrono::Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
    let mock = server.list_message_history(|when, then| {
        when.start_date(&moment).page(2).end_date(None);
        then.success(200, &no_messages());
    });
    client(&server).list_message_history().start_date(moment).page(2).send().await.unwrap();
    mock.assert();
}

#[tokio::test]
async fn an_id_is_expected_as_it_is_sent_and_is_no_pattern() {
    let server = MockServer::start_async().await;
    let odd = "a/b (c.d)*";
    let audio = server.get_activation_audio(|when, then| {
        when.id(odd);
        then.success(200, "some bytes");
    });
    let bytes = client(&server).get_activation_audio().id(odd).send().await.unwrap().into_inner();
    assert_eq!(bytes.bytes().await.unwrap(), "some bytes");
    client(&server).get_activation_audio().id("a/b (cXd)*").send().await.unwrap_err();
    assert_eq!(audio.calls(), 1);
}

#[tokio::test]
async fn a_body_is_expected_as_it_is_sent() {
    let server = MockServer::start_async().await;
    let request: MessageRequest =
        serde_json::from_value(json!({"groupId": "g", "text": "Hi"})).unwrap();
    let mock = server.send_message(|when, then| {
        when.body(&request).idempotency_key("order-1");
        then.into_inner().status(202).body(r#"{"id": "msg_1"}"#);
    });
    let call = client(&server);
    let call = call.send_message().body(request).idempotency_key("order-1");
    let _ = call.send().await;
    mock.assert();
}
