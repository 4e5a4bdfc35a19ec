//! Holds figures against their budgets, and writes the table of both.

use std::fmt::Write as _;

use anyhow::Result;

use super::budgets::{Budget, Measure, Most};
use super::figure::{Figure, Figures, digits};

/// A budget, and what was measured of it.
pub struct Row {
    title: &'static str,
    budget: &'static Budget,
    measured: Figure,
    /// What is held against it.
    peer: Option<Figure>,
}

/// A row for every budget of the measures.
pub fn rows<'a>(of: impl Iterator<Item = &'a Measure>, figures: &Figures) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for Measure { name, title, budgets, .. } in of {
        for budget in *budgets {
            let measured = figures.get(name, budget.of)?.clone();
            let peer = budget.most.peer().map(|peer| figures.get(name, peer).cloned());
            rows.push(Row { title, budget, measured, peer: peer.transpose()? });
        }
    }
    Ok(rows)
}

impl Row {
    fn what(&self) -> String {
        format!("{}, `{}`", self.title, self.budget.of)
    }

    fn peer(&self) -> Option<String> {
        Some(format!("`{}` ({})", self.budget.most.peer()?, self.peer.as_ref()?))
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.measured.value / self.peer.as_ref()?.value)
    }

    fn is_kept(&self) -> bool {
        let peer = self.peer.as_ref().map_or(0.0, |peer| peer.value);
        self.measured.value
            <= match self.budget.most {
                Most::Total(most) => most,
                Most::Times(most, _) => most * peer,
                Most::More(most, _) => most + peer,
            }
    }

    fn budget(&self) -> String {
        match self.budget.most {
            Most::Total(most) => format!("{} {}", digits(most), self.measured.unit),
            Most::Times(most, _) => format!("{most} times"),
            Most::More(most, _) => format!("{} {} more", digits(most), self.measured.unit),
        }
    }
}

/// A line for each budget that is passed, with its reason.
pub fn over(rows: &[Row]) -> Vec<String> {
    let over = rows.iter().filter(|row| !row.is_kept());
    over.map(|row| {
        let (what, measured, most) = (row.what(), &row.measured, row.budget());
        let compared = match (row.ratio(), row.peer()) {
            (Some(ratio), Some(peer)) => format!(", {ratio:.3} times {peer}"),
            _ => String::new(),
        };
        format!("{what}: {measured}{compared}; at most {most}: {}", row.budget.reason)
    })
    .collect()
}

/// The rows as a table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut table =
        "| What | Measured | Peer | Ratio | At most |\n|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let peer = row.peer().unwrap_or_default();
        let ratio = row.ratio().map_or(String::new(), |ratio| format!("{ratio:.3}"));
        let mark = if row.is_kept() { "" } else { ", **over**" };
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "| {} | {} | {peer} | {ratio} | {}{mark} |",
            row.what(),
            row.measured,
            row.budget()
        );
    }
    table
}

/// The page that the table stands on.
pub fn page(machine: &str, runs: u32, rows: &[Row]) -> String {
    let table = markdown(rows);
    format!(
        "# Benchmarks

Written by `cargo xtask bench`, which fails where a budget is passed. The budgets and their reasons
are in `xtask/src/bench/budgets.rs`, and the programs that are built under `xtask/programs`:
`reqwest` has reqwest with rustls and no more; `by-hand` serde and serde_json as well, as a program
without this crate would; `progenitor` reqwest and the generator, for which it has nothing to do;
`numbers` and `full` this crate with those features and rustls.

On {machine}. A cold build is the best of {runs}, each in turns with its peers.

{table}"
    )
}

#[cfg(test)]
mod tests {
    use super::{Row, markdown, over, page, rows};
    use crate::bench::budgets::Most::{More, Times, Total};
    use crate::bench::budgets::{Budget, Measure};
    use crate::bench::figure::{Figure, Figures};

    const MEASURES: [Measure; 3] = [
        Measure {
            part: "build",
            name: "build",
            title: "cold build",
            budgets: &[
                Budget { of: "numbers", most: Times(1.2, "reqwest"), reason: "asked for" },
                Budget { of: "full", most: Times(1.5, "reqwest"), reason: "asked for" },
            ],
        },
        Measure {
            part: "lines",
            name: "lines",
            title: "generated lines",
            budgets: &[
                Budget { of: "numbers", most: Total(4_500.0), reason: "they are compiled" },
                Budget { of: "full", most: Total(39_999.0), reason: "they are compiled" },
            ],
        },
        Measure {
            part: "overhead",
            name: "call-allocations",
            title: "allocations of a call",
            budgets: &[
                Budget { of: "pilot-status", most: More(4.0, "by-hand"), reason: "promised" },
                Budget { of: "full", most: More(3.0, "by-hand"), reason: "promised" },
            ],
        },
    ];

    fn made_up() -> Vec<Row> {
        let mut figures = Figures::default();
        for (measure, subject, value, unit) in [
            ("build", "reqwest", 30.0, "s"),
            ("build", "numbers", 36.0, "s"),
            ("build", "full", 45.3, "s"),
            ("lines", "numbers", 4_500.0, "lines"),
            ("lines", "full", 40_000.0, "lines"),
            ("call-allocations", "by-hand", 37.0, "allocations"),
            ("call-allocations", "pilot-status", 41.0, "allocations"),
            ("call-allocations", "full", 41.0, "allocations"),
        ] {
            figures.add(Figure::new(measure, subject, value, unit)).unwrap();
        }
        rows(MEASURES.iter(), &figures).unwrap()
    }

    #[test]
    fn the_page_names_the_machine_and_each_budget() {
        insta::assert_snapshot!(page("4 cores of Some CPU, rustc 1.95.0", 3, &made_up()));
    }

    #[test]
    fn a_budget_is_kept_up_to_its_last_unit_and_told_with_its_reason_beyond() {
        assert_eq!(
            over(&made_up()),
            [
                "cold build, `full`: 45.30 s, 1.510 times `reqwest` (30 s); at most 1.5 times: \
                 asked for",
                "generated lines, `full`: 40,000 lines; at most 39,999 lines: they are compiled",
                "allocations of a call, `full`: 41 allocations, 1.108 times `by-hand` (37 \
                 allocations); at most 3 allocations more: promised",
            ]
        );
    }

    #[test]
    fn a_figure_that_nobody_measured_is_named() {
        let error = rows(MEASURES.iter(), &Figures::default()).err().unwrap().to_string();
        assert_eq!(error, "nothing measured build/numbers");
        assert_eq!(markdown(&[]).lines().count(), 2);
    }
}
