//! Reads what we describe: the `OpenAPI` fragments in `xtask/spec/api`, one for
//! each tag, and finds the line of a place in them.

mod lines;

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::pointer::Pointer;
use crate::source::Text;
use crate::upstream::{self, Part};
use crate::{merge, source};

/// What a fragment may state. Servers and security are the vendor's.
const FIELDS: [&str; 4] = ["openapi", "info", "paths", "components"];

/// The union of the fragments, and each of them.
#[derive(Default)]
pub struct Fragments {
    pub document: Value,
    texts: Vec<Text>,
    parts: Vec<Part>,
}

impl Fragments {
    /// Reads the fragments of a folder; none if it is not there.
    pub fn read(folder: &Path, root: &Path) -> Result<Self> {
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let texts = source::read_folder(folder, root)?;
        let mut parts = Vec::new();
        for text in &texts {
            parts.extend(upstream::parts(std::slice::from_ref(text))?);
        }
        if parts.is_empty() {
            return Ok(Self::default());
        }
        let document = merge::merge(bodies(&parts)?, &mut Vec::new())
            .context("the fragments in xtask/spec/api")?;
        Ok(Self { document, texts, parts })
    }

    /// The file and the line of a place, or of what is nearest around it.
    pub fn line(&self, place: &Pointer) -> String {
        let depth = |part: &Part| lines::known_depth(&part.document, place);
        let nearest = self.parts.iter().zip(&self.texts).max_by_key(|(part, _)| depth(part));
        let Some((part, text)) = nearest else { return "xtask/spec/api".to_owned() };
        let line = lines::line(&String::from_utf8_lossy(&text.bytes), place);
        format!("{} line {line}", part.source)
    }
}

/// The fragments without the `info` of each, which is for its readers alone.
fn bodies(parts: &[Part]) -> Result<Vec<Part>> {
    let body = |part: &Part| {
        let Value::Object(mut fields) = part.document.clone() else {
            bail!("{}: not an object", part.source);
        };
        if let Some(field) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            bail!("{}: a fragment states no `{field}`: say it of each operation", part.source);
        }
        fields.remove("info");
        Ok(Part { source: part.source.clone(), document: fields.into() })
    };
    parts.iter().map(body).collect()
}
