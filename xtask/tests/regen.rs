//! Tests `cargo xtask regen` as a program: its output, its exit code, and its files. A script
//! replaces Cargo, so that nothing is compiled.

#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PAGE: &str = include_str!("../spec/upstream/list-numbers.md");
const LOCK: &str = include_str!("../spec/upstream.lock");

/// The shared fragment, with the parts that the profile requires of any document.
const SHARED: &str = "\
openapi: 3.1.0
info: {title: Pilot Status API, version: 1.0.0}
servers: [{url: https://pilotstatus.com.br}]
security: [{apiKey: []}, {apiKeyId: []}]
components:
  securitySchemes:
    apiKey: {type: apiKey, in: header, name: x-api-key}
    apiKeyId: {type: apiKey, in: header, name: x-api-key-id}
  schemas:
    ErrorCode: {type: string, enum: [NOT_FOUND]}
    ApiError:
      type: object
      properties: {code: {$ref: '#/components/schemas/ErrorCode'}, error: {type: string}}
      additionalProperties: true
";

/// Our description of the operation on the page.
const OURS: &str = "\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /v1/numbers:
    get:
      operationId: list_numbers
      tags: [Numbers]
      responses:
        '200':
          description: All numbers.
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Number'}}
        '401': &error
          description: An error.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/ApiError'}
        '429': *error
components:
  schemas:
    Number:
      type: object
      properties: {id: {type: string}}
      additionalProperties: true
";

/// A document of another API.
const THEIRS: &str = r##"{
    "openapi": "3.1.0",
    "info": {"title": "Theirs", "version": "1"},
    "servers": [{"url": "https://theirs.example"}],
    "paths": {},
    "components": {"schemas": {
        "ErrorCode": {"type": "string", "enum": ["A"]},
        "ApiError": {
            "type": "object",
            "properties": {"code": {"$ref": "#/components/schemas/ErrorCode"}, "error": {"type": "string"}},
            "additionalProperties": true
        }
    }}
}"##;

/// Writes the snapshots that regen expects from a run of the tests.
const COMPILES: &str = "\
rm -r tests/snapshots
mkdir tests/snapshots
echo new >'tests/snapshots/generated__code@client.snap'
echo new >'tests/snapshots/generated__surface@messages.snap'
echo new >'tests/snapshots/generated__surface@numbers.snap'";

const MANIFEST: &str = "\
# The tags of openapi.json, by `cargo xtask regen`:
full = [
]
# End of the tags.
";

const CASES: &str = "mod case;\n\nlet cases = [\n];\n";

/// A workspace with the sources, an old `openapi.json` and an old snapshot.
struct Workspace {
    folder: tempfile::TempDir,
    /// A folder outside the workspace, for the script that replaces Cargo, and the target folder.
    beside: tempfile::TempDir,
}

impl Workspace {
    fn new(cargo: &str) -> Self {
        let workspace =
            Self { folder: tempfile::tempdir().unwrap(), beside: tempfile::tempdir().unwrap() };
        for folder in
            ["xtask/spec/upstream", "xtask/spec/api", "tests/snapshots", "tests/it/operations"]
        {
            fs::create_dir_all(workspace.path(folder)).unwrap();
        }
        for folder in ["build", "src", "docs", "examples", "outbox", "benches"] {
            fs::create_dir(workspace.path(folder)).unwrap();
        }
        for (file, text) in [
            ("Cargo.toml", MANIFEST),
            ("Cargo.lock", ""),
            ("build.rs", ""),
            ("README.md", "| `ads` | | the operations of a tag |\n"),
            ("CHANGELOG.md", "\n## [Unreleased]\n"),
            ("tests/it/operations/mod.rs", CASES),
        ] {
            fs::write(workspace.path(file), text).unwrap();
        }
        fs::write(workspace.path("xtask/spec/upstream/list-numbers.md"), PAGE).unwrap();
        fs::write(workspace.path("xtask/spec/upstream.lock"), lock()).unwrap();
        fs::write(workspace.path("xtask/spec/api/shared.yaml"), SHARED).unwrap();
        fs::write(workspace.path("xtask/spec/api/numbers.yaml"), OURS).unwrap();
        fs::write(workspace.path("openapi.json"), "null").unwrap();
        fs::write(workspace.path("tests/snapshots/generated__code@old.snap"), "old").unwrap();
        let script = workspace.beside.path().join("cargo");
        fs::write(&script, format!("#!/bin/sh\n{cargo}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        workspace
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn xtask(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO", self.beside.path().join("cargo"))
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .env("CARGO_TARGET_DIR", self.beside.path());
        command
    }

    /// Writes a page outside the workspace, and returns its path.
    fn page(&self, text: &str) -> String {
        let page = self.beside.path().join("list-numbers.md");
        fs::write(&page, text).unwrap();
        page.display().to_string()
    }

    fn regen(&self, arguments: &[&str]) -> Output {
        self.xtask(&["regen"]).args(arguments).output().unwrap()
    }

    /// The path and the text of every file in the workspace.
    fn tree(&self) -> Vec<(String, String)> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut tree = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.is_file() {
                    let name = path.strip_prefix(self.folder.path()).unwrap().display().to_string();
                    tree.push((name, fs::read_to_string(path).unwrap()));
                }
            }
        }
        tree.sort();
        tree
    }

    /// Runs regen, asserts that it exits with 1 and changes nothing, and returns stderr.
    fn refuses(&self, arguments: &[&str]) -> String {
        let before = self.tree();
        let output = self.regen(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(self.tree() == before, "{stderr}");
        assert!(output.stdout.is_empty());
        stderr
    }
}

/// The lock file with only this page. Later pages do not affect the tests.
fn lock() -> String {
    let mut lock: serde_json::Value = serde_json::from_str(LOCK).unwrap();
    lock.as_object_mut().unwrap().retain(|name, _| name == "list-numbers.md");
    format!("{lock:#}\n")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_first_run_writes_everything_and_a_second_nothing() {
    let workspace = Workspace::new(COMPILES);
    assert_eq!(
        stdout(&workspace.regen(&[])),
        "wrote Cargo.toml\n\
         wrote OPERATIONS.md\n\
         wrote README.md\n\
         wrote openapi.json\n\
         wrote tests/it/operations/mod.rs\n\
         wrote tests/it/operations/numbers.rs\n\
         removed tests/snapshots/generated__code@old.snap\n\
         wrote tests/snapshots/generated__code@client.snap\n\
         wrote tests/snapshots/generated__surface@messages.snap\n\
         wrote tests/snapshots/generated__surface@numbers.snap\n"
    );
    let written = workspace.tree();
    assert!(written.iter().all(|(name, _)| !name.contains("regen-")), "{written:?}");
    assert_eq!(stdout(&workspace.regen(&[])), "");
    assert_eq!(stdout(&workspace.regen(&["--check"])), "");
    assert!(workspace.tree() == written);
}

#[test]
fn an_openapi_json_that_is_not_json_is_an_error() {
    let workspace = Workspace::new(COMPILES);
    fs::write(workspace.path("openapi.json"), "<<<<<<< ours").unwrap();
    let stderr = workspace.refuses(&[]);
    assert!(stderr.contains("openapi.json is not JSON: restore it"), "{stderr}");
}

#[test]
fn a_check_prints_the_stale_parts_and_writes_nothing() {
    let workspace = Workspace::new(COMPILES);
    let before = workspace.tree();
    let output = workspace.regen(&["--check"]);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("-null") && report.contains("+  \"openapi\": \"3.0.3\""), "{report}");
    assert!(workspace.tree() == before);
}

#[test]
fn steps_are_printed_to_stderr_unless_quiet() {
    let workspace = Workspace::new(COMPILES);
    let accepted = "- 'GET /v1/numbers: status 418'\n";
    fs::write(workspace.path("xtask/spec/accepted.yaml"), accepted).unwrap();
    let stderr = String::from_utf8(workspace.regen(&[]).stderr).unwrap();
    let (notes, lines): (Vec<_>, Vec<_>) = stderr.lines().partition(|line| line.starts_with(' '));
    let steps: Vec<_> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        steps,
        [
            "read",
            "merge",
            "reconcile",
            "convert",
            "normalise",
            "validate",
            "profile",
            "compile",
            "write"
        ],
        "{stderr}"
    );
    assert!(lines.iter().all(|line| line.ends_with(" s")), "{stderr}");
    // An obsolete line is reported in any case.
    assert!(notes.iter().any(|note| note.ends_with("any more: remove the line")), "{stderr}");
    let quiet = String::from_utf8(workspace.regen(&["--quiet"]).stderr).unwrap();
    assert_eq!(quiet.lines().collect::<Vec<_>>(), notes);
}

#[test]
fn a_saved_page_is_kept_with_its_name_and_its_digest() {
    let workspace = Workspace::new(COMPILES);
    let page = PAGE.replace("summary: List numbers", "summary: List all numbers");
    let report = stdout(&workspace.regen(&["--save", "--from", &workspace.page(&page)]));
    assert!(report.starts_with("wrote xtask/spec/upstream/list-numbers.md\n"), "{report}");
    assert!(report.contains("wrote xtask/spec/upstream.lock\n"), "{report}");
    let kept = fs::read_to_string(workspace.path("xtask/spec/upstream/list-numbers.md")).unwrap();
    assert_eq!(kept, page);
    let lock = fs::read_to_string(workspace.path("xtask/spec/upstream.lock")).unwrap();
    assert!(lock.starts_with("{\n  \"list-numbers.md\": \"57"), "{lock}");
    assert_eq!(stdout(&workspace.regen(&["--check"])), "");
}

#[test]
fn an_edit_by_hand_is_refused_until_it_is_accepted() {
    let workspace = Workspace::new(COMPILES);
    let page = "xtask/spec/upstream/list-numbers.md";
    fs::write(workspace.path(page), format!("{PAGE}\n")).unwrap();
    for arguments in [&[][..], &["--check"]] {
        let stderr = workspace.refuses(arguments);
        assert!(stderr.contains("--save --from xtask/spec/upstream/list-numbers.md"), "{stderr}");
    }
    stdout(&workspace.regen(&["--save", "--from", page]));
    assert_eq!(stdout(&workspace.regen(&["--check"])), "");
}

#[test]
fn a_document_of_another_api_is_converted_without_a_build() {
    let workspace = Workspace::new("exit 101");
    fs::write(workspace.path("theirs.json"), THEIRS).unwrap();
    let before = workspace.tree();
    let report = stdout(&workspace.regen(&["--from", "theirs.json", "--out", "converted.json"]));
    assert_eq!(report, "wrote converted.json\n");
    let converted = fs::read_to_string(workspace.path("converted.json")).unwrap();
    assert!(converted.contains("\"openapi\": \"3.0.3\"") && converted.contains("Theirs"));
    assert!(!converted.contains("Pilot"));
    fs::remove_file(workspace.path("converted.json")).unwrap();
    assert!(workspace.tree() == before);
}

#[test]
fn a_page_that_differs_is_refused_until_the_difference_is_accepted() {
    let workspace = Workspace::new(COMPILES);
    let less = &OURS[..OURS.find("        '401'").unwrap()];
    let schemas = &OURS[OURS.find("components:").unwrap()..];
    fs::write(workspace.path("xtask/spec/api/numbers.yaml"), format!("{less}{schemas}")).unwrap();
    let stderr = workspace.refuses(&[]);
    let lines: Vec<&str> = stderr.lines().filter(|line| line.contains(" says ")).collect();
    for (line, status) in lines.iter().zip([401, 429]) {
        let states = format!(
            "xtask/spec/upstream/list-numbers.md line 13 says GET /v1/numbers: status {status}, we say \
             no such status, change xtask/spec/api/numbers.yaml line 8: write `'{status}': "
        );
        let accept = format!(" or accept with - 'GET /v1/numbers: status {status}'");
        assert!(line.starts_with(&states) && line.ends_with(&accept), "{line}");
    }
    assert_eq!(lines.len(), 2, "{stderr}");
    let accepted: Vec<&str> =
        lines.iter().filter_map(|line| Some(line.split_once("accept with ")?.1)).collect();
    fs::write(workspace.path("xtask/spec/accepted.yaml"), accepted.join("\n")).unwrap();
    stdout(&workspace.regen(&[]));
    let document = fs::read_to_string(workspace.path("openapi.json")).unwrap();
    for part in [
        "\"operationId\": \"list_numbers\"",
        "\"x-upstream-operation-id\": \"get_numbers\"",
        "\"x-evidence\": \"fragment\"",
    ] {
        assert!(document.contains(part), "{document}");
    }
    assert_eq!(stdout(&workspace.regen(&["--check"])), "");
}

#[test]
fn an_undescribed_operation_stops_regen_until_its_draft_is_finished() {
    let workspace = Workspace::new(COMPILES);
    fs::remove_file(workspace.path("xtask/spec/api/numbers.yaml")).unwrap();
    let stderr = workspace.refuses(&["--check"]);
    assert!(stderr.contains("GET /v1/numbers of xtask/spec/upstream/list-numbers.md"), "{stderr}");
    let output = workspace.regen(&["--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    let written = String::from_utf8(output.stdout).unwrap();
    assert_eq!(written, "wrote xtask/spec/api/draft.yaml\n");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let line = "xtask/spec/api/draft.yaml line 47: GET /v1/numbers of ";
    assert!(stderr.contains(line), "{stderr}");
    let stderr = workspace.refuses(&["--quiet"]);
    assert!(stderr.contains("\nxtask/spec/api/draft.yaml line 4\n"), "{stderr}");
    let draft = fs::read_to_string(workspace.path("xtask/spec/api/draft.yaml")).unwrap();
    let finished = draft.replace("TODO: finish this draft", "Finished");
    fs::write(workspace.path("xtask/spec/api/draft.yaml"), finished).unwrap();
    stdout(&workspace.regen(&[]));
    let document = fs::read_to_string(workspace.path("openapi.json")).unwrap();
    assert!(document.contains("\"operationId\": \"get_numbers\""), "{document}");
    assert_eq!(stdout(&workspace.regen(&["--check"])), "");
}

#[test]
fn saving_a_page_of_a_new_operation_also_writes_its_draft() {
    let workspace = Workspace::new(COMPILES);
    let page = workspace.beside.path().join("list-channels.md");
    fs::write(&page, PAGE.replace("/v1/numbers:", "/v1/channels:")).unwrap();
    let output = workspace.regen(&["--save", "--from", page.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "wrote xtask/spec/upstream/list-channels.md\n\
         wrote xtask/spec/upstream.lock\n\
         wrote xtask/spec/api/draft.yaml\n"
    );
}

#[test]
fn a_page_that_is_not_kept_is_compared_in_addition_to_the_kept_ones() {
    let workspace = Workspace::new(COMPILES);
    stdout(&workspace.regen(&[]));
    let page = workspace.beside.path().join("list-numbers.md");
    let arguments = ["--quiet", "--check", "--from", page.to_str().unwrap()];
    fs::write(&page, PAGE.replace("summary: List", "summary: Show")).unwrap();
    assert_eq!(stdout(&workspace.regen(&arguments)), "");
    fs::write(&page, PAGE.replace("'429'", "'418'")).unwrap();
    let stderr = workspace.refuses(&arguments);
    assert!(
        stderr.contains("list-numbers.md line 13 says GET /v1/numbers: status 418, "),
        "{stderr}"
    );
}

#[test]
fn a_page_that_agrees_does_not_make_the_files_stale() {
    let workspace = Workspace::new(COMPILES);
    let other = OURS[..OURS.find("components:").unwrap()]
        .replace("/v1/numbers:", "/v1/projects:")
        .replace("list_numbers", "list_projects");
    fs::write(workspace.path("xtask/spec/api/projects.yaml"), other).unwrap();
    let kept = PAGE.replace("'429'", "'418'");
    let accepted = "- 'GET /v1/numbers: status 418'\n";
    fs::write(workspace.path("xtask/spec/accepted.yaml"), accepted).unwrap();
    stdout(&workspace.regen(&["--save", "--from", &workspace.page(&kept)]));
    // Neither the evidence of the kept page nor that of this one is stale.
    let page = workspace.beside.path().join("a page.txt");
    fs::write(&page, PAGE.replace("/v1/numbers:", "/v1/projects:")).unwrap();
    let page = page.to_str().unwrap();
    let output = workspace.regen(&["--quiet", "--check", "--from", page, "--from", page]);
    assert_eq!(stdout(&output), "");
    // The kept page still has the accepted difference.
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_client_that_does_not_compile_changes_nothing() {
    let workspace = Workspace::new(
        "echo 'error: pilot-status@0.1.0: openapi.json cannot become a client: /paths: reason' >&2
        exit 101",
    );
    let stderr = workspace.refuses(&[]);
    let error = "\nerror: no client can be built from this document: /paths: reason\n";
    assert!(stderr.ends_with(error), "{stderr}");
}

#[test]
fn a_document_that_breaks_the_profile_is_refused_with_all_violations() {
    let workspace = Workspace::new(COMPILES);
    let shared = SHARED.replace("    ErrorCode:", "    error_code:");
    let shared = shared.replace("/ErrorCode", "/error_code");
    fs::write(workspace.path("xtask/spec/api/shared.yaml"), shared).unwrap();
    let stderr = workspace.refuses(&[]);
    let lines: Vec<&str> = stderr.lines().skip_while(|line| !line.starts_with("error")).collect();
    assert_eq!(lines[0], "error: the build step does not support this document:");
    let places: Vec<_> =
        lines[1..].iter().filter_map(|line| line.trim().split(':').next()).collect();
    let schemas = "/components/schemas";
    assert_eq!(
        places,
        [
            &format!("{schemas}/ApiError"),
            &format!("{schemas}/ErrorCode"),
            &format!("{schemas}/error_code"),
        ]
    );
}

#[test]
fn a_file_that_cannot_be_written_changes_nothing() {
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 4] = [
        ("openapi.json", |file| {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }),
        ("openapi.json", |file| {
            fs::remove_file(file).unwrap();
            symlink("/dev/full", file).unwrap();
        }),
        ("tests/snapshots/generated__code@client.snap", |file| fs::create_dir(file).unwrap()),
        ("tests/snapshots/generated__surface@messages.snap", |file| {
            symlink("/dev/full", file).unwrap();
        }),
    ];
    for (path, spoil) in spoil {
        let workspace = Workspace::new(COMPILES);
        spoil(&workspace.path(path));
        let stderr = workspace.refuses(&[]);
        assert!(stderr.contains("\nerror: cannot "), "{stderr}");
    }
    let workspace = Workspace::new("");
    fs::write(workspace.path("theirs.json"), THEIRS).unwrap();
    for out in ["/dev/full", "none/out.json"] {
        workspace.refuses(&["--from", "theirs.json", "--out", out]);
    }
}

#[test]
fn a_second_run_waits_for_the_first_before_it_reads() {
    let workspace = Workspace::new(COMPILES);
    fs::create_dir(workspace.beside.path().join("regen")).unwrap();
    let lock = File::create(workspace.beside.path().join("regen/lock")).unwrap();
    lock.lock().unwrap();
    let mut run = workspace.xtask(&["regen", "--quiet"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(run.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting for another regen\n");
    let page = workspace.path("xtask/spec/upstream/list-numbers.md");
    let edited = fs::read_to_string(&page).unwrap() + "\n";
    fs::write(page, edited).unwrap();
    drop(lock);
    assert_eq!(run.wait().unwrap().code(), Some(1));
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("list-numbers.md differs from the digest"), "{line}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = Workspace::new(COMPILES);
    fs::write(workspace.path("theirs.json"), THEIRS).unwrap();
    let diff = ["diff", "theirs.json", "theirs.json"];
    for (arguments, code) in [(&["regen", "--check"][..], 1), (&["--help"], 0), (&diff, 0)] {
        let closed = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            writer
        };
        let status = workspace.xtask(arguments).stdout(closed()).stderr(closed()).status();
        assert_eq!(status.unwrap().code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_run_that_is_killed_changes_nothing() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        // A program that is started in the background may ignore SIGINT, and so do its children.
        let probe = Command::new("sh").args(["-c", &format!("kill -{name} $$")]).status().unwrap();
        if probe.signal() != Some(number) {
            continue;
        }
        // The compiler kills its parent process.
        let workspace = Workspace::new(&format!("kill -{name} $PPID"));
        let before = workspace.tree();
        let page = workspace.page(&PAGE.replace("summary: List", "summary: Show"));
        for arguments in [&[][..], &["--save", "--from", &page]] {
            let output = workspace.regen(arguments);
            assert_eq!(output.status.signal(), Some(number), "{name}");
            assert!(String::from_utf8(output.stderr).unwrap().contains("compile "));
            assert!(workspace.tree() == before, "{name}");
        }
    }
}

#[test]
fn a_wrong_call_exits_with_2() {
    let workspace = Workspace::new("");
    for arguments in [
        &["--save"][..],
        &["--out", "a"],
        &["--check", "--from", "a", "--out", "b"],
        &["--check", "--save", "--from", "a"],
        &["--save", "--from", "a", "--out", "b"],
        &["--from", "a"],
        &["--check", "--from", ""],
        &["--none"],
    ] {
        assert_eq!(workspace.regen(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
