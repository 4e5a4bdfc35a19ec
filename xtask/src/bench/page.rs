//! Writes the page with the figures, and describes the machine that they depend on. Each part has a
//! section, so that one part can be measured again.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum as _;

use super::Part;
use crate::console;
use crate::shell::{command, output};

/// The text above the sections.
const HEAD: &str = include_str!("page.md");

/// Returns the page with the sections of the measured parts replaced.
pub fn update(page: &str, sections: &[(Part, String)]) -> String {
    let section = |part: &Part| {
        let heading = format!("\n## {}\n", console::words(part).1);
        let measured = sections.iter().find(|(measured, _)| measured == part);
        let kept = || {
            let (_, rest) = page.split_once(&heading)?;
            Some(rest.split_once("\n## ").map_or(rest, |(text, _)| text).trim_end().to_owned())
        };
        let text = measured.map(|(_, text)| format!("\n{}", text.trim_end())).or_else(kept)?;
        Some(format!("{heading}{text}\n"))
    };
    HEAD.to_owned() + &Part::value_variants().iter().filter_map(section).collect::<String>()
}

/// The machine and the compiler, without the name of the machine.
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

    use super::{Part, describe, model, update};

    #[test]
    fn a_new_measurement_of_a_part_replaces_only_its_section() {
        let section = |part, text: &str| (part, text.to_owned());
        let lines = section(Part::Lines, "On A.\n\n| 1 |\n");
        let page = update("", &[section(Part::Build, "On A.\n\n| 2 |\n"), lines]);
        assert_eq!(update(&page, &[]), page);

        let page = update(&page, &[section(Part::Lines, "On B.\n\n| 3 |\n")]);
        let sections: Vec<_> = page.split("\n## ").skip(1).collect();
        assert_eq!(
            sections,
            [
                "Lines generated for the features of a program\n\nOn B.\n\n| 3 |\n",
                "Time of a clean build of a program with the client\n\nOn A.\n\n| 2 |\n",
            ]
        );
    }

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
