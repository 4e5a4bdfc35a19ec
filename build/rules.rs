//! Requests with rules for their fields: one that breaks a rule is refused when it is
//! built, and a constructor takes each choice between fields as one value.

use heck::{ToPascalCase, ToTitleCase};
use quote::{format_ident, quote};
use syn::{
    Expr, Field, GenericArgument, Ident, Item, ItemEnum, ItemImpl, ItemStruct, PathArguments, Type,
    parse_quote,
};

use super::adapt::{Choice, Rules, Size, snake};
use super::rewrite;

/// Gives the models of requests what their rules make of them.
pub fn complete(models: &mut Vec<Item>, rules: &Rules) {
    for (name, rules) in rules {
        let model = models.iter().find_map(|item| match item {
            Item::Struct(model) if model.ident == name.as_str() => Some(model.clone()),
            _ => None,
        });
        let Some(model) = model else { continue };
        let choices: Vec<Chosen> =
            rules.choices.iter().filter_map(|choice| Chosen::new(choice, &model)).collect();
        let checks: Vec<Expr> = choices
            .iter()
            .map(Chosen::check)
            .chain(rules.sizes.iter().filter_map(|size| check_size(size, &model)))
            .collect();
        if checks.is_empty() {
            continue;
        }
        rewrite::each_item(models, &mut |item| check(item, &model.ident, &checks));
        models.extend(
            choices.iter().filter_map(|choice| choice.type_of(&model.ident)).map(Item::Enum),
        );
        models.extend(constructor(&model.ident, &choices).map(Item::Impl));
    }
}

/// A choice, with the types of its fields.
struct Chosen<'a> {
    title: Option<&'a str>,
    several: bool,
    /// The name in JSON, in Rust, and the type of the value.
    fields: Vec<(&'a str, Ident, Type)>,
}

impl<'a> Chosen<'a> {
    /// None where a field is there even if it is empty.
    fn new(choice: &'a Choice, model: &ItemStruct) -> Option<Self> {
        let fields = choice.fields.iter().map(|name| {
            let field = format_ident!("{}", snake(name));
            let found = model.fields.iter().find(|other| other.ident.as_ref() == Some(&field))?;
            Some((name.as_str(), field, optional(found)?))
        });
        Some(Self {
            title: choice.title.as_deref(),
            several: choice.several,
            fields: fields.collect::<Option<_>>()?,
        })
    }

    /// The type of one value for all of the choice.
    fn name(&self, model: &Ident) -> Option<Ident> {
        Some(format_ident!("{model}{}", self.title?.to_pascal_case()))
    }

    fn type_of(&self, model: &Ident) -> Option<ItemEnum> {
        let name = self.name(model)?;
        let description = format!("{} of a [`{model}`].", self.title?.to_title_case());
        let variants = self.fields.iter().map(|(json, field, value)| {
            let variant = variant(field);
            let doc = format!("The field `{json}`.");
            quote!(#[doc = #doc] #variant(#value))
        });
        Some(parse_quote! {
            #[doc = #description]
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum #name { #(#variants),* }
        })
    }

    fn check(&self) -> Expr {
        let given =
            self.fields.iter().map(|(json, field, _)| quote!((#json, made.#field.is_some())));
        let rule = format_ident!("{}", if self.several { "at_least_one" } else { "exactly_one" });
        parse_quote!(crate::rules::#rule(&[#(#given),*]))
    }
}

/// None where the model has no such list, or one whose absence cannot be seen.
fn check_size(size: &Size, model: &ItemStruct) -> Option<Expr> {
    let name = &size.field;
    let field = format_ident!("{}", snake(name));
    let found = model.fields.iter().find(|other| other.ident.as_ref() == Some(&field))?;
    let min = usize::try_from(size.min).ok()?;
    let max = size.max.map(usize::try_from).transpose().ok()?;
    let max = max.map_or_else(
        || quote!(::std::option::Option::None),
        |max| quote!(::std::option::Option::Some(#max)),
    );
    match optional(found) {
        Some(_) => Some(parse_quote! {
            made.#field.as_ref().map_or(Ok(()), |list| {
                crate::rules::size(#name, list.len(), #min, #max)
            })
        }),
        None if size.is_required => {
            Some(parse_quote!(crate::rules::size(#name, made.#field.len(), #min, #max)))
        }
        // An empty list is one that is not set.
        None => None,
    }
}

fn variant(field: &Ident) -> Ident {
    format_ident!("{}", field.to_string().to_pascal_case())
}

/// What an `Option` holds.
fn optional(field: &Field) -> Option<Type> {
    let Type::Path(path) = &field.ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    }
}

/// Lets a model be built only where it keeps its rules.
fn check(item: &mut Item, model: &Ident, checks: &[Expr]) {
    let Item::Impl(item) = item else { return };
    let Type::Path(made) = item.self_ty.as_ref() else { return };
    let of_model = made.path.segments.last().is_some_and(|last| last.ident == *model);
    let is_build = item
        .trait_
        .as_ref()
        .is_some_and(|(path, _)| path.segments.last().is_some_and(|last| last.ident == "TryFrom"));
    if !of_model || !is_build {
        return;
    }
    for function in rewrite::functions(item) {
        let build = &function.block;
        function.block = parse_quote!({
            let made: ::std::result::Result<Self, super::error::ConversionError> = #build;
            let made = made?;
            #(#checks?;)*
            Ok(made)
        });
    }
}

/// A constructor that takes a value for each choice, if all of them have a name.
fn constructor(model: &Ident, choices: &[Chosen]) -> Option<ItemImpl> {
    let names: Vec<Ident> =
        choices.iter().map(|choice| choice.name(model)).collect::<Option<_>>()?;
    let arguments: Vec<Ident> = choices
        .iter()
        .map(|choice| Some(format_ident!("{}", snake(choice.title?))))
        .collect::<Option<_>>()?;
    let sets = choices.iter().zip(&names).zip(&arguments).map(|((choice, name), argument)| {
        let arms = choice.fields.iter().map(|(_, field, _)| {
            let variant = variant(field);
            quote!(#name::#variant(value) => builder.#field(value))
        });
        quote!(let builder = match #argument { #(#arms,)* };)
    });
    Some(parse_quote! {
        impl #model {
            /// Begins a request with what has to be chosen. What else it may have is
            /// set on what comes back.
            pub fn new(#(#arguments: impl ::std::convert::Into<#names>),*) -> builder::#model {
                let builder = Self::builder();
                #(let #arguments: #names = #arguments.into();)*
                #(#sets)*
                builder
            }
        }
    })
}
