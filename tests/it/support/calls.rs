//! Calls of each method, and their outcomes.

use std::time::Duration;

use pilot_status::{Client, ClientBuilder, Credentials, Error, ErrorKind, RetryPolicy};

use super::echo::shows_key;
use super::{KEY, shown};

pub fn builder(url: &str) -> ClientBuilder {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    Client::builder(Credentials::api_key(KEY)).base_url(url).retry(policy)
}

/// Calls an operation that must not be repeated if the server may have processed it.
pub async fn pay(client: &Client) -> Error {
    client.pay_number().id("1").send().await.map(drop).unwrap_err()
}

pub async fn list(client: &Client) -> Error {
    client.list_numbers().send().await.map(drop).unwrap_err()
}

pub async fn purge(client: &Client) -> Error {
    client.purge_number().id("1").send().await.map(drop).unwrap_err()
}

/// Asserts that calls of each method fail with the same kind after the same number of attempts.
pub async fn assert_ends(client: &Client, name: &str, kind: ErrorKind, attempts: u32) -> Error {
    for error in [list(client).await, purge(client).await, pay(client).await] {
        assert_eq!((error.kind(), error.attempts()), (kind, attempts), "{name}: {error}");
        assert!(!shows_key(&shown(&error)), "{name}: {error:?}");
    }
    pay(client).await
}
