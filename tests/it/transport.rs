//! Transport errors: whether the server may have processed the request, whether a retry may
//! succeed, and which peer failed.

mod pool;
mod proxy;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::support::calls::{assert_ends, builder, list, pay};
use crate::support::script::Step::{Read, ReadSome, Reset, RespondToAll, Send, Silent};
use crate::support::script::{GOOD, Script, ScriptedServer};
use pilot_status::reqwest::dns::{Name, Resolve, Resolving};
use pilot_status::{Client, Error, ErrorKind, RetryPolicy, reqwest};

const REFUSAL: &[u8] = b"HTTP/1.1 400 Any\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn a_malformed_head_is_described_and_not_retried() {
    for (head, cause) in [
        (&b"220 mail.example ESMTP\r\n\r\n"[..], "invalid HTTP version"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "invalid HTTP header"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "invalid HTTP status-code"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "invalid content-length"),
        (b"\x15\x03\x01\0\x02\x02\x46\r\n\r\n", "invalid HTTP version"),
    ] {
        let script: Script = vec![Read, Send(head), Silent].leak();
        let server = ScriptedServer::start([script]).await;
        let client = builder(&server.url()).build().unwrap();
        let error = assert_ends(&client, cause, ErrorKind::Interrupted, 1).await;
        let text = error.to_string();
        assert!(text.contains("not valid HTTP") && text.contains(cause), "{text}");
        // The server has read the request.
        assert!(error.may_have_taken_effect(), "{text}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn permanent_errors_do_not_use_the_retry_budget() {
    let unreadable: Script = &[Read, Send(b"no HTTP\r\n\r\n"), Silent];
    let mut scripts = vec![unreadable; 150];
    scripts.extend([&[Read, Reset] as Script, &[RespondToAll(GOOD)]]);
    let server = ScriptedServer::start(scripts).await;
    let client = builder(&server.url()).build().unwrap();
    for _ in 0..150 {
        assert_eq!(list(&client).await.attempts(), 1);
    }
    client.list_numbers().send().await.unwrap();
}

mod concurrency {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use pilot_status::Download;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::support::eventually;

    const REJECTION: &[u8] = b"HTTP/1.1 429 Any\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n";
    const A_WHILE: Duration = Duration::from_millis(100);

    /// Starts a slow server, with the highest number of concurrent requests that it saw.
    async fn slow_server() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let most = Arc::<AtomicUsize>::default();
        let [now, seen] = [Arc::<AtomicUsize>::default(), Arc::clone(&most)];
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let [now, seen] = [Arc::clone(&now), Arc::clone(&seen)];
                tokio::spawn(async move {
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {
                        seen.fetch_max(1 + now.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(2)).await;
                        now.fetch_sub(1, Ordering::SeqCst);
                        stream.write_all(GOOD).await.unwrap();
                    }
                });
            }
        });
        (url, most)
    }

    #[tokio::test]
    async fn concurrent_requests_do_not_exceed_the_limit() {
        for (limit, calls) in [(1, 10), (3, 50), (100, 300), (usize::MAX, 50)] {
            let (url, most) = slow_server().await;
            let client = builder(&url).max_concurrent_requests(limit).build().unwrap();
            let mut set = JoinSet::new();
            for _ in 0..calls {
                let client = client.clone();
                set.spawn(async move { client.list_numbers().send().await.map(drop) });
            }
            set.join_all().await.into_iter().for_each(Result::unwrap);
            assert_eq!(most.load(Ordering::SeqCst), limit.min(calls), "{limit}");
        }
    }

    /// A client with one slot and this total timeout.
    fn client(server: &ScriptedServer, time: Duration) -> Client {
        let policy =
            RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).total_timeout(time);
        builder(&server.url()).max_concurrent_requests(1).retry(policy).build().unwrap()
    }

    fn assert_not_sent(error: &Error) {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0), "{error}");
        assert!(error.to_string().contains("max_concurrent_requests"), "{error}");
        assert!(!error.may_have_taken_effect(), "{error}");
        assert!(error.is_retryable());
    }

    #[tokio::test]
    async fn a_dropped_call_releases_its_slot() {
        let server =
            ScriptedServer::start([&[Read, Silent] as Script, &[RespondToAll(GOOD)]]).await;
        let client = client(&server, Duration::from_secs(60));
        tokio::select! {
            outcome = client.list_numbers().send() => panic!("{outcome:?}"),
            () = eventually("the first call is sent", || server.accepted() == 1) => {}
        }
        client.list_numbers().send().await.unwrap();
    }

    #[tokio::test]
    async fn a_call_holds_no_slot_while_it_waits_for_a_retry() {
        let script: Script = &[Read, Send(REJECTION), RespondToAll(GOOD)];
        let server = ScriptedServer::start([script]).await;
        let client = client(&server, Duration::from_secs(60));
        let rejected = client.clone();
        let rejected = tokio::spawn(async move { pay(&rejected).await });
        eventually("the first call is sent", || server.accepted() == 1).await;
        client.list_numbers().send().await.unwrap();
        assert!(!rejected.is_finished());
        rejected.abort();
    }

    async fn download(client: &Client) -> Download {
        client.get_activation_audio().id("1").send().await.unwrap().into_inner()
    }

    #[tokio::test]
    async fn a_call_without_a_slot_in_time_is_not_sent() {
        // A download holds its slot until it ends or is dropped.
        let server = ScriptedServer::start([&[RespondToAll(GOOD)] as Script]).await;
        let client = client(&server, A_WHILE);
        let mut read = download(&client).await;
        assert_not_sent(&pay(&client).await);
        while read.chunk().await.unwrap().is_some() {}
        client.list_numbers().send().await.unwrap();

        let dropped = download(&client).await;
        assert_not_sent(&pay(&client).await);
        drop(dropped);
        client.list_numbers().send().await.unwrap();
    }
}

#[tokio::test]
async fn a_connect_error_names_the_peer_that_failed() {
    let unreachable = ScriptedServer::start_at(([127, 0, 0, 1], 0).into(), 0, []).await;
    let client = builder(&unreachable.url()).build().unwrap();
    let error = assert_ends(&client, "unreachable", ErrorKind::Connect, 4).await;
    let expected =
        format!("the server {} was not reached: Connection refused", unreachable.address);
    assert!(error.to_string().contains(&expected), "{error}");
    assert!(error.is_retryable());

    let client = builder("http://pilot.invalid:8080")
        .danger_allow_http()
        .http_client_builder(reqwest::Client::builder().no_proxy())
        .build()
        .unwrap();
    let error = list(&client).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("the server pilot.invalid:8080 was not reached"), "{error}");
}

#[tokio::test]
async fn a_connect_timeout_is_retried() {
    // The server never accepts, and the backlog of the system is full.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200))
    {
        queue.push(stream);
    }
    let client =
        builder(&format!("http://{address}")).connect_timeout(Duration::from_millis(20)).build();
    let error = assert_ends(&client.unwrap(), "full", ErrorKind::Connect, 4).await;
    assert!(error.to_string().contains(&format!("the server {address}")), "{error}");
}

/// Resolves no name.
struct Unresolved;

impl Resolve for Unresolved {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_server_that_is_not_reached_within_an_attempt_or_a_call_received_nothing() {
    let client = |policy: RetryPolicy| {
        let http = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(Unresolved));
        builder("http://localhost:1").http_client_builder(http).retry(policy)
    };
    let once = RetryPolicy::default().max_attempts(1);
    let short = Duration::from_millis(200);
    for builder in [client(once).attempt_timeout(short), client(once.total_timeout(short))] {
        let error = pay(&builder.build().unwrap()).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(!error.may_have_taken_effect());
    }
}

#[tokio::test]
async fn not_modified_is_not_a_redirect() {
    let script: Script = &[RespondToAll(
        b"HTTP/1.1 304 Not Modified\r\nlocation: https://other.example/\r\netag: \"1\"\r\n\r\n",
    )];
    let server = ScriptedServer::start([script]).await;
    let client = builder(&server.url()).build().unwrap();
    let error = assert_ends(&client, "304", ErrorKind::Server, 1).await;
    assert_eq!(error.status().unwrap(), 304);
    let text = error.to_string();
    assert!(!text.contains("redirect") && !text.contains("other.example"), "{text}");
}
