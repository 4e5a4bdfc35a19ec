//! Writes the page with the figures. Each part has a section, so that one part can be measured
//! again.

use clap::ValueEnum as _;

use super::Part;
use crate::console;

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

#[cfg(test)]
mod tests {
    use super::{Part, update};

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
}
