//! Times the conversion of a document, from its text to the text of `openapi.json`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::places::entries;
use crate::steps::Steps;
use crate::{files, regen, yaml};

pub fn time(root: &Path) -> Result<String> {
    let ours = serde_json::from_str(&files::text_or(&root.join("openapi.json"), "")?)?;
    let time = |megabytes: usize| {
        let text = repeated(&ours, megabytes * 2).to_string();
        let began = Instant::now();
        let document = regen::convert(yaml::parse(&text)?, &Steps { quiet: true })?;
        let written = regen::stable_form(&document).len();
        ensure!(written > megabytes << 20, "the document is too small");
        let seconds = began.elapsed().as_secs_f64();
        Ok(format!("figure regenerate/{megabytes}-MB {seconds} s\n"))
    };
    [1, 10].into_iter().map(time).collect()
}

/// Our document, of about half a megabyte, with its paths and schemas repeated `times` times.
fn repeated(ours: &Value, times: usize) -> Value {
    let mut document = ours.clone();
    document["openapi"] = "3.1.0".into();
    for place in ["/paths", "/components/schemas"] {
        let Some(copies) = document.pointer_mut(place) else { continue };
        for (key, value) in ours.pointer(place).into_iter().flat_map(entries) {
            (1..times).for_each(|copy| copies[format!("{key}{copy}")] = value.clone());
        }
    }
    document
}
