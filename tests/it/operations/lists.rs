//! Lists that a server wraps in an object, contrary to the document.

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{Client, ErrorKind, StatusCode};
use serde_json::{Value, json};

use crate::operations::case::{Called, Operation, example, sandbox};
use crate::operations::{api_keys, groups, newsletters, numbers, projects, templates, webhooks};

/// An operation that returns a list, its call, and the name of the entries in its path.
type List = (&'static str, for<'c> fn(&'c Client) -> Called<'c>, &'static str);

const LISTS: [List; 8] = [
    ("list_api_keys", api_keys::calls::list_api_keys, "apiKeys"),
    ("list_groups", groups::calls::list_groups, "groups"),
    ("list_newsletters", newsletters::calls::list_newsletters, "newsletters"),
    ("list_numbers", numbers::calls::list_numbers, "numbers"),
    ("list_projects", projects::calls::list_projects, "projects"),
    ("list_templates", templates::calls::list_templates, "templates"),
    ("list_webhook_logs", webhooks::calls::list_webhook_logs, "logs"),
    ("list_webhooks", webhooks::calls::list_webhooks, "webhooks"),
];

/// Returns the entries of a list, wrapped or not.
fn entries(list: &Value) -> &Value {
    let wrapped = list.as_object().and_then(|object| object.values().next());
    wrapped.unwrap_or(list)
}

#[test]
fn every_operation_with_a_list_is_covered() {
    let lists =
        crate::operations::case::operations().filter(Operation::returns_list).map(|list| list.id);
    let mut lists: Vec<String> = lists.collect();
    lists.sort();
    assert_eq!(lists, LISTS.map(|(id, ..)| id));
}

#[tokio::test]
async fn a_list_is_read_with_and_without_a_wrapper() {
    for (id, call, name) in LISTS {
        let example = example(id);
        let entries = entries(&example);
        let bodies = [
            json!(entries),
            json!({"data": entries}),
            json!({name: entries}),
            json!({name: entries, "total": 1, "nextPage": null}),
            json!({"data": {"page": 1}, name: entries}),
            json!({"data": null, name: entries}),
            json!({"data": entries, name: null}),
        ];
        let sandbox = sandbox(id, bodies.iter().map(crate::operations::case::ok)).await;
        let client = sandbox.client();
        let bare = call(&client).await.unwrap();
        for body in &bodies[1..] {
            let read = call(&client).await.unwrap_or_else(|error| panic!("{error}: {body}"));
            assert_eq!(self::entries(&read), &bare, "{id}: {body}");
        }
    }
}

#[tokio::test]
async fn a_wrapped_list_may_be_empty_or_null() {
    for (id, call, name) in LISTS {
        for list in [json!([]), Value::Null] {
            for name in ["data", name] {
                let sandbox =
                    sandbox(id, [crate::operations::case::ok(&json!({name: list}))]).await;
                let read = call(&sandbox.client()).await.unwrap();
                assert_eq!(entries(&read), &json!([]), "{id}: {name} {list}");
            }
        }
    }
}

#[tokio::test]
async fn the_list_of_an_object_may_have_another_name() {
    let lead = json!({"id": "lead_1"});
    for (body, leads) in [
        (json!({"leads": [lead], "page": 1, "totalPages": 1}), 1),
        (json!({"data": [lead], "page": 1, "totalPages": 1}), 1),
        (json!({"leads": null, "data": [lead]}), 1),
        (json!({"leads": null, "page": 1}), 0),
        (json!({"leads": [], "data": [lead]}), 0),
        // Another list.
        (json!({"page": 1, "data": [1, 2]}), 0),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.respond_with(OperationId::ListLeads, body.clone());
        let client = sandbox.client();
        let listed = client.list_leads().send().await.unwrap();
        assert_eq!(listed.leads.len(), leads, "{body}");
        let first = client.list_leads().stream().next().await;
        assert_eq!(first.is_some(), leads > 0, "{body}");
    }
}

#[tokio::test]
async fn an_error_in_place_of_a_page_is_an_error() {
    for data in [json!([]), Value::Null] {
        let sandbox = Sandbox::start().await.unwrap();
        let body = json!({"code": "FORBIDDEN", "message": "No", "data": data});
        sandbox.respond_with(OperationId::ListLeads, body);
        let client = sandbox.client();
        let error = client.list_leads().send().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, Some("No")));
        assert!(client.list_leads().stream().next().await.unwrap().is_err());
    }
}

#[tokio::test]
async fn another_list_is_not_the_list_of_an_object() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = json!({"cancelled": ["msg_1"], "data": [{"id": "msg_1"}]});
    sandbox.respond_with(OperationId::CancelMessages, body);
    let request = pilot_status::types::MessageCancellationRequest::builder().message_ids(["msg_1"]);
    let response = sandbox.client().cancel_messages().body(request).send().await.unwrap();
    assert_eq!(response.failed.len(), 0);
}

#[tokio::test]
async fn the_numbers_of_a_list_in_an_object_are_kept_verbatim() {
    let body = r#"{"data": [{"id": 12345678901234567890123, "name": 1.50}]}"#;
    let reply = Reply::new(StatusCode::OK, body).header("content-type", "application/json");
    let sandbox = sandbox("list_projects", [reply.unwrap()]).await;
    let projects = sandbox.client().list_projects().send().await.unwrap();
    assert_eq!(
        (&*projects[0].id, projects[0].name.as_deref()),
        ("12345678901234567890123", Some("1.50"))
    );
}

#[tokio::test]
async fn an_error_object_with_a_list_is_an_error() {
    for (id, call, _) in LISTS {
        let refused = |data: Value| json!({"code": "FORBIDDEN", "message": "No", "data": data});
        for body in [
            json!({"error": "No", "data": []}),
            json!({"errors": ["No"], "data": []}),
            refused(json!([])),
            refused(Value::Null),
        ] {
            let reply = Reply::json(StatusCode::OK, &body);
            let error = call(&sandbox(id, [reply]).await.client()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {body}");
        }
    }
}
