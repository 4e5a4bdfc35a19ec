//! Replaces the spans if the feature `tracing` is off.

use std::time::Duration;

use http::StatusCode;
use reqwest::Url;

use crate::error::Error;
use crate::operation::Operation;

pub(crate) struct Span;

#[allow(clippy::unused_self, reason = "same signatures as the spans")]
impl Span {
    pub(crate) fn call(_: &Operation, _: &Url) -> Self {
        Self
    }

    pub(crate) fn attempt(_: &Operation, _: &Url) -> Self {
        Self
    }

    pub(crate) fn within<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn failed(&self, _: &Error) {}

    pub(crate) fn ended(&self, _: Result<StatusCode, &Error>, _: u32) {}
}

pub(crate) fn inherited<F: Future>(task: F) -> F {
    task
}

pub(crate) fn waiting(_: &'static str, _: Duration) {}

pub(crate) fn waited(_: &'static str, _: Duration) {}
