//! Random and mutated input for every parser of foreign data. No input may cause a panic, and
//! no text may contain a secret. `PROPTEST_CASES` sets the number of cases: see
//! CONTRIBUTING.md.

mod errors;
mod models;
mod mutation;
mod paths;
mod timestamps;
mod webhooks;

use std::time::Duration;

use pilot_status::{Client, Credentials, Error, RetryPolicy};
use proptest::test_runner::Config;
use tokio::runtime::{Builder, Runtime};

use crate::support::{KEY, Server, ServerResponse, shown};

/// The default number of cases per target.
const CASES: u32 = 1000;

fn config() -> Config {
    let config = Config::default();
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    Config { cases: if is_set { config.cases } else { CASES }, ..config }
}

/// A client, and a server with a separate response for each call.
struct Wire {
    runtime: Runtime,
    server: Server,
    client: Client,
}

impl Wire {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(Server::start([ServerResponse::new(200, &[], "[]")]));
        let client = Client::builder(Credentials::api_key(KEY)).base_url(&server.url);
        let client = client.attempt_timeout(Duration::from_secs(20)).retry(RetryPolicy::none());
        Self { runtime, server, client: client.build().unwrap() }
    }

    /// Makes a call that gets this response. An error must not contain the key.
    fn call<T>(
        &self,
        response: ServerResponse,
        call: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.server.restart(response);
        let outcome = self.runtime.block_on(call(&self.client));
        if let Err(error) = &outcome {
            let shown = shown(error);
            assert!(!shown.contains(KEY), "{shown}");
            let text = error.to_string();
            assert!(!text.contains(char::is_control), "{text:?}");
        }
        outcome
    }
}
