//! How long a document takes from its text to the text of `openapi.json`.
//! `cargo xtask bench convert` holds that against a budget.

#[path = "../src"]
#[allow(dead_code, unused_imports, reason = "a part of each module is used, and no test")]
mod source {
    pub mod convert;
    pub mod line;
    pub mod pointer;
    pub mod validate;
    pub mod yaml;
}

use std::time::Instant;

use serde_json::Value;
use source::{convert, line, pointer, validate, yaml};

fn main() {
    for megabytes in [1, 10] {
        let text = document(megabytes * 2).to_string();
        let start = Instant::now();
        let mut document: Value = yaml::parse(&text).unwrap();
        validate::validate(&document).unwrap();
        convert::to_3_0(&mut document).unwrap();
        validate::validate(&document).unwrap();
        assert!(format!("{document:#}\n").len() > megabytes << 20);
        let seconds = start.elapsed().as_secs_f64();
        println!("figure  regenerate/{megabytes}-MB  {seconds:>8.3}  s");
    }
}

/// Our document, of about half a megabyte, with its paths and schemas so many times.
fn document(times: usize) -> Value {
    let ours: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let mut document = ours.clone();
    document["openapi"] = "3.1.0".into();
    for pointer in ["/paths", "/components/schemas"] {
        let entries = document.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        for (key, value) in ours.pointer(pointer).unwrap().as_object().unwrap() {
            entries.extend((1..times).map(|copy| (format!("{key}{copy}"), value.clone())));
        }
    }
    document
}
