//! What was measured, under the name of the measure and of what it was taken of.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use anyhow::{Context, Result, ensure};

/// Begins a line in which a benchmark prints a figure: `figure NAME VALUE UNIT`.
const BEGIN: &str = "figure ";

/// A value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `MEASURE/SUBJECT`, such as `build/numbers`.
    name: String,
    pub value: f64,
    pub unit: String,
    /// The least and the greatest value, where the figure is the median of several runs.
    spread: Option<(f64, f64)>,
}

impl Figure {
    pub fn new(measure: &str, subject: &str, value: f64, unit: &str) -> Self {
        let name = format!("{measure}/{subject}");
        Self { name, value, unit: unit.to_owned(), spread: None }
    }

    /// The median of several runs. Of an even number, the slower of the middle two.
    pub fn median(measure: &str, subject: &str, mut values: Vec<f64>, unit: &str) -> Self {
        values.sort_by(f64::total_cmp);
        let spread = values.first().copied().zip(values.last().copied());
        let median = values.get(values.len() / 2).copied().unwrap_or_default();
        Self { spread, ..Self::new(measure, subject, median, unit) }
    }
}

impl Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} {}", digits(self.value), self.unit)?;
        match self.spread {
            Some((least, greatest)) if least < greatest => {
                write!(formatter, ", {} to {}", digits(least), digits(greatest))
            }
            _ => Ok(()),
        }
    }
}

/// A number as a reader wants it: large ones in groups, small ones with a fraction.
pub fn digits(value: f64) -> String {
    if value.fract() != 0.0 && value < 100.0 {
        return if value < 1.0 { format!("{value:.3}") } else { format!("{value:.2}") };
    }
    let mut digits = format!("{value:.0}");
    let mut place = digits.len();
    while place > 3 {
        place -= 3;
        digits.insert(place, ',');
    }
    digits
}

/// The figures in what a benchmark printed. Other lines are for people.
pub fn parse(output: &str) -> Result<Vec<Figure>> {
    let lines = output.lines().filter(|line| line.starts_with(BEGIN));
    lines.map(|line| parse_line(line).with_context(|| format!("no figure: {line}"))).collect()
}

fn parse_line(line: &str) -> Option<Figure> {
    let mut words = line.split_whitespace().skip(1);
    let name = words.next().filter(|name| name.contains('/'))?.to_owned();
    let value = words.next()?.parse().ok().filter(|value| (0.0..f64::INFINITY).contains(value))?;
    let unit = words.collect::<Vec<_>>().join(" ");
    (!unit.is_empty()).then_some(Figure { name, value, unit, spread: None })
}

/// Figures by their names.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Figure>);

impl Figures {
    pub fn add(&mut self, figure: Figure) -> Result<()> {
        let name = figure.name.clone();
        ensure!(self.0.insert(name, figure).is_none(), "a figure was measured twice");
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, measure: &str, subject: &str) -> Result<&Figure> {
        let name = format!("{measure}/{subject}");
        self.0.get(&name).with_context(|| format!("nothing measured {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Figures, digits, parse};

    #[test]
    fn figures_are_read_from_lines_of_their_own() {
        let output = "running 1 test\ntest overhead ... \nfigure  call/ours   2.5  us\n\
                      a figure for people\nfigure rejected/ours 0 rejections per success\nok\n";
        assert_eq!(
            parse(output).unwrap(),
            [
                Figure::new("call", "ours", 2.5, "us"),
                Figure::new("rejected", "ours", 0.0, "rejections per success"),
            ]
        );
    }

    #[test]
    fn a_line_that_is_cut_short_or_has_no_number_is_refused() {
        for line in [
            "figure ",
            "figure a/b",
            "figure a/b 1",
            "figure a/b NaN s",
            "figure a/b -1 s",
            "figure a 1 s",
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), format!("no figure: {line}"));
        }
    }

    #[test]
    fn a_figure_is_measured_once_and_missed_by_its_name() {
        let mut figures = Figures::default();
        figures.add(Figure::new("build", "full", 1.0, "s")).unwrap();
        figures.add(Figure::new("build", "full", 2.0, "s")).unwrap_err();
        let error = figures.get("build", "numbers").unwrap_err().to_string();
        assert_eq!(error, "nothing measured build/numbers");
    }

    #[test]
    fn a_median_tells_its_spread() {
        let median = |values: &[f64]| Figure::median("build", "full", values.to_vec(), "s");
        assert_eq!(median(&[3.25, 9.5, 1.5]).to_string(), "3.25 s, 1.50 to 9.50");
        assert_eq!(median(&[2.0, 1.0]).to_string(), "2 s, 1 to 2");
        assert_eq!(median(&[2.5]).to_string(), "2.50 s");
    }

    #[test]
    fn numbers_are_written_to_be_read() {
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
