//! The deadline of one attempt.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Request;
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, ErrorKind};
use crate::request::upload::Upload;
use crate::time::MAX_TIMEOUT;

/// Limits an attempt to the attempt timeout and to the time that the call has left. The attempt
/// timeout restarts whenever the transport accepts a part of a long request body.
pub(crate) struct Deadline {
    begun: Instant,
    attempt_timeout: Duration,
    /// The end of the total timeout.
    end: Instant,
    upload: Option<Arc<Upload>>,
}

impl Deadline {
    /// The deadline of an attempt that begins now. Tracks the upload of the request.
    pub(super) fn new(limit: Duration, time_left: Duration, request: &mut Request) -> Self {
        let upload = Upload::track(request);
        let (begun, attempt_timeout) = (Instant::now(), limit.min(MAX_TIMEOUT));
        Self { begun, attempt_timeout, end: begun + time_left.min(MAX_TIMEOUT), upload }
    }

    /// Runs `work` until the deadline.
    pub(crate) async fn bound<T>(
        &self,
        work: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Error> {
        let mut work = pin!(work);
        loop {
            match timeout_at(self.current(), work.as_mut()).await {
                Ok(done) => return Ok(done?),
                Err(_) if self.current() <= Instant::now() => return Err(self.error()),
                // The transport has accepted a part of the body, so the timeout restarts.
                Err(_) => {}
            }
        }
    }

    /// The deadline, given the progress of the upload.
    fn current(&self) -> Instant {
        let progress = self.upload.as_ref().map_or(self.begun, |upload| upload.progress().1);
        self.end.min(progress + self.attempt_timeout)
    }

    /// The error for an attempt that timed out. It states the progress of an upload.
    fn error(&self) -> Error {
        let error = Error::new(ErrorKind::Timeout);
        let Some(upload) = &self.upload else { return error };
        let (limit, setting) = if self.end <= Instant::now() {
            ("total timeout", "RetryPolicy::total_timeout")
        } else {
            ("attempt timeout", "attempt_timeout")
        };
        // The system may not have sent all bytes that it accepted.
        let sent = match (upload.progress().0, upload.length) {
            (taken, length) if taken < length => format!("{taken} of {length} bytes"),
            (_, length) => format!("all {length} bytes"),
        };
        error.with_detail(format!(
            "{sent} of the request body were sent when the {limit} expired; raise `{setting}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::BodyExt;
    use reqwest::{Body, Method, Url};
    use tokio::time::sleep;

    use super::*;

    const MEGABYTE: usize = 1_000_000;
    const SECOND: Duration = Duration::from_secs(1);

    /// Reads a body up to `end`. Responds a second after the end of the body, or never if
    /// `end` comes first.
    async fn read(mut body: Body, bytes_per_second: u32, end: usize) -> reqwest::Result<usize> {
        let mut taken = 0;
        while taken < end {
            let Some(part) = body.frame().await else {
                sleep(SECOND).await;
                return Ok(taken);
            };
            let length = part.unwrap().into_data().unwrap().len();
            taken += length;
            sleep(SECOND * u32::try_from(length).unwrap() / bytes_per_second).await;
        }
        std::future::pending().await
    }

    /// The outcome and the duration of an upload with the default attempt timeout.
    async fn upload(
        length: usize,
        bytes_per_second: u32,
        end: usize,
        total_timeout: Duration,
    ) -> (Result<usize, String>, Duration) {
        let url = Url::parse("http://127.0.0.1").unwrap();
        let mut request = Request::new(Method::POST, url);
        *request.body_mut() = Some(Bytes::from(vec![b'a'; length]).into());
        let deadline = Deadline::new(30 * SECOND, total_timeout, &mut request);
        let body = request.body_mut().take().unwrap();
        assert_eq!(http_body::Body::size_hint(&body).exact(), Some(length as u64));
        let begun = Instant::now();
        let outcome = deadline.bound(read(body, bytes_per_second, end)).await;
        (outcome.map_err(|error| error.to_string()), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_makes_progress_does_not_time_out() {
        // 15 MB at 2 Mbit/s take a minute.
        let length = 15 * MEGABYTE;
        let (outcome, took) = upload(length, 250_000, usize::MAX, 120 * SECOND).await;
        assert_eq!(outcome, Ok(length));
        assert!(took > 60 * SECOND && took < 63 * SECOND, "{took:?}");
        // A part each 20 s.
        let (outcome, _) = upload(MEGABYTE, 800, usize::MAX, Duration::MAX).await;
        assert_eq!(outcome, Ok(MEGABYTE));
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_is_cut_off_names_the_setting() {
        let length = 15 * MEGABYTE;
        let (outcome, took) = upload(length, 250_000, usize::MAX, 40 * SECOND).await;
        let error = outcome.unwrap_err();
        assert!(error.contains("of 15000000 bytes of the request body were sent"), "{error}");
        assert!(error.contains("raise `RetryPolicy::total_timeout`"), "{error}");
        assert!(took >= 40 * SECOND && took < 41 * SECOND, "{took:?}");

        let (outcome, took) = upload(length, 250_000, 5 * MEGABYTE, 120 * SECOND).await;
        let error = outcome.unwrap_err();
        assert!(error.contains("raise `attempt_timeout`"), "{error}");
        assert!(took > 49 * SECOND && took < 52 * SECOND, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_response_has_the_full_timeout_after_the_upload() {
        for length in [1000, 64 * 1024, MEGABYTE] {
            let (outcome, took) = upload(length, 1_000_000_000, length, 120 * SECOND).await;
            let error = outcome.unwrap_err();
            let text = format!("all {length} bytes of the request body were sent when the attempt");
            assert_eq!(error.contains(&text), length >= 64 * 1024, "{error}");
            assert!(took >= 30 * SECOND && took < 31 * SECOND, "{took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn extreme_timeouts_do_not_panic() {
        for total_timeout in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            for length in [1, MEGABYTE] {
                let (outcome, _) = upload(length, 1_000_000_000, usize::MAX, total_timeout).await;
                assert_eq!(outcome.is_ok(), total_timeout == Duration::MAX, "{total_timeout:?}");
            }
        }
    }
}
