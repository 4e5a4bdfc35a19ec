//! Kills processes, breaks responses and crashes the database at random, and checks that the
//! service processed each message once and that each delivery is stored.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use pilot_status::mock::Sandbox;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, sleep, timeout_at};

use crate::demo;
use crate::postgres::{MISSING, Postgres};
use crate::service::Service;
use crate::store::Store;

/// The lease and the longest backoff are short, so that many of them end during a run.
const WORK: &[&str] = &["work", "--lease", "4", "--max-backoff", "4", "--concurrency", "4"];

#[derive(Args)]
pub struct Options {
    #[arg(long, default_value_t = 300)]
    messages: usize,
    /// Repeats the faults and kills of an earlier run, as far as their timing allows
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// Seconds after which queued messages count as stuck
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// The processes under test, and the faults of the run so far.
struct Test {
    random: fastrand::Rng,
    /// The workers and the receiver, with their arguments.
    processes: Vec<(Vec<String>, Child)>,
    kills: usize,
    restarts: u32,
    environment: Vec<(&'static str, String)>,
}

pub async fn run(options: &Options) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let folder = tempfile::tempdir()?;
    let postgres = match options.database {
        Database::Sqlite => None,
        Database::Postgres => match Postgres::start()? {
            None => bail!(MISSING),
            started => started,
        },
    };
    let url = postgres.as_ref().map_or_else(
        || format!("sqlite:{}?mode=rwc", folder.path().join("outbox.db").display()),
        |postgres| postgres.url("postgres"),
    );
    let store = Store::open(&url).await?;
    let (accepted, ids) = unbounded_channel();
    let service = Service::start(seed, 30, accepted).await?;
    store.enqueue(&demo::messages("chaos", options.messages)).await?;

    let mut test = Test {
        random: fastrand::Rng::with_seed(seed),
        processes: Vec::new(),
        kills: 0,
        restarts: 0,
        environment: vec![
            ("DATABASE_URL", url),
            ("PILOT_STATUS_BASE_URL", service.url.clone()),
            ("PILOT_STATUS_API_KEY", Sandbox::API_KEY.to_owned()),
            ("PILOT_STATUS_WEBHOOK_SECRET", demo::SECRET.to_owned()),
        ],
    };
    for _ in 0..if postgres.is_some() { 3 } else { 1 } {
        test.start(WORK)?;
    }
    // The receiver needs the same address after each kill.
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    test.start(&["serve", "--listen", &address])?;
    let deliveries = tokio::spawn(demo::deliver(
        format!("http://{address}/webhook"),
        ids,
        ProgressBar::hidden(),
    ));

    let end = Instant::now() + Duration::from_secs(options.limit.into());
    test.damage(&store, postgres.as_ref(), options.messages, end).await?;
    let (faults, processed) = service.stop();
    // The report counts deliveries that are not accepted in time.
    let _ = timeout_at(end, deliveries).await;
    test.report(&store, options, seed, faults, &processed).await
}

impl Test {
    fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let process = self.spawn(&arguments)?;
        self.processes.push((arguments, process));
        Ok(())
    }

    fn spawn(&self, arguments: &[String]) -> Result<Child> {
        Command::new(std::env::current_exe()?)
            .args(arguments)
            .envs(self.environment.iter().cloned())
            .env_remove("PILOT_STATUS_API_KEY_ID")
            .env_remove("PILOT_STATUS_WEBHOOK_TOKEN")
            .env("RUST_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start `outbox {}`", arguments.join(" ")))
    }

    /// Kills processes until all messages are sent, and crashes PostgreSQL once, after a third
    /// of them. With SQLite, it kills each process once.
    async fn damage(
        &mut self,
        store: &Store,
        postgres: Option<&Postgres>,
        total: usize,
        end: Instant,
    ) -> Result<()> {
        let count = self.processes.len();
        while Instant::now() < end {
            sleep(Duration::from_millis(self.random.u64(300..1200))).await;
            for (arguments, process) in &mut self.processes {
                let status = process.try_wait()?;
                ensure!(status.is_none(), "`outbox {}` exited, {status:?}", arguments.join(" "));
            }
            // The database may be restarting.
            let Ok(counts) = store.counts().await else { continue };
            if counts.queued == 0 {
                break;
            }
            let sent = total - usize::try_from(counts.queued)?;
            if sent > 0 && (postgres.is_some() || self.kills < count) {
                let index =
                    if self.kills < count { self.kills } else { self.random.usize(..count) };
                // SIGKILL: the process cannot release its leases.
                self.processes[index].1.kill().await?;
                self.kills += 1;
                self.processes[index].1 = self.spawn(&self.processes[index].0)?;
            }
            if let Some(postgres) = postgres.filter(|_| self.restarts == 0 && sent > total / 3) {
                postgres.crash_and_restart()?;
                self.restarts += 1;
            }
        }
        Ok(())
    }

    async fn report(
        &mut self,
        store: &Store,
        options: &Options,
        seed: u64,
        faults: u64,
        processed: &[String],
    ) -> Result<()> {
        for (_, process) in &mut self.processes {
            process.kill().await?;
        }
        let Options { database, messages, .. } = options;
        let Self { kills, restarts, .. } = self;
        let distinct = processed.iter().collect::<HashSet<_>>().len();
        let duplicates = processed.len() - distinct;
        let lost = messages - distinct;
        let counts = store.counts().await?;
        let (stuck, failed, undelivered) = (counts.queued, counts.failed, counts.sent);
        println!(
            "{database:?}: {messages} messages, {faults} faults, {kills} kills, {restarts} \
             restarts of the database, {duplicates} duplicates, {lost} lost, {stuck} stuck, \
             {failed} failed, {undelivered} undelivered, {} retried, seed {seed}",
            counts.retried
        );
        ensure!(
            duplicates == 0 && lost == 0 && stuck == 0 && failed == 0,
            "not every message was sent exactly once"
        );
        ensure!(undelivered == 0, "not every delivery was stored");
        ensure!(*kills > 1, "fewer than 2 processes were killed; run it with more messages");
        ensure!(
            *database == Database::Sqlite || *restarts == 1,
            "PostgreSQL was not restarted; run it with more messages"
        );
        Ok(())
    }
}
