//! Adapts the helpers for servers of httpmock, so that they expect what the client
//! sends and answer what it reads.
//!
//! - A value in a path is encoded as the client encodes it, and is no pattern.
//! - A value in a query is written as the client writes it.
//! - A success that is no JSON is bytes.
//! - Each helper says which call it is for.

use proc_macro2::TokenStream;
use syn::{
    Expr, ExprMacro, ExprMethodCall, File, FnArg, ImplItemFn, Item, LitStr, PatType, TraitItem,
    Type, parse_quote,
};

use super::rewrite::{self, Rewrite};

/// Adapts the generated helpers.
pub fn complete(generated: TokenStream) -> Result<File, String> {
    let mut file: File = syn::parse2(generated).map_err(|error| error.to_string())?;
    rewrite::file(&mut file, &mut OnTheWire);
    rewrite::each_item(&mut file.items, &mut |item| match item {
        Item::Impl(item) => rewrite::functions(item).for_each(take_bytes),
        Item::Trait(item) => item.items.iter_mut().for_each(name_call),
        _ => {}
    });
    Ok(file)
}

struct OnTheWire;

impl Rewrite for OnTheWire {
    fn expr(&mut self, expression: &mut Expr) {
        let ours = match expression {
            Expr::Macro(call) => path_pattern(call),
            Expr::MethodCall(call) => query(call).or_else(|| by_reference(call)),
            _ => None,
        };
        if let Some(ours) = ours {
            *expression = ours;
        }
    }
}

/// Lets a success that is no JSON be bytes.
fn take_bytes(function: &mut ImplItemFn) {
    if function.sig.ident == "success"
        && let Some(FnArg::Typed(PatType { ty, .. })) = function.sig.inputs.last_mut()
        && is_json_value(ty)
    {
        **ty = parse_quote!(impl ::std::convert::AsRef<[u8]>);
        rewrite::block(&mut function.block, &mut AsBytes);
    }
}

fn name_call(item: &mut TraitItem) {
    if let TraitItem::Fn(function) = item {
        let doc = format!("Answers [`{0}`](crate::Client::{0}).", function.sig.ident);
        function.attrs.push(parse_quote!(#[doc = #doc]));
    }
}

/// `format!("^/v1/numbers/{}$", value.to_string())`.
fn path_pattern(call: &ExprMacro) -> Option<Expr> {
    if !call.mac.path.is_ident("format") {
        return None;
    }
    let first = call.mac.tokens.clone().into_iter().take(1).collect();
    // The parameter may be there more than once.
    let pattern = syn::parse2::<LitStr>(first).ok()?.value().replace("{}", "{0}");
    Some(parse_quote! {
        format!(#pattern, ::regex::escape(&crate::path_guard::encode_path(&value.to_string())))
    })
}

/// `self.0.query_param("page", value.to_string())`.
fn query(call: &ExprMethodCall) -> Option<Expr> {
    if call.method != "query_param" {
        return None;
    }
    let (when, name) = (&call.receiver, call.args.first()?);
    Some(parse_quote!(crate::mock::query::expect(#when, #name, &value)))
}

/// `then.json_body_obj(value)`, where the value may be an `Option`.
fn by_reference(call: &ExprMethodCall) -> Option<Expr> {
    if call.method != "json_body_obj" {
        return None;
    }
    let receiver = &call.receiver;
    Some(parse_quote!(#receiver.json_body_obj(&value)))
}

fn is_json_value(ty: &Type) -> bool {
    matches!(ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Value"))
}

/// Answers bytes in place of JSON.
struct AsBytes;

impl Rewrite for AsBytes {
    fn expr(&mut self, expr: &mut Expr) {
        if let Expr::MethodCall(call) = expr
            && call.method == "json_body"
        {
            call.method = parse_quote!(body);
        }
    }

    fn lit_str(&mut self, literal: &mut LitStr) {
        if literal.value() == "application/json" {
            *literal = parse_quote!("application/octet-stream");
        }
    }
}
