//! The builder of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use reqwest::{Url, redirect};

use super::base_url::{self, is_loopback};
use super::overrides::refuse_zero;
use super::{Inner, Settings, proxy_variables};
use crate::credentials::number_scope::NumberScope;
use crate::credentials::{Credentials, variable};
use crate::error::Error;
use crate::generated::Client;
use crate::operation::{API_KEY, API_KEY_ID, SERVER};
use crate::rate_limit::RequestQueues;
use crate::rate_limit::slots::Slots;
use crate::retry::{Budget, RetryPolicy};
use crate::time::MAX_TIMEOUT;

const USER_AGENT: &str = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
/// Another crate may also enable TLS in reqwest, which this crate cannot detect.
const HAS_TLS: bool =
    cfg!(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"));
const BASE_URL_VARIABLE: &str = "PILOT_STATUS_BASE_URL";

impl Client {
    /// Returns a builder for a client with `credentials`.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            credentials,
            base_url: SERVER.to_owned(),
            base_url_name: "the base URL",
            danger_allow_http: false,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            max_response_bytes: None,
            // macOS allows 256 open files per process. A test with a server in the same process
            // needs two for each connection.
            max_concurrent_requests: 100,
            // Shorter than the idle timeout of load balancers and proxies: 60 seconds or more in
            // the large clouds, 75 for nginx.
            pool_idle_timeout: Duration::from_secs(50),
            user_agent: String::new(),
            retry: RetryPolicy::default(),
            http: None,
        }
    }

    /// Builds a client from environment variables: the [credentials](Credentials::from_env),
    /// and the base URL in `PILOT_STATUS_BASE_URL` if that variable is set and not blank.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) or
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a variable is missing or
    /// invalid. The error names the variable.
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder(Credentials::from_env()?);
        if let Some(url) = variable(BASE_URL_VARIABLE) {
            builder.base_url_name = BASE_URL_VARIABLE;
            // No URL contains invalid UTF-8.
            builder = builder.base_url(url.to_string_lossy());
        }
        builder.build()
    }
}

/// Configures and builds a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use pilot_status::{Client, Credentials, RetryPolicy};
///
/// let client = Client::builder(Credentials::api_key("ps_0123456789"))
///     .attempt_timeout(Duration::from_secs(10))
///     .user_agent("shop/1.4")
///     .retry(RetryPolicy::default().max_attempts(2))
///     .build()?;
/// # Ok::<(), pilot_status::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    credentials: Credentials,
    base_url: String,
    /// The source of the base URL, for errors.
    base_url_name: &'static str,
    danger_allow_http: bool,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    max_response_bytes: Option<usize>,
    max_concurrent_requests: usize,
    pool_idle_timeout: Duration,
    user_agent: String,
    retry: RetryPolicy,
    http: Option<reqwest::ClientBuilder>,
}

impl ClientBuilder {
    /// Sets the server to call, with an optional path prefix. Default:
    /// `https://pilotstatus.com.br`.
    ///
    /// The client removes a trailing `/v1`, since the paths of all operations begin with it,
    /// and the path `/api/v1`, which is an alias for `/v1` on the service. For a proxy with the
    /// prefix `/api`, pass `https://proxy.example/api`.
    ///
    /// The URL must begin with `https://`, unless the host is this machine, and have no user,
    /// password, query or fragment. Otherwise [`build`](Self::build) fails.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        Self { base_url: url.into(), ..self }
    }

    /// Allows a base URL with `http://` on any host. Anyone on the network can then read the
    /// API key.
    pub fn danger_allow_http(self) -> Self {
        Self { danger_allow_http: true, ..self }
    }

    /// Sets the timeout for connecting. Default: 10 seconds, but at most nine tenths of the
    /// attempt timeout and of the total timeout of this builder.
    ///
    /// If this timeout expires, the error is of kind
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect): nothing was sent. If the attempt or the
    /// call times out first, as it may in a clone with shorter timeouts or in a later attempt, the
    /// error is of kind [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), and the outcome counts
    /// as unknown.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response.
    /// Default: 30 seconds.
    ///
    /// A request body prolongs it by a second for every 64 KiB, so that a slow upload does not
    /// fail. [`RetryPolicy::total_timeout`] still limits the whole call.
    /// [`Client::with_attempt_timeout`] changes the timeout for individual calls.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: timeout, ..self }
    }

    /// Sets the maximum length of a response body in bytes. Default: 32 MiB, and 64 MiB for
    /// responses that contain a file, such as the response of `get_media`. A longer body causes
    /// an error of kind [`ErrorKind::Decode`](crate::ErrorKind::Decode). The chunks of a
    /// [`Download`](crate::Download) have no limit.
    pub fn max_response_bytes(self, bytes: usize) -> Self {
        Self { max_response_bytes: Some(bytes), ..self }
    }

    /// Sets the maximum number of concurrent requests of the client and its clones. Default:
    /// 100.
    ///
    /// Each request needs a connection and thus a file descriptor. Choose a number below the
    /// limit on open files (`ulimit -n`) minus the files that your program opens. Further calls
    /// wait for a slot in order, up to their total timeout. A call that gets no slot fails with
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) and is not sent.
    ///
    /// A request holds its slot until its response has been read or its future is dropped. A
    /// [`Download`](crate::Download) holds its slot until its end, or until it is dropped. A
    /// future that is not polled holds its slot too, such as the futures in `buffer_unordered`
    /// while the loop body runs. If no request ends for 5 seconds while a call waits, the client
    /// sends one request beyond the limit, so that such a loop body can make calls. To make many
    /// calls, spawn them as tasks, or hold fewer futures than the limit.
    pub fn max_concurrent_requests(self, requests: usize) -> Self {
        Self { max_concurrent_requests: requests, ..self }
    }

    /// Sets how long the client keeps an idle connection for the next request. Default: 50
    /// seconds. With zero, it keeps none.
    ///
    /// Choose a time below the idle timeout of the server or its proxy: 60 seconds or more for
    /// the load balancers of the large clouds, 75 for nginx, 5 for Node.js and Apache without a
    /// proxy. If the server closes a connection just as a request is sent, the outcome is
    /// unknown, and a call that is not safe to repeat fails. A new connection costs two or
    /// three round trips.
    pub fn pool_idle_timeout(self, timeout: Duration) -> Self {
        Self { pool_idle_timeout: timeout, ..self }
    }

    /// Appends the name of the caller, such as `shop/1.4`, to `User-Agent`. If a character is
    /// not valid in a header, [`build`](Self::build) fails.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// Sets the retry policy. Default: [`RetryPolicy::default`]. [`Client::with_retry`] changes
    /// the policy for individual calls.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self { retry: policy, ..self }
    }

    /// Sets the builder of the HTTP client underneath, for proxies and certificates.
    ///
    /// The settings of this `ClientBuilder` for timeouts, idle connections and `User-Agent`
    /// replace those of `http`. Redirects, retries and verbose logs are always off, and calls to
    /// a server on this machine use no proxy. If the default headers contain a credential,
    /// [`build`](Self::build) fails. The headers of a proxy are not checked, since reqwest does
    /// not expose them.
    pub fn http_client_builder(self, http: reqwest::ClientBuilder) -> Self {
        Self { http: Some(http), ..self }
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if the credentials are blank, in
    /// quotes, or not valid in a header.
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if
    ///
    /// - another setting is invalid,
    /// - `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` is not the URL of a proxy,
    /// - the system has no CA certificates, or this build has no TLS, unless the base URL is
    ///   `http://` on this machine,
    /// - the feature `rustls-no-provider` is enabled, but the program has not installed a crypto
    ///   provider for rustls.
    pub fn build(self) -> Result<Client, Error> {
        self.credentials.check()?;
        refuse_zero("connect timeout", self.connect_timeout.is_zero())?;
        refuse_zero("limit of bytes in a response", self.max_response_bytes == Some(0))?;
        refuse_zero("limit of concurrent requests", self.max_concurrent_requests == 0)?;
        let url = base_url::parse(&self.base_url, self.base_url_name, self.danger_allow_http)?;
        if [&*self.base_url, url.as_str()].iter().any(|text| self.credentials.appears_in(text)) {
            return Err(Error::configuration(format!(
                "{} contains the key, which is sent in a header instead; remove it",
                self.base_url_name
            )));
        }
        let http = http_client_builder(self.http, &url)?;
        let user_agent = format!("{USER_AGENT} {}", self.user_agent);
        let user_agent = HeaderValue::from_str(user_agent.trim_end_matches(' ')).map_err(|_| {
            Error::configuration(
                "the user agent contains a character that is not valid in headers; remove it",
            )
        })?;
        let limit = self.attempt_timeout.min(self.retry.get_total_timeout());
        let client = http
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Verbose logs contain the key.
            .connection_verbose(false)
            .connect_timeout(self.connect_timeout.min(limit / 10 * 9))
            .pool_idle_timeout(self.pool_idle_timeout.min(MAX_TIMEOUT))
            .user_agent(user_agent)
            .build()
            .map_err(Error::of_builder)?;
        // The path of an operation is appended to it.
        let baseurl = url.as_str().trim_end_matches('/').to_owned();
        let settings = Arc::new(Settings {
            base_url: url,
            credentials: self.credentials,
            queues: RequestQueues::new(self.retry.backoff),
            budget: Budget::default(),
            max_response_bytes: self.max_response_bytes,
            slots: Slots::new(self.max_concurrent_requests),
        });
        let inner = Inner {
            settings,
            number: NumberScope::default(),
            attempt_timeout: self.attempt_timeout,
            retry: self.retry,
        };
        inner.check()?;
        Ok(Client { baseurl, client, inner })
    }
}

/// The builder of the HTTP client: the caller's, or a new one.
fn http_client_builder(
    custom: Option<reqwest::ClientBuilder>,
    base_url: &Url,
) -> Result<reqwest::ClientBuilder, Error> {
    #[cfg(feature = "rustls-no-provider")]
    if !cfg!(any(feature = "rustls", feature = "native-tls"))
        && rustls::crypto::CryptoProvider::get_default().is_none()
    {
        // reqwest would panic.
        return Err(Error::configuration(
            "no crypto provider is installed for rustls; install one before the client is \
             built, for example with `rustls::crypto::ring::default_provider().install_default()`",
        ));
    }
    let mut http = match custom {
        // The deadline of each attempt limits the calls instead.
        Some(http) => http.timeout(MAX_TIMEOUT).read_timeout(MAX_TIMEOUT),
        None if !HAS_TLS && base_url.scheme() == "https" => {
            return Err(Error::configuration(
                "this build has no TLS, which the server requires; enable the feature `rustls`, \
                 `native-tls` or `rustls-no-provider` of pilot-status, or pass an \
                 `http_client_builder`",
            ));
        }
        None => reqwest::ClientBuilder::new(),
    };
    // reqwest shows proxies and default headers only in its `Debug` form.
    let shown = format!("{http:?}");
    if is_loopback(base_url) {
        // A proxy cannot reach this machine, but would see the key in plain text.
        http = http.no_proxy();
    } else if !shown.contains("proxies: ") {
        proxy_variables::check()?;
    }
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    if is_loopback(base_url) && base_url.scheme() == "http" {
        // Skips the CA certificates, which a container without TLS may not have.
        http = http.tls_certs_only([]);
    }
    // reqwest cannot remove default headers.
    match [API_KEY, API_KEY_ID].into_iter().find(|name| shown.contains(&format!("\"{name}\": "))) {
        Some(name) => Err(Error::configuration(format!(
            "the HTTP client has a default header {name}; remove it and pass the key as `Credentials`"
        ))),
        None => Ok(http),
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An unchecked base URL may contain a password, and the HTTP client may have confidential
        // headers.
        let credentials = &self.credentials;
        f.debug_struct("ClientBuilder").field("credentials", credentials).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn missing_tls_is_an_error_that_names_the_remedy() {
        let builder = || Client::builder(Credentials::api_key("ps_0123456789"));
        let error = builder().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let part = if HAS_TLS { "install_default()" } else { "`rustls`" };
        assert!(error.to_string().contains(part), "{error}");
        let local = builder().base_url("http://127.0.0.1:1").build();
        assert_eq!(local.is_err(), HAS_TLS);
    }
}
