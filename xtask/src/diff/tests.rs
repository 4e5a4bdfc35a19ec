//! Every rule by an example: a change of a base document, and what is reported.

mod mutations;
mod properties;

use std::fmt::Write;
use std::sync::LazyLock;

use serde_json::Value;

use super::change::Level::{Major, Minor, Patch};
use super::{Report, Version, report};
use mutations::MUTATIONS;

fn base() -> Value {
    static BASE: LazyLock<Value> =
        LazyLock::new(|| crate::yaml::parse(include_str!("tests/base.yaml")).unwrap());
    BASE.clone()
}

fn mutated(mutation: fn(&mut Value)) -> Value {
    let mut document = base();
    mutation(&mut document);
    document
}

#[test]
fn every_change_is_judged() {
    let mut table = String::new();
    for (name, mutation) in MUTATIONS {
        let Report(changes) = report(&base(), &mutated(*mutation));
        assert!(!changes.is_empty(), "{name}: no line");
        writeln!(table, "# {name}").unwrap();
        for change in changes {
            writeln!(table, "{change}").unwrap();
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff_table", table);
    });
}

#[test]
fn a_document_does_not_differ_from_itself() {
    assert_eq!(report(&base(), &base()).to_string(), "no change");
    for (name, mutation) in MUTATIONS {
        let document = mutated(*mutation);
        assert_eq!(report(&document, &document), Report(Vec::new()), "{name}");
    }
}

#[test]
fn every_change_back_is_seen_too() {
    for (name, mutation) in MUTATIONS {
        assert!(report(&mutated(*mutation), &base()).verdict().is_some(), "{name}");
    }
}

#[test]
fn a_report_weighs_as_much_as_its_weightiest_lines() {
    for (name, mutation) in MUTATIONS {
        let found = report(&base(), &mutated(*mutation));
        let rust = found.0.iter().map(|change| change.rust).max();
        let wire = found.0.iter().map(|change| change.wire).max();
        assert_eq!(found.verdict(), rust.zip(wire), "{name}");
    }
}

#[test]
fn changes_at_different_places_add_up() {
    let mut document = base();
    document["info"]["version"] = "1.1.0".into();
    document["components"]["schemas"]["State"]["enum"] = serde_json::json!(["OPEN"]);
    document["paths"]["/v1/ping"]["get"]["operationId"] = "pong".into();
    let shown = report(&base(), &document).to_string();
    let expected = "\
rust   wire
major  major  3 operations: request and response: State: value removed: \"CLOSE\"
major  patch  ping: operationId: ping -> pong
patch  patch  document: version: 1.0.0 -> 1.1.0
in all: major for the Rust API, major on the wire
release: ";
    assert!(shown.starts_with(expected), "{shown}");
    assert_eq!(shown.lines().count(), 6, "{shown}");
}

#[test]
fn the_next_version_follows_the_rules_of_cargo() {
    for (now, level, next) in [
        (Version(0, 1, 0), Major, "0.2.0"),
        (Version(0, 1, 0), Minor, "0.1.1"),
        (Version(0, 1, 9), Patch, "0.1.10"),
        (Version(1, 4, 2), Major, "2.0.0"),
        (Version(1, 4, 2), Minor, "1.5.0"),
        (Version(1, 4, 2), Patch, "1.4.3"),
    ] {
        assert_eq!(now.after(level).to_string(), next);
    }
}
