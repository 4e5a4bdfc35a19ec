//! A request that can be sent more than once.

use reqwest::Request;

use crate::error::Error;

/// Takes the request to send it, and leaves a copy for the next attempt, unless its body is a
/// stream.
pub(super) fn take(request: &mut Option<Request>) -> Result<Request, Error> {
    let taken = request
        .take()
        .ok_or_else(|| Error::refused("its body is a stream, which can be sent only once"))?;
    *request = copy(&taken);
    Ok(taken)
}

fn copy(request: &Request) -> Option<Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    // `try_clone` sets a timeout, which doubles the allocations.
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}
