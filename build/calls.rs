//! Restricts the generated client and its calls.

use syn::{Expr, File, Item, ItemStruct, Stmt, parse_quote};

use super::code;

/// Restricts the client and its calls:
///
/// - The constructors of the client are dropped: they would take any HTTP client.
/// - Neither the client nor a call prints what it holds, such as a token in a path.
/// - A call that is not sent is a warning.
/// - No hook runs before or after a request, and no call has the header `api-version`, which the
///   API does not know: each costs compile time in every call.
pub fn close(client: &mut File) -> Result<(), String> {
    client.items.retain_mut(|item| match item {
        Item::Impl(item) => !code::functions(item).any(|one| one.sig.ident == "new_with_client"),
        Item::Mod(item) => item.ident != "prelude",
        _ => true,
    });
    code::structs(&mut client.items).for_each(|client| code::drop_debug(&mut client.attrs));
    let calls = code::module(&mut client.items, "builder")?;
    for function in code::impls(calls).flat_map(code::functions) {
        function.block.stmts.retain(|it| match it {
            // The names of documented headers are literals, that of `api-version` is a call.
            Stmt::Expr(Expr::MethodCall(it), Some(_)) => matches!(it.args[0], Expr::Lit(_)),
            // `client.pre(..)?;` and `client.post(..)?;`.
            _ => !matches!(it, Stmt::Expr(Expr::Try(_), Some(_))),
        });
    }
    let debugs: Vec<Item> = code::structs(calls).map(close_call).collect();
    calls.extend(debugs);
    Ok(())
}

fn close_call(call: &mut ItemStruct) -> Item {
    code::drop_debug(&mut call.attrs);
    call.attrs.push(parse_quote!(#[must_use = "a call does nothing until it is sent"]));
    let name = &call.ident;
    parse_quote!(crate::generated::macros::debug!(#name);)
}
