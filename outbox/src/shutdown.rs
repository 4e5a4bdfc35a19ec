//! Handles the signals that stop the program.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Returns a future that completes on SIGTERM or Ctrl-C. From this call on, neither stops the
/// program at once.
pub fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
