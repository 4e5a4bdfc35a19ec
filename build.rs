//! Generates the client from `openapi.json`. `build/mod.rs` lists the steps.

#[path = "build/mod.rs"]
mod generate;

use std::path::Path;

const DOCUMENT: &str = "openapi.json";

fn main() {
    // Cargo tracks these sources itself.
    println!("cargo::rerun-if-changed={DOCUMENT}");
    // The generator panics on a document that it does not support.
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

/// Makes Cargo show one line for a failed build.
fn report(reason: &str) {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    println!("cargo::error={DOCUMENT} cannot become a client: {line}");
}

/// Whether a feature is enabled.
fn has_feature(name: &str) -> bool {
    let name = name.to_uppercase().replace('-', "_");
    std::env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}
