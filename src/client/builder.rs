//! The settings of a client, and the checks before it exists.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use reqwest::redirect;

use super::base_url::BaseUrl;
use super::overrides::validate_nonzero;
use super::{Inner, Settings, proxy_variables};
use crate::credentials::number_scope::NumberScope;
use crate::credentials::{Credentials, environment};
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::operation::{API_KEY, API_KEY_ID, SERVER};
use crate::rate_limit::slots::Slots;
use crate::retry::RetryPolicy;
use crate::time::MAX_TIMEOUT;

const USER_AGENT: &str = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
const BASE_URL_VARIABLE: &str = "PILOT_STATUS_BASE_URL";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// A process may open 256 files on macOS. A test that runs its server in the same process
/// needs two for each connection.
const MAX_CONCURRENT_REQUESTS: usize = 100;

/// Shorter than what load balancers and proxies keep an idle connection: those of the large
/// clouds do so for 60 seconds or more, nginx for 75.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

impl Client {
    /// Begins to set up a client that shows `credentials`.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            credentials,
            base_url: None,
            base_url_name: "the base URL",
            danger_allow_http: false,
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: ATTEMPT_TIMEOUT,
            max_response_bytes: None,
            max_concurrent_requests: MAX_CONCURRENT_REQUESTS,
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            user_agent: None,
            retry: RetryPolicy::default(),
            http: None,
        }
    }

    /// A client with the [credentials in the environment](Credentials::from_env)
    /// and the base URL in `PILOT_STATUS_BASE_URL`, if that is set and not blank.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`] or [`ErrorKind::Configuration`] when the
    /// environment does not give what is needed, naming the variable.
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder(Credentials::from_env()?);
        if let Some(url) = environment::variable(BASE_URL_VARIABLE) {
            builder.base_url_name = BASE_URL_VARIABLE;
            // What is not UTF-8 is no URL either, and is refused as such.
            builder = builder.base_url(url.to_string_lossy());
        }
        builder.build()
    }
}

/// The settings of a [`Client`].
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
    base_url: Option<String>,
    /// Where the base URL came from, for what an error says.
    base_url_name: &'static str,
    danger_allow_http: bool,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    max_response_bytes: Option<usize>,
    max_concurrent_requests: usize,
    pool_idle_timeout: Duration,
    user_agent: Option<String>,
    retry: RetryPolicy,
    http: Option<reqwest::ClientBuilder>,
}

impl ClientBuilder {
    /// The server to call, with any prefix of its paths. Default:
    /// `https://pilotstatus.com.br`, the server of the document.
    ///
    /// It may end with the `/v1` that the paths of all operations begin with, in any case:
    /// `https://pilotstatus.com.br/v1` is the default too, and so is
    /// `https://pilotstatus.com.br/api/v1`, another name of the service for the same routes.
    /// For a proxy with the prefix `/api`, pass `https://proxy.example/api`.
    ///
    /// It must begin with `https://`, unless the host is this machine, and hold
    /// no user, password, query or fragment; [`build`](Self::build) refuses any
    /// other.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Allows a base URL that begins with `http://` on any host. Whoever is on
    /// the way to it can then read the key.
    pub fn danger_allow_http(mut self) -> Self {
        self.danger_allow_http = true;
        self
    }

    /// How long a connection may take to come about. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the
    /// response. Default: 30 seconds.
    ///
    /// While a request body of 64 KiB or more is sent, the time starts anew with every part
    /// that the connection takes: a slow upload does not fail as long as it makes progress.
    /// [`RetryPolicy::total_timeout`] bounds it nevertheless, and all attempts of a call
    /// together. [`Client::with_attempt_timeout`] changes the timeout of single calls.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a response may be, in bytes. Default: 32 MiB, and 64 MiB where it holds a
    /// whole file, as that of `get_media`. A longer one is an error of kind
    /// [`ErrorKind::Decode`], but for a [`Download`](crate::Download) that is read chunk by
    /// chunk.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = Some(bytes);
        self
    }

    /// How many requests the client and its clones send at once. Default: 100.
    ///
    /// Each takes a connection, and so a file descriptor: choose less than the limit of
    /// open files of the process (`ulimit -n`) leaves. Further calls wait for a slot, in
    /// the order in which they came and within their own total time. A call that gets none
    /// fails with [`ErrorKind::Timeout`] and is not sent.
    ///
    /// A request keeps its slot until its response has been read, a
    /// [`Download`](crate::Download) until its end, and both no longer than they are kept.
    /// A future that is kept and not polled keeps its slot too, such as those in
    /// `buffer_unordered` while the loop over its results is at work. So that such a loop
    /// can make calls, one request more is sent whenever none has ended for 5 seconds. Spawn
    /// many calls as tasks, or keep fewer of them than the limit.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.max_concurrent_requests = requests;
        self
    }

    /// How long a connection that nobody uses is kept for the next request. Default: 50
    /// seconds. Zero keeps none.
    ///
    /// It should be less than the time after which the server, or a proxy before it, closes
    /// idle connections: load balancers of the large clouds do so after 60 seconds or more,
    /// nginx after 75, Node.js and Apache without a proxy after 5. A connection that the
    /// server has closed is not used. But a request that is sent at the very moment at which
    /// the server closes is lost, and whether the server processed it is unknown: a call
    /// that cannot be repeated fails. A new connection costs two or three round trips.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Names the caller, such as `shop/1.4`, after this library in `User-Agent`.
    /// [`build`](Self::build) refuses what no header can carry.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// When calls are tried again. Default: [`RetryPolicy::default`].
    /// [`Client::with_retry`] changes the policy of single calls.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// An HTTP client to build upon, for proxies and certificates.
    ///
    /// The settings of this builder take the place of its own for timeouts, idle connections
    /// and `User-Agent`. Redirects, retries and verbose logs of its own are always
    /// off, and a server on this machine is called without a proxy. It is
    /// refused if its default headers hold a credential. The headers of a proxy
    /// are not looked at: reqwest does not show them.
    pub fn http_client_builder(mut self, http: reqwest::ClientBuilder) -> Self {
        self.http = Some(http);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`] when no header can carry the credentials;
    /// [`ErrorKind::Configuration`] when another setting cannot be used: also when
    /// `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` is not the URL of a proxy, or the system
    /// has no CA certificates and the server is not `http://` on this machine.
    pub fn build(self) -> Result<Client, Error> {
        self.credentials.check(match self.credentials.header() {
            API_KEY => "the API key",
            _ => "the id of the API key",
        })?;
        validate_nonzero(&[
            ("connect timeout", self.connect_timeout.is_zero()),
            ("limit of bytes in an answer", self.max_response_bytes == Some(0)),
            ("limit of concurrent requests", self.max_concurrent_requests == 0),
        ])?;
        let url = self.base_url.as_deref().unwrap_or(SERVER);
        let base_url = BaseUrl::parse(url, self.base_url_name, self.danger_allow_http)?;
        if self.credentials.appears_in(url) || self.credentials.appears_in(&base_url.text) {
            return Err(Error::new(ErrorKind::Configuration).detail(format!(
                "{} holds the key, which goes into a header; take it out",
                self.base_url_name
            )));
        }
        let http = http_client_builder(self.http, &base_url)?;
        let user_agent = match self.user_agent {
            Some(caller) if !caller.is_empty() => format!("{USER_AGENT} {caller}"),
            _ => USER_AGENT.to_owned(),
        };
        HeaderValue::from_str(&user_agent).map_err(|_| {
            Error::new(ErrorKind::Configuration)
                .detail("the user agent has a character that no header can carry")
        })?;
        let client = http
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // It would log the key with all other bytes.
            .connection_verbose(false)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout.min(MAX_TIMEOUT))
            .user_agent(user_agent)
            .build()
            .map_err(Error::of_builder)?;
        let settings = Arc::new(Settings {
            credentials: self.credentials,
            shared: self.retry.shared(),
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
        Ok(Client { baseurl: base_url.text, client, inner })
    }
}

/// The builder of the HTTP client: that of the user, or a new one.
fn http_client_builder(
    given: Option<reqwest::ClientBuilder>,
    base_url: &BaseUrl,
) -> Result<reqwest::ClientBuilder, Error> {
    let mut http = match given {
        // Our own timeouts, which a clone can change, bound the calls.
        Some(http) => http.timeout(MAX_TIMEOUT).read_timeout(MAX_TIMEOUT),
        None => reqwest::ClientBuilder::new(),
    };
    if base_url.is_loopback {
        // No proxy reaches this machine, but it would see the key in plain text.
        http = http.no_proxy();
    } else if !format!("{http:?}").contains("proxies: ") {
        proxy_variables::check()?;
    }
    if base_url.is_loopback && base_url.text.starts_with("http:") {
        http = without_tls(http);
    }
    refuse_credentials(&http)?;
    Ok(http)
}

/// Looks for no CA certificates: a container has none where nothing uses TLS.
fn without_tls(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let http = http.tls_certs_only([]);
    http
}

/// Refuses default headers that would go out as a second credential. reqwest
/// shows them in its `Debug` form only, and cannot take them away again.
fn refuse_credentials(http: &reqwest::ClientBuilder) -> Result<(), Error> {
    let shown = format!("{http:?}");
    match [API_KEY, API_KEY_ID].into_iter().find(|name| shown.contains(&format!("\"{name}\": "))) {
        Some(name) => Err(Error::new(ErrorKind::Configuration).detail(format!(
            "the HTTP client has a default header {name}; remove it and pass the key as `Credentials`"
        ))),
        None => Ok(()),
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A base URL that was not checked may hold a password, and the HTTP
        // client may hold headers.
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("danger_allow_http", &self.danger_allow_http)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_concurrent_requests", &self.max_concurrent_requests)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
