//! Documents setters, and widens the types that they accept.
//!
//! A setter gets the description of its field or parameter; the generator documents only the
//! fields of models. Setters of optional values, lists and maps accept `crate::IntoOptional`,
//! `crate::IntoList` and `crate::IntoMap` in place of a value, an `Option`, a `Vec` or a map.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{GenericParam, ImplItemFn, Item, Type, ext::IdentExt, parse_quote};

use super::code;
use super::schema::{elements, entries, named, operations, snake};

const BODY: &str = "Sets the body of the request.";
const BODY_MAP: &str = "Changes the body: `change` gets a builder with everything set so far.";

/// Descriptions by the type of a setter and its name.
pub type Docs = BTreeMap<(String, String), String>;

/// The descriptions of the fields of models and of the parameters of calls.
pub fn docs(document: &Value) -> Docs {
    let mut docs = Docs::new();
    let text = |part: &Value| part["description"].as_str().map(str::to_owned);
    for (name, schema) in named(document) {
        for (field, property) in entries(schema, "properties") {
            docs.extend(text(property).map(|text| ((name.clone(), snake(field)), text)));
        }
    }
    for (_, _, operation) in operations(document) {
        let call = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
        for parameter in elements(operation, "parameters") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let text = text(parameter).unwrap_or_else(|| format!("Sets `{name}`."));
            docs.insert((call.clone(), snake(name)), text);
        }
        let body = operation["requestBody"]["description"].as_str().unwrap_or(BODY);
        for (setter, text) in [("body", body), ("body_map", BODY_MAP)] {
            docs.insert((call.clone(), setter.to_owned()), text.to_owned());
        }
    }
    docs
}

/// Documents and widens the setters of calls or of the builders of models.
pub fn document_and_widen(builders: &mut [Item], docs: &Docs) {
    let fields: BTreeMap<(String, String), Type> = code::structs(builders)
        .flat_map(|builder| {
            let of = builder.ident.to_string();
            builder.fields.iter().filter_map(move |field| {
                let name = field.ident.as_ref()?.unraw().to_string();
                Some(((of.clone(), name), (*code::arguments(&field.ty)?.first()?).clone()))
            })
        })
        .collect();
    for item in code::impls(builders) {
        let Some(of) = code::name(&item.self_ty).map(ToString::to_string) else { continue };
        for function in code::functions(item) {
            let place = (of.clone(), function.sig.ident.unraw().to_string());
            if let Some(text) = docs.get(&place) {
                function.attrs.push(parse_quote!(#[doc = #text]));
            }
            if let Some(value) = fields.get(&place) {
                take_more(function, value);
            }
        }
    }
}

/// Widens the setter of an optional value, a list or a map. `value` is the type of the field.
fn take_more(function: &mut ImplItemFn, value: &Type) {
    let (held, given) = match code::optional(value) {
        Some(held) => (held, quote!()),
        None => (value, quote!(.and_then(crate::model::collections::given))),
    };
    let (of, convert) = match code::generic(held) {
        Some((name, of)) if name == "Vec" => (of, "list"),
        Some((name, of)) if name == "BTreeMap" || name == "Map" => (of, "map"),
        _ if given.is_empty() => (held, "optional"),
        _ => return,
    };
    let bound = format_ident!("Into{}", convert.to_pascal_case());
    let convert = format_ident!("into_{convert}");
    let name = &function.sig.ident;
    let message = format!("`{name}`: {{reason}}");
    function.block = parse_quote!({
        self.#name = value.#convert()#given.map_err(|reason| format!(#message));
        self
    });
    let Some(GenericParam::Type(parameter)) = function.sig.generics.params.first() else { return };
    let parameter = &parameter.ident;
    function.sig.generics.where_clause = Some(parse_quote!(where #parameter: crate::#bound<#of>));
}

/// Gives builders `build`, and lets setters accept a builder in place of its model.
pub fn build_models(builders: &mut Vec<Item>) {
    let names: Vec<_> = code::structs(builders).map(|builder| builder.ident.clone()).collect();
    let define = |name| -> Item { parse_quote!(crate::generated::macros::builder!(#name);) };
    builders.extend(names.iter().map(define));
}
