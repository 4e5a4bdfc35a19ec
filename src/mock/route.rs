//! Which operation a request is for.

use http::Method;

use super::document::Operation;

/// Where a request leads.
pub enum Route<'a> {
    /// To an operation, with its parameters in the path.
    Found(&'a Operation, Vec<(&'static str, String)>),
    /// To a path that knows other methods.
    OtherMethod,
    Nowhere,
}

/// Finds the operation for a method and a path. Where more than one fits, the one
/// with a fixed segment where the other has a parameter is meant.
pub fn find<'a>(operations: &'a [Operation], method: &Method, path: &str) -> Route<'a> {
    let fitting = || operations.iter().filter(|operation| operation.path.fits(path));
    let Some(most_fixed) = fitting().map(|operation| operation.path.parameters()).min() else {
        return Route::Nowhere;
    };
    let mut meant = fitting().filter(|operation| operation.path.parameters() == most_fixed);
    match meant.find(|operation| operation.method == *method) {
        Some(operation) => Route::Found(operation, operation.path.values(path)),
        None => Route::OtherMethod,
    }
}
