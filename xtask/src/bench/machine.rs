//! What the figures were measured on and with, without the name of the machine.

use anyhow::Result;

use crate::shell::Shell;

/// The crates that the figures depend on.
const CRATES: [&str; 4] = ["progenitor", "reqwest", "reqwest-middleware", "reqwest-retry"];

pub fn describe(shell: &Shell) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let system = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let rustc = first_words(&shell.output("rustc --version")?);
    let crates = crates(&shell.output(&format!(
        "cargo tree --locked --depth 0 --prefix none --package {}",
        CRATES.join(" --package ")
    ))?);
    Ok(format!("{cores} cores of {}, {system}, with {rustc}, {crates}", cpu(shell)))
}

/// The model, which every system tells in its own way.
fn cpu(shell: &Shell) -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| model(&text))
        .or_else(|| shell.output("sysctl -n machdep.cpu.brand_string").ok());
    told.map_or_else(|| "an unknown CPU".to_owned(), |model| model.trim().to_owned())
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Name and version, without what follows: a commit and its date, or `(*)`.
fn first_words(line: &str) -> String {
    line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn crates(tree: &str) -> String {
    let lines = tree.lines().filter(|line| !line.is_empty());
    lines.map(|line| first_words(line).replace(" v", " ")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{crates, describe, first_words, model};
    use crate::shell::Shell;

    #[test]
    fn the_description_names_cores_compiler_and_crates() {
        let told = describe(&Shell::new(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap();
        for part in [" cores of ", "rustc 1.", "progenitor 0.", "reqwest-retry 0."] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn versions_come_without_dates() {
        assert_eq!(first_words("rustc 1.95.0 (0123456 2026-04-14)\n"), "rustc 1.95.0");
        let tree = "reqwest v0.13.5\n\nreqwest-retry v0.9.1\n";
        assert_eq!(crates(tree), "reqwest 0.13.5, reqwest-retry 0.9.1");
    }

    #[test]
    fn the_model_is_that_of_the_first_core() {
        let told = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n";
        assert_eq!(model(told).unwrap(), "AMD EPYC");
        assert_eq!(model("processor\t: 0\n"), None);
    }
}
