//! The effect of the process environment on a client: proxies, CA certificates and the limit of
//! open files. Each test runs itself again in a child process.

use std::env;
use std::time::Duration;

use crate::support::process::{is_child, run_again};
use crate::support::script::Step::RespondToAll;
use crate::support::script::{GOOD, Script, ScriptedServer};
use crate::support::{KEY, shown};
use pilot_status::{Client, ClientBuilder, Credentials, ErrorKind, RetryPolicy, reqwest};

fn builder() -> ClientBuilder {
    Client::builder(Credentials::api_key(KEY))
}

fn local() -> ClientBuilder {
    builder().base_url("http://127.0.0.1:1")
}

/// The variable with the text that the child expects in its client's `Debug` output or in its
/// error.
const EXPECTED: &str = "PILOT_STATUS_TEST_EXPECTED";

#[test]
fn a_blank_variable_counts_as_unset_and_quotes_are_rejected() {
    if is_child() {
        let printed = match Client::from_env() {
            Ok(client) => format!("{client:?}"),
            Err(error) => shown(&error),
        };
        let expected = env::var(EXPECTED).unwrap();
        assert!(printed.contains(&expected), "{printed}");
        assert!(!printed.contains("marked"), "{printed}");
        return;
    }
    let [key, id, url] =
        ["PILOT_STATUS_API_KEY", "PILOT_STATUS_API_KEY_ID", "PILOT_STATUS_BASE_URL"];
    let neither = "set PILOT_STATUS_API_KEY or PILOT_STATUS_API_KEY_ID";
    let local = r#"base_url: "http://127.0.0.1:1""#;
    for (variables, expected) in [
        (&[(key, KEY), (id, "")][..], "x-api-key:"),
        (&[(key, " \t"), (id, "ck_marked")], "x-api-key-id:"),
        (&[(key, ""), (id, " ")], neither),
        (&[(key, ""), (id, "")], neither),
        (&[(key, ""), (id, r#""""#)], neither),
        (&[], neither),
        (&[(key, KEY), (id, "ck_marked")], "are both set; unset one"),
        (&[(key, r#""ps_marked""#)], "PILOT_STATUS_API_KEY is in quotes"),
        (&[(id, "‘ck_marked’")], "PILOT_STATUS_API_KEY_ID is in quotes"),
        (&[(key, KEY), (url, "")], r#"base_url: "https://pilotstatus.com.br""#),
        (&[(key, KEY), (url, " \n")], r#"base_url: "https://pilotstatus.com.br""#),
        (&[(key, KEY), (url, "https://pilotstatus.com.br/V1/")], "\"https://pilotstatus.com.br\""),
        (&[(key, KEY), (url, "http://127.0.0.1:1/v1")], local),
        (&[(key, KEY), (url, "http://127.0.0.1:1/api/v1")], local),
        (&[(key, KEY), (url, "'http://127.0.0.1:1/marked'")], "PILOT_STATUS_BASE_URL is in quotes"),
    ] {
        let variables = [variables, &[(EXPECTED, expected)]].concat();
        run_again(
            "environment::a_blank_variable_counts_as_unset_and_quotes_are_rejected",
            &variables,
            1024,
        );
    }
}

/// The variable with the name of the variable that the parent set.
const NAME: &str = "PILOT_STATUS_TEST_VARIABLE";

#[test]
fn the_error_for_an_invalid_proxy_names_the_variable_but_not_its_value() {
    if is_child() {
        let name = env::var(NAME).unwrap();
        let plain = || builder().base_url("http://pilot.test").danger_allow_http();
        for builder in
            [builder(), plain(), builder().http_client_builder(reqwest::Client::builder())]
        {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(&name), "{error}");
            assert!(!shown(&error).contains("marked"), "{error:?}");
        }
        // These clients do not use the proxy of the environment.
        local().build().unwrap();
        let proxy = reqwest::Proxy::all("http://127.0.0.1:1").unwrap();
        let http = reqwest::Client::builder().proxy(proxy);
        builder().http_client_builder(http).build().unwrap();
        return;
    }
    let test = "environment::the_error_for_an_invalid_proxy_names_the_variable_but_not_its_value";
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"]
    {
        for value in ["http://user:marked word@proxy.example:8080", "http//marked", "marked://a:1"]
        {
            run_again(test, &[(NAME, name), (name, value)], 1024);
        }
    }
}

#[test]
fn a_valid_proxy_is_accepted() {
    if is_child() {
        builder().build().unwrap();
        return;
    }
    let test = "environment::a_valid_proxy_is_accepted";
    for (name, value) in [
        ("HTTPS_PROXY", "http://user:p%40ss@proxy.example:8080"),
        ("https_proxy", "proxy.example:8080"),
        ("ALL_PROXY", ""),
        ("NO_PROXY", "anything at all"),
    ] {
        run_again(test, &[(name, value)], 1024);
    }
    // The first of two variables counts; in a CGI program, neither does.
    run_again(test, &[("HTTPS_PROXY", "proxy.example"), ("https_proxy", "//")], 1024);
    run_again(test, &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "//")], 1024);
}

#[cfg(target_os = "linux")]
#[test]
fn without_ca_certificates_only_local_plain_http_is_allowed() {
    if is_child() {
        let error = builder().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        for part in ["no CA certificates were found", "`ca-certificates`", "SSL_CERT_FILE"] {
            assert!(text.contains(part), "{text}");
        }
        local().build().unwrap();
        builder().base_url("http://localhost:1").build().unwrap();
        builder().base_url("https://127.0.0.1:1").build().unwrap_err();
        return;
    }
    // A missing file, an empty file, and a file that is not a certificate.
    for file in ["/nonexistent/file", "/dev/null", "/proc/version"] {
        let nowhere = [("SSL_CERT_FILE", file), ("SSL_CERT_DIR", "/nonexistent")];
        let test = "environment::without_ca_certificates_only_local_plain_http_is_allowed";
        run_again(test, &nowhere, 1024);
    }
}

#[cfg(unix)]
#[test]
fn a_thousand_calls_at_once_need_few_open_files() {
    const URL: &str = "PILOT_STATUS_TEST_URL";
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if is_child() {
        runtime.block_on(a_thousand_calls(&std::env::var(URL).unwrap()));
        return;
    }
    let good: Script = &[RespondToAll(GOOD)];
    let server = runtime.block_on(ScriptedServer::start([good]));
    // Less than the default of macOS, 256. A connection may close later than its request ends, so
    // the client holds a few more than 100.
    let test = "environment::a_thousand_calls_at_once_need_few_open_files";
    run_again(test, &[(URL, &server.url())], 160);
}

#[cfg(unix)]
async fn a_thousand_calls(url: &str) {
    let policy = RetryPolicy::default().max_attempts(1);
    let client = builder().base_url(url).retry(policy).build().unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let client = client.clone();
        calls.spawn(async move { client.list_numbers().send().await.map(drop) });
    }
    calls.join_all().await.into_iter().for_each(Result::unwrap);
}

#[cfg(unix)]
#[test]
fn a_call_without_a_free_descriptor_is_not_retried() {
    if is_child() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(call_without_a_descriptor());
        return;
    }
    run_again("environment::a_call_without_a_free_descriptor_is_not_retried", &[], 64);
}

#[cfg(unix)]
async fn call_without_a_descriptor() {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = local().retry(policy).build().unwrap();
    let mut files = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        files.push(file);
    }
    // More than the retry budget covers.
    for _ in 0..150 {
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "{error}");
        for part in ["Too many open files", "`max_concurrent_requests`"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        // Other parts of the program may close files.
        assert!(error.is_retryable());
    }
    drop(files);
    let error = client.list_numbers().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{error}");
}
