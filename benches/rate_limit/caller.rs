//! The clients that are compared. All send the same headers with the same
//! settings of reqwest, and decode what comes into the same type.

use std::time::Duration;

use http::header::{ACCEPT, HeaderValue, RETRY_AFTER};
use pilot_status::types::Number;
use pilot_status::{Client, Credentials, RetryPolicy};
use reqwest::{Response, StatusCode};
use reqwest_middleware::ClientWithMiddleware;
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;

use crate::crowd::{self, Failure, Outcome};

/// So many that no call has to fail.
const MAX_ATTEMPTS: u32 = 50;
const TOTAL_TIME: Duration = Duration::from_secs(120);

const KEY: &str = "ps_0123456789";
const JSON: &str = "application/json";
const USER_AGENT: &str = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A client, by the name that the table and the arguments give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    PilotStatus,
    /// reqwest with the middleware of reqwest-retry and its defaults.
    ReqwestRetry,
    /// reqwest in a loop that sleeps after a 429 as long as that asks for.
    PlainLoop,
    /// reqwest, without retries.
    Bare,
}

impl Runner {
    /// Those that try again after a 429.
    pub const RETRYING: [Self; 3] = [Self::PilotStatus, Self::ReqwestRetry, Self::PlainLoop];

    pub fn name(self) -> &'static str {
        match self {
            Self::PilotStatus => "pilot-status",
            Self::ReqwestRetry => "reqwest-retry",
            Self::PlainLoop => "plain-loop",
            Self::Bare => "reqwest",
        }
    }

    /// A new client, with a pool of its own, for the server at `url`.
    pub fn caller(self, url: &str) -> Result<Caller, Failure> {
        if self == Self::PilotStatus {
            let policy = RetryPolicy::default().max_attempts(MAX_ATTEMPTS).total_time(TOTAL_TIME);
            let builder = Client::builder(Credentials::api_key(KEY)).base_url(url).retry(policy);
            return Ok(Caller::PilotStatus(builder.build()?));
        }
        let (client, url) = (reqwest_client()?, format!("{url}/v1/numbers"));
        Ok(match self {
            Self::ReqwestRetry => Caller::ReqwestRetry(with_retries(client), url),
            Self::PlainLoop => Caller::PlainLoop(client, url),
            _ => Caller::Bare(client, url),
        })
    }
}

/// reqwest as pilot-status sets it up.
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

/// A client that is ready to call, and where the numbers are.
pub enum Caller {
    PilotStatus(Client),
    ReqwestRetry(ClientWithMiddleware, String),
    PlainLoop(reqwest::Client, String),
    Bare(reqwest::Client, String),
}

impl Caller {
    /// Sends all calls at once. Each client has tasks of its own type: one for
    /// all would be as large as the largest and hide what that costs.
    pub async fn run(&self) -> Outcome {
        match self {
            Self::PilotStatus(client) => crowd::run(|| pilot_status(client.clone())).await,
            Self::ReqwestRetry(client, url) => {
                crowd::run(|| reqwest_retry(client.clone(), url.clone())).await
            }
            Self::PlainLoop(client, url) => {
                crowd::run(|| plain_loop(client.clone(), url.clone())).await
            }
            Self::Bare(client, url) => crowd::run(|| bare(client.clone(), url.clone())).await,
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
        let wait = retry_after(&response).unwrap_or(1);
        // Only a connection whose answer was read is used again.
        response.bytes().await?;
        tokio::time::sleep(Duration::from_secs(wait)).await;
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
