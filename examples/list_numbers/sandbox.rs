//! A server on loopback that answers `GET /v1/numbers` with the examples of the
//! document, so that the program can be tried without an account.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Starts the server and returns its base URL. It ends with the program.
pub async fn start() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let sandbox = Arc::new(Sandbox {
        document: serde_json::from_str(include_str!("../../openapi.json"))?,
        has_rejected: AtomicBool::new(false),
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sandbox = Arc::clone(&sandbox);
            let service = service_fn(move |request| {
                let response = sandbox.answer(&request);
                async { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    Ok(url)
}

struct Sandbox {
    document: Value,
    has_rejected: AtomicBool,
}

impl Sandbox {
    /// Demands a key, is busy once, and then answers.
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let has_key =
            ["x-api-key", "x-api-key-id"].iter().any(|name| request.headers().contains_key(*name));
        let status = match (request.method().as_str(), request.uri().path()) {
            ("GET", "/v1/numbers") if !has_key => 401,
            ("GET", "/v1/numbers") if !self.has_rejected.swap(true, Ordering::Relaxed) => 429,
            ("GET", "/v1/numbers") => 200,
            _ => 404,
        };
        let responses = &self.document["paths"]["/v1/numbers"]["get"]["responses"];
        let body = match &responses[status.to_string()]["content"]["application/json"]["example"] {
            Value::Null => json!({"error": "Not found"}),
            example => example.clone(),
        };
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if status == 429 {
            // So short a wait that nobody has to watch it.
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("0"));
        }
        response
    }
}
