//! Names that the generated code has, made of names of the document.

use std::collections::BTreeSet;

use heck::ToPascalCase;

pub use crate::generate::schema::snake;

/// What no schema can be called: the generated code means by these names what is of the
/// language, its library or the build step.
pub const TAKEN: &str = "AsRef Box Client Clone Copy Debug Default Deref Deserialize Drop Eq Err Event From Hash \
    Into Iterator None Ok Option Ord PartialEq PartialOrd Result Self Send Serialize Sized \
    Some String Sync ToString TryFrom TryInto Vec";

/// The names of one scope of the generated code.
pub struct Names(BTreeSet<String>);

impl Names {
    /// A scope that has some names already.
    pub fn with(taken: &str) -> Self {
        Self(taken.split(' ').map(str::to_owned).collect())
    }

    /// Takes a name. False if it is none in Rust, or is taken.
    pub fn take(&mut self, name: &str) -> bool {
        is_identifier(name) && self.0.insert(name.to_owned())
    }

    /// Takes the name of a field or of a parameter. False also where the generator and the
    /// build step would each make another one of it.
    pub fn take_field(&mut self, name: &str) -> bool {
        name.is_ascii() && !name.contains('\'') && self.take(&snake(name))
    }
}

/// A text in PascalCase, as the generator writes it: once more makes no difference,
/// while `V2C` would become `V2c`.
pub fn pascal(text: &str) -> String {
    let letters = text.replace('\'', "").replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    let name = letters.to_pascal_case().to_pascal_case();
    let is_led = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let name = if is_led { name } else { format!("X{name}") };
    if is_identifier(&name) || name == "Self" { name } else { format!("{name}_") }
}

/// The variant of a value of an enum: `META_IS_ON` becomes `MetaIsOn`. `Unknown` is the one
/// of all values that the document does not know.
pub fn variant(value: &str) -> String {
    let name = value.to_pascal_case();
    if name == "Unknown" { "UnknownValue".to_owned() } else { name }
}

/// Whether a text can stand as a name in Rust. Other letters than those of ASCII
/// are refused.
pub fn is_identifier(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.chars().all(is_word) && syn::parse_str::<syn::Ident>(text).is_ok()
}
