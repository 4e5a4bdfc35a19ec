//! Runs a PostgreSQL server in a temporary folder, from the installed package.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// The message if there is no server.
pub const MISSING: &str = "PostgreSQL is not installed; install Debian's postgresql";

pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server on a free port. Returns `None` if the package is not installed.
    pub fn start() -> Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { folder, programs, port };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(server.folder.path()))?;
        }
        let data = server.data();
        run(server
            .program("initdb")
            .args(["--auth=trust", "--no-sync", "--username=outbox", "-D"])
            .arg(&data))?;
        server.control(&["start"])?;
        Ok(Some(server))
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://outbox@127.0.0.1:{}/{database}", self.port)
    }

    /// Stops the server as a crash would, and starts it again.
    pub fn crash_and_restart(&self) -> Result<()> {
        self.control(&["restart", "-m", "immediate"])
    }

    fn control(&self, action: &[&str]) -> Result<()> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1",
            self.port,
            self.folder.path().display()
        );
        let mut command = self.program("pg_ctl");
        command.args(action).args(["-w", "-o", &options, "-l"]);
        run(command.arg(self.folder.path().join("log")).arg("-D").arg(self.data()))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A command that runs a program of the package, which refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A server that does not stop now exits after its folder is removed.
        let _ = self.control(&["stop", "-m", "immediate"]);
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = output.with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed, {status}");
    Ok(())
}

/// The folder of the newest installed version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders.filter(|folder| folder.join("initdb").exists()).max()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|process| process.uid() == 0)
}
