//! The `stream` methods of calls. The build step calls these macros.

/// Defines a stream of numbered pages for a call: its parameters except `page`, the list of the
/// response with the model of its entries, the key of an entry, and the fields with the number
/// of pages and the number of entries on a full page, if there are any.
///
/// The stream owns a clone of the client and all parameters. Each page is a separate call, so the
/// first one reports the errors of setters.
macro_rules! numbered {
    (
        $call:ident { $($given:ident),* }, $list:ident: $model:ident, $key:expr
        $(, $total:ident, $size:ident)?
    ) => {
        impl $call<'_> {
            /// The entries of this page and all following ones: see [`Pages`](crate::Pages).
            #[inline]
            pub fn stream(self) -> crate::Pages<types::$model> {
                let Self { client, page, $($given,)* } = self;
                let client = client.clone();
                let first = page.as_ref().ok().copied().flatten().unwrap_or(1);
                crate::Pages::new(first, $key, move |number| {
                    let client = client.clone();
                    let page = page.clone().map(|_| ::std::option::Option::Some(number));
                    $(let $given = $given.clone();)*
                    async move {
                        let call = $call { client: &client, page, $($given,)* };
                        let response = call.send().await?.into_inner();
                        let counts = [::std::option::Option::<i64>::None; 2];
                        $(let counts = [response.$total.into(), response.$size.into()];)?
                        ::std::result::Result::Ok(crate::pages::Page::numbered(number, response.$list, counts))
                    }
                })
            }
        }
    };
}

/// Like [`numbered`], for pages that go back in time, with the time field of an entry.
macro_rules! dated {
    ($call:ident { $($given:ident),* }, $list:ident: $model:ident, $key:expr, $time:ident) => {
        impl $call<'_> {
            /// The entries of this page and all following ones: see [`Pages`](crate::Pages).
            ///
            /// Each page begins before the time of the last entry of the previous page, so the
            /// stream may miss entries with the same time. A `limit` applies to each page.
            #[inline]
            pub fn stream(self) -> crate::Pages<types::$model> {
                let Self { client, before, $($given,)* } = self;
                let client = client.clone();
                let first = before.as_ref().ok().copied().flatten();
                crate::Pages::new(first, $key, move |time| {
                    let client = client.clone();
                    let before = before.clone().map(|_| time);
                    $(let $given = $given.clone();)*
                    async move {
                        let call = $call { client: &client, before, $($given,)* };
                        let response = call.send().await?.into_inner();
                        let end = response.$list.last().and_then(|last| {
                            ::std::option::Option::<&crate::Timestamp>::from(&last.$time)?
                                .datetime()
                        });
                        ::std::result::Result::Ok(crate::pages::Page::before(time.as_ref(), response.$list, end))
                    }
                })
            }
        }
    };
}

pub(crate) use {dated, numbered};
