//! Hands a request over to the hand-written layer: the generated `send` builds it,
//! `crate::call` does the rest.

use quote::{format_ident, quote};
use syn::{
    Expr, ExprCall, ExprLit, ExprMethodCall, FieldValue, GenericArgument, Ident, ImplItemFn, Lit,
    LitInt, LitStr, Local, Member, Meta, MetaNameValue, Pat, PathArguments, ReturnType, Stmt, Type,
    TypePath, parse_quote,
};

use super::adapt::Media;
use super::rewrite::{self, Rewrite};

/// Ends a `send` where its request is built. None where its answer is of a kind
/// that the layer cannot read.
pub fn hand_over(function: &ImplItemFn, media: &Media) -> Option<ImplItemFn> {
    let statements = &function.block.stmts;
    let end = statements.iter().position(|statement| is_named(statement, "OperationInfo"))?;
    let (build, rest) = statements.split_at(end);
    let mut found = Found::default();
    let rest = rest.iter();
    rewrite::block(&mut parse_quote!({ #(#rest)* }), &mut found);
    let operation_id = found.operation_id?;
    let answer = format_ident!("{}", found.answer?);
    // The generator names these otherwise when a parameter has their name.
    let client = first_field(build.first()?)?;
    let request = bound(build.last()?)?;
    let headers = other_headers(media, &operation_id.value());
    let (request_line, build) = build.split_last()?;
    let build = build.iter().filter(|statement| !names_version(statement));
    let build = build.chain(&headers).chain([request_line]);
    let mut sealed = function.clone();
    let ReturnType::Type(_, returned) = &mut sealed.sig.output else {
        return None;
    };
    *error_type(returned)? = parse_quote!(crate::Error);
    rewrite::type_(returned, &mut Downloads);
    sealed.block = parse_quote!({
        let caller = self.#client;
        let build = || -> Result<::reqwest::Request, Error<()>> {
            #(#build)*
            Ok(#request)
        };
        let request = crate::call::built(build(), #operation_id)?;
        crate::call::#answer(caller, request, #operation_id).await
    });
    rewrite::block(&mut sealed.block, &mut Headers);
    Some(sealed)
}

/// Sets the headers of which the generator knows only the usual values.
fn other_headers(media: &Media, operation_id: &str) -> Vec<Stmt> {
    let Some(headers) = media.get(operation_id) else {
        return Vec::new();
    };
    let names: [(Option<&String>, Expr); 2] = [
        (headers.accept.as_ref(), parse_quote!(::reqwest::header::ACCEPT)),
        (headers.content_type.as_ref(), parse_quote!(::reqwest::header::CONTENT_TYPE)),
    ];
    let set = |(value, name): (Option<&String>, Expr)| -> Option<Stmt> {
        let value = value?;
        Some(parse_quote! {
            header_map.insert(#name, ::reqwest::header::HeaderValue::from_static(#value));
        })
    };
    names.into_iter().filter_map(set).collect()
}

/// Whether a statement binds a struct of a name.
fn is_named(statement: &Stmt, name: &str) -> bool {
    let Stmt::Local(Local { init: Some(init), .. }) = statement else {
        return false;
    };
    matches!(init.expr.as_ref(), Expr::Struct(value) if value.path.is_ident(name))
}

/// The first field that a statement takes out of a struct.
fn first_field(statement: &Stmt) -> Option<&Member> {
    match statement {
        Stmt::Local(Local { pat: Pat::Struct(pattern), .. }) => {
            Some(&pattern.fields.first()?.member)
        }
        _ => None,
    }
}

/// The name that a statement binds.
fn bound(statement: &Stmt) -> Option<&Ident> {
    match statement {
        Stmt::Local(Local { pat: Pat::Ident(name), .. }) => Some(&name.ident),
        _ => None,
    }
}

/// What the end of a generated `send` says of its operation.
#[derive(Default)]
struct Found {
    operation_id: Option<LitStr>,
    /// The function of `crate::call` that reads its successes.
    answer: Option<&'static str>,
}

impl Rewrite for Found {
    fn field_value(&mut self, field: &mut FieldValue) {
        if let (Member::Named(name), Expr::Lit(ExprLit { lit: Lit::Str(id), .. })) =
            (&field.member, &field.expr)
            && name == "operation_id"
        {
            self.operation_id = Some(id.clone());
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let Expr::Path(path) = expr else { return };
        let names = path.path.segments.iter().map(|segment| &segment.ident);
        let names: Vec<String> = names.map(ToString::to_string).collect();
        match names.join("::").as_str() {
            "ResponseValue::from_response" => self.answer = Some("json"),
            "ResponseValue::empty" => self.answer = Some("empty"),
            "ResponseValue::stream" => self.answer = Some("download"),
            _ => {}
        }
    }
}

/// Whether a statement adds the header that names the version of the document:
/// the API knows no such header.
fn names_version(statement: &Stmt) -> bool {
    quote!(#statement).to_string().contains("\"api-version\"")
}

/// Changes how the map of headers is filled.
struct Headers;

impl Rewrite for Headers {
    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Call(call) => without_room(call),
            Expr::MethodCall(call) => name_header(call),
            _ => {}
        }
    }
}

/// Takes the room for the header of the version from the map.
fn without_room(call: &mut ExprCall) {
    if let Expr::Path(function) = call.func.as_ref()
        && function.path.segments.last().is_some_and(|last| last.ident == "with_capacity")
        && let Some(Expr::Lit(ExprLit { lit: Lit::Int(room), .. })) = call.args.first_mut()
        && let Ok(count) = room.base10_parse::<usize>()
    {
        *room = LitInt::new(&count.saturating_sub(1).to_string(), room.span());
    }
}

/// Lets our layer say which header has a value that none can carry.
fn name_header(call: &mut ExprMethodCall) {
    if call.method == "append"
        && let Some(Expr::Lit(ExprLit { lit: Lit::Str(name), .. })) = call.args.first().cloned()
        // `value.to_string().try_into()?`
        && let Some(value) = call.args.last_mut()
        && let Expr::Try(tried) = value
        && let Expr::MethodCall(into) = tried.expr.as_ref()
    {
        let text = &into.receiver;
        *value = parse_quote!(crate::call::header(#name, &#text)?);
    }
}

/// Returns our type for bodies that are read as they are.
struct Downloads;

impl Rewrite for Downloads {
    fn type_path(&mut self, path: &mut TypePath) {
        if path.path.is_ident("ByteStream") {
            *path = parse_quote!(crate::Download);
        }
    }
}

fn error_type(result: &mut Type) -> Option<&mut Type> {
    let Type::Path(path) = result else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &mut path.path.segments.last_mut()?.arguments
    else {
        return None;
    };
    match arguments.args.last_mut()? {
        GenericArgument::Type(error) => Some(error),
        _ => None,
    }
}

/// What the generator says of a `send`: its method and path.
pub fn documented(function: &ImplItemFn) -> String {
    let docs = function.attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue {
            value: Expr::Lit(ExprLit { lit: Lit::Str(doc), .. }),
            ..
        }) => Some(doc.value()),
        _ => None,
    });
    docs.collect()
}
