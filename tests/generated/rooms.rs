//! Checks that the rooms of `src/` depend on each other in one direction, and that the modules
//! of a room have no cyclic dependencies. A `mod.rs` and the files of its folder may use each
//! other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::{Item, UseTree};

/// The rooms, from the bottom to the top. A room may use the rooms before it.
///
/// `generated` holds the models as well as the client, so every room may use it.
const ROOMS: [&str; 18] = [
    "operation",
    "text",
    "time",
    "decode",
    "model",
    "error",
    "credentials",
    "telemetry",
    "rate_limit",
    "retry",
    "response",
    "client",
    "request",
    "pages",
    "generated",
    "webhooks",
    "mock",
    "lib",
];

/// The path of a module: its folders and its file.
type Module = Vec<String>;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module(src: &Path, file: &Path) -> Module {
    let path = file.strip_prefix(src).unwrap().with_extension("");
    let names = path.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| name != "mod").collect()
}

/// The code of a module, without its comments and its tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The full paths of a `use` declaration.
fn paths(tree: &UseTree, prefix: &[String]) -> Vec<Module> {
    let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => paths(&path.tree, &with(&path.ident)),
        UseTree::Group(group) => group.items.iter().flat_map(|tree| paths(tree, prefix)).collect(),
        UseTree::Name(name) => vec![with(&name.ident)],
        UseTree::Rename(rename) => vec![with(&rename.ident)],
        UseTree::Glob(_) => vec![prefix.to_vec()],
    }
}

/// The modules that a module uses, in `use` declarations or in paths in its code.
fn uses(
    module: &[String],
    code: &str,
    known: &BTreeSet<Module>,
    exported: &BTreeMap<String, Module>,
) -> BTreeSet<Module> {
    let items = syn::parse_file(code).unwrap().items;
    let declared = items.iter().flat_map(|item| match item {
        Item::Use(declaration) => paths(&declaration.tree, &[]),
        _ => Vec::new(),
    });
    let inline = code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
        let path = &rest[..end.unwrap_or(rest.len())];
        ["crate"].into_iter().chain(path.split("::")).map(str::to_owned).collect()
    });
    let absolute = |path: Module| -> Module {
        let supers = path.iter().take_while(|part| *part == "super").count();
        match path[0].as_str() {
            "crate" => path[1..].to_vec(),
            "self" => [module, &path[1..]].concat(),
            "super" => [&module[..module.len() - supers], &path[supers..]].concat(),
            _ => Module::new(),
        }
    };
    let nearest = |path: Module| {
        let path = path.first().and_then(|name| exported.get(name)).cloned().unwrap_or(path);
        (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|path| known.contains(path))
    };
    declared.chain(inline).map(absolute).filter_map(nearest).filter(|it| *it != module).collect()
}

fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found.retain(|file| !file.strip_prefix(&src).unwrap().to_string_lossy().contains("tests"));
    let known = found.iter().map(|file| module(&src, file)).collect();
    let lib = syn::parse_file(&code(&src.join("lib.rs"))).unwrap().items;
    let exports = lib.iter().flat_map(|item| match item {
        Item::Use(declaration) => paths(&declaration.tree, &[]),
        _ => Vec::new(),
    });
    let exported = exports.map(|path| (path.last().unwrap().clone(), path)).collect();
    let edges = found.iter().map(|file| {
        let module = module(&src, file);
        let uses = uses(&module, &code(file), &known, &exported);
        (module, uses)
    });
    edges.collect()
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let level = |room: &str| {
        ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("{room} is new"))
    };
    let graph = graph();
    let edges = graph.iter().flat_map(|(one, uses)| uses.iter().map(move |other| (one, other)));
    let wrong: Vec<String> = edges
        .filter(|(_, other)| other[0] != "generated")
        .filter(|(one, other)| level(&one[0]) < level(&other[0]))
        .map(|(one, other)| format!("{} uses {}", one.join("::"), other.join("::")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The graph contains known edges.
    let uses = |one: &str, other: &str| {
        graph.iter().any(|(from, to)| from[0] == one && to.iter().any(|to| to[0] == other))
    };
    assert!(uses("request", "retry") && uses("mock", "client") && uses("error", "decode"));
}

#[test]
fn modules_of_a_room_have_no_cyclic_dependencies() {
    let mut graph = graph();
    // A `mod.rs` that re-exports its files does not depend on them.
    for (module, uses) in &mut graph {
        uses.retain(|other| other[0] == module[0] && !other.starts_with(module));
    }
    loop {
        let leaves: BTreeSet<Module> =
            graph.iter().filter(|(_, uses)| uses.is_empty()).map(|(one, _)| one.clone()).collect();
        if leaves.is_empty() {
            break;
        }
        graph.retain(|module, _| !leaves.contains(module));
        for uses in graph.values_mut() {
            uses.retain(|other| !leaves.contains(other));
        }
    }
    assert!(graph.is_empty(), "{graph:#?}");
}
