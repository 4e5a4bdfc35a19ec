//! Writes several files atomically: all of them or none.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempPath;

use crate::console;

/// The endings of temporary files. A killed run may leave some behind.
const TEMPORARY: &str = "regen-tmp";
const BACKUP: &str = "regen-old";

/// The contents of a regular file, if there is one. Reading a device may never end.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    fs::read(path).ok()
}

/// The planned changes of files: the new contents, or `None` to remove a file.
#[derive(Default)]
pub struct Changes(Vec<(PathBuf, Option<Vec<u8>>)>);

impl Changes {
    /// Plans to write a file, unless it has these contents already.
    pub fn write(&mut self, path: PathBuf, contents: impl Into<Vec<u8>>) {
        let contents = contents.into();
        if read(&path).as_ref() != Some(&contents) {
            self.0.push((path, Some(contents)));
        }
    }

    /// Plans to remove a file.
    pub fn remove(&mut self, path: PathBuf) {
        self.0.push((path, None));
    }

    /// A line for each change.
    pub fn lines(&self, root: &Path) -> Vec<String> {
        let changes = self.0.iter().map(|(path, contents)| {
            let done = if contents.is_some() { "wrote" } else { "removed" };
            format!("{done} {}", path.strip_prefix(root).unwrap_or(path).display())
        });
        changes.collect()
    }

    /// Makes the changes. Each file is first written next to its place, and then renamed. If a
    /// rename fails, the old files are restored.
    pub fn commit(&self) -> Result<()> {
        let context = |path: &Path| format!("cannot write {}", path.display());
        let mut staged = Vec::new();
        for (path, contents) in &self.0 {
            staged.push(Staged::new(path, contents.as_deref()).with_context(|| context(path))?);
        }
        let place = |one: &Staged| replace(&one.path, one.new.as_deref()).err();
        let failed = (0..staged.len()).find_map(|at| Some((at, place(&staged[at])?)));
        let Some((at, error)) = failed else { return Ok(()) };
        staged[..at].iter_mut().rev().for_each(Staged::take_back);
        Err(error).with_context(|| context(&staged[at].path))
    }
}

/// A change with temporary files for the new and the old contents, next to the file. They are
/// removed on drop.
struct Staged {
    path: PathBuf,
    new: Option<TempPath>,
    old: Option<TempPath>,
}

impl Staged {
    fn new(path: &Path, contents: Option<&[u8]>) -> Result<Self> {
        // The file that a link names is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().context("the path has no file name")?.to_string_lossy();
        let beside = |ending| {
            let beside = path.with_file_name(format!(".{name}.{ending}"));
            // A killed run may have left it behind.
            let _ = fs::remove_file(&beside);
            TempPath::try_from_path(beside)
        };
        let (mut old, mut new) = (None, None);
        if path.try_exists()? {
            ensure!(path.is_file(), "it exists, but is not a file");
            let kept = old.insert(beside(BACKUP)?);
            // Not every file system has hard links.
            fs::hard_link(&path, &kept).or_else(|_| fs::copy(&path, &kept).map(drop))?;
        }
        if let Some(contents) = contents {
            let mut file = File::create_new(new.insert(beside(TEMPORARY)?))?;
            file.write_all(contents)?;
            if let Some(old) = &old {
                file.set_permissions(fs::metadata(old)?.permissions())?;
            }
            // Some file systems report only now that they are full.
            file.sync_all()?;
        }
        Ok(Self { path, new, old })
    }

    fn take_back(&mut self) {
        let Err(error) = replace(&self.path, self.old.as_deref()) else { return };
        let kept = self.old.as_mut().map(|old| {
            // It is the only copy of the old contents.
            old.disable_cleanup(true);
            format!("; it is kept as {}", old.display())
        });
        let (path, kept) = (self.path.display(), kept.unwrap_or_default());
        console::report(format_args!("cannot restore {path}: {error}{kept}"));
    }
}

/// Renames a file to a path, or removes what is there.
fn replace(path: &Path, with: Option<&Path>) -> std::io::Result<()> {
    with.map_or_else(|| fs::remove_file(path), |with| fs::rename(with, path))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::Changes;
    use crate::folder::tree;

    /// A folder with the files a, b and c, and a plan to change all of them and to create d.
    fn plan() -> (tempfile::TempDir, Changes) {
        let folder = tempfile::tempdir().unwrap();
        let mut changes = Changes::default();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), format!("old {name}")).unwrap();
        }
        for name in ["a", "d", "b"] {
            changes.write(folder.path().join(name), "new ".repeat(20_000) + name);
        }
        changes.remove(folder.path().join("c"));
        (folder, changes)
    }

    #[test]
    fn all_files_are_written_and_no_temporary_file_remains() {
        let (folder, changes) = plan();
        // Files left by killed runs do no harm.
        for name in [".a.regen-tmp", ".a.regen-old"] {
            fs::write(folder.path().join(name), "half").unwrap();
        }
        let lines = changes.lines(folder.path());
        assert_eq!(lines, ["wrote a", "wrote d", "wrote b", "removed c"]);
        changes.commit().unwrap();
        let names: Vec<_> =
            tree(folder.path()).into_iter().map(|(path, text)| (path, text.len())).collect();
        let file = |name| (folder.path().join(name), 80_001);
        assert_eq!(names, ["a", "b", "d"].map(file));
    }

    #[test]
    fn an_unchanged_file_is_not_written() {
        let (folder, _) = plan();
        let mut changes = Changes::default();
        changes.write(folder.path().join("a"), "old a");
        assert!(changes.lines(folder.path()).is_empty());
    }

    /// Asserts that a commit fails and leaves the folder unchanged.
    fn assert_nothing_changes(spoil: impl FnOnce(&Path, &mut Changes)) {
        let (folder, mut changes) = plan();
        spoil(folder.path(), &mut changes);
        let before = tree(folder.path());
        changes.commit().unwrap_err();
        assert!(tree(folder.path()) == before);
    }

    #[test]
    fn a_failure_anywhere_changes_nothing() {
        // A folder in the place of a file.
        assert_nothing_changes(|folder, changes| {
            fs::create_dir(folder.join("e")).unwrap();
            changes.write(folder.join("e"), "");
        });
        // A file in the place of a folder.
        assert_nothing_changes(|folder, changes| changes.write(folder.join("a/f"), ""));
        assert_nothing_changes(|folder, changes| changes.write(folder.join("none/f"), ""));
        // This fails only after the others were renamed.
        assert_nothing_changes(|folder, changes| changes.remove(folder.join("none")));
    }

    /// A limit on the size of files cuts a write short, as a full disk does.
    #[cfg(unix)]
    #[test]
    fn a_full_disk_changes_nothing() {
        const LIMITED: &str = "XTASK_TEST_LIMITED";
        if std::env::var_os(LIMITED).is_some() {
            assert_nothing_changes(|_, _| ());
            return;
        }
        let limited = std::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ && ulimit -f 16 && exec \"$0\" --exact \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg("files::tests::a_full_disk_changes_nothing")
            .env(LIMITED, "")
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&limited.stdout);
        assert!(limited.status.success() && output.contains("1 passed"), "{output}");
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_followed_only_to_a_file() {
        use std::os::unix::fs::symlink;

        assert_nothing_changes(|folder, changes| {
            symlink("/dev/full", folder.join("full")).unwrap();
            changes.write(folder.join("full"), "text");
        });
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "old").unwrap();
        symlink("file", folder.path().join("link")).unwrap();
        let mut changes = Changes::default();
        changes.write(folder.path().join("link"), "new");
        changes.commit().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "new");
        assert!(fs::symlink_metadata(folder.path().join("link")).unwrap().is_symlink());
    }
}
