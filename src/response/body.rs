//! Reads bodies, up to a limit.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use reqwest::Response;

/// A body, as far as it has arrived.
#[derive(Default)]
pub(crate) struct Body {
    first: Bytes,
    /// All of it, once there is more than one chunk.
    all: Vec<u8>,
}

impl Body {
    /// Reads the body of a response to its end. False when it is longer than `limit` bytes;
    /// what arrived after them is dropped.
    ///
    /// What counts is what arrives, whatever `Content-Length` says.
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
            // Room for that much at once, if there is any; else it grows.
            _ = self.all.try_reserve_exact(announced);
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&chunk);
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.into() }
    }
}

/// The encoding of a body, which no request of this client asks for.
pub(crate) fn encoding(headers: &HeaderMap) -> Option<&'static str> {
    const KNOWN: [&str; 5] = ["gzip", "deflate", "br", "zstd", "compress"];
    let value = headers.get(CONTENT_ENCODING)?.to_str().ok()?.to_ascii_lowercase();
    let mut names = value.split(',').map(|name| name.trim().trim_start_matches("x-"));
    names.find_map(|name| KNOWN.into_iter().find(|known| *known == name))
}
