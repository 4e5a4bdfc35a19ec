//! A request that can be sent more than once.

use reqwest::Request;

use crate::error::Error;

/// Takes the request to send it, and leaves a copy for the next attempt, unless its body is a
/// stream.
pub(super) fn take(request: &mut Option<Request>) -> Result<Request, Error> {
    let taken = request
        .take()
        .ok_or_else(|| Error::refused("its body is a stream, which can be sent only once"))?;
    *request = if taken.body().is_some() {
        taken.try_clone()
    } else {
        // `try_clone` sets a timeout, which doubles the allocations.
        let mut copy = Request::new(taken.method().clone(), taken.url().clone());
        copy.headers_mut().clone_from(taken.headers());
        Some(copy)
    };
    Ok(taken)
}
