//! From the document to the code of the client.
//!
//! ```text
//! openapi.json -> secrets -> open_enums -> adapt -> progenitor
//!                              -> seal, hand_over -> models -> client.rs
//!                         -> facts ---------------------------> document.rs
//! ```

mod adapt;
mod facts;
mod hand_over;
mod models;
mod open_enums;
mod progenitor;
mod seal;
mod secrets;

use openapiv3::OpenAPI;

/// The code of the client, as two files.
pub struct Generated {
    /// The client, its operations and its models.
    pub client: String,
    /// What the hand-written layer has to know of the document.
    pub document: String,
}

/// Generates the code of the client from the text of a document.
///
/// # Errors
///
/// One line that says what is wrong with the document, and where, as far as the
/// generator tells.
pub fn generate(json: &str) -> Result<Generated, String> {
    let document: OpenAPI = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut document = secrets::adapt(document)?;
    let facts = facts::emit(&document)?;
    let open_enums = open_enums::find(&document)?;
    adapt::adapt(&mut document)?;
    let tokens = progenitor::run(&document, &open_enums)?;
    let mut client = seal::seal(tokens)?;
    models::complete(&mut client, &open_enums);
    Ok(Generated {
        client: prettyplease::unparse(&client),
        document: prettyplease::unparse(&facts),
    })
}

/// Whether a text can stand as a name in Rust.
fn is_identifier(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}

/// The operations of a document, each with its method and path.
fn operations(document: &OpenAPI) -> impl Iterator<Item = (&str, &str, &openapiv3::Operation)> {
    document
        .paths
        .iter()
        .filter_map(|(path, item)| Some((path.as_str(), item.as_item()?)))
        .flat_map(|(path, item)| {
            item.iter().map(move |(method, operation)| (path, method, operation))
        })
}
