//! The client in a program whose other crates turn on features of the client, or of crates that
//! both use: JSON Schemas of the models, HTTP/2 in reqwest, and a second provider of cryptography
//! in rustls.

#![cfg(test)]

mod cryptography;
mod http_2;
mod json_schemas;

// tests/it uses more of it.
#[allow(dead_code, unused_imports)]
#[path = "../it/support/mod.rs"]
mod support;
#[path = "../it/tls.rs"]
mod tls;
