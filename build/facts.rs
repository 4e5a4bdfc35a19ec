//! What the hand-written layer has to know of the document: the server, of each
//! operation what decides about credentials and retries, and the names of fields,
//! which an error may show.

use openapiv3::{
    APIKeyLocation, OpenAPI, Operation, Parameter, ReferenceOr, SecurityRequirement, SecurityScheme,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::adapt::{Adapted, IDEMPOTENCY_KEY};
use super::operations;
use super::responses::{self, Responses};

/// The code of the table of operations and of the default server.
pub fn emit(adapted: &mut Adapted, responses: &Responses) -> Result<syn::File, String> {
    let document = &adapted.document;
    let server = server(document).unwrap_or_else(|| {
        adapted.warnings.push(format!(
            "/servers/0/url is not there or does not begin with https://, \
             so the client calls {NO_SERVER} until it is given another base URL"
        ));
        NO_SERVER.to_owned()
    });
    let table = operations(document)
        .map(|(path, method, operation)| row(adapted, responses, path, method, operation))
        .collect::<Result<Vec<_>, _>>()?;
    let advice = advice(document)?;
    let fields = &adapted.fields;
    syn::parse2(quote! {
        /// The first server that the document names.
        pub(crate) const SERVER: &str = #server;

        /// Every operation of the document.
        pub(crate) static OPERATIONS: &[Operation] = &[#(#table),*];

        /// What the document says of repeating a call, by the code of its error.
        pub(crate) static ADVICE: &[(&str, Advice)] = &[#(#advice),*];

        /// The names of all fields of the document.
        pub(crate) static FIELDS: &[&str] = &[#(#fields),*];
    })
    .map_err(|error| error.to_string())
}

/// No host has this name (RFC 6761, section 6.4): a call fails until the caller
/// names a server.
const NO_SERVER: &str = "https://server.invalid";

/// The first server, with the usual values of its variables. Credentials go to it,
/// so it has to be one over TLS.
fn server(document: &OpenAPI) -> Option<String> {
    let server = document.servers.first()?;
    let variables = server.variables.iter().flatten();
    let url = variables.fold(server.url.clone(), |url, (name, variable)| {
        url.replace(&format!("{{{name}}}"), &variable.default)
    });
    (url.starts_with("https://") && !url.contains(['{', '?', '#'])).then_some(url)
}

/// Says of an operation whether it does more when it is repeated, where its method
/// says otherwise.
pub const IDEMPOTENT: &str = "x-idempotent";

/// Says of the schema of codes what each means for repeating a call.
pub const ADVICE: &str = "x-retry";

fn advice(document: &OpenAPI) -> Result<Vec<TokenStream>, String> {
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    let codes = schemas.filter(|(name, _)| *name == "ErrorCode");
    let advised =
        codes.filter_map(|(_, schema)| schema.as_item()?.schema_data.extensions.get(ADVICE));
    let entries = advised.filter_map(Value::as_object).flatten();
    entries
        .map(|(code, advice)| match advice.as_str() {
            Some("never") => Ok(quote!((#code, Advice::Never))),
            Some("alone") => Ok(quote!((#code, Advice::Alone))),
            Some("later") => Ok(quote!((#code, Advice::Later))),
            _ => Err(format!(
                "/components/schemas/ErrorCode/{ADVICE}/{code} has to be never, alone or later"
            )),
        })
        .collect()
}

fn row(
    adapted: &Adapted,
    survey: &Responses,
    path: &str,
    method: &str,
    operation: &Operation,
) -> Result<TokenStream, String> {
    let document = &adapted.document;
    let place = format!("{} {path}", method.to_uppercase());
    let id =
        operation.operation_id.as_deref().ok_or_else(|| format!("{place} has no operationId"))?;
    let requirements = operation.security.as_ref().or(document.security.as_ref());
    let requirements = requirements.map(Vec::as_slice).unwrap_or_default();
    let anonymous =
        requirements.is_empty() || requirements.iter().any(SecurityRequirement::is_empty);
    let headers =
        requirements.iter().filter_map(|requirement| credential_header(document, requirement));
    let said = operation.extensions.get(IDEMPOTENT).and_then(Value::as_bool);
    let safe = said.unwrap_or_else(|| is_idempotent(method));
    let takes_key = operation
        .parameters
        .iter()
        .filter_map(ReferenceOr::as_item)
        .any(|parameter| is_header(parameter, IDEMPOTENCY_KEY));
    let accept = adapted.media.get(id).map(String::as_str);
    let body = survey.get(id).cloned().unwrap_or_default();
    let response = response(&body, content(operation), accept);
    let method = format_ident!("{}", method.to_uppercase());
    Ok(quote! {
        Operation {
            id: Some(#id),
            method: Method::#method,
            path: Cow::Borrowed(#path),
            credential_headers: &[#(#headers),*],
            anonymous: #anonymous,
            safe_to_repeat: #safe,
            takes_idempotency_key: #takes_key,
            response: #response,
        }
    })
}

/// What is known of a body.
fn response(body: &responses::Response, content: &str, accept: Option<&str>) -> TokenStream {
    let responses::Response { fields, requires_fields, is_union, envelopes, is_file } = body;
    let lists = [("fields", fields), ("envelopes", envelopes)];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(list, names)| {
        let (list, names) = (format_ident!("{list}"), names.iter());
        quote!(#list: &[#(#names),*],)
    });
    let flags =
        [("requires_fields", requires_fields), ("is_union", is_union), ("is_file", is_file)];
    let flags = flags.into_iter().filter(|(_, is)| **is).map(|(flag, _)| {
        let flag = format_ident!("{flag}");
        quote!(#flag: true,)
    });
    let content = (content != "Json").then(|| {
        let content = format_ident!("{content}");
        quote!(content: Content::#content,)
    });
    let accept = accept.map(|accept| quote!(accept: Some(#accept),));
    quote!(ResponseBody { #content #accept #(#lists)* #(#flags)* ..ResponseBody::ANY })
}

/// How the generated code reads the body of a success.
fn content(operation: &Operation) -> &'static str {
    let mut successes = operation.responses.responses.values().filter_map(ReferenceOr::as_item);
    match successes.find_map(|success| success.content.keys().next()).map(String::as_str) {
        Some("application/json") => "Json",
        Some(_) => "File",
        None => "Nothing",
    }
}

/// The header that alone satisfies a requirement. One that wants two schemes at
/// once, or another kind of scheme, is none that the client can satisfy.
fn credential_header(document: &OpenAPI, requirement: &SecurityRequirement) -> Option<String> {
    let mut schemes = requirement.keys();
    let (Some(name), None) = (schemes.next(), schemes.next()) else {
        return None;
    };
    match document.components.as_ref()?.security_schemes.get(name)? {
        ReferenceOr::Item(SecurityScheme::APIKey {
            location: APIKeyLocation::Header,
            name,
            ..
        }) => Some(name.to_ascii_lowercase()),
        _ => None,
    }
}

fn is_header(parameter: &Parameter, name: &str) -> bool {
    matches!(parameter, Parameter::Header { parameter_data, .. }
        if parameter_data.name.eq_ignore_ascii_case(name))
}

/// Idempotent methods (RFC 9110, section 9.2.2).
fn is_idempotent(method: &str) -> bool {
    matches!(method, "get" | "head" | "put" | "delete" | "options" | "trace")
}
