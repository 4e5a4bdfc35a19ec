//! Child processes: the examples, and tests that need their own environment, limits or logger.

use std::env;
use std::path::PathBuf;
use std::process::Command;

const CHILD: &str = "PILOT_STATUS_TEST_CHILD";

/// Runs a test again in a child process with the given environment and limit of open files. The
/// name of the test includes its module.
pub fn run_again(test: &str, variables: &[(&str, &str)], open_files: u32) {
    let program = env::current_exe().unwrap();
    let mut command = if cfg!(unix) {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {open_files} && exec \"$0\" \"$@\"")]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(["--exact", test, "--nocapture", "--include-ignored"]);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "REQUEST_METHOD"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    for name in ["PILOT_STATUS_API_KEY", "PILOT_STATUS_API_KEY_ID", "PILOT_STATUS_BASE_URL"] {
        command.env_remove(name);
    }
    let output = command.env(CHILD, "1").envs(variables.iter().copied()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{variables:?}: {printed}\n{errors}");
    assert!(printed.contains("1 passed"), "{printed}");
    print!("{printed}");
}

pub fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Returns the path of an example. Cargo builds examples next to the tests' folder, unless it
/// runs selected tests only.
pub fn example_program(name: &str) -> PathBuf {
    let tests = env::current_exe().unwrap();
    let profile = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "build it first: cargo build --examples");
    program
}
