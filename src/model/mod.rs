//! The parts of generated models: field types, the arguments of setters, and the macros that the
//! build step calls for enums, unions and rules.

pub(crate) mod collections;
pub(crate) mod data_url;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod open_union;
pub(crate) mod optional;
pub mod phone;
pub(crate) mod rules;
mod secret;
pub(crate) mod text;
mod timestamp;
pub(crate) mod undocumented;

pub use collections::{IntoList, IntoMap};
pub use data_url::DataUrl;
pub use nullable::Nullable;
pub(crate) use open_enum::{open_enum, switch};
pub(crate) use open_union::{entries, from_builder, from_model, from_text, open_union};
pub use optional::IntoOptional;
pub(crate) use rules::{choice, constructor, rules};
pub use secret::Secret;
pub use timestamp::Timestamp;
