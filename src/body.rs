//! Reads bodies, up to a limit.

use bytes::Bytes;
use reqwest::Response;

/// Reads a body to its end; `None` when it is longer than `limit` bytes.
///
/// What counts is what arrives, whatever `Content-Length` says.
pub(crate) async fn read(response: &mut Response, limit: usize) -> reqwest::Result<Option<Bytes>> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let first = response.chunk().await?.unwrap_or_default();
    if first.len() > limit {
        return Ok(None);
    }
    let Some(second) = response.chunk().await? else {
        return Ok(Some(first));
    };
    let mut body = Vec::new();
    // Room for that much at once, if there is any; else it grows.
    _ = body.try_reserve_exact(announced.unwrap_or_default().min(limit));
    body.extend_from_slice(&first);
    drop(first);
    let mut chunk = Some(second);
    while let Some(more) = chunk {
        if more.len() > limit.saturating_sub(body.len()) {
            return Ok(None);
        }
        body.extend_from_slice(&more);
        chunk = response.chunk().await?;
    }
    Ok(Some(body.into()))
}
