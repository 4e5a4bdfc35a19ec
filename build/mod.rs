//! From the document to the code of the client.
//!
//! ```text
//! openapi.json -> timestamps -> secrets -> adapt, select -> progenitor -> seal
//!                   -> models, pages, events, setters, debug, readers, labels -> client.rs
//!                   -> facts ----------------------------------------------> document.rs
//! ```

mod adapt;
mod attributes;
mod debug;
mod events;
mod facts;
mod labels;
mod models;
mod open_enums;
mod open_unions;
mod pages;
mod panics;
mod progenitor;
mod readers;
mod responses;
mod rewrite;
mod rules;
mod seal;
mod secrets;
mod select;
mod setters;
mod timestamps;

use openapiv3::OpenAPI;
use serde_json::Value;

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

/// Generates the code of the client from the text of a document, of which
/// `has_feature` tells the parts that are wanted.
///
/// # Errors
///
/// One line that says what is wrong with the document, and where, as far as the
/// generator tells.
pub fn generate(json: &str, has_feature: &dyn Fn(&str) -> bool) -> Result<Generated, String> {
    panics::caught("the build step", || assemble(json, has_feature))?
}

fn assemble(json: &str, has_feature: &dyn Fn(&str) -> bool) -> Result<Generated, String> {
    let mut document: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let version = document["openapi"].as_str().ok_or("it has no `openapi` version")?;
    if !version.starts_with("3.0.") {
        return Err(format!("it is OpenAPI {version}, and 3.0 is what a client is made of"));
    }
    if !document["paths"].is_object() {
        return Err("it has no `paths`".to_owned());
    }
    timestamps::adapt(&mut document);
    let responses = responses::survey(&document);
    secrets::adapt(&mut document)?;
    let mut adapted = adapt::adapt(document, has_feature)?;
    let mut facts = facts::emit(&mut adapted, &responses)?;
    let open_enums = open_enums::find(&adapted.document);
    let code = progenitor::run(&adapted, &open_enums)?;
    let mut client = seal::seal(code)?;
    models::complete(&mut client, &adapted, &open_enums);
    pages::complete(&mut client, &pages::find(&adapted));
    if has_feature("webhooks") {
        events::complete(&mut client, adapted.deliveries.as_ref());
    }
    setters::complete(&mut client, &adapted.document);
    debug::complete(&mut client.items);
    readers::complete(&mut client, &adapted);
    if labels::are_wanted() {
        labels::complete(&mut client, &adapted.document);
    }
    adapt::unmark(&mut client);
    adapt::unmark(&mut facts);
    Ok(Generated {
        client: with_our_error(&prettyplease::unparse(&client)),
        document: prettyplease::unparse(&facts),
        warnings: adapted.warnings,
    })
}

/// The generated code with our error, which has no parameter, and which says what was
/// called when a request is not built.
fn with_our_error(code: &str) -> String {
    let functions = code.split_inclusive("pub async fn send(").map(|function| {
        let id = function.split("operation_id: \"").nth(1).and_then(|rest| rest.split('"').next());
        function
            .replace("Error<()>", "Error")
            .replace("Error::InvalidRequest", &format!("Error::in_call({:?})", id.unwrap_or("")))
    });
    functions.collect()
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
