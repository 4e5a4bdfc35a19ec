//! Tests streams that a server refuses, and connections that it closes with GOAWAY: with prior
//! knowledge, and over TLS, for which another crate of the program enables HTTP/2.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use pilot_status::{Client, ErrorKind, reqwest};

use crate::support::calls::{assert_ends, builder, pay, purge};
use crate::support::{KEY, echo, shown};
use crate::tls::{config, trusting};

/// The reaction of the server to a stream.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Resets it with an error code.
    Reset(u32),
    /// Sends GOAWAY with an error code. The id of the last processed stream is lower by
    /// `before`.
    GoAway { code: u32, before: u32 },
    /// Begins a response, then sends GOAWAY as if it had not processed the stream.
    BeginAndGoAway,
    /// Sends nothing.
    Ignore,
    /// Responds with 400.
    Refuse,
}

const REFUSED_STREAM: u32 = 7;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn go_away(last: u32, code: u32) -> Vec<u8> {
    // The debug data contains the API key, as that of a server may.
    frame(7, 0, 0, &[&last.to_be_bytes(), &code.to_be_bytes(), KEY.as_bytes()].concat())
}

/// Starts a server that performs one act for each request, and repeats the last one.
async fn server(acts: &'static [Act], tls: Option<TlsAcceptor>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut requests = 0;
        while let Ok((stream, _)) = listener.accept().await {
            // The client may close the connection at any time.
            _ = match &tls {
                Some(tls) => serve(tls.accept(stream).await.unwrap(), acts, &mut requests).await,
                None => serve(stream, acts, &mut requests).await,
            };
        }
    });
    address
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    acts: &[Act],
    requests: &mut usize,
) -> std::io::Result<()> {
    stream.read_exact(&mut [0; b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()]).await?;
    stream.write_all(&frame(4, 0, 0, &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        stream.read_exact(&mut vec![0; length as usize]).await?;
        let number = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        if head[3] != 1 {
            continue;
        }
        let act = acts[(*requests).min(acts.len() - 1)];
        *requests += 1;
        match act {
            Act::Reset(code) => {
                stream.write_all(&frame(3, 0, number, &code.to_be_bytes())).await?;
            }
            Act::GoAway { code, before } => {
                stream.write_all(&go_away(number - before, code)).await?;
                return Ok(());
            }
            Act::BeginAndGoAway => {
                stream.write_all(&frame(1, 4, number, &[0x88])).await?;
                stream.write_all(&go_away(0, 2)).await?;
                return Ok(());
            }
            Act::Ignore => {}
            Act::Refuse => stream.write_all(&frame(1, 5, number, &[0x8c])).await?,
        }
    }
}

fn client(address: SocketAddr) -> Client {
    let http = reqwest::Client::builder().http2_prior_knowledge();
    builder(&format!("http://{address}")).http_client_builder(http).build().unwrap()
}

#[tokio::test]
async fn an_unprocessed_stream_is_retried_for_every_method() {
    for first in [
        Act::Reset(REFUSED_STREAM),
        Act::GoAway { code: 0, before: 1 },
        Act::GoAway { code: 11, before: 1 },
    ] {
        let acts = vec![first, first, Act::Refuse].leak();
        let client = client(server(acts, None).await);
        let error = pay(&client).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::BadRequest, 3), "{first:?}");
    }
}

#[tokio::test]
async fn a_call_whose_streams_are_all_refused_did_not_take_effect() {
    for act in [Act::Reset(REFUSED_STREAM), Act::GoAway { code: 0, before: 1 }] {
        let client = client(server(vec![act].leak(), None).await);
        let error = assert_ends(&client, "refused", ErrorKind::Interrupted, 4).await;
        let text = error.to_string();
        assert!(text.contains("before it processed the request"), "{text}");
        assert!(!error.may_have_taken_effect(), "{text}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_stream_that_may_have_been_processed_is_retried_only_if_safe() {
    for act in [
        Act::Reset(2),
        Act::Reset(8),
        Act::GoAway { code: 0, before: 0 },
        Act::GoAway { code: 2, before: 0 },
        Act::BeginAndGoAway,
    ] {
        let client = client(server(vec![act].leak(), None).await);
        let error = pay(&client).await;
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Interrupted, 1),
            "{act:?}: {error}"
        );
        assert!(error.may_have_taken_effect(), "{act:?}: {error}");
        assert!(!error.to_string().contains("refused"), "{act:?}: {error}");
        assert!(!echo::shows_key(&shown(&error)), "{act:?}: {error:?}");
        let error = purge(&client).await;
        assert_eq!(error.attempts(), 4, "{act:?}: {error:?}");
    }
}

/// Starts a server, and returns a client that negotiates HTTP/2 with it.
async fn over_tls(acts: Vec<Act>) -> Client {
    let mut config = config(false);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = server(acts.leak(), Some(Arc::new(config).into())).await;
    let url = format!("https://pilot.test:{}", address.port());
    let http = trusting().resolve("pilot.test", address);
    builder(&url).http_client_builder(http).build().unwrap()
}

#[tokio::test]
async fn a_client_that_negotiates_http_2_follows_the_same_rules() {
    for (act, kind, attempts) in [
        (Act::Reset(REFUSED_STREAM), ErrorKind::BadRequest, 2),
        (Act::GoAway { code: 0, before: 1 }, ErrorKind::BadRequest, 2),
        (Act::Reset(2), ErrorKind::Interrupted, 1),
        (Act::GoAway { code: 0, before: 0 }, ErrorKind::Interrupted, 1),
    ] {
        let client = over_tls(vec![act, Act::Refuse]).await;
        let error = pay(&client).await;
        assert_eq!((error.kind(), error.attempts()), (kind, attempts), "{act:?}: {error}");
        assert_eq!(error.may_have_taken_effect(), attempts == 1, "{act:?}: {error}");
    }
}

#[tokio::test]
async fn goaway_retries_only_the_calls_after_the_last_stream() {
    const CALLS: usize = 10;
    const PROCESSED: usize = 4;
    let mut acts = vec![Act::Refuse];
    acts.extend([Act::Ignore; CALLS - 1]);
    // Streams have odd numbers.
    let before = 2 * u32::try_from(CALLS - PROCESSED).unwrap();
    acts.extend([Act::GoAway { code: 0, before }, Act::Refuse]);
    let client = over_tls(acts).await;
    // Opens the connection that the other calls share.
    assert_eq!(pay(&client).await.kind(), ErrorKind::BadRequest);
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move { pay(&client).await });
    }
    let mut processed = 0;
    for error in calls.join_all().await {
        let is_processed = error.kind() == ErrorKind::Interrupted;
        let expected = if is_processed { (true, 1) } else { (false, 2) };
        assert_eq!((error.may_have_taken_effect(), error.attempts()), expected, "{error}");
        processed += usize::from(is_processed);
    }
    assert_eq!(processed, PROCESSED);
}
