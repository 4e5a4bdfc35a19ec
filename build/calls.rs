//! Restricts the generated client and its calls.

use syn::{File, Item, ItemStruct, parse_quote};

use super::code;

/// Restricts the client and its calls:
///
/// - The constructors of the client are dropped: they would take any HTTP client.
/// - Neither the client nor a call prints what it holds, such as a token in a path.
/// - A call that is not sent is a warning.
pub fn close(client: &mut File) -> Result<(), String> {
    client.items.retain_mut(|item| match item {
        Item::Impl(item) => !code::functions(item).any(|one| one.sig.ident == "new_with_client"),
        Item::Mod(item) => item.ident != "prelude",
        _ => true,
    });
    for item in code::structs(&mut client.items).filter(|item| item.ident == "Client") {
        code::drop_debug(&mut item.attrs);
    }
    let calls = code::module(&mut client.items, "builder")?;
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
