//! A loopback server that follows a script, for faults below the level of HTTP responses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use self::Step::{
    NotifyTest, Pause, Read, ReadSome, Reset, RespondToAll, Send, SendForever, Silent, Trickle,
};

/// A step of the server on one connection. It closes the connection after the last step.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Reads to the end of the head of a request.
    Read,
    /// Reads some bytes.
    ReadSome,
    Send(&'static [u8]),
    /// Sends one byte every 5 ms.
    Trickle(&'static [u8]),
    /// Sends the same bytes until the client disconnects.
    SendForever(&'static [u8]),
    /// Sends the same response to every request.
    RespondToAll(&'static [u8]),
    /// Reads, but sends nothing, until the client closes the connection.
    Silent,
    /// Neither reads nor sends for a while.
    Pause(Duration),
    /// Sets the connection to close with a reset.
    Reset,
    /// Notifies the test.
    NotifyTest,
}

/// The steps of one connection.
pub type Script = &'static [Step];

/// A success with an empty list.
pub const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";

#[derive(Clone, Debug)]
pub struct ScriptedServer {
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    accepted: AtomicUsize,
    open: AtomicUsize,
    sent: AtomicUsize,
    notified: Notify,
}

impl ScriptedServer {
    /// Starts a server that follows one script per connection, and repeats the last script.
    pub async fn start(scripts: impl Into<Vec<Script>>) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, usize::MAX, scripts).await
    }

    /// Like [`Self::start`], at an address that is free again after `connections` connections.
    pub async fn start_at(
        address: SocketAddr,
        connections: usize,
        scripts: impl Into<Vec<Script>>,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let seen = Arc::clone(&server.seen);
        let scripts = scripts.into();
        tokio::spawn(async move {
            let mut listener = Some(listener);
            for number in 0..connections {
                let (stream, _) = listener.as_ref().unwrap().accept().await.unwrap();
                if number + 1 == connections {
                    listener = None;
                }
                seen.accepted.fetch_add(1, Ordering::SeqCst);
                let script = scripts[number.min(scripts.len() - 1)];
                tokio::spawn(follow(script, stream, Arc::clone(&seen)));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of accepted connections.
    pub fn accepted(&self) -> usize {
        self.seen.accepted.load(Ordering::SeqCst)
    }

    /// The number of open connections.
    pub fn open(&self) -> usize {
        self.seen.open.load(Ordering::SeqCst)
    }

    /// The number of bytes that `SendForever` sent.
    pub fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::SeqCst)
    }

    /// Waits until a script reaches [`Step::NotifyTest`].
    pub async fn notified(&self) {
        self.seen.notified.notified().await;
    }
}

async fn follow(script: Script, mut stream: TcpStream, seen: Arc<Seen>) {
    seen.open.fetch_add(1, Ordering::SeqCst);
    for step in script {
        // The client may have disconnected, which is fine.
        if take(*step, &mut stream, &seen).await.is_err() {
            break;
        }
    }
    drop(stream);
    seen.open.fetch_sub(1, Ordering::SeqCst);
}

async fn take(step: Step, stream: &mut TcpStream, seen: &Seen) -> std::io::Result<()> {
    match step {
        Read => read_head(stream).await?,
        ReadSome => drop(stream.read(&mut [0; 1024]).await?),
        Send(bytes) => stream.write_all(bytes).await?,
        Trickle(bytes) => {
            for byte in bytes {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        SendForever(bytes) => {
            let bytes = bytes.repeat(4096 / bytes.len());
            loop {
                stream.write_all(&bytes).await?;
                seen.sent.fetch_add(bytes.len(), Ordering::SeqCst);
            }
        }
        RespondToAll(bytes) => loop {
            read_head(stream).await?;
            stream.write_all(bytes).await?;
        },
        Silent => while stream.read(&mut [0; 1024]).await? > 0 {},
        Pause(time) => tokio::time::sleep(time).await,
        Reset => stream.set_zero_linger()?,
        NotifyTest => seen.notified.notify_one(),
    }
    Ok(())
}

/// Reads to the end of a head, and discards it because it may be large. The client must not
/// send more before it gets a response.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut end = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    while !end.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut chunk).await?;
        if length == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        end.extend_from_slice(&chunk[length.saturating_sub(4)..length]);
        end.drain(..end.len().saturating_sub(4));
    }
    Ok(())
}
