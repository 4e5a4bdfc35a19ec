//! What items say of the surface.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{
    Attribute, Field, Fields, FnArg, Generics, ImplItem, Item, ItemImpl, Path, ReturnType,
    Signature, Type, Visibility, WherePredicate,
};

use super::macros;
use super::text::{split, text};

/// The lines of the public items of a file.
pub fn read(items: Vec<Item>) -> BTreeSet<String> {
    let mut surface = Surface::default();
    for item in items {
        surface.add_item("", item);
    }
    surface.finish()
}

/// What was read so far. Places are paths in the generated code.
#[derive(Default)]
pub struct Surface {
    /// What kind of type is at a place.
    kinds: BTreeMap<String, String>,
    /// What is said of the type at a place: its traits and attributes.
    facts: BTreeMap<String, BTreeSet<String>>,
    lines: BTreeSet<String>,
}

impl Surface {
    pub fn add(&mut self, line: String) {
        self.lines.insert(line);
    }

    pub fn define(&mut self, place: &str, kind: &str, attributes: &[Attribute]) {
        self.kinds.insert(place.to_owned(), kind.to_owned());
        for attribute in attributes {
            let list = attribute.meta.require_list().map(|list| list.tokens.clone());
            let mut said = split(list.unwrap_or_default(), ',').into_iter().map(text);
            match text(attribute.path().to_token_stream()).as_str() {
                "non_exhaustive" => self.say(place, "non_exhaustive"),
                "derive" => said.for_each(|one| self.say(place, one)),
                "cfg_attr" => said.nth(1).into_iter().for_each(|one| self.say(place, one)),
                _ => {}
            }
        }
        for fact in serde(attributes) {
            self.say(place, format!("serde({fact})"));
        }
    }

    /// Says something of a type.
    pub fn say(&mut self, place: &str, fact: impl Into<String>) {
        self.facts.entry(place.to_owned()).or_default().insert(fact.into());
    }

    fn finish(mut self) -> BTreeSet<String> {
        for (place, kind) in self.kinds {
            let facts: Vec<String> = self.facts.remove(&place).into_iter().flatten().collect();
            let apart = if facts.is_empty() { "" } else { " " };
            self.lines.insert(format!("{place} {kind}{apart}{}", facts.join(", ")));
        }
        // Of types that are defined elsewhere.
        for (place, facts) in self.facts {
            self.lines.extend(facts.iter().map(|fact| format!("{place} impl {fact}")));
        }
        self.lines
    }

    /// Reads an item of a module, whose path ends with `::` unless it is the root.
    fn add_item(&mut self, module: &str, item: Item) {
        match item {
            Item::Mod(item) => {
                let module = format!("{module}{}::", item.ident);
                let items = item.content.into_iter().flat_map(|(_, items)| items);
                items.for_each(|item| self.add_item(&module, item));
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let place = format!("{module}{}", item.ident);
                self.define(&place, "struct", &item.attrs);
                self.add_fields(&place, &item.fields);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let place = format!("{module}{}", item.ident);
                self.define(&place, "enum", &item.attrs);
                for variant in item.variants {
                    let held = text(variant.fields.to_token_stream());
                    let line = format!("{place}::{}{held}", variant.ident);
                    self.add(with_facts(line, &serde(&variant.attrs)));
                }
            }
            Item::Impl(item) => self.add_impl(module, item),
            Item::Macro(item) => macros::read(self, module, &item.mac),
            Item::Fn(item) if is_public(&item.vis) => {
                self.add(format!("{module}{}", signature(&item.sig)));
            }
            Item::Type(item) if is_public(&item.vis) => {
                self.add(format!("{module}{} type = {}", item.ident, plain(&item.ty)));
            }
            Item::Use(item) if is_public(&item.vis) => {
                self.add(format!("{module}use {}", text(item.tree.to_token_stream())));
            }
            _ => {}
        }
    }

    fn add_fields(&mut self, place: &str, fields: &Fields) {
        for (position, field) in fields.iter().enumerate().filter(|(_, one)| is_public(&one.vis)) {
            let name =
                field.ident.as_ref().map_or_else(|| position.to_string(), ToString::to_string);
            self.add(with_facts(format!("{place}.{name}: {}", plain(&field.ty)), &facts(field)));
        }
    }

    fn add_impl(&mut self, module: &str, item: ItemImpl) {
        let Type::Path(of) = item.self_ty.as_ref() else { return };
        let place = place(module, &of.path);
        if let Some((path, _)) = &item.trait_ {
            let implemented = trait_name(module, path);
            if implemented.contains('<') {
                self.add(format!("{place} impl {implemented}"));
            } else {
                self.say(&place, implemented);
            }
            return;
        }
        for function in item.items {
            let ImplItem::Fn(function) = function else { continue };
            if is_public(&function.vis) {
                let apart = if function.sig.receiver().is_some() { "." } else { "::" };
                let signature = signature(&function.sig);
                self.add(format!("{place}{apart}{signature}"));
            }
        }
    }
}

/// The name of a trait. Its parameter may be a builder, which its own module names like a model.
fn trait_name(module: &str, path: &Path) -> String {
    let is_outer = path.to_token_stream().into_iter().any(|token| token.to_string() == "super");
    let name = text(path.to_token_stream());
    if module.ends_with("builder::") && !is_outer { name.replace('<', "<builder::") } else { name }
}

/// Where a type is that a module names.
fn place(module: &str, path: &Path) -> String {
    let module = if path.leading_colon.is_some() { "" } else { module };
    let mut place: Vec<String> =
        module.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    for segment in &path.segments {
        match segment.ident.to_string().as_str() {
            "super" => drop(place.pop()),
            "crate" => place.clear(),
            name => place.push(name.to_owned()),
        }
    }
    place.join("::")
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The name of a function, what it takes and what it returns. A setter returns what it is of.
fn signature(function: &Signature) -> String {
    let bounds = bounds(&function.generics);
    let taken = function.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(plain(&argument.ty)),
        FnArg::Receiver(_) => None,
    });
    let taken: Vec<String> = taken.map(|name| bounds.get(&name).cloned().unwrap_or(name)).collect();
    let mut line = format!("{}({})", function.ident, taken.join(", "));
    if function.asyncness.is_some() {
        line.push_str(" async");
    }
    match &function.output {
        ReturnType::Type(_, ty) if plain(ty) != "Self" => line + " -> " + &plain(ty),
        _ => line,
    }
}

fn plain(ty: &Type) -> String {
    text(ty.to_token_stream())
}

/// What the type parameters of a function have to be.
fn bounds(generics: &Generics) -> BTreeMap<String, String> {
    let parameters = generics.type_params().map(|one| (one.ident.to_string(), &one.bounds));
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let predicates = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(one) => Some((plain(&one.bounded_ty), &one.bounds)),
        _ => None,
    });
    let bounds = parameters.chain(predicates).filter(|(_, bounds)| !bounds.is_empty());
    bounds.map(|(name, bounds)| (name, text(bounds.to_token_stream()))).collect()
}

/// What serde is told of a field, and whether it has to be there to be read. Which default it
/// has is no matter of its type.
fn facts(field: &Field) -> Vec<String> {
    let mut told = serde(&field.attrs);
    let has = |word: &str| told.iter().any(|fact| fact.split(' ').next() == Some(word));
    let is_optional = plain(&field.ty).starts_with("Option<") && !has("deserialize_with");
    let is_read = field.ident.is_some() && !has("flatten") && !has("skip");
    let is_required = is_read && !is_optional && !has("default");
    for default in told.iter_mut().filter(|fact| fact.starts_with("default = ")) {
        default.truncate("default".len());
    }
    told.extend(is_required.then(|| "required".to_owned()));
    told
}

/// What serde is told, in a fixed order. Of a path in a text it has the last name.
fn serde(attributes: &[Attribute]) -> Vec<String> {
    let told = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let told = told.filter_map(|attribute| attribute.meta.require_list().ok());
    let facts = told.flat_map(|list| split(list.tokens.clone(), ',')).map(|fact| {
        let fact = text(fact);
        match (fact.split_once(" = "), fact.rsplit_once("::")) {
            (Some((key, _)), Some((_, last))) => format!("{key} = \"{last}"),
            _ => fact,
        }
    });
    facts.collect::<BTreeSet<_>>().into_iter().collect()
}

fn with_facts(line: String, facts: &[String]) -> String {
    if facts.is_empty() { line } else { format!("{line}; {}", facts.join(", ")) }
}
