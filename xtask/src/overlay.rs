//! Applies our overlays (OpenAPI Overlay 1.1) to what the vendor published.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use enumset::EnumSet;
use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::common::apply::{compile_path, locate};
use roas_overlay::v1_1::{Action, Overlay};
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::line::one_line;
use crate::steps::Notes;
use crate::{folder, yaml};

/// Applies overlays, each a file or a folder of files, in the order given and in
/// that of their names. What changes nothing any more is noted.
///
/// An action that matches nothing is an error: upstream has moved, and what the
/// action was to add would be missing.
pub fn apply_all(document: &mut Value, overlays: &[PathBuf], notes: &mut Notes) -> Result<()> {
    for path in overlays {
        let files = if path.is_dir() { folder::files(path)? } else { vec![path.clone()] };
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let idle = read(&file)
                .and_then(|overlay| apply(document, &overlay))
                .with_context(|| format!("cannot apply the overlay {name}"))?;
            notes.extend(idle.into_iter().map(|action| {
                format!("overlay {name}: {action} changes nothing, upstream has it by now: drop it")
            }));
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Overlay> {
    let text = std::fs::read_to_string(file)?;
    let overlay: Overlay = yaml::parse(&text)?;
    overlay
        .validate(EnumSet::empty())
        .map_err(|report| anyhow!("{}", one_line(&report.to_string())))?;
    Ok(overlay)
}

/// Applies the actions of an overlay, and names those that changed nothing.
fn apply(document: &mut Value, overlay: &Overlay) -> Result<Vec<String>> {
    let mut idle = Vec::new();
    for (index, action) in overlay.actions.iter().enumerate() {
        let name = format!("actions[{index}] ({})", one_line(&action.target));
        let before = targets(document, action);
        let alone = Overlay { actions: vec![action.clone()], ..overlay.clone() };
        if let Err(error) = alone.apply(document, ApplyOptions::ErrorOnZeroMatch.into()) {
            match error.kind {
                ApplyErrorKind::ZeroMatch => bail!(
                    "{name} matches nothing: upstream has moved, so move the action or drop it"
                ),
                kind => bail!("{name}: {}", one_line(&kind.to_string())),
            }
        }
        let changes = |(pointer, old): &(String, Value)| document.pointer(pointer) != Some(old);
        // What is removed from an array gives its place to the next.
        if !action.is_remove() && !before.iter().any(changes) {
            idle.push(name);
        }
    }
    Ok(idle)
}

/// What an action is about to change, and where it stands.
fn targets(document: &Value, action: &Action) -> Vec<(String, Value)> {
    let Ok(path) = compile_path(&action.target) else { return Vec::new() };
    let pointers = locate(document, &path).into_iter();
    pointers.filter_map(|at| document.pointer(&at).cloned().map(|value| (at, value))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::apply_all;

    fn overlay(action: &str) -> String {
        format!("overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n  - {action}\n")
    }

    /// Applies overlays of these texts, which lie in a folder as 0.yaml and so on.
    fn apply(document: &mut Value, overlays: &[&str]) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (index, text) in overlays.iter().enumerate() {
            std::fs::write(folder.path().join(format!("{index}.yaml")), text).unwrap();
        }
        let mut notes = Vec::new();
        apply_all(document, &[folder.path().to_owned()], &mut notes).map(|()| notes)
    }

    #[test]
    fn an_action_changes_what_it_targets() {
        let mut document =
            json!({"info": {"title": "A"}, "paths": {"/a": {"get": {"operationId": "x"}}}});
        let action = "{target: \"$.paths['/a'].get\", update: {operationId: get_a}}";
        assert!(apply(&mut document, &[&overlay(action)]).unwrap().is_empty());
        assert_eq!(document["paths"]["/a"]["get"]["operationId"], "get_a");
    }

    #[test]
    fn overlays_are_applied_in_the_order_of_their_names() {
        let mut document = json!({"info": {}});
        let first = overlay("{target: $.info, update: {contact: {name: A}}}");
        let second = overlay("{target: $.info.contact, update: {name: B}}");
        apply(&mut document, &[&first, &second]).unwrap();
        assert_eq!(document, json!({"info": {"contact": {"name": "B"}}}));
    }

    #[test]
    fn an_action_that_matches_nothing_is_an_error_with_its_number() {
        let document = json!({"info": {"title": "A"}});
        let fine = overlay("{target: $.info, update: {title: B}}");
        let action = "{target: $.info, update: {title: C}}\n  - {target: $.paths, remove: true}";
        let error = apply(&mut document.clone(), &[&fine, &overlay(action)]).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "cannot apply the overlay 1.yaml: actions[1] ($.paths) matches nothing: upstream has \
             moved, so move the action or drop it"
        );
        let action = overlay("{target: $.info.title, update: {a: 1}}");
        let error = format!("{:#}", apply(&mut document.clone(), &[&action]).unwrap_err());
        assert!(error.contains("actions[0] ($.info.title): "), "{error}");
    }

    #[test]
    fn an_action_that_changes_nothing_is_noted() {
        let document = json!({"info": {"title": "A"}, "tags": [1, 1]});
        for (action, idle) in [
            ("{target: $.info, update: {title: A}}", true),
            ("{target: $, update: {info: {title: A}}}", true),
            ("{target: $.info, update: {title: B}}", false),
            ("{target: $, update: {tags: [1]}}", false),
            ("{target: '$.tags', remove: true}", false),
            ("{target: $.info, copy: $.info}", true),
        ] {
            let notes = apply(&mut document.clone(), &[&overlay(action)]).unwrap();
            assert_eq!(!notes.is_empty(), idle, "{action}: {notes:?}");
        }
        let action = overlay("{target: $.info, update: {title: A}}");
        assert_eq!(
            apply(&mut document.clone(), &[&action]).unwrap(),
            [
                "overlay 0.yaml: actions[0] ($.info) changes nothing, upstream has it by now: drop it"
            ]
        );
    }

    #[test]
    fn an_overlay_that_is_not_one_is_an_error_in_one_line() {
        for text in
            ["", "openapi: 3.1.0", "overlay: 9.9.9\ninfo: {title: T, version: '1'}\nactions: []"]
        {
            let error = format!("{:#}", apply(&mut json!({}), &[text]).expect_err(text));
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
