//! How the client behaves, over sockets on loopback. A module for each subject.

mod canary;
mod client;
mod credentials;
mod downloads;
mod dropped_calls;
mod environment;
mod errors;
mod example;
mod examples;
mod faults;
mod list_numbers;
mod logs;
mod open_enums;
mod operations;
mod overrides;
mod raw_requests;
mod retries;
mod runtimes;
mod sandbox;
mod secrets;
mod support;
mod telemetry;
mod transport;
mod uploads;
mod webhook_server;
mod webhooks;
