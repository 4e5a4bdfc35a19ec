//! What the setters of lists and maps take.

use crate::optional::IntoOptional;

/// Entries for a list of a request, each of them anything that [`IntoOptional`] takes:
/// values, texts or builders. An entry that is `None` is left out.
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
pub trait IntoList<T> {
    /// The list, or what is wrong with an entry.
    ///
    /// # Errors
    ///
    /// What a builder lacks.
    fn into_list(self) -> Result<Vec<T>, String>;
}

impl<I, T> IntoList<T> for I
where
    I: IntoIterator,
    I::Item: IntoOptional<T>,
{
    fn into_list(self) -> Result<Vec<T>, String> {
        self.into_iter().filter_map(|entry| entry.into_optional().transpose()).collect()
    }
}

/// Entries for a map of a request, by their names: as of a list, see [`IntoList`].
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
pub trait IntoMap<T> {
    /// The map, or what is wrong with an entry.
    ///
    /// # Errors
    ///
    /// What a builder lacks.
    fn into_map<M: FromIterator<(String, T)>>(self) -> Result<M, String>;
}

impl<I, K, V, T> IntoMap<T> for I
where
    I: IntoIterator<Item = (K, V)>,
    K: Into<String>,
    V: IntoOptional<T>,
{
    fn into_map<M: FromIterator<(String, T)>>(self) -> Result<M, String> {
        let named = |(name, entry): (K, V)| {
            let entry = entry.into_optional().transpose()?;
            Some(entry.map(|entry| (name.into(), entry)))
        };
        self.into_iter().filter_map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Of which one part is missing.
    struct Incomplete;

    impl IntoOptional<String> for Incomplete {
        fn into_optional(self) -> Result<Option<String>, String> {
            Err("`label` is missing".to_owned())
        }
    }

    fn list(entries: impl IntoList<String>) -> Result<Vec<String>, String> {
        entries.into_list()
    }

    fn map(entries: impl IntoMap<String>) -> Result<BTreeMap<String, String>, String> {
        entries.into_map()
    }

    #[test]
    fn a_list_takes_whatever_its_entries_are_made_of() {
        let both = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(list(["a", "b"]).as_ref(), Ok(&both));
        assert_eq!(list(both.clone()).as_ref(), Ok(&both));
        assert_eq!(list([Some("a".to_owned()), None, Some("b".to_owned())]).as_ref(), Ok(&both));
        assert_eq!(list([Incomplete]), Err("`label` is missing".to_owned()));
    }

    #[test]
    fn a_map_takes_pairs_and_maps() {
        let one = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        assert_eq!(map([("a", "1")]).as_ref(), Ok(&one));
        assert_eq!(map(one.clone()).as_ref(), Ok(&one));
        assert_eq!(map([("a", Some("1".to_owned())), ("b", None)]).as_ref(), Ok(&one));
        assert_eq!(map([("a", Incomplete)]), Err("`label` is missing".to_owned()));
    }
}
