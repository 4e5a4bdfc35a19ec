//! Reads bodies, up to a limit.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use reqwest::Response;

/// The part of a body that has arrived.
#[derive(Default)]
pub(crate) struct Body {
    first: Bytes,
    /// All chunks, once there is more than one.
    all: Vec<u8>,
}

impl Body {
    /// Reads the body of a response to its end. Returns false if it is longer than `limit`
    /// bytes, and drops the rest.
    ///
    /// Counts the bytes that arrive, since `Content-Length` may be wrong.
    pub(crate) async fn read(
        &mut self,
        response: &mut Response,
        limit: usize,
    ) -> reqwest::Result<bool> {
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        while let Some(chunk) = response.chunk().await? {
            let room = limit.saturating_sub(self.first.len().max(self.all.len()));
            self.push(
                chunk.slice(..chunk.len().min(room)),
                announced.unwrap_or_default().min(limit),
            );
            if chunk.len() > room {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn push(&mut self, chunk: Bytes, announced: usize) {
        if self.first.is_empty() && self.all.is_empty() {
            self.first = chunk;
            return;
        }
        if self.all.is_empty() {
            // An optimization: without enough memory, the buffer grows in steps.
            _ = self.all.try_reserve_exact(announced);
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&chunk);
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.into() }
    }
}

/// The detail for the error of an encoded body, if it is encoded. The client never requests that.
pub(crate) fn encoding_problem(headers: &HeaderMap) -> Option<String> {
    const KNOWN: [&str; 5] = ["gzip", "deflate", "br", "zstd", "compress"];
    let value = headers.get(CONTENT_ENCODING)?.to_str().ok()?.to_ascii_lowercase();
    let mut names = value.split(',').map(|name| name.trim().trim_start_matches("x-"));
    let encoding = names.find(|name| KNOWN.contains(name))?;
    Some(format!("its body is encoded as {encoding}, which the client did not request"))
}
