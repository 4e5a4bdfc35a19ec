//! The code that `build.rs` generates from `openapi.json`, and its interface to the hand-written
//! layer.

mod macros;
mod progenitor_client;

include!(concat!(env!("OUT_DIR"), "/client.rs"));
