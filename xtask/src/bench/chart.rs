//! Draws the behaviour of the clients under a rate limit, from points that the benchmark prints.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use plotters::prelude::*;

/// The prefix of a line with a point of a curve: `point PANEL CURVE SECONDS CALLS`.
const BEGIN: &str = "point ";

const SIZE: (u32, u32) = (960, 420);
const COLORS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115)];

/// Draws the chart as SVG, with panels side by side and a curve for each client.
pub fn draw(output: &str) -> Result<String> {
    let mut panels: BTreeMap<&str, BTreeMap<&str, Vec<_>>> = BTreeMap::new();
    for line in output.lines().filter(|line| line.starts_with(BEGIN)) {
        let (panel, curve, point) = parse(line).with_context(|| format!("not a point: {line}"))?;
        panels.entry(panel).or_default().entry(curve).or_default().push(point);
    }
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let areas = root.split_evenly((1, panels.len().max(1)));
        for (area, (panel, curves)) in areas.iter().zip(&panels) {
            let points: Vec<(f64, f64)> = curves.values().flatten().copied().collect();
            let seconds = points.iter().map(|point| point.0).fold(1.0, f64::max);
            let calls = points.iter().map(|point| point.1).fold(1.0, f64::max);
            let mut chart = ChartBuilder::on(area)
                .caption(format!("calls {panel}"), ("sans-serif", 18))
                .margin(12)
                .x_label_area_size(36)
                .y_label_area_size(56)
                .build_cartesian_2d(0.0..seconds, 0.0..1.05 * calls)?;
            chart.configure_mesh().max_light_lines(1).x_desc("seconds").draw()?;
            for ((name, points), color) in curves.iter().zip(COLORS.iter().cycle()) {
                let line = color.stroke_width(2);
                chart
                    .draw_series(LineSeries::new(points.iter().copied(), line))?
                    .label(*name)
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
            }
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::LowerRight)
                .background_style(WHITE)
                .border_style(BLACK.mix(0.3))
                .draw()?;
        }
        root.present()?;
    }
    Ok(svg)
}

fn parse(line: &str) -> Option<(&str, &str, (f64, f64))> {
    let mut words = line.split_whitespace().skip(1);
    let (panel, curve) = (words.next()?, words.next()?);
    Some((panel, curve, (words.next()?.parse().ok()?, words.next()?.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn a_chart_names_its_panels_and_curves() {
        let svg = draw(
            "figure a/b 1 s\npoint accepted ours 0 0\npoint accepted ours 1 50\n\
             point rejected theirs 0 0\npoint rejected theirs 2 900\n",
        );
        let svg = svg.unwrap();
        for part in ["<svg", "calls accepted", "calls rejected", "ours", "theirs", "<polyline"] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }

    #[test]
    fn an_incomplete_point_is_an_error() {
        for line in ["point ", "point a b 1", "point a b 1 x"] {
            assert_eq!(draw(line).unwrap_err().to_string(), format!("not a point: {line}"));
        }
    }
}
