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
async fn an_error_object_with_a_list_is_an_error() {
    for (id, call, _) in LISTS {
        for body in [json!({"error": "No", "data": []}), json!({"errors": ["No"], "data": []})] {
            let reply = Reply::json(StatusCode::OK, &body);
            let error = call(&sandbox(id, [reply]).await.client()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {body}");
        }
    }
}
