//! Reads bodies, up to a limit.

use bytes::Bytes;
use reqwest::Response;

/// A body, as far as it was read.
pub(crate) enum Body {
    Complete(Bytes),
    /// The first bytes, as many as the limit allows, of a body that is longer.
    TooLong(Bytes),
}

/// Reads a body to its end, unless it is longer than `limit` bytes.
///
/// What counts is what arrives, whatever `Content-Length` says.
pub(crate) async fn read(response: &mut Response, limit: usize) -> reqwest::Result<Body> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let first = response.chunk().await?.unwrap_or_default();
    if first.len() > limit {
        return Ok(Body::TooLong(first.slice(..limit)));
    }
    let Some(second) = response.chunk().await? else {
        return Ok(Body::Complete(first));
    };
    let mut body = Vec::new();
    // Room for that much at once, if there is any; else it grows.
    _ = body.try_reserve_exact(announced.unwrap_or_default().min(limit));
    body.extend_from_slice(&first);
    drop(first);
    let mut chunk = Some(second);
    while let Some(more) = chunk {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(&more[..more.len().min(room)]);
        if more.len() > room {
            return Ok(Body::TooLong(body.into()));
        }
        chunk = response.chunk().await?;
    }
    Ok(Body::Complete(body.into()))
}
