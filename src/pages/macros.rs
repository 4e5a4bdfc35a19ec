//! The methods that give a call its stream. The build step calls these macros.

/// A stream of numbered pages for a call: its parameters but for `page`, the list of the
/// response with the model of its entries, what identifies an entry, and the field that says how
/// many pages there are, if there is one.
///
/// A stream owns a clone of the client, and all that the call was given. Each page is a call of
/// its own: an error that a setter found is that of the first.
macro_rules! numbered {
    (
        $call:ident { $($given:ident),* }, $list:ident: $model:ident, $key:expr $(, $total:ident)?
    ) => {
        impl $call<'_> {
            /// The entries of this page and of all that follow, one after the other: see
            /// [`Pages`](crate::Pages).
            pub fn stream(self) -> crate::Pages<types::$model> {
                let Self { client, page, $($given,)* } = self;
                let client = client.clone();
                let first = page.as_ref().ok().copied().flatten().unwrap_or(1);
                crate::Pages::by_number(first, $key, move |number| {
                    let client = client.clone();
                    let page = page.clone().map(|_| ::std::option::Option::Some(number));
                    $(let $given = $given.clone();)*
                    async move {
                        let call = $call { client: &client, page, $($given,)* };
                        let response = call.send().await?.into_inner();
                        let total = ::std::option::Option::<i64>::None;
                        $(let total = ::std::option::Option::<i64>::from(response.$total);)?
                        ::std::result::Result::Ok((response.$list, total))
                    }
                })
            }
        }
    };
}

/// A stream of pages that go back in time for a call, as [`numbered`], with the field of an
/// entry that holds its time.
macro_rules! dated {
    ($call:ident { $($given:ident),* }, $list:ident: $model:ident, $key:expr, $time:ident) => {
        impl $call<'_> {
            /// The entries of this page and of all that follow, one after the other: see
            /// [`Pages`](crate::Pages).
            ///
            /// A page goes back from the time of the last entry before it, so of entries with
            /// the same time, one may be left out.
            pub fn stream(self) -> crate::Pages<types::$model> {
                let Self { client, before, $($given,)* } = self;
                let client = client.clone();
                let first = before.as_ref().ok().copied().flatten();
                crate::Pages::by_cursor(first, $key, move |time| {
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
                        ::std::result::Result::Ok((response.$list, end))
                    }
                })
            }
        }
    };
}

pub(crate) use {dated, numbered};
