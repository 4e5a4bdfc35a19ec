//! Which operation a request is for.

use http::Method;
use percent_encoding::percent_decode_str;

use super::document::Operation;

/// A path with parameters, such as `/v1/numbers/{id}`.
pub struct Template {
    /// As the document writes it.
    pub text: &'static str,
}

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

impl Template {
    pub fn new(text: &'static str) -> Self {
        Self { text }
    }

    fn segments(&self) -> impl Iterator<Item = Segment> + Clone {
        self.text.split('/').map(|segment| {
            match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name),
                None => Segment::Fixed(segment),
            }
        })
    }

    fn fits(&self, path: &str) -> bool {
        let given = path.split('/');
        given.clone().count() == self.segments().count()
            && self.segments().zip(given).all(|(segment, given)| match segment {
                Segment::Fixed(text) => text == given,
                Segment::Parameter(_) => !given.is_empty(),
            })
    }

    /// Which segments are parameters: true sorts after false, from the left.
    fn parameters(&self) -> Vec<bool> {
        self.segments().map(|segment| matches!(segment, Segment::Parameter(_))).collect()
    }

    fn values(&self, path: &str) -> Vec<(&'static str, String)> {
        let named = self.segments().zip(path.split('/')).filter_map(|(segment, given)| {
            let Segment::Parameter(name) = segment else { return None };
            Some((name, percent_decode_str(given).decode_utf8_lossy().into_owned()))
        });
        named.collect()
    }
}

#[derive(Clone, Copy)]
enum Segment {
    Fixed(&'static str),
    Parameter(&'static str),
}
