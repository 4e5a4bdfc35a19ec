//! Finds the operation of a request.

use http::Method;
use percent_encoding::percent_decode_str;

use super::document::Operation;
use crate::operation::{matches, placeholders};

/// The target of a request.
pub enum Route<'a> {
    /// An operation, with its parameters in the path.
    Found(&'a Operation, Vec<(&'static str, String)>),
    /// A path with operations of other methods: their names, as in the header `Allow`.
    OtherMethod(String),
    NotFound,
}

/// Finds the operation for a method and a path. A fixed segment takes precedence over a
/// parameter.
pub fn find<'a>(operations: &'a [Operation], method: &Method, path: &str) -> Route<'a> {
    let matching = || operations.iter().filter(|operation| matches(path, operation.path));
    let Some(most_fixed) = matching().map(|operation| placeholders(operation.path)).min() else {
        return Route::NotFound;
    };
    let best = || matching().filter(|operation| placeholders(operation.path) == most_fixed);
    if let Some(operation) = best().find(|operation| operation.method == *method) {
        return Route::Found(operation, values(operation.path, path));
    }
    let methods: Vec<&str> = best().map(|operation| operation.method.as_str()).collect();
    Route::OtherMethod(methods.join(", "))
}

/// The values of the parameters in a path.
fn values(template: &'static str, path: &str) -> Vec<(&'static str, String)> {
    let segments = template.split('/').zip(path.split('/'));
    let values = segments.filter_map(|(segment, value)| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some((name, percent_decode_str(value).decode_utf8_lossy().into_owned()))
    });
    values.collect()
}
