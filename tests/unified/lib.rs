//! Tests the client in a program whose other crates enable features of the client, or of crates
//! that both use: JSON Schemas of the models, HTTP/2 in reqwest, and a second crypto provider
//! in rustls.

#![cfg(test)]

mod cryptography;
mod http_2;
mod json_schemas;

// Only tests/it uses all of it.
#[allow(dead_code, unused_imports)]
#[path = "../it/support/mod.rs"]
mod support;
#[path = "../it/tls.rs"]
mod tls;
