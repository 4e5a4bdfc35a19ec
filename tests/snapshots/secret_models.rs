/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///What the server says of a call that failed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct ApiError {
        ///The reason, for programs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        ///The reason, in words for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl ApiError {
        pub fn builder() -> builder::ApiError {
            Default::default()
        }
    }
    ///`Hook`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Hook {
        #[serde(
            rename = "byName",
            default,
            skip_serializing_if = ":: std :: collections :: BTreeMap::is_empty"
        )]
        pub by_name: ::std::collections::BTreeMap<::std::string::String, crate::Secret>,
        pub id: ::std::string::String,
        ///The PIN.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pin: ::std::option::Option<Pin>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<crate::Secret>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub secret: ::std::option::Option<crate::Secret>,
    }
    impl Hook {
        pub fn builder() -> builder::Hook {
            Default::default()
        }
    }
    ///`NewHook`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct NewHook {
        pub former: ::std::vec::Vec<crate::Secret>,
        pub pin: Pin,
        ///At least 8.
        pub secret: crate::Secret,
        pub url: ::std::string::String,
    }
    impl NewHook {
        pub fn builder() -> builder::NewHook {
            Default::default()
        }
    }
    ///`Pin`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Pin(pub crate::Secret);
    impl ::std::ops::Deref for Pin {
        type Target = crate::Secret;
        fn deref(&self) -> &crate::Secret {
            &self.0
        }
    }
    impl ::std::convert::From<Pin> for crate::Secret {
        fn from(value: Pin) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<crate::Secret> for Pin {
        fn from(value: crate::Secret) -> Self {
            Self(value)
        }
    }
    impl ::std::str::FromStr for Pin {
        type Err = <crate::Secret as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for Pin {
        type Error = <crate::Secret as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for Pin {
        type Error = <crate::Secret as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct ApiError {
            code: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            error: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for ApiError {
            fn default() -> Self {
                Self {
                    code: Ok(Default::default()),
                    error: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl ApiError {
            pub fn code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for code: {e}")
                    });
                self
            }
            pub fn error<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.error = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for error: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ApiError> for super::ApiError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ApiError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    code: value.code?,
                    error: value.error?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::ApiError> for ApiError {
            fn from(value: super::ApiError) -> Self {
                Self {
                    code: Ok(value.code),
                    error: Ok(value.error),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Hook {
            by_name: ::std::result::Result<
                ::std::collections::BTreeMap<::std::string::String, crate::Secret>,
                ::std::string::String,
            >,
            id: ::std::result::Result<::std::string::String, ::std::string::String>,
            pin: ::std::result::Result<
                ::std::option::Option<super::Pin>,
                ::std::string::String,
            >,
            previous: ::std::result::Result<
                ::std::option::Option<crate::Secret>,
                ::std::string::String,
            >,
            secret: ::std::result::Result<
                ::std::option::Option<crate::Secret>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Hook {
            fn default() -> Self {
                Self {
                    by_name: Ok(Default::default()),
                    id: Err("no value supplied for id".to_string()),
                    pin: Ok(Default::default()),
                    previous: Ok(Default::default()),
                    secret: Ok(Default::default()),
                }
            }
        }
        impl Hook {
            pub fn by_name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::collections::BTreeMap<::std::string::String, crate::Secret>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.by_name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for by_name: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn pin<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Pin>>,
                T::Error: ::std::fmt::Display,
            {
                self.pin = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for pin: {e}")
                    });
                self
            }
            pub fn previous<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<crate::Secret>>,
                T::Error: ::std::fmt::Display,
            {
                self.previous = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for previous: {e}")
                    });
                self
            }
            pub fn secret<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<crate::Secret>>,
                T::Error: ::std::fmt::Display,
            {
                self.secret = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for secret: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Hook> for super::Hook {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Hook,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    by_name: value.by_name?,
                    id: value.id?,
                    pin: value.pin?,
                    previous: value.previous?,
                    secret: value.secret?,
                })
            }
        }
        impl ::std::convert::From<super::Hook> for Hook {
            fn from(value: super::Hook) -> Self {
                Self {
                    by_name: Ok(value.by_name),
                    id: Ok(value.id),
                    pin: Ok(value.pin),
                    previous: Ok(value.previous),
                    secret: Ok(value.secret),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct NewHook {
            former: ::std::result::Result<
                ::std::vec::Vec<crate::Secret>,
                ::std::string::String,
            >,
            pin: ::std::result::Result<super::Pin, ::std::string::String>,
            secret: ::std::result::Result<crate::Secret, ::std::string::String>,
            url: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for NewHook {
            fn default() -> Self {
                Self {
                    former: Err("no value supplied for former".to_string()),
                    pin: Err("no value supplied for pin".to_string()),
                    secret: Err("no value supplied for secret".to_string()),
                    url: Err("no value supplied for url".to_string()),
                }
            }
        }
        impl NewHook {
            pub fn former<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<crate::Secret>>,
                T::Error: ::std::fmt::Display,
            {
                self.former = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for former: {e}")
                    });
                self
            }
            pub fn pin<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::Pin>,
                T::Error: ::std::fmt::Display,
            {
                self.pin = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for pin: {e}")
                    });
                self
            }
            pub fn secret<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<crate::Secret>,
                T::Error: ::std::fmt::Display,
            {
                self.secret = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for secret: {e}")
                    });
                self
            }
            pub fn url<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.url = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for url: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<NewHook> for super::NewHook {
            type Error = super::error::ConversionError;
            fn try_from(
                value: NewHook,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    former: value.former?,
                    pin: value.pin?,
                    secret: value.secret?,
                    url: value.url?,
                })
            }
        }
        impl ::std::convert::From<super::NewHook> for NewHook {
            fn from(value: super::NewHook) -> Self {
                Self {
                    former: Ok(value.former),
                    pin: Ok(value.pin),
                    secret: Ok(value.secret),
                    url: Ok(value.url),
                }
            }
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    /// The JSON Schema (draft 2020-12) of every model, by its name.
    #[cfg(feature = "schemars")]
    pub fn json_schemas() -> ::std::collections::BTreeMap<
        &'static str,
        ::schemars::Schema,
    > {
        ::std::collections::BTreeMap::from([
            ("ApiError", ::schemars::schema_for!(ApiError)),
            ("Hook", ::schemars::schema_for!(Hook)),
            ("NewHook", ::schemars::schema_for!(NewHook)),
            ("Pin", ::schemars::schema_for!(Pin)),
        ])
    }
}
