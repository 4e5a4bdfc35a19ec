//! Streamed file downloads from scripted servers: slow, without a length, or truncated.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::support::calls::builder;
use crate::support::script::Step::{NotifyTest, Pause, Read, Reset, RespondToAll, Send, Silent};
use crate::support::script::{Script, ScriptedServer};
use crate::support::{KEY, Server, ServerResponse, eventually};
use futures_util::TryStreamExt;
use pilot_status::{Client, Credentials, ErrorCode, ErrorKind, RetryPolicy, reqwest};

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const OF_TEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
const PART: &[u8] = b"3\r\nabc\r\n";

/// The time that an impatient client waits for the next part.
const PATIENCE: Duration = Duration::from_millis(400);

/// Runs a future without a runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Starts a server that follows the scripts, and clients with short timeouts.
async fn hurried(scripts: &[Script]) -> (ScriptedServer, [Client; 2]) {
    let server = ScriptedServer::start(scripts).await;
    let builder = || {
        Client::builder(Credentials::api_key(KEY))
            .base_url(server.url())
            .attempt_timeout(PATIENCE)
            .retry(RetryPolicy::default().total_timeout(PATIENCE))
    };
    let own = builder().http_client_builder(reqwest::Client::builder());
    let clients = [builder(), own].map(|builder| builder.build().unwrap());
    (server, clients)
}

#[tokio::test]
async fn a_completed_download_returns_its_connection_to_the_pool() {
    const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
    let (server, [client, _]) = hurried(&[&[RespondToAll(GOOD)]]).await;
    for _ in 0..2 {
        let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        assert_eq!(audio.bytes().await.unwrap(), "abc");
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_download_may_be_read_outside_of_a_runtime() {
    const SLOW: Script =
        &[Read, Send(CHUNKED), Pause(Duration::from_millis(50)), Send(PART), Send(b"0\r\n\r\n")];
    let (_server, [client, _]) = hurried(&[SLOW, &[Read, Send(CHUNKED), Silent]]).await;
    for expected in [Ok("abc".into()), Err(ErrorKind::Timeout)] {
        let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        let read = thread::spawn(|| block_on(audio.bytes()));
        let read = tokio::task::spawn_blocking(|| read.join().unwrap()).await.unwrap();
        assert_eq!(read.map_err(|error| error.kind()), expected);
    }
}

#[tokio::test]
async fn a_download_may_have_no_timeout() {
    const SLOW: Script = &[Read, Send(CHUNKED), Pause(PATIENCE), Send(PART), Send(b"0\r\n\r\n")];
    let (_server, [client, _]) = hurried(&[SLOW]).await;
    let client = client.with_attempt_timeout(Duration::MAX);
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap(), "abc");
}

#[tokio::test]
async fn a_file_may_be_longer_than_other_responses() {
    let file = vec![0; 33 << 20];
    let server =
        Server::start([ServerResponse::new(200, &[("content-type", "audio/mpeg")], &file)]);
    let client = builder(&server.await.url).build().unwrap();
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap().len(), file.len());
}

#[tokio::test]
async fn the_error_of_a_long_file_contains_its_beginning() {
    let file = ServerResponse::new(200, &[("content-type", "audio/mpeg")], "some bytes of a file");
    let server = Server::start([file.clone(), file]).await;
    let read = async |limit| {
        let client = builder(&server.url).max_response_bytes(limit).build().unwrap();
        client.get_activation_audio().id("1").send().await.unwrap().into_inner().bytes().await
    };
    assert_eq!(read(20).await.unwrap().len(), 20, "it is not too long");
    let error = read(10).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"some bytes"[..]));
}

#[tokio::test]
async fn an_error_in_place_of_a_file_is_read() {
    const MISSING: Script =
        &[Read, Send(b"HTTP/1.1 404 Not Found\r\n\r\n{\"code\": \"ACTIVATION_NOT_FOUND\"}")];
    let (_server, [client, _]) = hurried(&[MISSING]).await;
    let error = client.get_activation_audio().id("1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::ActivationNotFound));
}

#[tokio::test]
async fn a_download_may_lack_a_length_and_a_file_name() {
    let (_server, [client, _]) = hurried(&[&[Read, Send(b"HTTP/1.1 200 OK\r\n\r\nabc")]]).await;
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!((audio.content_type(), audio.content_length()), (None, None));
    assert_eq!(audio.file_name(), None);
    assert_eq!(audio.bytes().await.unwrap(), "abc");
}

#[tokio::test]
async fn a_download_may_outlast_the_total_timeout_while_data_arrives() {
    const PAUSE: Duration = Duration::from_millis(100);
    const STEADY: Script = &[
        Read,
        Send(CHUNKED),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(PART),
        Pause(PAUSE),
        Send(b"0\r\n\r\n"),
    ];
    let (_server, clients) = hurried(&[STEADY]).await;
    for client in clients {
        let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        assert_eq!(audio.content_length(), None);
        let parts: Vec<_> = audio.try_collect().await.unwrap();
        assert_eq!(parts, ["abc"; 5]);
    }
}

#[tokio::test]
async fn a_stalled_download_yields_its_data_and_then_a_timeout() {
    let (server, clients) = hurried(&[&[Read, Send(CHUNKED), Send(PART), Silent]]).await;
    for client in clients {
        let mut audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
        assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
        let error = audio.chunk().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!(error.operation_id(), Some("get_activation_audio"));
        assert_eq!(audio.chunk().await.unwrap(), None);
        eventually("its connection is closed", || server.open() == 0).await;
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_truncated_download_yields_its_data_and_then_an_error() {
    const BROKEN: [Script; 2] =
        [&[Read, Send(OF_TEN), Send(b"abc")], &[Read, Send(CHUNKED), Send(PART), Send(b"3\r\n")]];
    for script in BROKEN {
        let (server, clients) = hurried(&[script]).await;
        let call = || clients[0].get_activation_audio().id("1").send();
        let mut audio = call().await.unwrap().into_inner();
        assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
        let error = audio.chunk().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 1));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!(audio.chunk().await.unwrap(), None);
        let error = call().await.unwrap().into_inner().bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(server.accepted(), 2);
    }
}

#[tokio::test]
async fn the_error_of_a_truncated_file_contains_its_beginning() {
    let (_server, [client, _]) = hurried(&[&[Read, Send(OF_TEN), Send(b"abc")]]).await;
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    let error = audio.bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"abc"[..]));
}

#[tokio::test]
async fn a_download_whose_connection_is_reset_is_an_error() {
    const RESET: Script = &[Read, Send(OF_TEN), Pause(Duration::from_millis(50)), Reset];
    let (_server, [client, _]) = hurried(&[RESET]).await;
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    let error = audio.bytes().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 1));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_dropped_download_closes_its_connection() {
    let (server, [client, _]) =
        hurried(&[&[Read, Send(CHUNKED), Send(PART), NotifyTest, Silent]]).await;
    let mut audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.chunk().await.unwrap().unwrap(), "abc");
    server.notified().await;
    assert_eq!(server.open(), 1);
    drop(audio);
    eventually("its connection is closed", || server.open() == 0).await;
}

#[tokio::test]
async fn an_html_page_instead_of_a_download_is_an_error() {
    const PAGE: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let (_server, [client, _]) = hurried(&[&[RespondToAll(PAGE)]]).await;
    let error = client.get_activation_audio().id("1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("its body is text/html"), "{error}");
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"<html>"[..]));
}

#[tokio::test]
async fn an_encoded_or_missing_file_is_an_error() {
    let audio = ("content-type", "audio/mpeg");
    let encoded = |name| [audio, ("content-encoding", name)];
    for (response, part) in [
        (ServerResponse::new(200, &encoded("gzip"), "\x1f..."), "its body is encoded as gzip"),
        (ServerResponse::new(200, &encoded("identity, BR"), "..."), "its body is encoded as br"),
        (ServerResponse::new(204, &[audio], ""), "its body is empty"),
        (ServerResponse::new(204, &[], ""), "its body is empty"),
        (ServerResponse::new(200, &[("content-type", "application/json")], ""), "is empty"),
    ] {
        let server = Server::start([response]).await;
        let client = builder(&server.url).build().unwrap();
        let error = client.get_activation_audio().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.body().is_some_and(|body| body.is_empty() == part.contains("empty")));
    }
    let server = Server::start([ServerResponse::new(200, &encoded("identity"), "abc")]).await;
    let client = builder(&server.url).build().unwrap();
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap(), "abc");
}
