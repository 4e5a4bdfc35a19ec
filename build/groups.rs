//! The operations of the client in one block for each tag, which gives its page of the
//! documentation a heading for each.

use std::collections::BTreeMap;
use std::mem::take;

use serde_json::Value;
use syn::{File, ImplItem, Item, ItemImpl, parse_quote};

use super::code;
use super::schema::{operations, texts};

/// Splits the operations by their tags.
pub fn by_tag(client: &mut File, document: &Value) {
    let tags: BTreeMap<&str, &str> = operations(document)
        .filter_map(|(_, _, one)| Some((one["operationId"].as_str()?, texts(one, "tags").next()?)))
        .collect();
    let tag_of = |item: &ImplItem| match item {
        ImplItem::Fn(function) => tags.get(function.sig.ident.to_string().as_str()).copied(),
        _ => None,
    };
    let mut groups: BTreeMap<&str, Vec<ImplItem>> = BTreeMap::new();
    for block in code::impls(&mut client.items).filter(|block| block.trait_.is_none()) {
        for item in take(&mut block.items) {
            match tag_of(&item) {
                Some(tag) => groups.entry(tag).or_default().push(item),
                None => block.items.push(item),
            }
        }
    }
    client.items.extend(groups.into_iter().map(|(tag, items)| {
        let heading = format!("# {tag}\n\nSee also [all operations](crate::guide::operations).");
        let block: ItemImpl = parse_quote!(#[doc = #heading] impl Client { #(#items)* });
        Item::Impl(block)
    }));
}
