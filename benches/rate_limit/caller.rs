//! The clients of the comparison. All send the same headers, use the same reqwest settings and
//! decode responses into the same type.

use std::time::Duration;

use http::header::{ACCEPT, HeaderValue, RETRY_AFTER};
use pilot_status::types::Number;
use pilot_status::{Client, Credentials, Pacing, RetryPolicy};
use reqwest::{Response, StatusCode};
use reqwest_middleware::ClientWithMiddleware;
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;

use crate::crowd::{self, Failure, Outcome};

/// High enough that no call has to fail.
const MAX_ATTEMPTS: u32 = 50;
const TOTAL_TIME: Duration = Duration::from_secs(120);

/// The delay of `PlainLoop` after a 429 without `Retry-After`.
const UNNAMED_WAIT: Duration = Duration::from_millis(500);

const KEY: &str = "ps_0123456789";
const JSON: &str = "application/json";
const USER_AGENT: &str = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A client, named as in the table and the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    PilotStatus,
    /// pilot-status with its default, less patient retry policy.
    Default,
    /// pilot-status without pacing.
    Unpaced,
    /// reqwest with the reqwest-retry middleware and its defaults.
    ReqwestRetry,
    /// reqwest in a loop that waits after a 429 for as long as `Retry-After` requires.
    PlainLoop,
    /// reqwest without retries.
    Bare,
}

impl Runner {
    /// The clients that retry a 429.
    pub const RETRYING: [Self; 3] = [Self::PilotStatus, Self::ReqwestRetry, Self::PlainLoop];

    pub fn name(self) -> &'static str {
        match self {
            Self::PilotStatus | Self::Default => "pilot-status",
            Self::Unpaced => "without-pacing",
            Self::ReqwestRetry => "reqwest-retry",
            Self::PlainLoop => "plain-loop",
            Self::Bare => "reqwest",
        }
    }

    /// Creates a client with its own connection pool for the server at `url`.
    pub fn caller(self, url: &str) -> Result<Caller, Failure> {
        let default = RetryPolicy::default();
        let patient = default.max_attempts(MAX_ATTEMPTS).total_timeout(TOTAL_TIME);
        let ours = |policy| {
            let builder = Client::builder(Credentials::api_key(KEY)).base_url(url).retry(policy);
            builder.build().map(Caller::PilotStatus)
        };
        let (client, url) = (reqwest_client()?, format!("{url}/v1/numbers"));
        Ok(match self {
            Self::PilotStatus => ours(patient)?,
            Self::Default => ours(default)?,
            Self::Unpaced => ours(patient.pacing(Pacing::Off))?,
            Self::ReqwestRetry => Caller::ReqwestRetry(with_retries(client), url),
            Self::PlainLoop => Caller::PlainLoop(client, url),
            Self::Bare => Caller::Bare(client, url),
        })
    }
}

/// reqwest with the settings of pilot-status.
fn reqwest_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(REQUEST_TIMEOUT)
        .user_agent(USER_AGENT)
        .build()
}

fn with_retries(client: reqwest::Client) -> ClientWithMiddleware {
    let policy = ExponentialBackoff::builder().build_with_max_retries(MAX_ATTEMPTS - 1);
    let retries = RetryTransientMiddleware::new_with_policy(policy);
    reqwest_middleware::ClientBuilder::new(client).with(retries).build()
}

/// A client, with the URL of the list of numbers unless it builds that itself.
#[derive(Clone)]
pub enum Caller {
    PilotStatus(Client),
    ReqwestRetry(ClientWithMiddleware, String),
    PlainLoop(reqwest::Client, String),
    Bare(reqwest::Client, String),
}

impl Caller {
    /// Sends `calls` calls at once.
    pub async fn run(&self, calls: u32) -> Outcome {
        self.run_in(calls, calls).await
    }

    /// Sends `calls` calls from `tasks` tasks. The task type differs per client: a shared type
    /// would be as large as the largest and hide its cost.
    pub async fn run_in(&self, calls: u32, tasks: u32) -> Outcome {
        match self.clone() {
            Self::PilotStatus(client) => {
                crowd::run(calls, tasks, move || pilot_status(client.clone())).await
            }
            Self::ReqwestRetry(client, url) => {
                let call = move || reqwest_retry(client.clone(), url.clone());
                crowd::run(calls, tasks, call).await
            }
            Self::PlainLoop(client, url) => {
                crowd::run(calls, tasks, move || plain_loop(client.clone(), url.clone())).await
            }
            Self::Bare(client, url) => {
                crowd::run(calls, tasks, move || bare(client.clone(), url.clone())).await
            }
        }
    }
}

async fn pilot_status(client: Client) -> Result<Vec<Number>, Failure> {
    Ok(client.list_numbers().send().await?.into_inner())
}

async fn reqwest_retry(client: ClientWithMiddleware, url: String) -> Result<Vec<Number>, Failure> {
    let request = client.get(url).header(ACCEPT, JSON).header("x-api-key", key());
    decode(request.timeout(REQUEST_TIMEOUT).send().await?).await
}

async fn plain_loop(client: reqwest::Client, url: String) -> Result<Vec<Number>, Failure> {
    loop {
        let response = send(&client, &url).await?;
        if response.status() != StatusCode::TOO_MANY_REQUESTS {
            return decode(response).await;
        }
        let wait = retry_after(&response).map_or(UNNAMED_WAIT, Duration::from_secs);
        // reqwest reuses a connection only after the body of the response is read.
        response.bytes().await?;
        tokio::time::sleep(wait).await;
    }
}

async fn bare(client: reqwest::Client, url: String) -> Result<Vec<Number>, Failure> {
    decode(send(&client, &url).await?).await
}

async fn send(client: &reqwest::Client, url: &str) -> reqwest::Result<Response> {
    let request = client.get(url).header(ACCEPT, JSON).header("x-api-key", key());
    request.timeout(REQUEST_TIMEOUT).send().await
}

fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

fn key() -> HeaderValue {
    let mut value = HeaderValue::from_static(KEY);
    value.set_sensitive(true);
    value
}

async fn decode(response: Response) -> Result<Vec<Number>, Failure> {
    let body = response.error_for_status()?.bytes().await?;
    Ok(serde_json::from_slice(&body)?)
}
