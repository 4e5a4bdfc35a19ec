//! Holds figures against their budgets, and writes the table of both.

use anyhow::{Error, Result};

use super::budgets::{Budget, Measure, Most};
use super::figure::{Figure, Figures, digits};

/// A budget, and what was measured of it.
pub struct Row<'a> {
    what: String,
    measured: &'a Figure,
    /// What is held against it, and how many times that it is.
    peer: Option<(String, f64)>,
    is_kept: bool,
    most: String,
    reason: &'a str,
}

/// A row for every budget of the measures.
pub fn rows<'a>(
    of: impl Iterator<Item = &'a Measure>,
    figures: &'a Figures,
) -> Result<Vec<Row<'a>>> {
    let mut rows = Vec::new();
    for Measure { name, title, budgets, .. } in of {
        for Budget { of, most, peer, reason } in budgets {
            let measured = figures.get(name, of)?;
            let Figure { value, unit, .. } = measured;
            let peer = peer.as_ref().map(|peer| Ok::<_, Error>((peer, figures.get(name, peer)?)));
            let peer = peer.transpose()?;
            let beside = peer.map_or(0.0, |(_, figure)| figure.value);
            let (limit, most) = match most {
                Most::Total(total) => (*total, format!("{} {unit}", digits(*total))),
                Most::Times(times) => (times * beside, format!("{times} times")),
                Most::More(more) => (more + beside, format!("{} {unit} more", digits(*more))),
            };
            rows.push(Row {
                what: format!("{title}, `{of}`"),
                measured,
                peer: peer.map(|(name, figure)| (format!("`{name}` ({figure})"), value / beside)),
                is_kept: *value <= limit,
                most,
                reason,
            });
        }
    }
    Ok(rows)
}

/// A line for each budget that is passed, with its reason.
pub fn over(rows: &[Row]) -> Vec<String> {
    let line = |Row { what, measured, peer, most, reason, .. }: &Row| {
        let peer = peer.as_ref().map(|(peer, ratio)| format!(", {ratio:.3} times {peer}"));
        format!("{what}: {measured}{}; at most {most}: {reason}", peer.unwrap_or_default())
    };
    rows.iter().filter(|row| !row.is_kept).map(line).collect()
}

/// The rows as a table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let line = |Row { what, measured, peer, is_kept, most, .. }: &Row| {
        let peer = peer.as_ref().map(|(peer, ratio)| format!("{peer} | {ratio:.3}"));
        let peer = peer.unwrap_or_else(|| " | ".to_owned());
        let mark = if *is_kept { "" } else { ", **over**" };
        format!("| {what} | {measured} | {peer} | {most}{mark} |\n")
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!(
        "| What | Measured | Peer | Ratio | At most |\n|---|---|---|---|---|\n{}",
        lines.concat()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Row, markdown, over, rows};
    use crate::bench::budgets::Measure;
    use crate::bench::figure::{Figure, Figures};

    /// Two budgets for each measure: kept to the last unit, and passed by one.
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

    fn made_up() -> Figures {
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
        figures
    }

    fn with_rows<T>(use_rows: impl FnOnce(&[Row]) -> T) -> T {
        use_rows(&rows(measures().iter(), &made_up()).unwrap())
    }

    #[test]
    fn each_budget_is_a_row() {
        insta::assert_snapshot!(with_rows(markdown));
    }

    #[test]
    fn a_budget_is_kept_up_to_its_last_unit_and_told_with_its_reason_beyond() {
        assert_eq!(
            with_rows(over),
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
        let error = rows(measures().iter(), &Figures::default()).err().unwrap().to_string();
        assert_eq!(error, "nothing measured build/numbers");
        assert_eq!(markdown(&[]).lines().count(), 2);
    }
}
