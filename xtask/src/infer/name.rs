//! The names of inferred schemas. Each comes from the place of its object alone,
//! so that it stays when a document grows elsewhere.

use std::collections::BTreeSet;

use heck::ToPascalCase;

/// How much of a name is kept; snapshots of the types are files that have it in
/// theirs.
const LONGEST: usize = 120;

/// What an object may be called: the one, or where that is taken the other.
#[derive(Clone, Debug)]
pub struct Name {
    short: String,
    long: String,
}

impl Name {
    /// The name of what stands at the top of a body.
    pub fn top(text: &str) -> Self {
        Self { short: text.to_owned(), long: text.to_owned() }
    }

    /// The name of what a property holds.
    pub fn property(&self, property: &str) -> Self {
        Self::top(&format!("{}{}", self.short, property.to_pascal_case()))
    }

    /// The name of what an array holds: `ApiKey` of `ApiKeys`.
    pub fn item(&self) -> Self {
        self.one_of_many("Item")
    }

    /// The name of what a map holds.
    pub fn value(&self) -> Self {
        self.one_of_many("Value")
    }

    fn one_of_many(&self, suffix: &str) -> Self {
        let long = format!("{}{suffix}", self.short);
        Self { short: singular(&self.short).unwrap_or_else(|| long.clone()), long }
    }
}

/// The singular of a plural whose ending leaves no doubt.
fn singular(plural: &str) -> Option<String> {
    if let Some(stem) = plural.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    let stem = plural.strip_suffix('s')?;
    let doubtful = ["s", "u", "i", "se", "xe", "ze", "che", "she"];
    (!doubtful.iter().any(|ending| stem.ends_with(ending))).then(|| stem.to_owned())
}

/// `get_numbers` becomes `GetNumbers`; none of what begins with no letter.
pub fn pascal(text: &str) -> Option<String> {
    let ascii = text.replace(|c: char| !c.is_ascii_alphanumeric(), " ").to_pascal_case();
    ascii.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(ascii)
}

/// The names that are taken. Types are named in PascalCase, and some file
/// systems know no case.
#[derive(Default)]
pub struct Taken(BTreeSet<String>);

impl Taken {
    /// Takes a name as it is, and says whether it was free.
    pub fn take_as_it_is(&mut self, name: &str) -> bool {
        self.0.insert(name.to_pascal_case().to_lowercase())
    }

    /// Takes a name for an object.
    pub fn take(&mut self, name: &Name) -> String {
        let numbered = (2..).map(|number| format!("{}{number}", cut(&name.short)));
        let first = [cut(&name.short), cut(&name.long)];
        // The generator will put what was joined here in PascalCase again.
        let mut candidates = first.into_iter().chain(numbered).map(|name| name.to_pascal_case());
        candidates.find(|candidate| self.take_as_it_is(candidate)).unwrap_or_default()
    }
}

fn cut(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{Name, Taken, pascal, singular};

    #[test]
    fn a_singular_is_made_where_that_is_plain() {
        for (plural, expected) in [
            ("ApiKeys", Some("ApiKey")),
            ("Templates", Some("Template")),
            ("Entries", Some("Entry")),
            ("Data", None),
            ("Status", None),
            ("Statuses", None),
            ("Addresses", None),
            ("Boxes", None),
            ("Batches", None),
            ("Access", None),
            ("Analysis", None),
        ] {
            assert_eq!(singular(plural).as_deref(), expected, "{plural}");
        }
    }

    #[test]
    fn names_are_made_of_any_text() {
        for (text, expected) in [
            ("get_numbers", Some("GetNumbers")),
            ("getNumbers", Some("GetNumbers")),
            ("get /v1/numbers/{id}", Some("GetV1NumbersId")),
            ("", None),
            ("2fa", None),
            ("ünï", Some("N")),
        ] {
            assert_eq!(pascal(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_name_that_is_taken_is_not_given_again() {
        let mut taken = Taken::default();
        assert!(taken.take_as_it_is("list_numbers_RESPONSE"));
        let top = Name::top("ListNumbersResponse");
        let links = top.property("links").item();
        let names = [&top, &top.property("link"), &links, &links, &top.item()];
        let names = names.map(|name| taken.take(name));
        assert_eq!(
            names,
            [
                "ListNumbersResponse2",
                "ListNumbersResponseLink",
                "ListNumbersResponseLinksItem",
                "ListNumbersResponseLink2",
                "ListNumbersResponseItem",
            ]
        );
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let name = Name::top(&"Aa".repeat(65));
        let mut taken = Taken::default();
        assert_eq!(taken.take(&name), "Aa".repeat(60));
        assert_eq!(taken.take(&name), format!("{}2", "Aa".repeat(60)));
    }
}
