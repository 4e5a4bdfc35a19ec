//! Prints the figures, which `cargo xtask bench` checks against budgets.

use std::time::Duration;

use crate::caller::Runner;
use crate::limiter::Rule;

/// The figures of one client under one rule.
pub struct Row {
    pub rule: Rule,
    pub runner: Runner,
    /// The median of all runs.
    pub seconds: f64,
    /// The ideal time, if there is a limit.
    pub ideal: Option<f64>,
    /// Rejected calls per success, in total and after the first burst.
    pub rejected: f64,
    pub rejected_later: f64,
    pub failures: u32,
}

/// Prints a line `figure NAME VALUE UNIT`.
pub fn figure(measure: &str, subject: &str, value: f64, unit: &str) {
    println!("figure  {:<40}  {value:>8.4}  {unit}", format!("{measure}/{subject}"));
}

/// Prints the cumulative number of accepted and rejected calls, for the chart of `cargo xtask
/// bench`: a line `point PANEL CLIENT SECONDS CALLS` for each quarter of a second.
pub fn curves(runner: Runner, curves: &[Vec<Duration>; 2]) {
    const STEP: Duration = Duration::from_millis(250);
    let end = curves.iter().flatten().max().copied().unwrap_or_default();
    for (panel, times) in ["accepted", "rejected"].into_iter().zip(curves) {
        for now in (0..).map(|step| step * STEP).take_while(|now| *now < end + STEP) {
            let calls = times.iter().filter(|time| **time <= now).count();
            println!("point {panel} {} {} {calls}", runner.name(), now.as_secs_f64());
        }
    }
}

/// Prints the figures of each row and returns the number of failed calls of pilot-status.
pub fn print(rows: &[Row]) -> u32 {
    for row in rows {
        let (rule, runner) = (row.rule.name(), row.runner.name());
        figure(rule, runner, row.seconds, "s");
        if let Some(ideal) = row.ideal {
            if row.runner == Runner::PilotStatus {
                figure(rule, "ideal", ideal, "s");
            }
            figure(&format!("{rule}-rejected"), runner, row.rejected, "per success");
            figure(&format!("{rule}-rejected-later"), runner, row.rejected_later, "per success");
        }
    }
    let is_ours = |row: &&Row| row.runner == Runner::PilotStatus;
    rows.iter().filter(is_ours).map(|row| row.failures).sum()
}
