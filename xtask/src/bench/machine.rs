//! Describes the machine and the compiler of the figures, without the name of the machine.

use std::path::Path;

use anyhow::Result;

use crate::shell::{command, output};

pub fn describe(root: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let system = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let rustc = output(command(root, "rustc --version"))?;
    // Without the commit and its date.
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

    #[test]
    fn the_description_names_cores_and_compiler() {
        let description = describe(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        for part in [" cores of ", "rustc 1."] {
            assert!(description.contains(part), "{description}");
        }
    }

    #[test]
    fn the_cpu_model_is_that_of_the_first_core() {
        let cpuinfo =
            "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n";
        assert_eq!(model(cpuinfo).unwrap(), "AMD EPYC");
        assert_eq!(model("processor\t: 0\n"), None);
    }
}
