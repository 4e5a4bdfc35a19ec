//! The arguments of setters for lists and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use crate::model::optional::IntoOptional;

/// Entries for a list of a request: a `Vec`, an array, a slice or a set of values, texts,
/// builders or anything else that implements [`IntoOptional`]. A `None` entry is left out. If
/// the list is optional, `None` instead of a list leaves out the field. Collect an iterator
/// before you pass its entries.
///
/// ```
/// use pilot_status::types::{MessageButton, MessageButtonType, MessageRequest};
///
/// let yes = MessageButton::builder().type_(MessageButtonType::Reply).label("Sim");
/// let no = MessageButton::builder().type_(MessageButtonType::Reply).label("Não");
/// let message = MessageRequest::builder()
///     .destination_number("+5511988887777")
///     .text("Confirma?")
///     .buttons([yes, no])
///     .labels(["vip"]);
/// assert!(MessageRequest::try_from(message).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values for the type `{T}`",
    note = "pass a `Vec`, an array, a slice or a set; collect an iterator into a `Vec`"
)]
pub trait IntoList<T> {
    /// The list, if there is one.
    ///
    /// # Errors
    ///
    /// The name of a required field that the builder of an entry lacks.
    fn into_list(self) -> Result<Option<Vec<T>>, String>;
}

/// Implements [`IntoList`] for a collection. A blanket implementation for iterators would include
/// `Option`, so that `None` would set an empty list.
macro_rules! lists {
    ($([$($generic:tt)*] $collection:ty;)*) => {$(
        impl<T, E: IntoOptional<T>, $($generic)*> IntoList<T> for $collection {
            fn into_list(self) -> Result<Option<Vec<T>>, String> {
                let entries = self.into_iter().filter_map(|entry| entry.into_optional().transpose());
                entries.collect::<Result<_, _>>().map(Some)
            }
        }
    )*};
}

lists! {
    [] Vec<E>;
    [const N: usize] [E; N];
    [] VecDeque<E>;
    [] BTreeSet<E>;
    [S] HashSet<E, S>;
}

impl<T, L: ToOwned<Owned: IntoList<T>> + ?Sized> IntoList<T> for &L {
    fn into_list(self) -> Result<Option<Vec<T>>, String> {
        self.to_owned().into_list()
    }
}

impl<T, L: IntoList<T>> IntoList<T> for Option<L> {
    fn into_list(self) -> Result<Option<Vec<T>>, String> {
        self.map_or(Ok(None), L::into_list)
    }
}

/// Entries for a map of a request: a map or pairs. Values can have any type that [`IntoList`]
/// accepts for entries.
///
/// ```
/// use pilot_status::types::MessageRequest;
///
/// let message = MessageRequest::builder()
///     .destination_number("+5511988887777")
///     .template_id("boas_vindas")
///     .variables([("nome", "Ana")]);
/// assert!(MessageRequest::try_from(message).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map with values for the type `{T}`",
    note = "pass a map, or a `Vec` or an array of pairs; collect an iterator into one of them"
)]
pub trait IntoMap<T> {
    /// The map, if there is one.
    ///
    /// # Errors
    ///
    /// The name of a required field that the builder of an entry lacks.
    fn into_map<M: FromIterator<(String, T)>>(self) -> Result<Option<M>, String>;
}

/// Implements [`IntoMap`] for a collection.
macro_rules! maps {
    ($([$($generic:tt)*] $collection:ty;)*) => {$(
        impl<T, K: Into<String>, E: IntoOptional<T>, $($generic)*> IntoMap<T> for $collection {
            fn into_map<M: FromIterator<(String, T)>>(self) -> Result<Option<M>, String> {
                let named = |(name, entry): (K, E)| {
                    let entry = entry.into_optional().transpose()?;
                    Some(entry.map(|entry| (name.into(), entry)))
                };
                self.into_iter().filter_map(named).collect::<Result<_, _>>().map(Some)
            }
        }
    )*};
}

maps! {
    [] Vec<(K, E)>;
    [const N: usize] [(K, E); N];
    [] BTreeMap<K, E>;
    [S] HashMap<K, E, S>;
}

impl IntoMap<Value> for Map<String, Value> {
    fn into_map<M: FromIterator<(String, Value)>>(self) -> Result<Option<M>, String> {
        Ok(Some(self.into_iter().collect()))
    }
}

impl<T, L: ToOwned<Owned: IntoMap<T>> + ?Sized> IntoMap<T> for &L {
    fn into_map<M: FromIterator<(String, T)>>(self) -> Result<Option<M>, String> {
        self.to_owned().into_map()
    }
}

impl<T, L: IntoMap<T>> IntoMap<T> for Option<L> {
    fn into_map<M: FromIterator<(String, T)>>(self) -> Result<Option<M>, String> {
        self.map_or(Ok(None), L::into_map)
    }
}

/// Unwraps the list or map of a required field.
pub(crate) fn given<C>(collection: Option<C>) -> Result<C, String> {
    collection.ok_or_else(|| "it is None, but the field is required".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A builder without a required field.
    struct Incomplete;

    impl IntoOptional<String> for Incomplete {
        fn into_optional(self) -> Result<Option<String>, String> {
            Err("`label` is missing".to_owned())
        }
    }

    fn list(entries: impl IntoList<String>) -> Result<Option<Vec<String>>, String> {
        entries.into_list()
    }

    fn map(entries: impl IntoMap<String>) -> Result<Option<BTreeMap<String, String>>, String> {
        entries.into_map()
    }

    #[test]
    fn a_list_accepts_all_collections_and_forms_of_entries() {
        let both = vec!["a".to_owned(), "b".to_owned()];
        for taken in [
            list(["a", "b"]),
            list(["a", "b"].as_slice()),
            list(&["a".to_owned(), "b".to_owned()]),
            list(both.clone()),
            list(&both),
            list(VecDeque::from(["a", "b"])),
            list(BTreeSet::from(["a", "b"])),
            list(Some(["a", "b"])),
            list([Some("a".to_owned()), None, Some("b".to_owned())]),
        ] {
            assert_eq!(taken.as_ref(), Ok(&Some(both.clone())));
        }
        assert_eq!(list(HashSet::from(["a"])), Ok(Some(vec!["a".to_owned()])));
        assert_eq!(list(None::<Vec<String>>), Ok(None));
        assert_eq!(list([Incomplete]), Err("`label` is missing".to_owned()));
    }

    #[test]
    fn a_map_accepts_pairs_and_maps() {
        let one = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        for taken in [
            map([("a", "1")]),
            map(vec![("a", "1")]),
            map(one.clone()),
            map(HashMap::from([("a", "1")])),
            map(Some([("a", "1")])),
            map([("a", Some("1".to_owned())), ("b", None)]),
        ] {
            assert_eq!(taken.as_ref(), Ok(&Some(one.clone())));
        }
        assert_eq!(map(None::<BTreeMap<String, String>>), Ok(None));
        assert_eq!(map([("a", Incomplete)]), Err("`label` is missing".to_owned()));
    }
}
