//! Undocumented fields and fields with any JSON. They may contain secrets, so `Debug` prints only
//! their names.

use std::fmt;

use serde_json::{Map, Value};

/// Prints the names of fields.
pub(crate) struct Names<'a>(pub(crate) &'a Map<String, Value>);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Prints a model, with only the names of undocumented fields, and without the values of fields
/// with any JSON.
macro_rules! debug {
    ($model:ident) => {
        impl ::std::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($model))
                    .field(&crate::model::undocumented::Names(&self.0))
                    .finish()
            }
        }
    };
    ($model:ident { $($kind:ident $field:ident,)* }) => {
        impl ::std::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                use crate::model::undocumented::debug;

                f.debug_struct(stringify!($model))
                    $(.field(stringify!($field), debug!(@$kind &self.$field)))*
                    .finish()
            }
        }
    };
    (@shown $value:expr) => {
        $value
    };
    (@json $value:expr) => {
        &::std::format_args!("..")
    };
    (@names $value:expr) => {
        &crate::model::undocumented::Names($value)
    };
}

pub(crate) use debug;
