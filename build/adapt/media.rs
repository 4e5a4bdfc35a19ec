//! Media types: which one of several to take, and what to say on the wire where
//! the generator would say something else.

use std::collections::BTreeMap;

use serde_json::Value;

pub const JSON: &str = "application/json";
pub const BYTES: &str = "application/octet-stream";

/// By the operation, the `Accept` that it sends in place of the generator's.
pub type Media = BTreeMap<String, String>;

/// What is before the parameters of a media type, in lower case.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// JSON first, then what is like it, then what may be it.
pub fn json(content: &Value) -> Option<(&String, &Value)> {
    let rank = |media_type: &str| match essence(media_type).as_str() {
        JSON => Some(0),
        like if like.ends_with("+json") || like == "text/json" => Some(1),
        "*/*" | "application/*" => Some(2),
        _ => None,
    };
    let types = content.as_object()?.iter();
    types
        .filter_map(|(name, media_type)| Some((rank(name)?, name, media_type)))
        .min_by_key(|(rank, ..)| *rank)
        .map(|(_, name, media_type)| (name, media_type))
}

/// What has to be said on the wire where the generator says `usual`.
pub fn unusual(media_type: &str, usual: &str) -> Option<String> {
    let sayable = !media_type.contains('*') && is_sayable(media_type);
    (essence(media_type) != usual && sayable).then(|| media_type.to_owned())
}

/// Whether a header can carry it.
pub fn is_sayable(media_type: &str) -> bool {
    media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}
