//! What `build.rs` makes of `openapi.json`, and what the generated code sees of the
//! hand-written layer.

mod macros;
mod progenitor_client;

include!(concat!(env!("OUT_DIR"), "/client.rs"));
