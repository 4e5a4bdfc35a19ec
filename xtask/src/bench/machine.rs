//! What the figures were measured on and with, without the name of the machine.

use anyhow::Result;

use crate::shell::Shell;

pub fn describe(shell: &Shell) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let system = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let rustc = shell.output("rustc --version")?;
    // A commit and its date follow.
    let rustc = rustc.split(" (").next().unwrap_or_default();
    let cpu = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| model(&text));
    let cpu = cpu.unwrap_or_else(|| "an unknown CPU".to_owned());
    Ok(format!("{cores} cores of {cpu}, {system}, with {rustc} and the versions of Cargo.lock"))
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{describe, model};
    use crate::shell::Shell;

    #[test]
    fn the_description_names_cores_and_compiler() {
        let told = describe(&Shell::new(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap();
        for part in [" cores of ", "rustc 1."] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn the_model_is_that_of_the_first_core() {
        let told = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n";
        assert_eq!(model(told).unwrap(), "AMD EPYC");
        assert_eq!(model("processor\t: 0\n"), None);
    }
}
