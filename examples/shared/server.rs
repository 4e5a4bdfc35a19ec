//! Runs servers until a signal.

use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// Returns a future that completes on SIGTERM or Ctrl-C. From this call on, neither stops the
/// program at once.
#[cfg(unix)]
pub fn stop_requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Returns a future that completes on Ctrl-C.
#[cfg(not(unix))]
pub fn stop_requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { _ = tokio::signal::ctrl_c().await })
}

/// Serves until `end`, then finishes the requests in progress. Returns whether all of them ended
/// within `grace`: a client that does not finish its request must not prevent the shutdown.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    end: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> io::Result<bool> {
    let (stop, stopping) = oneshot::channel();
    let end = async {
        end.await;
        _ = stop.send(());
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(end);
    tokio::select! {
        ended = server.into_future() => ended.map(|()| true),
        () = async { _ = stopping.await; sleep(grace).await } => Ok(false),
    }
}

/// Reads an environment variable. A blank secret would authenticate all deliveries or none.
pub fn setting(name: &str) -> io::Result<Option<String>> {
    let Some(value) = std::env::var_os(name) else { return Ok(None) };
    match value.into_string() {
        Ok(text) if !text.trim().is_empty() => Ok(Some(text)),
        _ => Err(io::Error::other(format!(
            "{name} is blank or not UTF-8; remove it or give it a value"
        ))),
    }
}
