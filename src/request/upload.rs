//! Tracks the upload progress of long request bodies.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use reqwest::{Body, Request};
use tokio::time::Instant;

/// Shorter bodies fit into the buffers of the transport.
const LONG: usize = 64 * 1024;

/// The size of a part. The transport writes several parts together.
const PART: usize = 16 * 1024;

/// The progress of an upload.
pub(crate) struct Upload {
    /// The length of the body.
    pub(crate) length: usize,
    /// The number of bytes that the transport has accepted, and when it last accepted any.
    progress: Mutex<(usize, Instant)>,
}

impl Upload {
    /// Tracks the body of a request. None if it is short.
    ///
    /// Keeps the `Content-Length` and does not copy the bytes.
    pub(crate) fn track(request: &mut Request) -> Option<Arc<Self>> {
        let body = request.body_mut().as_mut()?;
        let length = body.as_bytes()?.len();
        if length < LONG {
            return None;
        }
        // A body of bytes is a single frame.
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut *body).poll_frame(&mut context) else {
            return None;
        };
        let progress = Mutex::new((0, Instant::now()));
        let upload = Arc::new(Self { length, progress });
        let rest = frame.into_data().ok()?;
        *body = Body::wrap(Parts { rest, upload: Arc::clone(&upload) });
        Some(upload)
    }

    /// The number of bytes that the transport has accepted, and when it last accepted any, or
    /// when the upload began.
    pub(crate) fn progress(&self) -> MutexGuard<'_, (usize, Instant)> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body of known length, sent in parts.
struct Parts {
    rest: Bytes,
    upload: Arc<Upload>,
}

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.rest.len().min(PART);
        let part = self.rest.split_to(length);
        let taken = self.upload.length - self.rest.len();
        *self.upload.progress() = (taken, Instant::now());
        Poll::Ready((length > 0).then(|| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
