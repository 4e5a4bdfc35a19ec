//! Derives names of the generated code from names of the document.

use std::collections::BTreeSet;

use heck::ToPascalCase;

/// The variant for a value of an enum.
pub use crate::generate::enums::variant_name as variant;
use crate::generate::schema::snake;

/// Names that no schema can have: in the generated code, they mean items of the language, of its
/// library or of the build step.
pub const TAKEN: &str = "AsRef Box Client Clone Copy Debug Default Deref Deserialize Drop Eq Err Event From Hash \
    Into Iterator None Ok Option Ord PartialEq PartialOrd Result Self Send Serialize Sized \
    Some String Sync ToString TryFrom TryInto Vec";

/// The names of one scope of the generated code.
pub struct Names(BTreeSet<String>);

impl Names {
    /// A scope in which some names are taken.
    pub fn with(taken: &str) -> Self {
        Self(taken.split(' ').map(str::to_owned).collect())
    }

    /// Takes a name. Returns false if it is not an identifier, or is taken.
    pub fn take(&mut self, name: &str) -> bool {
        is_identifier(name) && self.0.insert(name.to_owned())
    }

    /// Takes the name of a field or a parameter. Also returns false if the generator and the build
    /// step would derive different identifiers from it.
    pub fn take_field(&mut self, name: &str) -> bool {
        name.is_ascii() && !name.contains('\'') && self.take(&field(name))
    }
}

/// The name of a field or a parameter in the generated code, in which WhatsApp is one word.
pub fn field(name: &str) -> String {
    snake(name).replace("whats_app", "whatsapp")
}

/// A text in PascalCase, as the generator writes it. The conversion runs twice, since the first
/// result may change again: `V2C` would become `V2c`.
pub fn pascal(text: &str) -> String {
    let letters = text.replace('\'', "").replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    let name = letters.to_pascal_case().to_pascal_case();
    let is_led = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let name = if is_led { name } else { format!("X{name}") };
    if is_identifier(&name) || name == "Self" { name } else { format!("{name}_") }
}

/// Whether a text is an identifier of Rust in ASCII.
pub fn is_identifier(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.chars().all(is_word) && syn::parse_str::<syn::Ident>(text).is_ok()
}
