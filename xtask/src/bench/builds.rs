//! How long the programs take to build from nothing, and how large they are afterwards.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use super::Figure;
use super::programs::{self, Programs};
use crate::steps::Steps;

const STEPS: Steps = Steps { quiet: false };

/// Those that can list numbers.
const LISTING: [&str; 3] = ["by-hand", "numbers", "full"];

/// Builds the programs in turns, so that what else the machine does slows all of them.
/// Each figure is the median of its runs, with the fastest and the slowest.
pub fn time_cold(root: &Path, runs: u32) -> Result<Vec<Figure>> {
    let programs = Programs::lay_out(root)?;
    let mut times = programs::NAMES.map(|name| (name, Vec::new()));
    for run in 1..=runs {
        for (name, times) in &mut times {
            let step = format!("build {run} of {runs} of {name}");
            let seconds = STEPS.run(&step, |_| {
                let began = Instant::now();
                programs.output(name, "build")?;
                Ok(began.elapsed().as_secs_f64())
            })?;
            programs.clean(name)?;
            times.push(seconds);
        }
    }
    Ok(times.map(|(name, times)| Figure::median("build", name, times, "s")).into())
}

/// Weighs the programs as they would be shipped.
pub fn weigh(root: &Path) -> Result<Vec<Figure>> {
    let programs = Programs::lay_out(root)?;
    let weigh = |name: &&str| {
        let step = format!("release build of {name}");
        STEPS.run(&step, |_| programs.output(name, "build --release"))?;
        let bytes = programs.size(name)?;
        programs.clean(name)?;
        Ok(Figure::new("size", name, f64::from(bytes), "bytes"))
    };
    LISTING.iter().map(weigh).collect()
}
