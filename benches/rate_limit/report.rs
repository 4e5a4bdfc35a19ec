//! The table, and the budgets that pilot-status has to keep.

use crate::caller::Runner;
use crate::crowd::CALLS;
use crate::limiter::Rule;

/// What a run of all calls under a rule cost a client.
pub struct Row {
    pub rule: Rule,
    pub runner: Runner,
    /// The median, where there was more than one run.
    pub seconds: f64,
    /// The fastest run.
    pub fastest: f64,
    /// `seconds` by those of the ideal, or of bare reqwest where there is no
    /// limit.
    pub ratio: f64,
    /// Rejected calls per success, in all and after the first burst.
    pub rejected: f64,
    pub rejected_later: f64,
    pub failures: u32,
}

pub fn print_table(rows: &[Row]) {
    println!(
        "{:<8}  {:<13}  {:>8}  {:>8}  {:>7}  {:>16}  {:>15}  {:>8}",
        "limiter",
        "runner",
        "seconds",
        "fastest",
        "x ideal",
        "rejected/success",
        "after 1st burst",
        "failures"
    );
    for row in rows {
        println!(
            "{:<8}  {:<13}  {:>8.4}  {:>8.4}  {:>7.3}  {:>16.3}  {:>15.3}  {:>8}",
            row.rule.name(),
            row.runner.name(),
            row.seconds,
            row.fastest,
            row.ratio,
            row.rejected,
            row.rejected_later,
            row.failures
        );
    }
}

/// Prints how the budgets of the cells that were run are kept; says whether all
/// are.
pub fn print_budgets(rows: &[Row]) -> bool {
    let mut kept = true;
    let mut check = |name: &str, value: f64, most: f64| {
        let is_kept = value <= most;
        println!("{:<4}  {name} ({value:.3})", if is_kept { "ok" } else { "OVER" });
        kept &= is_kept;
    };
    println!();
    let mut failures = None;
    for row in rows.iter().filter(|row| row.runner == Runner::PilotStatus) {
        match row.rule {
            Rule::Fixed => {
                check("fixed windows: <= 1.1 x ideal", row.ratio, 1.1);
                check(
                    "fixed windows: <= 0.05 rejected per success beyond the first burst",
                    row.rejected_later,
                    0.05,
                );
            }
            Rule::Unlimited => check("no limit: <= 1.05 x bare reqwest", row.ratio, 1.05),
            Rule::Sliding | Rule::NoHint | Rule::Halving => {}
        }
        *failures.get_or_insert(0) += row.failures;
    }
    if let Some(failures) = failures {
        // Calls that give up are soon done, and would keep every other budget.
        check(&format!("of {CALLS} calls at once, none fails"), f64::from(failures), 0.0);
    }
    kept
}
