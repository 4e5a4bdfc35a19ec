//! Parses and formats figures. The name of a figure is that of its measure and its subject.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use anyhow::{Context, Result, ensure};

/// The prefix of a line with a figure: `figure MEASURE/SUBJECT VALUE UNIT`, optionally followed by
/// a comma and the range of several runs.
const BEGIN: &str = "figure ";

/// A value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub value: f64,
    pub unit: String,
    /// Empty, or a comma and the range of the values of several runs.
    spread: String,
}

impl Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} {}{}", digits(self.value), self.unit, self.spread)
    }
}

/// Returns a line with the median of several runs, in seconds. For an even number of runs, that is
/// the slower of the middle two.
pub fn median(name: &str, mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let [least, median, greatest] =
        [0, values.len() / 2, values.len() - 1].map(|index| values[index]);
    let (from, to) = (digits(least), digits(greatest));
    let spread = if from == to { String::new() } else { format!(", {from} to {to}") };
    format!("{BEGIN}{name} {median} s{spread}\n")
}

/// Formats a number for readers: large ones with grouped digits, small ones with a fraction.
pub fn digits(value: f64) -> String {
    if value.fract() != 0.0 && value < 100.0 {
        return if value < 1.0 { format!("{value:.3}") } else { format!("{value:.2}") };
    }
    let digits = format!("{value:.0}");
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Figures by name.
pub type Figures = BTreeMap<String, Figure>;

/// Parses the figures in the output of a benchmark. Other lines are ignored.
pub fn parse(output: &str) -> Result<Figures> {
    let mut figures = Figures::new();
    for line in output.lines().filter(|line| line.starts_with(BEGIN)) {
        let (name, figure) = parse_line(line).with_context(|| format!("invalid figure: {line}"))?;
        ensure!(figures.insert(name, figure).is_none(), "duplicate figure: {line}");
    }
    Ok(figures)
}

fn parse_line(line: &str) -> Option<(String, Figure)> {
    let mut words = line.split_whitespace().skip(1);
    let name = words.next().filter(|name| name.contains('/'))?.to_owned();
    let value = words.next()?.parse().ok().filter(|value| (0.0..f64::INFINITY).contains(value))?;
    let rest = words.collect::<Vec<_>>().join(" ");
    let (unit, spread) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
    let figure = Figure { value, unit: unit.to_owned(), spread: spread.to_owned() };
    (!unit.is_empty()).then_some((name, figure))
}

pub fn get<'a>(figures: &'a Figures, measure: &str, subject: &str) -> Result<&'a Figure> {
    let name = format!("{measure}/{subject}");
    figures.get(&name).with_context(|| format!("there is no figure {name}"))
}

#[cfg(test)]
mod tests {
    use super::{digits, get, median, parse};

    #[test]
    fn only_lines_with_the_prefix_are_figures() {
        let output = "running 1 test\ntest overhead ... \nfigure  call/ours   2.5  us\n\
                      a figure for people\nfigure rejected/ours 0 rejections per success\nok\n";
        let figures = parse(output).unwrap();
        let lines: Vec<_> =
            figures.iter().map(|(name, figure)| format!("{name}: {figure}")).collect();
        assert_eq!(lines, ["call/ours: 2.50 us", "rejected/ours: 0 rejections per success"]);
    }

    #[test]
    fn an_incomplete_line_or_one_without_a_valid_number_is_an_error() {
        for line in [
            "figure ",
            "figure a/b",
            "figure a/b 1",
            "figure a/b NaN s",
            "figure a/b -1 s",
            "figure a 1 s",
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), format!("invalid figure: {line}"));
        }
    }

    #[test]
    fn a_duplicate_or_missing_figure_is_an_error() {
        let line = "figure build/full 1 s\n";
        parse(&format!("{line}{line}")).unwrap_err();
        let error = get(&parse(line).unwrap(), "build", "numbers").unwrap_err().to_string();
        assert_eq!(error, "there is no figure build/numbers");
    }

    #[test]
    fn a_median_has_the_range_of_the_runs() {
        let line = |values: &[f64]| {
            let figures = parse(&median("build/full", values.to_vec())).unwrap();
            let figure = get(&figures, "build", "full").unwrap();
            assert_eq!(figure.unit, "s");
            figure.to_string()
        };
        assert_eq!(line(&[3.25, 9.5, 1.5]), "3.25 s, 1.50 to 9.50");
        assert_eq!(line(&[2.0, 1.0]), "2 s, 1 to 2");
        assert_eq!(line(&[2.5]), "2.50 s");
    }

    #[test]
    fn numbers_are_formatted_for_readers() {
        for (value, text) in [
            (0.0, "0"),
            (0.048_31, "0.048"),
            (52.116, "52.12"),
            (163.0, "163"),
            (1000.0, "1,000"),
            (123_456.7, "123,457"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(digits(value), text);
        }
    }
}
