//! Groups the operations of the client into one `impl` block for each tag. The documentation of
//! a block, a heading and an example, is in `src/generated/tags`.

use std::collections::BTreeMap;
use std::mem::take;

use heck::ToKebabCase;
use serde_json::Value;
use syn::{File, ImplItem, Item, parse_quote};

use super::code;
use super::schema::{operations, texts};

/// Splits the operations by their tags.
pub fn by_tag(client: &mut File, document: &Value) {
    let tag_of = |item: &ImplItem| {
        let ImplItem::Fn(function) = item else { return None };
        let id = function.sig.ident.to_string();
        let (.., operation) = operations(document).find(|(.., one)| one["operationId"] == id)?;
        texts(operation, "tags").next()
    };
    let blocks = code::impls(&mut client.items).filter(|block| block.trait_.is_none());
    let mut groups: BTreeMap<Option<&str>, Vec<ImplItem>> = BTreeMap::new();
    for item in blocks.flat_map(|block| take(&mut block.items)) {
        groups.entry(tag_of(&item)).or_default().push(item);
    }
    client.items.extend(groups.into_iter().map(|(tag, items)| -> Item {
        let file = tag.iter().map(|tag| format!("/src/generated/tags/{}.md", tag.to_kebab_case()));
        parse_quote! {
            #(#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), #file))])*
            impl Client { #(#items)* }
        }
    }));
}
