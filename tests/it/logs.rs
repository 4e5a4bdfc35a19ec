//! Trace logs of the underlying libraries must not contain the API key.

use std::sync::Mutex;

use pilot_status::mock::Sandbox;
use pilot_status::reqwest;

use crate::support::process::{is_child, run_again};

static LOGGED: Mutex<String> = Mutex::new(String::new());

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        let line = format!("{} {}\n", record.target(), record.args());
        LOGGED.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn no_log_line_contains_the_key() {
    // A process has a single logger, which would also record the requests of other tests.
    if !is_child() {
        return run_again("logs::no_log_line_contains_the_key", &[], 1024);
    }
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let sandbox = Sandbox::start().await.unwrap();
    let verbose = reqwest::Client::builder().connection_verbose(true);
    for builder in [sandbox.builder(), sandbox.builder().http_client_builder(verbose)] {
        builder.build().unwrap().list_numbers().send().await.unwrap();
    }
    let logged = LOGGED.lock().unwrap();
    assert!(logged.contains("reqwest"), "nothing was logged: {logged}");
    assert!(!logged.contains(Sandbox::API_KEY), "{logged}");
}
