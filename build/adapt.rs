//! What only the generator needs of a document, so that `openapi.json` can stay
//! as any other tool would want it.

use indexmap::IndexMap;
use openapiv3::{OpenAPI, Operation, PathItem, ReferenceOr, Response, StatusCode};

type Responses = IndexMap<StatusCode, Response>;

/// Adapts a document in place.
pub fn adapt(document: &mut OpenAPI) -> Result<(), String> {
    let shared = document.components.clone().unwrap_or_default().responses;
    for (path, item) in &mut document.paths.paths {
        let ReferenceOr::Item(item) = item else {
            return Err(format!("{path} is a reference, which is not supported"));
        };
        for (method, operation) in operations(item) {
            adapt_responses(operation, &shared)
                .map_err(|reason| format!("{method} {path}: {reason}"))?;
        }
    }
    Ok(())
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("OPTIONS", &mut item.options),
        ("HEAD", &mut item.head),
        ("PATCH", &mut item.patch),
        ("TRACE", &mut item.trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Leaves one response to the generator, the success. Of the others, of which
/// the hand-written layer makes its error, only the words are kept.
fn adapt_responses(
    operation: &mut Operation,
    shared: &IndexMap<String, ReferenceOr<Response>>,
) -> Result<(), String> {
    operation.responses.default = None;
    let (successes, errors): (Responses, Responses) =
        std::mem::take(&mut operation.responses.responses)
            .into_iter()
            .map(|(status, response)| Ok((status, resolve(response, shared)?)))
            .collect::<Result<Responses, String>>()?
            .into_iter()
            .partition(|(status, _)| is_success(status));
    describe_errors(operation, &errors);
    // Whichever 2xx status the server picks: 200 where the document says 201
    // must not fail a call.
    let success = ReferenceOr::Item(the_success(successes)?);
    operation.responses.responses.insert(StatusCode::Range(2), success);
    Ok(())
}

fn resolve(
    response: ReferenceOr<Response>,
    shared: &IndexMap<String, ReferenceOr<Response>>,
) -> Result<Response, String> {
    match response {
        ReferenceOr::Item(response) => Ok(response),
        ReferenceOr::Reference { reference } => reference
            .strip_prefix("#/components/responses/")
            .and_then(|name| shared.get(name)?.as_item().cloned())
            .ok_or_else(|| format!("its response {reference} is not there")),
    }
}

fn describe_errors(operation: &mut Operation, errors: &Responses) {
    let errors: Vec<String> = errors
        .iter()
        .map(|(status, response)| format!("{status} ({})", response.description))
        .collect();
    if !errors.is_empty() {
        let description = operation.description.take().unwrap_or_default();
        operation.description =
            Some(format!("{description}\n\nDocumented errors: {}.", errors.join(", ")));
    }
}

fn the_success(successes: Responses) -> Result<Response, String> {
    let mut successes = successes.into_values();
    let success = successes.next().ok_or("it has no 2xx response; add one in an overlay")?;
    if successes.any(|other| other.content != success.content) {
        return Err("its 2xx responses differ in content, and one call returns one type".to_owned());
    }
    let lacks_schema = |(media_type, content): (&String, &openapiv3::MediaType)| {
        media_type.split(';').next() == Some("application/json") && content.schema.is_none()
    };
    if success.content.iter().any(lacks_schema) {
        return Err("its JSON response has no schema; add one in an overlay".to_owned());
    }
    Ok(success)
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}
