//! Templates of paths.

use percent_encoding::percent_decode_str;

/// A path with parameters, such as `/v1/numbers/{id}`.
pub struct Template {
    /// As the document writes it.
    pub text: &'static str,
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

    pub fn fits(&self, path: &str) -> bool {
        let given = path.split('/');
        given.clone().count() == self.segments().count()
            && self.segments().zip(given).all(|(segment, given)| match segment {
                Segment::Fixed(text) => text == given,
                Segment::Parameter(_) => !given.is_empty(),
            })
    }

    /// Which segments are parameters: true sorts after false, from the left.
    pub fn parameters(&self) -> Vec<bool> {
        self.segments().map(|segment| matches!(segment, Segment::Parameter(_))).collect()
    }

    pub fn values(&self, path: &str) -> Vec<(&'static str, String)> {
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
