//! Applies our overlays (OpenAPI Overlay 1.1) to what the vendor published.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use enumset::EnumSet;
use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_1::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::{folder, yaml};

/// Applies every overlay of a folder, in the order of their names.
///
/// An action that matches nothing is an error: upstream has moved, and what the
/// action was to add would be missing.
pub fn apply_folder(document: &mut Value, folder: &Path) -> Result<()> {
    for file in folder::files(folder)? {
        std::fs::read_to_string(&file)
            .map_err(anyhow::Error::from)
            .and_then(|text| apply(document, &text))
            .with_context(|| format!("cannot apply {}", file.display()))?;
    }
    Ok(())
}

fn apply(document: &mut Value, text: &str) -> Result<()> {
    let overlay: Overlay = yaml::parse(text)?;
    overlay.validate(EnumSet::empty()).map_err(|report| {
        let text = report.to_string();
        anyhow!("{}", text.split_whitespace().collect::<Vec<_>>().join(" "))
    })?;
    overlay.apply(document, ApplyOptions::ErrorOnZeroMatch.into())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::apply;

    fn overlay(action: &str) -> String {
        format!("overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n  - {action}\n")
    }

    #[test]
    fn an_action_changes_what_it_targets() {
        let mut document =
            json!({"info": {"title": "A"}, "paths": {"/a": {"get": {"operationId": "x"}}}});
        apply(
            &mut document,
            &overlay("{target: \"$.paths['/a'].get\", update: {operationId: get_a}}"),
        )
        .unwrap();
        assert_eq!(document["paths"]["/a"]["get"]["operationId"], "get_a");
    }

    #[test]
    fn an_action_that_matches_nothing_is_an_error_and_changes_nothing() {
        let before = json!({"info": {"title": "A"}});
        let mut document = before.clone();
        let error =
            apply(&mut document, &overlay("{target: $.paths, update: {a: 1}}")).unwrap_err();
        assert!(format!("{error:#}").contains("$.paths"), "{error:#}");
        assert_eq!(document, before);
    }

    #[test]
    fn an_overlay_that_is_not_one_is_an_error() {
        for text in
            ["", "openapi: 3.1.0", "overlay: 9.9.9\ninfo: {title: T, version: '1'}\nactions: []"]
        {
            assert!(apply(&mut json!({}), text).is_err(), "{text}");
        }
    }
}
