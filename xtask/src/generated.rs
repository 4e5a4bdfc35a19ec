//! Generates the client of a document.

use std::panic::catch_unwind;

use serde_json::Value;

use crate::generate;

/// Generates the code of the client with all features. A panic of the generator, which means an
/// unsupported document, becomes an error.
pub fn code(document: &Value) -> Result<String, String> {
    let text = document.to_string();
    let made = catch_unwind(|| generate::generate(&text, &|_| true));
    let [(_, client), ..] = made.map_err(|_| "the generator does not support it".to_owned())??;
    Ok(client)
}

#[cfg(test)]
pub use tests::client;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use syn::visit::{self, Visit};

    /// Generates a client with all features, as the build step does.
    pub fn client(document: &Value) -> syn::File {
        let code = super::code(document).unwrap();
        let client = syn::parse_file(&code).unwrap();
        NoNameTwice.visit_file(&client);
        client
    }

    /// Checks for duplicate names, which a parser accepts and the compiler does not.
    struct NoNameTwice;

    impl<'a> Visit<'a> for NoNameTwice {
        fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
            let mut names = BTreeSet::new();
            for item in module.content.iter().flat_map(|(_, items)| items) {
                let name = match item {
                    syn::Item::Struct(item) => &item.ident,
                    syn::Item::Enum(item) => &item.ident,
                    _ => continue,
                };
                assert!(names.insert(name.to_string()), "{name} twice");
            }
            visit::visit_item_mod(self, module);
        }

        fn visit_fields(&mut self, fields: &'a syn::Fields) {
            let mut names = BTreeSet::new();
            for name in fields.iter().filter_map(|field| field.ident.as_ref()) {
                assert!(names.insert(name.to_string()), "{name} twice");
            }
        }
    }
}
