//! The operations of the document.

use std::fmt;

use http::Method;

/// Declares the operations. The build script generates the call.
macro_rules! operation_ids {
    ($($name:ident = $id:literal: $method:ident $path:literal,)*) => {
        /// An operation of the API document: a method of [`Client`](crate::Client), in PascalCase.
        ///
        /// Operations whose feature is disabled are included: the sandbox responds to them too.
        ///
        /// ```
        /// use pilot_status::mock::OperationId;
        ///
        /// assert_eq!(OperationId::ListNumbers.as_str(), "list_numbers");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum OperationId {
            $(#[doc = concat!("`", stringify!($method), " ", $path, "`")] $name,)*
        }

        impl OperationId {
            /// All operations.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The `operationId`, such as `list_numbers`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            pub(super) fn method(self) -> Method {
                match self { $(Self::$name => Method::$method,)* }
            }

            /// The path template, such as `/v1/numbers/{id}`.
            pub(super) fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/operation_ids.rs"));

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
