//! A server on loopback that follows a script, for faults that no answer can
//! make.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use self::Step::{
    AnswerAll, Pause, Read, ReadSome, Reset, Send, SendForever, Silent, Tell, Trickle,
};

/// What the server does next with a connection. After the last step it closes it.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Reads to the end of the head of a request.
    Read,
    /// Reads some bytes.
    ReadSome,
    Send(&'static [u8]),
    /// Sends a byte every few milliseconds.
    Trickle(&'static [u8]),
    /// Sends the same bytes until nobody listens.
    SendForever(&'static [u8]),
    /// Answers every request that comes.
    AnswerAll(&'static [u8]),
    /// Says nothing until the client closes the connection.
    Silent,
    /// Neither reads nor says anything for a while.
    Pause(Duration),
    /// Ends the connection with a reset.
    Reset,
    /// Tells the test that it came here.
    Tell,
}

/// The steps with one connection.
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
    told: Notify,
}

impl ScriptedServer {
    /// Follows the scripts in their turn, one with each connection, and the last
    /// one again and again.
    pub async fn start(scripts: impl Into<Vec<Script>>) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, usize::MAX, scripts).await
    }

    /// The same at an address, which is free again after so many connections.
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

    /// How many connections were accepted.
    pub fn accepted(&self) -> usize {
        self.seen.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.seen.open.load(Ordering::SeqCst)
    }

    /// How many bytes were sent.
    pub fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::SeqCst)
    }

    /// Waits until a script comes to [`Step::Tell`].
    pub async fn told(&self) {
        self.seen.told.notified().await;
    }
}

async fn follow(script: Script, mut stream: TcpStream, seen: Arc<Seen>) {
    seen.open.fetch_add(1, Ordering::SeqCst);
    for step in script {
        // The client may be gone, which is its right.
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
        AnswerAll(bytes) => loop {
            read_head(stream).await?;
            stream.write_all(bytes).await?;
        },
        Silent => while stream.read(&mut [0; 1024]).await? > 0 {},
        Pause(time) => tokio::time::sleep(time).await,
        Reset => stream.set_zero_linger()?,
        Tell => seen.told.notify_one(),
    }
    Ok(())
}

/// Reads to the end of a head, after which the client waits, and keeps nothing:
/// a head may be large.
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
