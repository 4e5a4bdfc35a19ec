//! Generates the client from `openapi.json`; `build/mod.rs` tells the way.

#[path = "build/mod.rs"]
mod generate;

use std::path::Path;
use std::process::ExitCode;

const DOCUMENT: &str = "openapi.json";

fn main() -> ExitCode {
    // Cargo knows by itself when these sources change.
    println!("cargo::rerun-if-changed={DOCUMENT}");
    println!("cargo::rerun-if-env-changed=DOCS_RS");
    // The error quotes the message of a panic; a backtrace would only hide it.
    std::panic::set_hook(Box::new(|_| {}));
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("cargo::error={DOCUMENT}: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let json = std::fs::read_to_string(DOCUMENT).map_err(|error| error.to_string())?;
    let generated = generate::generate(&json, &has_feature)?;
    for warning in generated.warnings {
        println!("cargo::warning={DOCUMENT}: {}", warning.replace(['\r', '\n'], " "));
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    let files = [("client.rs", generated.client), ("document.rs", generated.document)];
    for (name, code) in files {
        let file = Path::new(&folder).join(name);
        std::fs::write(&file, code)
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

/// Whether Cargo builds the crate with a feature.
fn has_feature(name: &str) -> bool {
    let name = name.to_uppercase().replace('-', "_");
    std::env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}
