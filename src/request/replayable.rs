//! A request that can be sent more than once.

use reqwest::Request;

use crate::error::{Error, ErrorKind};

/// A request of which copies are sent, as long as it has a copy of itself: a body
/// that is a stream is gone once it was sent.
pub(crate) struct ReplayableRequest(Option<Request>);

impl ReplayableRequest {
    pub(crate) fn new(request: Request) -> Self {
        Self(Some(request))
    }

    /// What is to be sent.
    pub(crate) fn request(&self) -> Result<&Request, Error> {
        self.0.as_ref().ok_or_else(gone)
    }

    /// What is to be sent, to change it.
    pub(crate) fn request_mut(&mut self) -> Result<&mut Request, Error> {
        self.0.as_mut().ok_or_else(gone)
    }

    /// Takes the request to send it, and keeps a copy.
    pub(crate) fn take(&mut self) -> Result<Request, Error> {
        let request = self.0.take().ok_or_else(gone)?;
        self.0 = copy(&request);
        Ok(request)
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::InvalidRequest).detail("its body can be sent once only")
}

fn copy(request: &Request) -> Option<Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    // `try_clone` sets a timeout, which allocates as often as all the rest.
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}
