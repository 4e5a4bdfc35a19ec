//! Reads bodies, up to a limit.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

/// Reads a body to its end; `None` when it is longer than `limit` bytes.
///
/// What counts is what arrives, whatever `Content-Length` says.
pub(crate) async fn read(response: &mut Response, limit: usize) -> reqwest::Result<Option<Bytes>> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}
