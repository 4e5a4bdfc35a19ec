//! The signals that end the program.

use tokio::signal;

/// Returns at SIGTERM or ctrl-C.
pub async fn requested() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
        return;
    }
    // Without a handler the signal ends the process, and its leases end by themselves.
    if signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
