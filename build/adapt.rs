//! What only the generator needs of a document, so that `openapi.json` can stay
//! as any other tool would want it.

use indexmap::IndexMap;
use openapiv3::{MediaType, OpenAPI, Operation, PathItem, ReferenceOr, Response, StatusCode};

/// Adapts a document in place.
pub fn adapt(document: &mut OpenAPI) -> Result<(), String> {
    for (path, item) in &mut document.paths.paths {
        let ReferenceOr::Item(item) = item else {
            return Err(format!("{path} is a reference, which is not supported"));
        };
        for (method, operation) in operations(item) {
            describe_errors(operation);
            unify_successes(operation).map_err(|reason| format!("{method} {path}: {reason}"))?;
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

/// The hand-written layer makes one typed error of every refusal, so the
/// generated code needs no types for them, only the words.
fn describe_errors(operation: &mut Operation) {
    let errors: Vec<String> = operation
        .responses
        .responses
        .iter()
        .filter(|(status, _)| !is_success(status))
        .filter_map(|(status, response)| {
            Some(format!("{status} ({})", response.as_item()?.description))
        })
        .collect();
    if !errors.is_empty() {
        let description = operation.description.take().unwrap_or_default();
        operation.description =
            Some(format!("{description}\n\nDocumented errors: {}.", errors.join(", ")));
    }
}

/// Leaves one answer to the generator, for whichever 2xx status the server
/// picks: 200 where the document says 201 must not fail a call.
fn unify_successes(operation: &mut Operation) -> Result<(), String> {
    let responses = &mut operation.responses;
    responses.default = None;
    responses.responses.retain(|status, _| is_success(status));
    let mut successes = std::mem::take(&mut responses.responses).into_values();
    let Some(success) = successes.next() else {
        return Ok(());
    };
    if successes.any(|other| content(&other) != content(&success)) {
        return Err("its 2xx responses differ in content, and one call returns one type".to_owned());
    }
    let mut contents = content(&success).into_iter().flatten();
    if contents.any(|(media_type, content)| {
        media_type.starts_with("application/json") && content.schema.is_none()
    }) {
        return Err("its JSON response has no schema; add one in an overlay".to_owned());
    }
    responses.responses.insert(StatusCode::Range(2), success);
    Ok(())
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

fn content(response: &ReferenceOr<Response>) -> Option<&IndexMap<String, MediaType>> {
    response.as_item().map(|response| &response.content)
}
