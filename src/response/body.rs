//! Reads bodies, up to a limit.

use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use reqwest::Response;

/// Adds the rest of the body of a response to `body`. Returns false if `body` would exceed
/// `limit` bytes, and drops the rest.
///
/// Counts the bytes that arrive, since `Content-Length` may be wrong.
pub(crate) async fn read(
    response: &mut Response,
    body: &mut Vec<u8>,
    limit: usize,
) -> reqwest::Result<bool> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    // An optimization: without enough memory, the buffer grows in steps.
    _ = body.try_reserve_exact(announced.unwrap_or_default().min(limit));
    while let Some(chunk) = response.chunk().await? {
        if !append(body, &chunk, limit) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Appends a chunk. Returns false if `body` would exceed `limit` bytes, and drops the rest.
pub(crate) fn append(body: &mut Vec<u8>, chunk: &[u8], limit: usize) -> bool {
    let room = limit - body.len();
    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    chunk.len() <= room
}

/// The error detail for a body, if it is encoded. The client never requests an encoding.
pub(crate) fn encoding_problem(headers: &HeaderMap) -> Option<String> {
    const KNOWN: [&str; 5] = ["gzip", "deflate", "br", "zstd", "compress"];
    let value = headers.get(CONTENT_ENCODING)?.to_str().ok()?.to_ascii_lowercase();
    let mut names = value.split(',').map(|name| name.trim().trim_start_matches("x-"));
    let encoding = names.find(|name| KNOWN.contains(name))?;
    Some(format!("its body is encoded as {encoding}, which the client did not request"))
}
