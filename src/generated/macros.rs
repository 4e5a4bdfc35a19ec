//! Methods and implementations of the generated builders. The build step calls these macros.
//!
//! `#[inline]` here and in the other macros moves code generation to the calling crate: most
//! programs call few operations, and the library compiles faster without code for the others.

/// Prints only the name of a call, since its path may contain a token.
macro_rules! debug {
    ($call:ident) => {
        impl ::std::fmt::Debug for $call<'_> {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($call)).finish_non_exhaustive()
            }
        }
    };
}

/// Defines `build`, and lets the setters of other models accept the builder.
macro_rules! builder {
    ($model:ident) => {
        impl $model {
            /// Builds the model.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if a field is
            /// missing or a value is invalid.
            #[inline]
            pub fn build(self) -> Result<super::$model, crate::Error> {
                super::$model::try_from(self).map_err(crate::Error::from)
            }
        }

        crate::model::optional::optional_from_builder!(super::$model, $model);
    };
}

pub(crate) use {builder, debug};
