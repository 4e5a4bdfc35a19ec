//! Kills workers, breaks responses and crashes the database at random, and checks that the
//! service processed each message once.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use pilot_status::mock::Sandbox;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::sleep;

use crate::demo;
use crate::postgres::Postgres;
use crate::service::Service;
use crate::store::Store;

#[derive(Args)]
pub struct Options {
    #[arg(long, default_value_t = 300)]
    messages: usize,
    /// Repeats the faults and kills of an earlier run, as far as their timing allows
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// Seconds after which the rest of the messages counts as stuck
    #[arg(long, default_value_t = 100)]
    limit: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// What the test did to the workers and the database.
#[derive(Default)]
struct Damage {
    kills: u32,
    restarts: u32,
}

pub async fn run(options: &Options) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let folder = tempfile::tempdir()?;
    let postgres = match options.database {
        Database::Sqlite => None,
        Database::Postgres => match Postgres::start()? {
            None => {
                println!("NOT RUN: PostgreSQL is not installed; install Debian's postgresql");
                return Ok(());
            }
            started => started,
        },
    };
    let url = postgres.as_ref().map_or_else(
        || format!("sqlite:{}?mode=rwc", folder.path().join("outbox.db").display()),
        Postgres::url,
    );
    let store = Store::open(&url).await?;
    let (accepted, _ids) = unbounded_channel();
    let service = Service::start(seed, 30, Duration::from_millis(150), accepted).await?;
    let messages = demo::messages("chaos", options.messages);
    store.enqueue(&messages, |index| index.to_string()).await?;

    let mut test = Test {
        random: fastrand::Rng::with_seed(seed),
        workers: Vec::new(),
        damage: Damage::default(),
        url,
        service,
    };
    let count = if postgres.is_some() { 3 } else { 1 };
    for _ in 0..count {
        test.workers.push(test.spawn()?);
    }
    let end = Instant::now() + Duration::from_secs(options.limit);
    test.damage(&store, postgres.as_ref(), options.messages, end).await?;
    test.report(&store, options, seed).await
}

struct Test {
    random: fastrand::Rng,
    workers: Vec<Child>,
    damage: Damage,
    url: String,
    service: Service,
}

impl Test {
    /// Starts a worker as a process of its own.
    fn spawn(&self) -> Result<Child> {
        Command::new(std::env::current_exe()?)
            .args(["work", "--lease", "4", "--concurrency", "4"])
            .env("DATABASE_URL", &self.url)
            .env("PILOT_STATUS_BASE_URL", &self.service.url)
            .env("PILOT_STATUS_API_KEY", Sandbox::API_KEY)
            .env_remove("PILOT_STATUS_API_KEY_ID")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start a worker")
    }

    /// Kills workers until all messages are sent, and crashes PostgreSQL once, at a third.
    async fn damage(
        &mut self,
        store: &Store,
        postgres: Option<&Postgres>,
        total: usize,
        end: Instant,
    ) -> Result<()> {
        let most_kills = if postgres.is_some() { u32::MAX } else { 1 };
        while Instant::now() < end {
            sleep(Duration::from_millis(self.random.u64(300..1200))).await;
            // The database may be restarting.
            let Ok(counts) = store.counts().await else { continue };
            if counts.queued == 0 {
                break;
            }
            let sent = total - usize::try_from(counts.queued)?;
            if self.damage.kills < most_kills && sent > 0 {
                let index = self.random.usize(..self.workers.len());
                // SIGKILL: the worker cannot release anything.
                self.workers[index].kill().await?;
                self.damage.kills += 1;
                self.workers[index] = self.spawn()?;
            }
            if let Some(postgres) =
                postgres.filter(|_| self.damage.restarts == 0 && sent > total / 3)
            {
                postgres.crash_and_restart()?;
                self.damage.restarts += 1;
            }
        }
        for worker in &mut self.workers {
            worker.kill().await?;
        }
        Ok(())
    }

    async fn report(&self, store: &Store, options: &Options, seed: u64) -> Result<()> {
        let processed = self.service.processed();
        let distinct: HashSet<&String> = processed.iter().collect();
        let duplicates = processed.len() - distinct.len();
        let lost = options.messages - distinct.len();
        let counts = store.counts().await?;
        let (stuck, failed) = (counts.queued, counts.failed);
        let ids = store.message_ids().await?;
        let stored = ids.iter().collect::<HashSet<_>>().len();
        println!(
            "{:?}: {} messages, {} faults, {} kills, {} restarts of the database, \
             {duplicates} duplicates, {lost} lost, {stuck} stuck, {failed} failed, seed {seed}",
            options.database,
            options.messages,
            self.service.faults(),
            self.damage.kills,
            self.damage.restarts,
        );
        ensure!(
            duplicates == 0 && lost == 0 && stuck == 0 && failed == 0,
            "not every message was sent exactly once"
        );
        ensure!(stored == options.messages, "{stored} ids of messages are stored");
        ensure!(self.damage.kills > 0, "no worker was killed; run it with more messages");
        ensure!(
            options.database == Database::Sqlite || self.damage.restarts == 1,
            "PostgreSQL was not restarted; run it with more messages"
        );
        Ok(())
    }
}
