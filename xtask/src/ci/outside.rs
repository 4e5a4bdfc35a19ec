//! Tools of others as judges: schemathesis calls the sandbox with what the document allows and
//! with what it forbids, and prism validates the request of every operation.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use super::Outcome;
use crate::console;
use crate::scratch::{lock, target_folder};
use crate::shell::Shell;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const PRISM: &str = "@stoplight/prism-cli@5.16.0";

/// How long prism may take to read the document.
const LONGEST_START: Duration = Duration::from_secs(60);

pub fn check(shell: &Shell) -> Result<Outcome> {
    let folder = target_folder(shell.root).join("outside");
    let _lock = lock(&folder, "check by tools of others")?;
    if let Err(error) = install(&Shell::new(&folder)) {
        return Ok(Outcome::NotRun(format!("the tools cannot be installed: {error:#}")));
    }
    let root = shell.root.display();
    Shell::new(&folder)
        .with("PYTHONDONTWRITEBYTECODE", "1")
        .with("SCHEMATHESIS_HOOKS", shell.root.join("xtask/outside/formats.py"))
        .run(&format!(
            "cargo run --locked --manifest-path {root}/Cargo.toml --example sandbox_server -- \
             venv/bin/schemathesis --config-file {root}/xtask/outside/schemathesis.toml \
             run --no-color {root}/openapi.json"
        ))?;
    let prism = Prism::start(shell.root, &folder)?;
    // Of all default members, as the command of the README builds it.
    let tests = "cargo test --locked --test it mock:: -- --ignored";
    let tests = Shell::new(shell.root).with("PILOT_STATUS_TEST_SERVER", &prism.url).run(tests);
    tests.with_context(|| format!("{} has what prism says", folder.join("prism.log").display()))?;
    Ok(Outcome::Passed)
}

/// Installs the tools into a folder, as far as they are not there.
fn install(shell: &Shell) -> Result<()> {
    if !shell.root.join("venv/bin/pip").exists() {
        shell.run("python3 -m venv venv")?;
    }
    shell.run(&format!("venv/bin/pip install --quiet {SCHEMATHESIS}"))?;
    shell.run(&format!("npm install --silent --no-fund --no-audit --prefix . {PRISM}"))
}

/// A server that prism makes of the document, until it is dropped.
struct Prism {
    process: Child,
    url: String,
}

impl Prism {
    fn start(root: &Path, folder: &Path) -> Result<Self> {
        // Free, unless another program takes it in this moment.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let document = std::fs::read_to_string(root.join("openapi.json"))?;
        let document = without_callbacks(serde_json::from_str(&document)?);
        std::fs::write(folder.join("openapi.json"), document.to_string())?;
        let log = File::create(folder.join("prism.log"))?;
        let process = Command::new(folder.join("node_modules/.bin/prism"))
            .args(["mock", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(folder.join("openapi.json"))
            .stdin(Stdio::null())
            .stderr(log.try_clone()?)
            .stdout(log)
            .spawn()
            .context("cannot run prism")?;
        let mut prism = Self { process, url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = prism.process.try_wait()? {
                bail!("prism ended, {status}; {}", folder.join("prism.log").display());
            }
            ensure!(begun.elapsed() < LONGEST_START, "prism does not listen");
            thread::sleep(Duration::from_millis(100));
        }
        console::print(format_args!("prism listens at {}", prism.url));
        Ok(prism)
    }
}

/// A document without callbacks, which prism would make to the addresses in the requests.
fn without_callbacks(mut document: Value) -> Value {
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        operation.as_object_mut().map(|operation| operation.remove("callbacks"));
    }
    document
}

impl Drop for Prism {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::without_callbacks;

    #[test]
    fn only_callbacks_are_left_out() {
        let document = |create| json!({"openapi": "3.0.3", "paths": {"/a": {"post": create}}});
        let with = document(json!({"operationId": "b", "callbacks": {"c": {}}}));
        assert_eq!(without_callbacks(with), document(json!({"operationId": "b"})));
    }
}
