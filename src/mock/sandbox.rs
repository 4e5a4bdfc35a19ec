//! The server that plays the document.

use std::fmt;
use std::io;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::credentials;
use super::document::Document;
use super::recorded::RecordedRequest;
use super::reply::Reply;
use super::respond::State;
use super::server;
use crate::{Client, ClientBuilder, Credentials};

/// A server on 127.0.0.1 that plays the whole document, until it is dropped.
///
/// - It demands the credentials that each operation demands: 401.
/// - It checks path, query, headers and body against the document, and says what is
///   wrong and where: 400 with the code `VALIDATION_ERROR`.
/// - It answers with the documented example, or with [what it is
///   told](Self::respond_with). Its pages end where the example says so.
/// - It heeds an `Idempotency-Key`: the same request gets the same answer again, and
///   another one 409 with `IDEMPOTENCY_KEY_REUSED`.
/// - It [remembers](Self::requests) every request, and gives [another reply](Self::enqueue)
///   when it is told to.
///
/// It keeps nothing else: what is created cannot be read back, and what is deleted is
/// still there.
pub struct Sandbox {
    url: String,
    client: Client,
    state: Arc<State>,
    server: AbortHandle,
}

impl Sandbox {
    /// The one API key that it accepts.
    pub const API_KEY: &'static str = credentials::ACCEPTED_API_KEY;
    /// The one id of an API key that it accepts.
    pub const API_KEY_ID: &'static str = credentials::ACCEPTED_API_KEY_ID;

    /// Starts a server at a port that is free, within the runtime of Tokio that this is
    /// called in.
    ///
    /// # Errors
    ///
    /// When no port can be had, or no [`client`](Self::client) can be built.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let client = builder(&url).build().map_err(io::Error::other)?;
        let state = Arc::new(State::default());
        let server = tokio::spawn(server::serve(listener, Arc::clone(&state))).abort_handle();
        Ok(Self { url, client, state, server })
    }

    /// Its base URL, such as `http://127.0.0.1:50123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client of this server with all defaults. All are clones of one; for one with
    /// other settings, or with credentials that the server does not accept, see
    /// [`builder`](Self::builder) and [`url`](Self::url).
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A builder for a client of this server, with credentials that it accepts.
    pub fn builder(&self) -> ClientBuilder {
        builder(&self.url)
    }

    /// What it received, in the order in which it came.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.requests()
    }

    /// Answers the next request for an operation with this reply. Said more than once, it
    /// gives as many replies, in that order, and then answers as usual again.
    ///
    /// A request that it refuses, for its credentials or for what it holds, takes none.
    ///
    /// # Panics
    ///
    /// When the document has no operation with that `operationId`.
    pub fn enqueue(&self, operation: &str, reply: Reply) {
        self.state.reply(known(operation), reply);
    }

    /// Answers an operation with this body from now on, in place of the documented
    /// example. Nothing checks it against the document.
    ///
    /// # Panics
    ///
    /// When the document has no operation with that `operationId`.
    pub fn respond_with(&self, operation: &str, body: Value) {
        self.state.respond_with(known(operation), body);
    }
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(Credentials::api_key(Sandbox::API_KEY)).base_url(url)
}

fn known(operation: &str) -> &'static str {
    match Document::get().operation(operation) {
        Some(operation) => operation.id,
        None => panic!("the document has no operation {operation}"),
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}
