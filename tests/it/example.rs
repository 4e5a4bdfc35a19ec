//! Runs the example `list_numbers` as a process.

use std::process::Output;

use crate::support::example;
use crate::support::process::example_program;
use crate::support::script::{Script, ScriptedServer};
use pilot_status::StatusCode;
use pilot_status::mock::{OperationId, Reply, Sandbox};
use serde_json::Value;
use tokio::process::Command;

/// Runs the program with no variables of the client in its environment except `variables`.
async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(example_program("list_numbers"))
        .args(arguments)
        .env_remove("PILOT_STATUS_API_KEY")
        .env_remove("PILOT_STATUS_API_KEY_ID")
        .env_remove("PILOT_STATUS_BASE_URL")
        // These could bypass the proxy of a test.
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env_remove("REQUEST_METHOD")
        .envs(variables.iter().copied())
        .output()
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Asserts that the program failed with a single line, and returns it.
fn failure(output: &Output) -> String {
    let line = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(!line.contains("marked"), "{line}");
    line
}

#[tokio::test]
async fn without_a_key_it_lists_the_number_of_a_sandbox() {
    let blank = [("PILOT_STATUS_API_KEY", " "), ("PILOT_STATUS_API_KEY_ID", "")];
    let output = run(&[], &blank).await;
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("no PILOT_STATUS_API_KEY is set"));

    let output = run(&[], &[]).await;
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("no PILOT_STATUS_API_KEY is set"));
    insta::assert_snapshot!("table", text(&output.stdout));

    let output = run(&["--json"], &[]).await;
    let numbers: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(numbers[0]["state"], "OPEN");
}

#[tokio::test]
async fn a_local_request_bypasses_the_proxy_of_the_environment() {
    let proxy = ScriptedServer::start([&[] as Script]).await;
    let sandbox = Sandbox::start().await.unwrap();
    let output = run(
        &[],
        &[
            ("PILOT_STATUS_API_KEY", Sandbox::API_KEY),
            ("PILOT_STATUS_BASE_URL", sandbox.url()),
            ("HTTP_PROXY", &proxy.url()),
            ("http_proxy", &proxy.url()),
            ("ALL_PROXY", &proxy.url()),
        ],
    )
    .await;
    assert!(output.status.success());
    assert_eq!((proxy.accepted(), sandbox.requests().len()), (0, 1));
}

#[tokio::test]
async fn with_a_key_it_lists_the_numbers_of_the_account() {
    for (variable, header, value) in [
        ("PILOT_STATUS_API_KEY", "x-api-key", Sandbox::API_KEY),
        ("PILOT_STATUS_API_KEY_ID", "x-api-key-id", Sandbox::API_KEY_ID),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let output = run(&[], &[(variable, value), ("PILOT_STATUS_BASE_URL", sandbox.url())]).await;
        assert!(output.status.success());
        assert_eq!(text(&output.stderr), "");
        assert!(text(&output.stdout).contains("num_01HZX..."));
        assert_eq!(sandbox.requests()[0].headers[header], value);
    }
}

#[tokio::test]
async fn control_characters_of_the_server_are_not_printed() {
    let mut body = example(200);
    body[0]["name"] = "\u{1b}[2Jgone\u{7}".into();
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.respond_with(OperationId::ListNumbers, body);
    let key = ("PILOT_STATUS_API_KEY", Sandbox::API_KEY);
    let output = run(&[], &[key, ("PILOT_STATUS_BASE_URL", sandbox.url())]).await;
    assert!(text(&output.stdout).contains("gone"));
    assert!(!text(&output.stdout).contains(['\u{1b}', '\u{7}']));
}

#[tokio::test]
async fn an_error_is_one_line_with_a_remedy() {
    let html = Reply::new(StatusCode::UNAUTHORIZED, "<html>marked\nmarked</html>");
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, html.header("content-type", "text/html").unwrap());
    let url = ("PILOT_STATUS_BASE_URL", sandbox.url());
    let key = ("PILOT_STATUS_API_KEY", Sandbox::API_KEY);
    let id = ("PILOT_STATUS_API_KEY_ID", "ck_marked");
    let table = [
        (vec![key, url], "check the credentials"),
        (vec![key, id, url], "unset one"),
        (vec![("PILOT_STATUS_API_KEY", "'marked'"), url], "PILOT_STATUS_API_KEY is in quotes"),
        (vec![("PILOT_STATUS_API_KEY", "marked\n"), url], "set it to the value as issued"),
        (
            vec![key, ("PILOT_STATUS_BASE_URL", "http://marked.example")],
            "PILOT_STATUS_BASE_URL must begin with https://",
        ),
    ];
    for (variables, part) in table {
        let line = failure(&run(&[], &variables).await);
        assert!(line.contains(part), "{line}");
    }
    assert!(
        failure(&run(&["--marked"], &[key, url]).await).contains("usage: list_numbers [--json]")
    );
    assert_eq!(sandbox.requests().len(), 1);
}
