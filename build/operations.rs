//! Emits the facts that the hand-written layer needs: the server, the credentials, retries and
//! response of each operation, and the names of fields, which an error may print.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};
use syn::{File, parse_quote};

use super::responses::Response;
use super::schema::{elements, entries, named, operations, schema};
use super::simplify::{IDEMPOTENCY_KEY, is_header};

/// The code of the tables, for the selected part of the whole document.
pub fn emit(document: &Value, whole: &Value) -> File {
    let server = document["servers"][0]["url"].as_str();
    let rows = operations(whole).filter(|(path, method, operation)| {
        document["paths"][path][method].is_object() || is_exception(whole, path, method, operation)
    });
    let rows = rows.map(|(path, method, operation)| row(whole, path, method, operation));
    let advice = entries(schema(document, "ErrorCode"), "x-retry").map(|(code, advice)| {
        let advice = match advice.as_str() {
            Some("alone") => quote!(OnlyThisCall),
            Some("later") => quote!(Transient),
            _ => quote!(Permanent),
        };
        quote!((#code, RetryAdvice::#advice))
    });
    let fields: BTreeSet<&String> = named(document)
        .flat_map(|(_, schema)| entries(schema, "properties").map(|(name, _)| name))
        .collect();
    parse_quote! {
        /// The first server of the document.
        pub(crate) const SERVER: &str = #server;

        /// Every operation of the document.
        pub(crate) static OPERATIONS: &[Operation] = &[#(#rows),*];

        /// The documented retry advice, by error code.
        pub(crate) static RETRY_ADVICE: &[(&str, RetryAdvice)] = &[#(#advice),*];

        /// The names of all documented fields.
        pub(crate) static FIELDS: &[&str] = &[#(#fields),*];
    }
}

/// The call of `operation_ids!` with every operation, independent of the features.
pub fn emit_ids(document: &Value) -> String {
    let ids = operations(document).map(|(path, method, operation)| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let name = format_ident!("{}", id.to_pascal_case());
        let method = format_ident!("{}", method.to_uppercase());
        quote!(#name = #id: #method #path,)
    });
    quote!(operation_ids! { #(#ids)* }).to_string()
}

/// Whether the hand-written layer needs an operation although its feature is off: raw calls would
/// treat it wrongly, or an id in the path of another operation could lead to it.
fn is_exception(document: &Value, path: &str, method: &str, operation: &Value) -> bool {
    let parent = |path: &str| path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    let takes_path = |(other, of, _): (&str, &str, _)| {
        of == method && other != path && other.ends_with('}') && parent(other) == parent(path)
    };
    operation.get("x-idempotent").is_some()
        || operation["security"] == json!([])
        || operations(document).any(takes_path)
}

fn row(document: &Value, path: &str, method: &str, operation: &Value) -> TokenStream {
    let id = operation["operationId"].as_str();
    let headers = credentials(document, operation);
    let anonymous = headers.iter().any(String::is_empty);
    let headers = headers.iter().filter(|header| !header.is_empty());
    // Idempotent methods (RFC 9110, section 9.2.2), unless the document overrides it.
    let is_idempotent = matches!(method, "get" | "head" | "put" | "delete");
    let safe = operation["x-idempotent"].as_bool().unwrap_or(is_idempotent);
    let takes_key = elements(operation, "parameters").any(|one| is_header(one, IDEMPOTENCY_KEY));
    let response = Response::of(document, path, operation).emit();
    let method = format_ident!("{}", method.to_uppercase());
    quote! {
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
    }
}

/// The headers that satisfy each requirement of an operation. An empty name means that it needs no
/// credential.
pub fn credentials(document: &Value, operation: &Value) -> Vec<String> {
    let secured = if operation.get("security").is_some() { operation } else { document };
    let header = |requirement: &Value| {
        let (scheme, _) = requirement.as_object()?.iter().next()?;
        document["components"]["securitySchemes"][scheme]["name"].as_str()
    };
    let headers = elements(secured, "security").map(header);
    let headers = headers.chain(elements(secured, "security").next().is_none().then_some(None));
    headers.map(|header| header.unwrap_or_default().to_ascii_lowercase()).collect()
}
