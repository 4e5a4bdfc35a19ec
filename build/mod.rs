//! Generates the code of the client from the document.
//!
//! ```text
//! openapi.json -----------> operations -----------------------------> operation_ids.rs
//!              -> select -> operations -----------------------------> document.rs
//!                        -> simplify, nullable -> generator -> models, setters, calls
//!                        -> enums, unions, rules, pages, events ----> client.rs
//! ```
//!
//! These modules trust the document: `cargo xtask regen` writes it in the form that they
//! support, and refuses any other.

mod calls;
mod code;
pub mod enums;
pub mod events;
mod generator;
mod groups;
mod models;
pub mod nullable;
pub mod operations;
pub mod pages;
pub mod reach;
mod responses;
pub mod rules;
pub mod schema;
pub mod select;
mod setters;
pub mod simplify;
mod unions;

use serde_json::Value;

/// The generated files by name: the client with its operations and models, the facts that the
/// hand-written layer needs, and the operations of the sandbox.
pub type Generated = [(&'static str, String); 3];

/// Generates the code for the text of a document and the features that `has_feature` reports.
///
/// # Errors
///
/// The reason why the generator refuses the document.
pub fn generate(json: &str, has_feature: &dyn Fn(&str) -> bool) -> Result<Generated, String> {
    let mut document: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    simplify::inline_shared(&mut document);
    let reach = reach::Reach::of(&document);
    let whole = document.clone();
    select::select(&mut document, has_feature);
    Ok([
        ("client.rs", adjust(&prettyplease::unparse(&client(&document, &reach)?))),
        ("document.rs", prettyplease::unparse(&operations::emit(&document, &whole))),
        ("operation_ids.rs", operations::emit_ids(&whole)),
    ])
}

fn client(document: &Value, reach: &reach::Reach) -> Result<syn::File, String> {
    let delivery = events::delivery(document);
    let (deliveries, unions): (Vec<_>, Vec<_>) =
        unions::find(document).partition(|union| Some(union.name) == delivery);
    let docs = setters::docs(document);
    let mut simple = document.clone();
    simplify::simplify(&mut simple, reach);
    nullable::settle(&mut simple, reach);
    let mut client = generator::run(simple, document)?;

    calls::close(&mut client)?;
    groups::by_tag(&mut client, document);
    code::inline(&mut client.items);
    let calls = code::module(&mut client.items, "builder")?;
    code::inline(calls);
    setters::document_and_widen(calls, &docs);
    calls.extend(pages::emit(document));

    let types = code::module(&mut client.items, "types")?;
    models::drop_builders(types, reach)?;
    models::read_nulls(types, reach);
    models::hide_undocumented(types);
    code::inline(types);
    let builders = code::module(types, "builder")?;
    code::inline(builders);
    setters::document_and_widen(builders, &docs);
    setters::build_models(builders);
    rules::enforce(document, reach, types)?;
    types.extend(enums::emit(document));
    types.extend(unions.iter().flat_map(|union| unions::emit(union, document, reach)));
    types.push(models::list_schemas(document, delivery));
    types.extend(deliveries.iter().flat_map(|union| events::emit_senders(document, union)));
    client.items.extend(deliveries.iter().map(events::emit));
    Ok(client)
}

/// Changes what no setting of the generator can change: our error has no type parameter and
/// names the call, our module replaces the crate `progenitor_client`, `extra` is optional, most
/// calls have no headers of their own, and WhatsApp is one word in names.
fn adjust(code: &str) -> String {
    let calls = code.split_inclusive("pub async fn send(").map(|call| {
        let id = call.split("operation_id: \"").nth(1).and_then(|rest| rest.split('"').next());
        let in_call = format!("map_err(Error::in_call({:?}))", id.unwrap_or(""));
        let header = format!("try_into().map_err(Error::invalid_header).{in_call}?");
        call.replace("map_err(Error::InvalidRequest)", &in_call).replace("try_into()?", &header)
    });
    let code: String = calls.collect();
    code.replace("Error<()>", "Error")
        .replace(r#"Err("no value supplied for extra".to_string())"#, "Ok(Default::default())")
        .replace("progenitor_client::QueryParam", "super::progenitor_client::QueryParam")
        .replace("HeaderMap::with_capacity(1usize)", "HeaderMap::new()")
        .replace("whats_app", "whatsapp")
}
