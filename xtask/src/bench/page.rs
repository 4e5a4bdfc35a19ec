//! The page with the figures: one section for each part, so that a part can be measured
//! again alone.

use super::Part;
use crate::console;

/// What stands above the sections.
const HEAD: &str = include_str!("page.md");

/// The page, with these sections in place of those that it has for the same parts.
pub fn update(page: &str, parts: &[Part], sections: &[(Part, String)]) -> String {
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
    HEAD.to_owned() + &parts.iter().filter_map(section).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::{Part, update};

    const PARTS: [Part; 3] = [Part::Packages, Part::Lines, Part::Build];

    #[test]
    fn a_part_that_is_measured_again_replaces_its_own_section_only() {
        let section = |part, text: &str| (part, text.to_owned());
        let lines = section(Part::Lines, "On A.\n\n| 1 |\n");
        let page = update("", &PARTS, &[section(Part::Build, "On A.\n\n| 2 |\n"), lines]);
        assert_eq!(update(&page, &PARTS, &[]), page);

        let page = update(&page, &PARTS, &[section(Part::Lines, "On B.\n\n| 3 |\n")]);
        let sections: Vec<_> = page.split("\n## ").skip(1).collect();
        assert_eq!(
            sections,
            [
                "How many lines are generated for the features of a program\n\nOn B.\n\n| 3 |\n",
                "How long a program with the client takes to build from nothing\n\nOn A.\n\n| 2 |\n",
            ]
        );
    }
}
