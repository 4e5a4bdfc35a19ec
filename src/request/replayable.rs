//! A request that can be sent more than once.

use reqwest::Request;

use crate::error::Error;

/// A request that keeps a copy of itself for the next attempt, unless its body is a stream.
pub(crate) struct ReplayableRequest(Option<Request>);

impl ReplayableRequest {
    pub(crate) fn new(request: Request) -> Self {
        Self(Some(request))
    }

    pub(crate) fn get(&self) -> Result<&Request, Error> {
        self.0.as_ref().ok_or_else(not_replayable)
    }

    pub(crate) fn get_mut(&mut self) -> Result<&mut Request, Error> {
        self.0.as_mut().ok_or_else(not_replayable)
    }

    /// Takes the request to send it, and keeps a copy.
    pub(crate) fn take(&mut self) -> Result<Request, Error> {
        let request = self.0.take().ok_or_else(not_replayable)?;
        self.0 = copy(&request);
        Ok(request)
    }
}

fn not_replayable() -> Error {
    Error::refused("its body is a stream, which can be sent only once")
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
