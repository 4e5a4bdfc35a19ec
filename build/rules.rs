//! Emits the rules for the fields of a request: which of them must be set, and how many entries
//! a list may have. A schema states them as `allOf: [{title, oneOf: [{required: [a]}, ..]}]`
//! (exactly one), with `anyOf` in place of `oneOf` (at least one), and as `minItems` and
//! `maxItems`.
//!
//! Each such request gets a call of `crate::model::rules!`, and each choice with a title gets a
//! call of `crate::model::choice!`: an enum of the values to choose from.

use heck::{ToPascalCase, ToTitleCase};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, ItemImpl, parse_quote};

use super::code;
use super::reach::Reach;
use super::schema::{alternatives, elements, entries, named, snake, texts};

/// Makes the builders of requests check their rules.
pub fn enforce(document: &Value, reach: &Reach, models: &mut Vec<Item>) -> Result<(), String> {
    for (name, schema) in named(document).filter(|(name, _)| reach.sent.contains(*name)) {
        let choices: Vec<Choice> = choices(schema).collect();
        let sizes: Vec<TokenStream> = entries(schema, "properties").filter_map(size).collect();
        if choices.is_empty() && sizes.is_empty() {
            continue;
        }
        let model = format_ident!("{name}");
        let rules = choices.iter().map(Choice::rule);
        let mut items: Vec<Item> =
            vec![parse_quote!(crate::model::rules!(#model, { #(#rules)* }, { #(#sizes)* });)];
        if let Some(titles) = choices.iter().map(|choice| choice.title).collect::<Option<Vec<_>>>()
        {
            let named = choices.iter().zip(&titles);
            items.extend(named.map(|(choice, title)| choice.emit(&model, title, models)));
            items.push(constructor(&model, &titles));
        }
        models.extend(items);
        let builders = code::module(models, "builder")?;
        code::impls(builders).filter(|item| builds(item, &model)).for_each(check);
    }
    Ok(())
}

/// Fields of which one must be set.
pub struct Choice<'d> {
    /// The title of the choice.
    title: Option<&'d str>,
    /// The rule in `crate::model::rules`.
    pub rule: &'static str,
    /// The names of the fields in JSON.
    pub fields: Vec<&'d str>,
}

/// The choices of a schema.
pub fn choices(schema: &Value) -> impl Iterator<Item = Choice<'_>> {
    elements(schema, "allOf").chain([schema]).filter_map(|part| {
        let fields: Vec<&str> = alternatives(part).flat_map(|one| texts(one, "required")).collect();
        let rule = if part.get("oneOf").is_some() { "exactly_one" } else { "at_least_one" };
        let title = part["title"].as_str();
        (!fields.is_empty()).then_some(Choice { title, rule, fields })
    })
}

impl Choice<'_> {
    fn rule(&self) -> TokenStream {
        let rule = format_ident!("{}", self.rule);
        let fields = self.fields.iter().map(|name| {
            let field = format_ident!("{}", snake(name));
            quote!(#field = #name)
        });
        quote!(#rule(#(#fields),*))
    }

    /// The enum of the values to choose from.
    fn emit(&self, model: &Ident, title: &str, models: &mut [Item]) -> Item {
        let name = choice_name(model, title);
        let description = format!("{} of a [`{model}`].", title.to_title_case());
        let variants = self.fields.iter().map(|json| {
            let (field, variant) = (snake(json), json.to_pascal_case());
            let (field, variant) = (format_ident!("{field}"), format_ident!("{variant}"));
            let held = code::field(models, model, &field).and_then(code::optional);
            let doc = format!("The field `{json}`.");
            quote!(#variant(#held) = #field: #doc,)
        });
        parse_quote!(crate::model::choice!(#model, #name, #description, { #(#variants)* });)
    }
}

fn choice_name(model: &Ident, title: &str) -> Ident {
    format_ident!("{model}{}", title.to_pascal_case())
}

/// A constructor that takes a value for each choice.
fn constructor(model: &Ident, titles: &[&str]) -> Item {
    let arguments = titles.iter().map(|title| {
        let (argument, choice) = (format_ident!("{}", snake(title)), choice_name(model, title));
        quote!(#argument: #choice)
    });
    parse_quote!(crate::model::constructor!(#model, #(#arguments),*);)
}

fn size((name, property): (&String, &Value)) -> Option<TokenStream> {
    let bound = |key: &str| property[key].as_u64().map(Literal::u64_unsuffixed);
    let (min, max) = (bound("minItems"), bound("maxItems"));
    min.as_ref().or(max.as_ref())?;
    let field = format_ident!("{}", snake(name));
    let min = min.unwrap_or_else(|| Literal::u64_unsuffixed(0));
    let max = max.map_or(quote!(None), |max| quote!(Some(#max)));
    Some(quote!(#field = #name: #min, #max;))
}

/// Whether an `impl` is the conversion from a builder to its model.
fn builds(item: &ItemImpl, model: &Ident) -> bool {
    let of = item.trait_.as_ref().and_then(|(of, _)| of.segments.last());
    of.is_some_and(|of| of.ident == "TryFrom") && code::name(&item.self_ty) == Some(model)
}

/// Makes the conversion check the built model.
fn check(item: &mut ItemImpl) {
    for function in code::functions(item) {
        let build = &function.block;
        function.block = parse_quote!({
            let made: ::std::result::Result<Self, super::error::ConversionError> = #build;
            Ok(crate::model::rules::checked(made?)?)
        });
    }
}
