//! From the document to the code of the client.
//!
//! ```text
//! openapi.json -> secrets -> adapt -> open_enums, open_unions -> progenitor
//!                              -> seal, hand_over -> models -> client.rs
//!                                  -> facts ------------------> document.rs
//! ```

mod adapt;
mod facts;
mod hand_over;
mod models;
mod open_enums;
mod open_unions;
mod progenitor;
mod seal;
mod secrets;

use adapt::Adapted;
use openapiv3::OpenAPI;

/// The code of the client, as two files.
pub struct Generated {
    /// The client, its operations and its models.
    pub client: String,
    /// What the hand-written layer has to know of the document.
    pub document: String,
    /// What was left out or simplified, a line each.
    #[allow(dead_code, reason = "some tests read only the code")]
    pub warnings: Vec<String>,
}

/// Generates the code of the client from the text of a document.
///
/// # Errors
///
/// One line that says what is wrong with the document, and where, as far as the
/// generator tells.
pub fn generate(json: &str) -> Result<Generated, String> {
    // For its errors, which tell the line.
    let OpenAPI { openapi: version, .. } =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    if !version.starts_with("3.0.") {
        return Err(format!("it is OpenAPI {version}, and 3.0 is what a client is made of"));
    }
    let mut document = serde_json::from_str(json).map_err(|error| error.to_string())?;
    secrets::adapt(&mut document)?;
    let Adapted { document, unions, media, mut warnings } = adapt::adapt(document)?;
    let mut facts = facts::emit(&document, &mut warnings)?;
    let open_enums = open_enums::find(&document);
    let tokens = progenitor::run(&document, &open_enums, &unions)?;
    let mut client = seal::seal(tokens, &media)?;
    models::complete(&mut client, &open_enums, &unions);
    adapt::unmark(&mut client);
    adapt::unmark(&mut facts);
    Ok(Generated {
        client: prettyplease::unparse(&client),
        document: prettyplease::unparse(&facts),
        warnings,
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
