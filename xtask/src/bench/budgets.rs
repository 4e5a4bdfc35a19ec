//! The budgets: `xtask/budgets.yaml` has them, each with its reason.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Part;
use crate::yaml;

/// What is measured of several subjects, which can be compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The part of a run that measures it.
    pub part: Part,
    /// Its name in figures.
    pub name: String,
    pub title: String,
    pub budgets: Vec<Budget>,
}

/// How much one subject may cost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    pub of: String,
    pub most: Most,
    pub peer: Option<String>,
    pub reason: String,
}

/// The most that is within a budget.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Most {
    Total(f64),
    /// So many times what the peer costs.
    Times(f64),
    /// So much more than the peer costs.
    More(f64),
}

pub fn read() -> Result<Vec<Measure>> {
    yaml::parse(include_str!("../../budgets.yaml")).context("cannot read xtask/budgets.yaml")
}
