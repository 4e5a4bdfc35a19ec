//! Generates the client from `openapi.json`; `build/mod.rs` is the recipe.

#[path = "build/mod.rs"]
mod generate;

use std::path::Path;

const DOCUMENT: &str = "openapi.json";

fn main() {
    // Cargo knows by itself when these sources change.
    println!("cargo::rerun-if-changed={DOCUMENT}");
    // The generator panics where it does not support a document.
    std::panic::set_hook(Box::new(|panic| report(&panic.to_string())));
    if let Err(reason) = run() {
        report(&reason);
        std::process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let json = std::fs::read_to_string(DOCUMENT).map_err(|error| error.to_string())?;
    let generated = generate::generate(&json, &has_feature)?;
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    for (name, code) in generated {
        let file = Path::new(&folder).join(name);
        std::fs::write(&file, code)
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

/// Has Cargo show one line for a build that fails.
fn report(reason: &str) {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    println!("cargo::error={DOCUMENT} cannot become a client: {line}");
}

/// Whether Cargo builds the crate with a feature.
fn has_feature(name: &str) -> bool {
    let name = name.to_uppercase().replace('-', "_");
    std::env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}
