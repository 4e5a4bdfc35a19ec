//! Runs the program as a process, and sends it signals.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::post;
use pilot_status::mock::{delivery, sign_delivery};
use pilot_status::webhooks::SIGNATURE_HEADER;
use serde_json::json;
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

const SECRET: &str = "a secret";

/// A database and the programs that use it.
struct Outbox {
    folder: TempDir,
    service: String,
}

impl Outbox {
    fn new(service: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), service: service.to_owned() }
    }

    fn url(&self) -> String {
        format!("sqlite:{}?mode=rwc", self.folder.path().join("outbox.db").display())
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outbox"));
        command
            .args(arguments)
            .env("DATABASE_URL", self.url())
            .env("PILOT_STATUS_BASE_URL", &self.service)
            .env("PILOT_STATUS_API_KEY", "ps_test")
            .env("PILOT_STATUS_WEBHOOK_SECRET", SECRET)
            .env_remove("PILOT_STATUS_API_KEY_ID")
            .env_remove("PILOT_STATUS_WEBHOOK_TOKEN")
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn enqueue(&self) {
        let file = self.folder.path().join("messages.csv");
        std::fs::write(&file, "number,text,key\n+12125550101,Oi,a\n").unwrap();
        let enqueue = self.program(&["enqueue", file.to_str().unwrap()]).output().await.unwrap();
        assert!(enqueue.status.success(), "{enqueue:?}");
    }

    /// A column of the only row of a table.
    async fn column(&self, table: &str, column: &str) -> String {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url()).await.unwrap();
        let select = format!("SELECT COALESCE(CAST({column} AS TEXT), 'NULL') FROM {table}");
        let select = sqlx::query_scalar(sqlx::AssertSqlSafe(select));
        select.fetch_one(&mut connection).await.unwrap()
    }
}

/// A running program and the lines of its log.
struct Running {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(mut program: Command) -> Self {
        let mut child = program.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, log }
    }

    async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }

    /// Waits until the log contains a text.
    async fn wait_for(&mut self, text: &str) {
        let mut log = String::new();
        let found = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                assert!(!line.contains('\x1b'), "no colours in a pipe: {line}");
                if line.contains(text) {
                    return;
                }
                log = log + &line + "\n";
            }
            panic!("the program ended without {text:?}: {log}");
        };
        timeout(Duration::from_secs(30), found).await.unwrap();
    }

    async fn end(mut self) {
        let status = timeout(Duration::from_secs(30), self.child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }
}

/// Starts a service that responds to a request after a notification. Returns its URL, the
/// notification that a request arrived, and the notification to respond.
async fn slow_service() -> (String, Arc<Notify>, Arc<Notify>) {
    let (arrived, respond) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (arriving, responding) = (Arc::clone(&arrived), Arc::clone(&respond));
    let send = async move || {
        arriving.notify_one();
        responding.notified().await;
        let body = json!({"id": "msg_1", "status": "QUEUED"}).to_string();
        (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "application/json")], body)
    };
    let app = Router::new().fallback(post(send));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, arrived, respond)
}

/// Starts a receiver. Returns its address.
async fn receiver(outbox: &Outbox) -> (Running, String) {
    let mut receiver = Running::start(outbox.program(&["serve", "--listen", "127.0.0.1:0"]));
    let mut lines = BufReader::new(receiver.child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address = line.strip_prefix("listening on http://").unwrap();
    (receiver, address.trim_end_matches("/webhook").to_owned())
}

#[tokio::test]
async fn a_worker_finishes_its_calls_at_sigterm() {
    let (service, arrived, respond) = slow_service().await;
    let outbox = Outbox::new(&service);
    outbox.enqueue().await;
    let mut worker = Running::start(outbox.program(&["work"]));
    arrived.notified().await;
    worker.terminate().await;
    worker.wait_for("stopping").await;
    assert_eq!(outbox.column("messages", "message_id").await, "NULL");
    respond.notify_one();
    worker.end().await;
    assert_eq!(outbox.column("messages", "message_id").await, "msg_1");
}

#[tokio::test]
async fn a_row_whose_call_does_not_finish_after_sigterm_is_released_with_its_key() {
    let (service, arrived, _respond) = slow_service().await;
    let outbox = Outbox::new(&service);
    outbox.enqueue().await;
    let worker = Running::start(outbox.program(&["work", "--lease", "2"]));
    arrived.notified().await;
    assert_ne!(outbox.column("messages", "owner").await, "NULL");
    worker.terminate().await;
    worker.end().await;
    for (column, value) in [("owner", "NULL"), ("message_id", "NULL"), ("failure", "NULL")] {
        assert_eq!(outbox.column("messages", column).await, value, "{column}");
    }
    assert_ne!(outbox.column("messages", "uncertain_since").await, "NULL");
    assert_eq!(outbox.column("messages", "key").await, "a");
}

#[tokio::test]
async fn a_receiver_finishes_its_requests_at_sigterm() {
    let outbox = Outbox::new("http://127.0.0.1:1");
    let (mut receiver, address) = receiver(&outbox).await;
    let mut client = TcpStream::connect(address).await.unwrap();

    let body = delivery::event("message.read", &json!({ "id": "msg_1" }));
    let head = format!(
        "POST /webhook HTTP/1.1\r\nexpect: 100-continue\r\n{SIGNATURE_HEADER}: {}\r\n\
         content-length: {}\r\nhost: test\r\n\r\n",
        sign_delivery(SECRET, &body),
        body.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // The server expects the body, so the request is in progress.
    let mut interim = [0; 25];
    client.read_exact(&mut interim).await.unwrap();
    assert_eq!(interim, *b"HTTP/1.1 100 Continue\r\n\r\n");
    receiver.terminate().await;
    receiver.wait_for("stopping").await;

    client.write_all(body.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    receiver.end().await;
    assert_eq!(outbox.column("progress", "stage").await, "4");
}

#[tokio::test]
async fn a_receiver_whose_output_is_closed_receives_deliveries() {
    let outbox = Outbox::new("http://127.0.0.1:1");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut program = outbox.program(&["serve", "--listen", &address]);
    let mut receiver = program.stdout(writer).spawn().unwrap();
    let connected = async {
        loop {
            if let Ok(client) = TcpStream::connect(&address).await {
                return client;
            }
            assert_eq!(receiver.try_wait().unwrap(), None, "it ended");
            sleep(Duration::from_millis(10)).await;
        }
    };
    let mut client = timeout(Duration::from_secs(30), connected).await.unwrap();
    let request = "POST /webhook HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    client.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
}

#[tokio::test]
async fn a_status_that_cannot_be_decoded_is_logged() {
    let (mut receiver, address) = receiver(&Outbox::new("http://127.0.0.1:1")).await;
    let body = delivery::event("message.sent", &json!({ "marked": 1 }));
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /webhook HTTP/1.1\r\n{SIGNATURE_HEADER}: {}\r\ncontent-length: {}\r\n\
         host: test\r\n\r\n{body}",
        sign_delivery(SECRET, &body),
        body.len()
    );
    client.write_all(request.as_bytes()).await.unwrap();
    receiver.wait_for("name=\"message.sent\" problem=").await;
}

#[tokio::test]
async fn the_value_of_an_unknown_database_parameter_is_not_logged() {
    let mut program = Outbox::new("http://127.0.0.1:1").program(&["status"]);
    program.env("DATABASE_URL", "postgres://127.0.0.1:1/outbox?secret=marked");
    let mut running = Running::start(program);
    loop {
        let line = running.log.next_line().await.unwrap().unwrap();
        assert!(!line.contains("marked"), "{line}");
        if line.contains("waiting for the database") {
            break;
        }
    }
}

#[tokio::test]
async fn a_reader_that_ends_early_is_no_error() {
    let outbox = Outbox::new("http://127.0.0.1:1");
    outbox.enqueue().await;
    let mut running = Running::start(outbox.program(&["status"]));
    drop(running.child.stdout.take());
    running.end().await;
}

#[tokio::test]
async fn a_worker_whose_log_is_closed_stores_its_outcomes() {
    let (service, _arrived, respond) = slow_service().await;
    let outbox = Outbox::new(&service);
    outbox.enqueue().await;
    let Running { mut child, log } = Running::start(outbox.program(&["work", "--drain"]));
    drop(log);
    respond.notify_one();
    let status = timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(outbox.column("messages", "message_id").await, "msg_1");
}

#[tokio::test]
async fn the_demo_leaves_the_database_of_the_environment_alone() {
    let outbox = Outbox::new("http://127.0.0.1:1");
    outbox.enqueue().await;
    let mut demo = outbox.program(&["demo", "--messages", "3"]);
    let output = demo.env_remove("RUST_LOG").output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(outbox.column("messages", "attempts").await, "0");
    // A log would break the progress bar.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[tokio::test]
async fn an_argument_out_of_range_is_an_error() {
    let outbox = Outbox::new("http://127.0.0.1:1");
    let most = u64::MAX.to_string();
    for (arguments, name) in [
        (&["work", "--concurrency", "101"][..], "--concurrency"),
        (&["work", "--lease", "1"], "--lease"),
        (&["work", "--max-backoff", "0"], "--max-backoff"),
        (&["prune", "--older-than", "0"], "--older-than"),
        (&["chaos", "--limit", &most], "--limit"),
    ] {
        let output = timeout(Duration::from_secs(10), outbox.program(arguments).output());
        let output = output.await.expect("an error in time").unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(name), "{arguments:?}: {text}");
    }
}

#[tokio::test]
async fn a_receiver_without_secret_and_token_does_not_start() {
    for (secret, reason) in [(None, "not authenticated"), (Some(" "), "is blank")] {
        let mut program = Outbox::new("http://127.0.0.1:1").program(&["serve"]);
        program.env_remove("PILOT_STATUS_WEBHOOK_SECRET");
        program.envs(secret.map(|secret| ("PILOT_STATUS_WEBHOOK_SECRET", secret)));
        let output = timeout(Duration::from_secs(30), program.output()).await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains(reason), "{text}");
    }
}
