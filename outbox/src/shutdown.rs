//! The signals that end the program.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// A future that ends at SIGTERM or Ctrl-C. From this call on, neither ends the program at once.
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
