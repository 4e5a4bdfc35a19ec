//! The mock server.

use std::fmt;
use std::io;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::credentials;
use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use super::reply::Reply;
use super::respond::Shared;
use super::server;
use crate::{Client, ClientBuilder, Credentials};

/// A mock server on 127.0.0.1 that simulates the whole API document, until it is dropped.
///
/// - It requires the credentials of each operation. Without them, it responds with 401.
/// - It validates path, query, headers and body against the document. If they are invalid, it
///   responds with 400, the code `VALIDATION_ERROR`, and a message that names the location. It
///   accepts undocumented headers and fields of a body. An undocumented path gets 404, and an
///   undocumented method 405.
/// - It responds with the documented example, or with [another body](Self::respond_with). Pages
///   after the last page of the example are empty.
/// - It supports `Idempotency-Key`: a repeated request gets the stored response, and a request
///   with another body gets 409 with `IDEMPOTENCY_KEY_REUSED`. A key applies to the number of
///   [`for_number`](Client::for_number).
/// - It [records](Self::requests) every request, and sends [enqueued replies](Self::enqueue).
///
/// It has no other state: created resources cannot be read, and deleted ones still exist.
pub struct Sandbox {
    url: String,
    client: Client,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Sandbox {
    /// The only API key that the sandbox accepts.
    pub const API_KEY: &'static str = credentials::ACCEPTED_API_KEY;
    /// The only id of an API key that the sandbox accepts.
    pub const API_KEY_ID: &'static str = credentials::ACCEPTED_API_KEY_ID;

    /// Starts a server on a free port, in the current Tokio runtime. The server stops with the
    /// runtime. `#[tokio::test]` makes one for each test, so tests cannot share a sandbox.
    ///
    /// # Errors
    ///
    /// If no port is available, or the [`client`](Self::client) cannot be built.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let client = builder(&url).build().map_err(io::Error::other)?;
        let shared = Arc::new(Shared::default());
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared))).abort_handle();
        Ok(Self { url, client, shared, server })
    }

    /// The base URL, such as `http://127.0.0.1:50123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client for this server with default settings. Every call returns a clone of the same
    /// client. For other settings, use [`builder`](Self::builder). For credentials that the
    /// server rejects, build a client with [`url`](Self::url).
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A client builder for this server, with accepted credentials.
    pub fn builder(&self) -> ClientBuilder {
        builder(&self.url)
    }

    /// The received requests, in order. A request with an incomplete body is not one of them.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.lock().requests.clone()
    }

    /// Enqueues a reply to the next request for an operation. Each reply is sent once, in order.
    /// After the last one, the sandbox sends the documented response again. Simultaneous requests
    /// get the replies in the order of [`requests`](Self::requests).
    ///
    /// A request with invalid credentials or content is rejected and consumes no reply.
    pub fn enqueue(&self, operation: OperationId, reply: Reply) {
        self.shared.lock().replies.entry(operation).or_default().push_back(reply);
    }

    /// Replaces the documented example of an operation with another body, which is not
    /// validated against the document.
    pub fn respond_with(&self, operation: OperationId, body: Value) {
        self.shared.lock().bodies.insert(operation, body);
    }
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(Credentials::api_key(Sandbox::API_KEY)).base_url(url)
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
