//! The HTTP server of the sandbox.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::canned_response::{self, CannedResponse};
use super::respond::Shared;

/// Serves connections. Dropping the future closes them.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve_one(stream, Arc::clone(&shared)));
            }
            // If too many files are open, the failure is transient.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_one(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| {
        let response = respond(&shared, request);
        Box::pin(async { response.await.map(|response| response.map(Full::new)) })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let end = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if end.is_err_and(|error| error.is_user()) {
        let stream = connection.into_parts().io.into_inner();
        // If this fails, dropping the stream closes the connection, which also interrupts the
        // response.
        let _ = stream.set_zero_linger();
    }
}

async fn respond(shared: &Shared, request: Request<Incoming>) -> io::Result<CannedResponse> {
    let (head, body) = request.into_parts();
    match body.collect().await {
        Ok(body) => shared.respond(head, body.to_bytes()).await,
        Err(_) => {
            Ok(canned_response::error(StatusCode::BAD_REQUEST, "the body is incomplete", None))
        }
    }
}
