//! Sends messages from a database through pilot-status. A crash neither loses nor repeats a
//! message.

mod chaos;
mod csv_file;
#[path = "../../examples/shared/csv_text.rs"]
mod csv_text;
#[cfg(test)]
mod databases_tests;
mod demo;
#[path = "../../examples/shared/general_error.rs"]
mod general_error;
#[path = "../../examples/shared/phone_number.rs"]
mod phone_number;
mod postgres;
mod receiver;
#[path = "../../examples/shared/server.rs"]
mod server;
mod service;
mod store;
mod worker;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use comfy_table::Table;
use pilot_status::Client;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::store::{Counts, Store};
use crate::worker::Settings;

/// Sends messages from a database. A crash neither loses nor repeats a message
#[derive(Parser)]
struct Arguments {
    /// sqlite:FILE?mode=rwc, or postgres://USER:PASSWORD@HOST/DATABASE
    ///
    /// The default is sqlite:outbox.db?mode=rwc. The demo and the chaos test use databases of
    /// their own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Store the messages of a CSV file with the columns number, text and optionally key
    ///
    /// Skips messages whose key is already stored, so the same file can be enqueued again: after an
    /// error, or if only some of the messages were stored.
    Enqueue {
        file: PathBuf,
        /// The prefix of keys for lines without a key; by default, the name of the file
        #[arg(long)]
        campaign: Option<String>,
    },
    /// Send the messages that are due, until SIGTERM or Ctrl-C
    ///
    /// Reads PILOT_STATUS_API_KEY. Any number of workers may run on one database.
    Work(Settings),
    /// Receive the deliveries of a webhook at /webhook
    ///
    /// Reads PILOT_STATUS_WEBHOOK_SECRET, or PILOT_STATUS_WEBHOOK_TOKEN for a URL that ends in
    /// ?token=...
    Serve {
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Remove the messages that were accepted or failed long ago, and old deliveries
    ///
    /// A message whose key was removed can be enqueued again, and is then sent again.
    Prune {
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
        older_than: u16,
    },
    /// Print the number of messages in each state, and the reasons of failures
    Status,
    /// Send messages to a sandbox that breaks requests and responses
    Demo {
        #[arg(long, default_value_t = 500)]
        messages: usize,
    },
    /// Kill workers and break responses at random, and check that each message was sent once
    Chaos(chaos::Options),
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    // A log would break the progress bar.
    let level = if matches!(arguments.task, Task::Demo { .. }) { "error" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // Its warning contains the value of an unknown parameter of DATABASE_URL.
    let filter = filter.add_directive("sqlx_postgres::options::parse=off".parse().expect("valid"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // Reporting a closed log would panic, and a message that was sent would lose its outcome.
    log.with_ansi(io::stderr().is_terminal()).log_internal_errors(false).init();
    if let Err(error) = run(arguments).await {
        eprintln!("error: {error:#}");
        std::process::exit(1);
    }
}

async fn run(Arguments { database_url, task }: Arguments) -> Result<()> {
    let url = database_url.as_deref().unwrap_or("sqlite:outbox.db?mode=rwc");
    let output = match task {
        Task::Enqueue { file, campaign } => {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let campaign = campaign.or(stem).unwrap_or_default();
            let messages = csv_file::read(&file, &campaign)?;
            let added = Store::open(url).await?.enqueue(&messages).await;
            let added = added.with_context(|| file.display().to_string())?;
            format!("{added} of {} messages are new", messages.len())
        }
        Task::Work(settings) => {
            let client = Client::from_env()?;
            let store = Store::open(url).await?;
            return worker::run(&store, &client, settings, server::stop_requested()?).await;
        }
        Task::Serve { listen } => {
            let trust = receiver::Trust::from_env()?;
            let store = Store::open(url).await?;
            let listener = TcpListener::bind(listen).await;
            let listener = listener.with_context(|| format!("cannot listen on {listen}"))?;
            // Nobody may read the output.
            _ = writeln!(io::stdout(), "listening on http://{}/webhook", listener.local_addr()?);
            return receiver::serve(listener, store, trust, server::stop_requested()?).await;
        }
        Task::Prune { older_than } => {
            let age = Duration::from_secs(u64::from(older_than) * 24 * 3600);
            format!("removed {} messages", Store::open(url).await?.prune(age).await?)
        }
        Task::Status => {
            let store = Store::open(url).await?;
            let mut lines = vec![table(&store.counts().await?)];
            lines.extend(store.failures(20).await?.into_iter().map(|(key, reason)| {
                format!("{key}: {}", reason.replace(char::is_control, "\u{fffd}"))
            }));
            lines.join("\n")
        }
        Task::Demo { messages } => demo::run(messages).await?,
        Task::Chaos(options) => return chaos::run(&options).await,
    };
    match writeln!(io::stdout(), "{output}") {
        // The reader of a pipe, such as `head`, may have ended.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A table of the number of messages in each state, and of retried messages. Each message has
/// one state.
fn table(counts: &Counts) -> String {
    let Counts { queued, sent, delivered, read, failed, retried } = counts;
    let mut table = Table::new();
    table.set_header(["queued", "sent", "delivered", "read", "failed", "retried"]);
    table.add_row([queued, sent, delivered, read, failed, retried]);
    table.to_string()
}
