//! Streams the body of a response that is not JSON, such as a recording.

mod file_name;

use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::Response;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

use crate::StatusCode;
use crate::error::{Call, Error, ErrorKind};
use crate::rate_limit::slots::Slot;
use crate::response::body::append;

/// The body of a response, read as it arrives: a [`Stream`] of bytes.
///
/// The stream ends with an error if no bytes arrive within the
/// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), or if the connection breaks. A
/// download cannot be resumed: repeat the call.
///
/// ```no_run
/// # async fn f(client: pilot_status::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let mut audio = client.get_activation_audio().id("act_1").send().await?.into_inner();
/// let name = audio.file_name().unwrap_or_else(|| "audio".to_owned());
/// // The server chose the name, so do not overwrite an existing file.
/// let mut file = std::fs::File::create_new(name)?;
/// while let Some(bytes) = audio.chunk().await? {
///     std::io::Write::write_all(&mut file, &bytes)?;
/// }
/// # Ok(()) }
/// ```
#[must_use = "a download does nothing unless it is polled"]
pub struct Download {
    /// None at the end, when the connection and the slot are released.
    response: Option<(Response, Slot)>,
    /// The timeout for the next chunk, while the caller waits for it.
    silence: Option<Pin<Box<Sleep>>>,
    /// The runtime of the call, whose timer serves callers outside of any runtime.
    runtime: Handle,
    call: Call,
    status: StatusCode,
    headers: HeaderMap,
    /// The maximum time between two chunks.
    longest_silence: Duration,
    /// The limit for all bytes together.
    max_bytes: usize,
}

impl Download {
    pub(crate) fn new(
        response: Response,
        call: Call,
        slot: Slot,
        longest_silence: Duration,
        max_bytes: usize,
    ) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            response: Some((response, slot)),
            silence: None,
            runtime: Handle::current(),
            call,
            longest_silence,
            max_bytes,
        }
    }

    /// The media type, such as `audio/mpeg`.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The length in bytes that the server announced.
    pub fn content_length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// The file name in `Content-Disposition`, without folders. None if there is no name that is
    /// safe to use.
    pub fn file_name(&self) -> Option<String> {
        file_name::of(self.headers.get(CONTENT_DISPOSITION)?.as_bytes())
    }

    /// Returns the next bytes, or None at the end. This method is cancel safe.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] if no bytes arrive in time, and [`ErrorKind::Interrupted`] if the
    /// connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Returns all remaining bytes.
    ///
    /// # Errors
    ///
    /// The errors of [`chunk`](Self::chunk), and [`ErrorKind::Decode`] if there are more bytes
    /// than [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = Vec::new();
        let error = loop {
            match self.chunk().await {
                Ok(None) => return Ok(all.into()),
                Ok(Some(bytes)) if append(&mut all, &bytes, self.max_bytes) => {}
                Ok(Some(_)) => break Error::too_long(self.status, self.max_bytes),
                Err(error) => break error,
            }
        };
        Err(self.failed(error, Some(all.into())))
    }

    fn failed(&mut self, error: Error, body: Option<Bytes>) -> Error {
        self.response = None;
        error.with_response(self.status, self.headers.clone(), body).with_call(self.call.clone())
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some((response, _)) = &mut this.response else {
            return Poll::Ready(None);
        };
        let Poll::Ready(chunk) = pin!(response.chunk()).poll(context) else {
            // The time that the caller spends between two chunks does not count.
            let silence = this.silence.get_or_insert_with(|| {
                let runtime = Handle::try_current().unwrap_or_else(|_| this.runtime.clone());
                let _context = runtime.enter();
                Box::pin(sleep(this.longest_silence))
            });
            ready!(silence.as_mut().poll(context));
            return Poll::Ready(Some(Err(this.failed(Error::new(ErrorKind::Timeout), None))));
        };
        this.silence = None;
        if let Ok(None) = chunk {
            this.response = None;
        }
        Poll::Ready(chunk.map_err(|error| this.failed(error.into(), None)).transpose())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("operation", &self.call.operation.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
