//! Runs every example as somebody without an account would.

use anyhow::Result;

use crate::manifest::{Manifest, Target};
use crate::shell::Shell;

/// What an example cannot do without. The numbers belong to nobody.
const ARGUMENTS: &[(&str, &str)] = &[
    ("send_message", "12125550101"),
    ("bulk_send", "natal examples/bulk_send/recipients.csv target/natal"),
    ("pair_number", "12125550101 Suporte"),
    ("sandbox_server", "cargo run --locked --example list_numbers"),
];

pub fn check(shell: &Shell) -> Result<()> {
    for name in examples(&Manifest::of(shell, "examples")?.targets) {
        let arguments = ARGUMENTS.iter().find(|(of, _)| *of == name);
        let arguments = arguments.map_or(String::new(), |(_, words)| format!(" -- {words}"));
        shell.run(&format!("cargo run --locked --example {name}{arguments}"))?;
    }
    Ok(())
}

fn examples(targets: &[Target]) -> impl Iterator<Item = &str> {
    let examples = targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "example"));
    examples.map(|target| target.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Target, examples};

    #[test]
    fn only_examples_are_run() {
        let target = |name: &str, kind: &str| Target { name: name.into(), kind: vec![kind.into()] };
        let targets = [target("pilot_status", "lib"), target("list", "example")];
        assert_eq!(examples(&targets).collect::<Vec<_>>(), ["list"]);
    }
}
