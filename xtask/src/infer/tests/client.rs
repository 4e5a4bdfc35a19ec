//! A client can be made of what was inferred.

use anyhow::Result;
use serde_json::{Value, json};

use super::{document, infer, page};
use crate::{convert, generated, normalise, profile, validate};

/// Does with an inferred document what regen and the build do. An error is that of the
/// profile.
pub fn generate(mut document: Value) -> Result<syn::File> {
    validate::validate(&document)?;
    convert::to_3_0(&mut document)?;
    add_what_ours_has(&mut document);
    normalise::normalise(&mut document)?;
    validate::validate(&document)?;
    profile::check(&document)?;
    Ok(generated::client(&document))
}

/// Adds what our overlays add to any document: what errors are read as, and tags.
fn add_what_ours_has(document: &mut Value) {
    let code = json!({"$ref": "#/components/schemas/ErrorCode"});
    document["components"]["schemas"]["ErrorCode"] = json!({"type": "string", "enum": ["A"]});
    document["components"]["schemas"]["ApiError"] = json!({
        "type": "object",
        "properties": {"code": code, "error": {"type": "string"}},
        "additionalProperties": true,
    });
    for item in document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            operation["tags"] = json!(["A"]);
        }
    }
}

#[test]
fn the_published_page_alone_becomes_a_client() {
    let mut document = page();
    infer(&mut document).unwrap();
    let client = generate(document).unwrap();
    let types = client.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let structs = types.unwrap().1.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    let wanted = |item: &&syn::ItemStruct| item.ident.to_string().starts_with("GetNumbers");
    let code = structs.filter(wanted).map(|item| {
        let mut item = item.clone();
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        syn::Item::Struct(item)
    });
    let file =
        syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: code.collect() };
    insta::assert_snapshot!("page_types", prettyplease::unparse(&file));
}

#[test]
fn what_no_client_can_be_made_of_is_refused_with_its_place() {
    let examples = json!({"self": 1, "Self": {"a": 1}, "extra": {"5511999998888": 1}});
    for (id, example, lines) in [
        ("get_a", examples, ""),
        ("getA", json!({"a": 1}), "/paths/~1a/get/operationId: `getA` is not a free name"),
        ("option", json!({"a": 1}), "/paths/~1a/get/operationId: `option` is not a free name"),
        ("get_a", json!(null), "200/content/application~1json/schema: is neither a reference"),
    ] {
        let mut document = document("3.1.0", &[("/a", "get", id, example)]);
        infer(&mut document).unwrap();
        let found = generate(document).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(found.contains(lines) && found.is_empty() == lines.is_empty(), "{id}: {found}");
    }
}
