//! Reads the budgets in `xtask/budgets.yaml`, each with its reason, and compares the figures with
//! them.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Part;
use super::figure::{self, Figures, digits};
use crate::yaml;

const HEAD: &str = "| What | Measured | Peer | Ratio | At most |\n|---|---|---|---|---|\n";

/// A quantity that is measured for several comparable subjects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The part of a run that measures this.
    pub part: Part,
    /// The name in figures.
    pub name: String,
    pub title: String,
    pub budgets: Vec<Budget>,
}

/// The limit for one subject.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    pub of: String,
    pub most: Most,
    pub peer: Option<String>,
    pub reason: String,
}

/// The largest value within a budget.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Most {
    Total(f64),
    /// A multiple of the figure of the peer.
    Times(f64),
    /// An amount above the figure of the peer.
    More(f64),
}

pub fn read() -> Result<Vec<Measure>> {
    yaml::parse(include_str!("../../budgets.yaml")).context("cannot read xtask/budgets.yaml")
}

/// Returns a Markdown table with a row for each budget of the measures, and the rows over budget,
/// each with its reason.
pub fn hold<'a>(
    measures: impl Iterator<Item = &'a Measure>,
    figures: &Figures,
) -> Result<(String, Vec<String>)> {
    let (mut table, mut over) = (HEAD.to_owned(), Vec::new());
    for Measure { name, title, budgets, .. } in measures {
        for Budget { of, most, peer, reason } in budgets {
            let figure = figure::get(figures, name, of)?;
            let (value, unit) = (figure.value, &figure.unit);
            let (mut base, mut cells) = (0.0, " | ".to_owned());
            if let Some(peer) = peer {
                let other = figure::get(figures, name, peer)?;
                base = other.value;
                cells = format!("`{peer}` ({other}) | {:.3}", value / base);
            }
            let (limit, most) = match most {
                Most::Total(total) => (*total, format!("{} {unit}", digits(*total))),
                Most::Times(times) => (times * base, format!("{times} times")),
                Most::More(more) => (more + base, format!("{} {unit} more", digits(*more))),
            };
            let mut row = format!("| {title}, `{of}` | {figure} | {cells} | {most}");
            if value > limit || limit.is_nan() {
                row += ", **over**";
                over.push(format!("{row} | {reason}"));
            }
            table.extend([&row, " |\n"]);
        }
    }
    Ok((table, over))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Measure, hold};
    use crate::bench::figure::{self, Figures};

    /// Two budgets for each measure: one that the figure just meets, and one that it exceeds.
    fn measures() -> Vec<Measure> {
        let measures = json!([
            {"part": "build", "name": "build", "title": "cold build", "budgets": [
                {"of": "numbers", "most": {"times": 1.2}, "peer": "reqwest", "reason": "asked for"},
                {"of": "full", "most": {"times": 1.5}, "peer": "reqwest", "reason": "asked for"},
            ]},
            {"part": "lines", "name": "lines", "title": "generated lines", "budgets": [
                {"of": "numbers", "most": {"total": 4_500}, "reason": "they are compiled"},
                {"of": "full", "most": {"total": 39_999}, "reason": "they are compiled"},
            ]},
            {"part": "overhead", "name": "call-allocations", "title": "allocations of a call",
             "budgets": [
                {"of": "pilot-status", "most": {"more": 4}, "peer": "by-hand", "reason": "promised"},
                {"of": "full", "most": {"more": 3}, "peer": "by-hand", "reason": "promised"},
            ]},
        ]);
        serde_json::from_value(measures).unwrap()
    }

    #[test]
    fn each_budget_is_a_row() {
        insta::assert_snapshot!(held().0);
    }

    fn held() -> (String, Vec<String>) {
        let figures = figure::parse(
            "figure build/reqwest 30 s\nfigure build/numbers 36 s\nfigure build/full 45.3 s\n\
             figure lines/numbers 4500 lines\nfigure lines/full 40000 lines\n\
             figure call-allocations/by-hand 37 allocations\n\
             figure call-allocations/pilot-status 41 allocations\n\
             figure call-allocations/full 41 allocations\n",
        );
        hold(measures().iter(), &figures.unwrap()).unwrap()
    }

    #[test]
    fn a_figure_at_its_budget_passes_and_one_above_is_reported_with_the_reason() {
        assert_eq!(
            held().1,
            [
                "| cold build, `full` | 45.30 s | `reqwest` (30 s) | 1.510 | 1.5 times, **over** | \
                 asked for",
                "| generated lines, `full` | 40,000 lines |  |  | 39,999 lines, **over** | they are \
                 compiled",
                "| allocations of a call, `full` | 41 allocations | `by-hand` (37 allocations) | \
                 1.108 | 3 allocations more, **over** | promised",
            ]
        );
    }

    #[test]
    fn a_missing_figure_is_an_error_with_its_name() {
        let error = hold(measures().iter(), &Figures::default()).unwrap_err().to_string();
        assert_eq!(error, "there is no figure build/numbers");
        assert_eq!(hold([].iter(), &Figures::default()).unwrap().0.lines().count(), 2);
    }
}
