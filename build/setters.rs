//! What setters say and take.
//!
//! Each says what the document says of what it sets; the generator says that of the
//! fields of models only. Those of optional fields, lists and maps take all that
//! `crate::IntoOptional`, `crate::IntoList` and `crate::IntoMap` are for, where the
//! generator's take an `Option`, a `Vec` or a map.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use openapiv3::{OpenAPI, ReferenceOr};
use syn::{
    Attribute, Expr, FieldValue, FnArg, GenericArgument, ImplItemFn, Item, ItemMod, Member,
    PathArguments, Type, TypeParamBound, WherePredicate, parse_quote,
};

use super::adapt::{plain, snake};
use super::operations;
use super::rewrite::{self, Rewrite};

/// By the type that a setter belongs to and its name.
type Docs = BTreeMap<(String, String), Vec<Attribute>>;

/// Documents the setters of calls and of the builders of models.
pub fn complete(client: &mut syn::File, document: &OpenAPI) {
    let calls = of_parameters(document);
    for item in &mut client.items {
        let Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) = item else { continue };
        if ident == "builder" {
            document_setters(items, &calls);
        } else if ident == "types" {
            let fields = of_fields(items);
            for item in items.iter_mut() {
                if let Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) = item
                    && ident == "builder"
                {
                    document_setters(items, &fields);
                    for item in items.iter_mut() {
                        if let Item::Impl(item) = item {
                            rewrite::functions(item).for_each(take_more);
                            rewrite::item_impl(item, &mut Extra);
                        }
                    }
                    let builders: Vec<Item> = items.iter().filter_map(into_optional).collect();
                    items.extend(builders);
                }
            }
        }
    }
}

fn of_parameters(document: &OpenAPI) -> Docs {
    let mut docs = Docs::new();
    for (_, _, operation) in operations(document) {
        let call = operation.operation_id.as_deref().unwrap_or_default().to_pascal_case();
        for parameter in operation.parameters.iter().filter_map(ReferenceOr::as_item) {
            let data = parameter.parameter_data_ref();
            let name = plain(&data.name);
            let text = data.description.as_deref().unwrap_or_default();
            let text = if text.is_empty() { format!("Sets `{name}`.") } else { text.to_owned() };
            docs.insert((call.clone(), snake(&data.name)), vec![parse_quote!(#[doc = #text])]);
        }
        if let Some(ReferenceOr::Item(body)) = &operation.request_body {
            let text = body.description.as_deref().unwrap_or("Sets the body of the request.");
            docs.insert((call.clone(), "body".to_owned()), vec![parse_quote!(#[doc = #text])]);
            let text =
                "Sets parts of the body: `change` gets a builder with all that is set so far.";
            docs.insert((call, "body_map".to_owned()), vec![parse_quote!(#[doc = #text])]);
        }
    }
    docs
}

fn of_fields(models: &[Item]) -> Docs {
    let mut docs = Docs::new();
    for item in models {
        let Item::Struct(model) = item else { continue };
        for field in &model.fields {
            let Some(name) = &field.ident else { continue };
            let attributes =
                field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
            docs.insert((model.ident.to_string(), name.to_string()), attributes.cloned().collect());
        }
    }
    docs
}

fn document_setters(items: &mut [Item], docs: &Docs) {
    for item in items {
        if let Item::Impl(item) = item
            && item.trait_.is_none()
            && let Type::Path(of) = item.self_ty.as_ref()
            && let Some(of) = of.path.segments.last()
        {
            let of = of.ident.to_string();
            rewrite::functions(item).for_each(|function| document_setter(function, &of, docs));
        }
    }
}

fn document_setter(function: &mut ImplItemFn, of: &str, docs: &Docs) {
    let takes_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
    let name = function.sig.ident.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    if let Some(docs) = docs.get(&(of.to_owned(), name.to_owned()))
        && takes_self
        && function.attrs.is_empty()
    {
        function.attrs.clone_from(docs);
    }
}

/// Lets the setter of an optional field, of a list or of a map take more.
fn take_more(function: &mut ImplItemFn) {
    let Some((bound, convert)) = taken(function).and_then(taken_instead) else { return };
    let name = function.sig.ident.clone();
    let message = format!("error converting supplied value for {name}: {{e}}");
    function.sig.generics.where_clause = Some(parse_quote!(where T: #bound));
    function.block = parse_quote!({
        self.#name = #convert.map_err(|e| format!(#message));
        self
    });
}

/// Lets a builder do without members that the document does not name: it begins with
/// `extra: Err("no value supplied for extra".to_string())`.
struct Extra;

impl Rewrite for Extra {
    fn field_value(&mut self, field: &mut FieldValue) {
        if matches!(&field.member, Member::Named(name) if name == "extra")
            && let Expr::Call(call) = &field.expr
            && matches!(call.func.as_ref(), Expr::Path(function) if function.path.is_ident("Err"))
        {
            field.expr = parse_quote!(Ok(::std::default::Default::default()));
        }
    }
}

/// What a setter is to take, and how `value` becomes what it sets.
fn taken_instead(value: &Type) -> Option<(TypeParamBound, Expr)> {
    let (name, inner) = generic(value)?;
    if name == "Option" {
        let GenericArgument::Type(optional) = inner else { return None };
        return Some(collection(optional).unwrap_or_else(|| {
            (parse_quote!(crate::IntoOptional<#inner>), parse_quote!(value.into_optional()))
        }));
    }
    let (bound, taken) = collection(value)?;
    Some((bound, parse_quote!(#taken.and_then(crate::collections::given))))
}

/// What the setter of an optional list or map is to take.
fn collection(value: &Type) -> Option<(TypeParamBound, Expr)> {
    let (name, inner) = generic(value)?;
    match name.as_str() {
        "Vec" => Some((parse_quote!(crate::IntoList<#inner>), parse_quote!(value.into_list()))),
        "BTreeMap" | "Map" => {
            Some((parse_quote!(crate::IntoMap<#inner>), parse_quote!(value.into_map())))
        }
        _ => None,
    }
}

/// The name of a generic type, and its last argument.
fn generic(value: &Type) -> Option<(String, &GenericArgument)> {
    let Type::Path(path) = value else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    Some((last.ident.to_string(), arguments.args.last()?))
}

/// The `X` of a setter `where T: TryInto<X>`.
fn taken(function: &ImplItemFn) -> Option<&Type> {
    let WherePredicate::Type(first) =
        function.sig.generics.where_clause.as_ref()?.predicates.first()?
    else {
        return None;
    };
    let TypeParamBound::Trait(bound) = first.bounds.first()? else { return None };
    let into = bound.path.segments.last().filter(|last| last.ident == "TryInto")?;
    argument(&into.arguments)
}

fn argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    }
}

/// Lets a builder stand for the model that it builds.
fn into_optional(item: &Item) -> Option<Item> {
    let Item::Struct(builder) = item else { return None };
    let name = &builder.ident;
    Some(parse_quote! {
        impl crate::IntoOptional<super::#name> for #name {
            fn into_optional(
                self,
            ) -> ::std::result::Result<::std::option::Option<super::#name>, ::std::string::String>
            {
                super::#name::try_from(self)
                    .map(::std::option::Option::Some)
                    .map_err(|e| e.to_string())
            }
        }
    })
}
