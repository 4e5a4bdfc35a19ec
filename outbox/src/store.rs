//! Reads and writes the tables, in SQLite or PostgreSQL. All times are those of the database.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlStr};
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

/// The order selects the index of the queue.
const HAS_QUEUED: &str = "SELECT key FROM messages WHERE message_id IS NULL AND failure IS NULL \
    ORDER BY next_attempt, key LIMIT 1";

const CLOCK_SQLITE: &str = include_str!("../migrations/0001_clock_sqlite.sql");
const CLOCK_POSTGRES: &str = include_str!("../migrations/0001_clock_postgres.sql");

/// The longest wait for a statement: more than the wait for a connection, and for another program
/// that writes to SQLite.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(75);

/// Limits the time of a statement. A server that vanished without closing the connection would
/// block it forever.
pub async fn within_time<T>(statement: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(STATEMENT_TIMEOUT, statement).await.context("the database does not respond")?
}

/// The progress of a message. Later stages win, in any order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Sent = 1,
    Failed = 2,
    Delivered = 3,
    Read = 4,
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    pub recipient: String,
    pub body: String,
}

/// A message that only this worker may send until the lease ends.
#[derive(Debug)]
pub struct Leased {
    pub message: Message,
    pub attempts: i64,
    /// The number of earlier leases that ended without a stored outcome.
    pub lost_leases: i64,
    /// Whether the service may have processed an earlier attempt.
    pub is_retry: bool,
    /// The time since the start of the first attempt that the service may have processed.
    pub uncertain_for: Duration,
}

/// The outcome of an attempt.
#[derive(Debug)]
pub enum Outcome {
    Accepted { message_id: String },
    Later { wait: Duration, is_counted: bool, is_uncertain: bool },
    Failed { reason: String },
}

/// The number of messages in each state.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub queued: i64,
    pub sent: i64,
    pub delivered: i64,
    pub read: i64,
    pub failed: i64,
    /// Messages that took more than one attempt.
    pub retried: i64,
}

#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    lock: &'static str,
}

impl Store {
    /// Opens a database and applies missing migrations. `url` begins with `sqlite:` or
    /// `postgres:`. Waits up to a minute for a restarting database.
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_within(url, Duration::from_secs(60)).await
    }

    async fn open_within(url: &str, timeout: Duration) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (clock, lock, setting) = match url.split(':').next() {
            // The wait for another program that writes, in milliseconds.
            Some("sqlite") => (CLOCK_SQLITE, "", "PRAGMA busy_timeout = 60000"),
            Some("postgres" | "postgresql") => (CLOCK_POSTGRES, "FOR UPDATE SKIP LOCKED", ""),
            // The error omits the URL, which may contain a password.
            _ => bail!("DATABASE_URL must begin with sqlite: or postgres:"),
        };
        let options = AnyConnectOptions::from_str(url).ok();
        let options = options.context("DATABASE_URL is not a valid URL")?;
        let pool = AnyPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(timeout.min(Duration::from_secs(10)))
            .after_connect(move |connection, _| {
                Box::pin(async move { sqlx::raw_sql(setting).execute(connection).await.map(drop) })
            })
            .connect_lazy_with(options);
        let store = Self { pool, lock };
        let end = Instant::now() + timeout;
        while let Err(error) = store.migrate(clock).await {
            ensure!(is_transient(&error), "cannot open the database of DATABASE_URL: {error}");
            ensure!(
                Instant::now() < end,
                "cannot open the database of DATABASE_URL within {timeout:?}; check that it \
                 is running and has no other tables: {error}"
            );
            warn!("waiting for the database of DATABASE_URL: {error}");
            sleep(Duration::from_millis(500)).await;
        }
        Ok(store)
    }

    async fn migrate(&self, clock: &'static str) -> Result<(), MigrateError> {
        if self.lock.is_empty() {
            // In this mode, readers do not block SQLite's writer. The file keeps the setting.
            sqlx::query("PRAGMA journal_mode = WAL").execute(&self.pool).await?;
        }
        let outbox = include_str!("../migrations/0002_outbox.sql");
        let migrations =
            [(1, "clock", clock), (2, "outbox", outbox)].map(|(version, name, sql)| {
                let sql = SqlStr::from_static(sql);
                Migration::new(version, name.into(), MigrationType::Simple, sql, false)
            });
        Migrator::with_migrations(migrations.into()).run(&self.pool).await
    }

    /// Stores messages, and skips those whose key is already stored. Returns the number of new
    /// messages.
    ///
    /// It takes several transactions, so that other programs can write to SQLite in between. After
    /// an error, some messages are stored, and another call with the same messages stores the rest.
    pub async fn enqueue(&self, messages: &[Message]) -> Result<u64> {
        let mut sorted: Vec<_> = messages.iter().zip(1..).collect();
        // In different orders, two calls with the same keys would deadlock in PostgreSQL.
        sorted.sort_by_key(|&(message, _)| &message.key);
        let mut added = 0;
        for chunk in sorted.chunks(200) {
            let mut transaction = self.pool.begin().await?;
            for (Message { key, recipient, body }, record) in chunk {
                let insert = "INSERT INTO messages (key, recipient, body, next_attempt) \
                              VALUES ($1, $2, $3, (SELECT now FROM clock)) \
                              ON CONFLICT (key) DO NOTHING";
                let insert = sqlx::query(insert).bind(key).bind(recipient).bind(body);
                if insert.execute(&mut *transaction).await?.rows_affected() > 0 {
                    added += 1;
                    continue;
                }
                let same = "SELECT count(*) FROM messages \
                            WHERE key = $1 AND recipient = $2 AND body = $3";
                let same = sqlx::query_scalar(same).bind(key).bind(recipient).bind(body);
                let same: i64 = same.fetch_one(&mut *transaction).await?;
                ensure!(
                    same == 1,
                    "record {record}: the key {key:?} belongs to another message; give this one \
                     its own key"
                );
            }
            transaction.commit().await?;
            // A program that waits for SQLite tries again only now and then.
            sleep(Duration::from_millis(5)).await;
        }
        Ok(added)
    }

    /// Leases up to `limit` due messages to `owner` for `time`.
    pub async fn lease(&self, owner: &str, time: Duration, limit: usize) -> Result<Vec<Leased>> {
        type Columns = (String, String, String, i64, i64, i64, i64);
        let lease =
            sqlx::query_as(AssertSqlSafe(self.lease_statement())).bind(owner).bind(millis(time));
        let rows: Vec<Columns> = lease.bind(i64::try_from(limit)?).fetch_all(&self.pool).await?;
        let leased = |(key, recipient, body, attempts, lost_leases, retry, age): Columns| Leased {
            message: Message { key, recipient, body },
            attempts,
            lost_leases,
            is_retry: retry == 1,
            uncertain_for: Duration::from_millis(u64::try_from(age).unwrap_or(0)),
        };
        Ok(rows.into_iter().map(leased).collect())
    }

    fn lease_statement(&self) -> String {
        include_str!("lease.sql").replace("{lock}", self.lock)
    }

    /// Stores the outcome of an attempt. After the end of the lease, stores only that the
    /// service accepted the message, because it may be leased and sent again. The number of the
    /// attempt tells a lease from a later one of the same worker.
    pub async fn finish(&self, owner: &str, leased: &Leased, outcome: &Outcome) -> Result<()> {
        let key = &leased.message.key;
        match outcome {
            Outcome::Accepted { message_id } => sqlx::query(
                "UPDATE messages SET message_id = $2, failure = NULL, owner = NULL, \
                 finished = (SELECT now FROM clock) WHERE key = $1 AND message_id IS NULL",
            )
            .bind(key)
            .bind(clean(message_id)),
            Outcome::Failed { reason } => sqlx::query(
                "UPDATE messages SET failure = $3, owner = NULL, \
                 finished = (SELECT now FROM clock) \
                 WHERE key = $1 AND owner = $2 AND attempts = $4 AND message_id IS NULL",
            )
            .bind(key)
            .bind(owner)
            .bind(clean(reason))
            .bind(leased.attempts),
            Outcome::Later { wait, is_counted, is_uncertain } => sqlx::query(
                "UPDATE messages SET next_attempt = (SELECT now FROM clock) + $3, owner = NULL, \
                 attempts = attempts - $4, \
                 uncertain_since = CASE WHEN $5 = 1 THEN uncertain_since END \
                 WHERE key = $1 AND owner = $2 AND attempts = $6 AND message_id IS NULL",
            )
            .bind(key)
            .bind(owner)
            .bind(millis(*wait))
            .bind(i64::from(!is_counted))
            .bind(i64::from(*is_uncertain || leased.is_retry))
            .bind(leased.attempts),
        }
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends the leases of a worker. Returns the number of released messages.
    pub async fn release(&self, owner: &str) -> Result<u64> {
        let released = sqlx::query(
            "UPDATE messages SET owner = NULL, next_attempt = 0 \
             WHERE owner = $1 AND message_id IS NULL AND failure IS NULL \
             AND uncertain_since IS NOT NULL",
        );
        Ok(released.bind(owner).execute(&self.pool).await?.rows_affected())
    }

    /// Stores a delivery once, and moves its message forward, in one transaction. Returns
    /// whether the delivery is new.
    pub async fn receive(
        &self,
        delivery: &str,
        message_id: &str,
        stage: Stage,
        reason: Option<&str>,
    ) -> Result<bool> {
        let [delivery, message_id] = [delivery, message_id].map(clean);
        let mut transaction = self.pool.begin().await?;
        let inserted = sqlx::query(
            "INSERT INTO deliveries (id, received) VALUES ($1, (SELECT now FROM clock)) \
             ON CONFLICT (id) DO NOTHING",
        );
        if inserted.bind(delivery).execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO progress (message_id, stage, reason, updated) \
             VALUES ($1, $2, $3, (SELECT now FROM clock)) ON CONFLICT (message_id) DO UPDATE \
             SET stage = excluded.stage, reason = excluded.reason, updated = excluded.updated \
             WHERE progress.stage < excluded.stage",
        )
        .bind(message_id)
        .bind(stage as i64)
        .bind(reason.map(clean))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes rows that are at least `age` old: messages that were accepted or failed, the
    /// progress of messages that are not stored, and deliveries. Returns the number of removed
    /// messages.
    pub async fn prune(&self, age: Duration) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        let mut removed = Vec::new();
        for statement in [
            "DELETE FROM messages WHERE finished <= (SELECT now FROM clock) - $1",
            "DELETE FROM progress WHERE updated <= (SELECT now FROM clock) - $1 AND NOT EXISTS \
             (SELECT 1 FROM messages WHERE messages.message_id = progress.message_id)",
            "DELETE FROM deliveries WHERE received <= (SELECT now FROM clock) - $1",
        ] {
            let statement = sqlx::query(statement).bind(millis(age));
            removed.push(statement.execute(&mut *transaction).await?.rows_affected());
        }
        transaction.commit().await?;
        Ok(removed[0])
    }

    /// Whether a message is neither accepted nor failed.
    pub async fn has_queued(&self) -> Result<bool> {
        let queued = sqlx::query_scalar::<_, String>(HAS_QUEUED).fetch_optional(&self.pool);
        Ok(queued.await?.is_some())
    }

    pub async fn counts(&self) -> Result<Counts> {
        let (queued, sent, failed, delivered, read, retried) = sqlx::query_as(
            "SELECT count(CASE WHEN stage = 0 THEN 1 END), count(CASE WHEN stage = 1 THEN 1 END), \
             count(CASE WHEN stage = 2 THEN 1 END), count(CASE WHEN stage = 3 THEN 1 END), \
             count(CASE WHEN stage = 4 THEN 1 END), count(CASE WHEN attempts > 1 THEN 1 END) \
             FROM states",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Counts { queued, sent, delivered, read, failed, retried })
    }

    /// Returns the keys of at most `limit` failed messages, with the reasons.
    pub async fn failures(&self, limit: i64) -> Result<Vec<(String, String)>> {
        let failures = "SELECT key, reason FROM states WHERE stage = 2 ORDER BY key LIMIT $1";
        Ok(sqlx::query_as(failures).bind(limit).fetch_all(&self.pool).await?)
    }
}

/// Whether the database may be restarting, or another program may be migrating it.
fn is_transient(error: &MigrateError) -> bool {
    use sqlx::Error::{Database, Io, PoolTimedOut, Protocol};
    match error {
        MigrateError::ExecuteMigration(..)
        | MigrateError::Execute(Io(_) | PoolTimedOut | Protocol(_)) => true,
        // PostgreSQL's class of codes for interventions by an operator, such as a shutdown.
        MigrateError::Execute(Database(error)) => {
            error.code().is_some_and(|code| code.starts_with("57"))
        }
        _ => false,
    }
}

/// Returns a text of the service without NUL characters, which PostgreSQL cannot store.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn millis(time: Duration) -> i64 {
    // Limits a wait to 30 years, so that no sum overflows.
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(1_000_000_000_000)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
