//! Reads our description: the OpenAPI fragments in `xtask/spec/api`, one for each tag and a
//! shared one. Finds the line of a place in them.

mod lines;

use std::path::Path;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use crate::places::Pointer;
use crate::source::{self, Text};
use crate::upstream::{self, Part, merge};

pub use lines::line;

/// The fragment with the fields of the whole document, such as `info`.
const HEAD: &str = "shared.yaml";

/// The fields of the other fragments. Their `info` is only for readers.
const FIELDS: [&str; 4] = ["openapi", "info", "paths", "components"];

/// Marks a draft until a person has finished it.
pub const UNFINISHED: &str = "TODO: finish this draft";

/// The fragments, and the document that they make.
pub struct Fragments {
    pub document: Value,
    files: Vec<(Part, Text)>,
}

impl Fragments {
    /// Reads the fragments of a folder.
    pub fn read(folder: &Path, root: &Path) -> Result<Self> {
        let texts = source::read(folder, root)?;
        ensure!(
            texts.iter().any(|text| text.name == HEAD),
            "{HEAD} is missing: it states info, servers and security of the whole document"
        );
        let parts = upstream::parts(&texts)?;
        ensure!(
            parts.len() == texts.len(),
            "a page is not a fragment: write one document in each file"
        );
        let bodies = parts.iter().zip(&texts).map(|(part, text)| body(part, &text.name));
        let document = merge(&bodies.collect::<Result<Vec<_>>>()?)?;
        refuse_drafts(&texts)?;
        Ok(Self { document, files: parts.into_iter().zip(texts).collect() })
    }

    /// Whether there is a fragment of this name.
    pub fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(_, text)| text.name == name)
    }

    /// The file and the line of a place, or of the nearest place that contains it.
    pub fn line(&self, place: &Pointer) -> String {
        let mut around = std::iter::successors(Some(place.as_str()), |at| {
            at.rsplit_once('/').map(|(around, _)| around)
        });
        let holder =
            |at: &str| self.files.iter().find(|(part, _)| part.document.pointer(at).is_some());
        let nearest = around.find_map(holder);
        let Some((part, text)) = nearest else { return "xtask/spec/api".to_owned() };
        format!("{} line {}", part.source, line(&String::from_utf8_lossy(&text.bytes), place))
    }
}

/// A fragment without the `info` that is only for readers.
fn body(part: &Part, name: &str) -> Result<Part> {
    let mut body = part.clone();
    let Some(fields) = body.document.as_object_mut().filter(|_| name != HEAD) else {
        return Ok(body);
    };
    if let Some(field) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        bail!("{}: states `{field}`: state it for each operation, or in {HEAD}", part.source);
    }
    fields.remove("info");
    Ok(body)
}

/// Refuses unfinished drafts.
fn refuse_drafts(texts: &[Text]) -> Result<()> {
    let mut left = Vec::new();
    for text in texts {
        let content = String::from_utf8_lossy(&text.bytes);
        let marked = content.lines().enumerate().filter(|(_, line)| line.contains(UNFINISHED));
        left.extend(marked.map(|(index, _)| format!("{} line {}", text.source, index + 1)));
    }
    ensure!(
        left.is_empty(),
        "unfinished drafts: do the work of each `{UNFINISHED}`, then remove it:\n{}",
        left.join("\n")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Fragments, UNFINISHED};
    use crate::places::Pointer;

    const HEAD: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nsecurity: []\n";
    const TAG: &str = "openapi: 3.1.0\ninfo: {title: The A tag, version: '2'}\n";

    fn read(fragments: &[(&str, &str)]) -> anyhow::Result<Fragments> {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("api");
        std::fs::create_dir(&folder).unwrap();
        for (name, text) in fragments {
            std::fs::write(folder.join(name), text).unwrap();
        }
        Fragments::read(&folder, root.path())
    }

    #[test]
    fn the_shared_fragment_sets_the_fields_of_the_document() {
        let path = format!("{TAG}paths:\n  /a:\n    get: {{summary: A}}\n");
        let fragments = read(&[("a.yaml", &path), ("shared.yaml", HEAD)]).unwrap();
        assert_eq!(fragments.document["info"]["title"], "T");
        let place = Pointer::default().join("paths").join("/a").join("get");
        assert_eq!(fragments.line(&place), "api/a.yaml line 5");
        assert_eq!(fragments.line(&place.join("summary")), "api/a.yaml line 5");
        assert_eq!(fragments.line(&Pointer::default().join("security")), "api/shared.yaml line 3");
    }

    #[test]
    fn fragments_that_do_not_make_a_document_are_refused() {
        let path = |id: &str| format!("{TAG}paths: {{/a: {{get: {{operationId: {id}}}}}}}\n");
        let draft = format!("{TAG}# {UNFINISHED}.\n");
        for (one, other, part) in [
            (&*path("a"), &*path("b"), "api/a.yaml and api/b.yaml disagree on /paths/~1a/get: "),
            (TAG, &*format!("{TAG}servers: []\n"), "api/b.yaml: states `servers`: "),
            (TAG, &*draft, "then remove it:\napi/b.yaml line 3"),
            (
                TAG,
                "# Words\n\n```yaml\nopenapi: 3.1.0\n```\n```yaml\nopenapi: 3.1.0\n```\n",
                "a page",
            ),
        ] {
            let fragments = [("a.yaml", one), ("b.yaml", other), ("shared.yaml", HEAD)];
            let error = format!("{:#}", read(&fragments).err().expect(part));
            assert!(error.contains(part), "{error}");
        }
        let error = read(&[("a.yaml", TAG)]).err().unwrap().to_string();
        assert!(error.starts_with("shared.yaml is missing"), "{error}");
    }
}
