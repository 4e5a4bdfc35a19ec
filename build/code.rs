//! Finds parts of the generated code.

use proc_macro2::Ident;
use syn::{
    Attribute, GenericArgument, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Path,
    PathArguments, Token, Type, parse_quote, punctuated::Punctuated,
};

/// The items of a module.
pub fn module<'c>(items: &'c mut [Item], name: &str) -> Result<&'c mut Vec<Item>, String> {
    let found = items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(&mut module.content.as_mut()?.1),
        _ => None,
    });
    found.ok_or_else(|| format!("the generator made no module `{name}`"))
}

/// The structs among some items.
pub fn structs(items: &mut [Item]) -> impl Iterator<Item = &mut ItemStruct> {
    items.iter_mut().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    })
}

/// The implementations among some items.
pub fn impls(items: &mut [Item]) -> impl Iterator<Item = &mut ItemImpl> {
    items.iter_mut().filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    })
}

/// The functions of an implementation.
pub fn functions(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// Leaves the machine code of functions to the calling crate: most programs call few of them.
pub fn inline(items: &mut [Item]) {
    let all = impls(items).flat_map(functions);
    for function in all.filter(|function| function.sig.generics.params.is_empty()) {
        function.attrs.push(parse_quote!(#[inline]));
    }
}

/// The type of a field of a struct.
pub fn field<'c>(items: &'c mut [Item], of: &Ident, name: &Ident) -> Option<&'c Type> {
    let mut fields = structs(items).find(|item| item.ident == *of)?.fields.iter();
    fields.find(|field| field.ident.as_ref() == Some(name)).map(|field| &field.ty)
}

/// The last segment of the path of a type.
pub fn name(of: &Type) -> Option<&Ident> {
    let Type::Path(path) = of else { return None };
    path.path.segments.last().map(|last| &last.ident)
}

/// The name of a generic type, and its last argument.
pub fn generic(of: &Type) -> Option<(&Ident, &Type)> {
    arguments(of)?.last().copied().zip(name(of)).map(|(argument, name)| (name, argument))
}

/// The arguments of a generic type.
pub fn arguments(of: &Type) -> Option<Vec<&Type>> {
    let Type::Path(path) = of else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    });
    Some(types.collect())
}

/// The type inside an `Option`.
pub fn optional(of: &Type) -> Option<&Type> {
    generic(of).filter(|(name, _)| *name == "Option").map(|(_, held)| held)
}

/// Removes `Debug` from the derived traits.
pub fn drop_debug(attributes: &mut [Attribute]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let derived = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let kept = derived.into_iter().flatten().filter(|path| !path.is_ident("Debug"));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}
