//! The tables, on SQLite or PostgreSQL. All times are those of the database.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row, SqlStr};

/// Leases the messages that are due. The statement is atomic: on SQLite because one connection
/// writes at a time, on PostgreSQL because rows that another worker is leasing are skipped.
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "UPDATE messages SET owner = $1, attempts = attempts + 1, \
             next_attempt = (SELECT now FROM clock) + $2, \
             uncertain_since = COALESCE(uncertain_since, (SELECT now FROM clock)) \
             WHERE key IN (SELECT key FROM messages \
             WHERE message_id IS NULL AND failure IS NULL \
             AND next_attempt <= (SELECT now FROM clock) ORDER BY next_attempt, key LIMIT $3",
            $lock,
            ") RETURNING key, recipient, body, attempts, next_attempt - $2 AS leased, \
             uncertain_since"
        )
    };
}

/// How far the service got with a message. Later stages win, in whatever order they arrive.
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

/// A message that this worker alone may send until the lease ends.
#[derive(Debug)]
pub struct Leased {
    pub message: Message,
    pub attempts: i64,
    /// How long ago the first attempt began that the service may have processed. Zero if there
    /// is none before this one.
    pub uncertain_for: Duration,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Outcome {
    Accepted { message_id: String },
    Later { wait: Duration, is_uncertain: bool },
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
    lease: &'static str,
}

impl Store {
    /// Opens a database and applies the migrations it lacks. `url` begins with `sqlite:` or
    /// `postgres:`.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (clock, lease) = match url.split(':').next() {
            Some("sqlite") => (include_str!("../migrations/0001_clock_sqlite.sql"), lease!("")),
            Some("postgres" | "postgresql") => (
                include_str!("../migrations/0001_clock_postgres.sql"),
                lease!(" FOR UPDATE SKIP LOCKED"),
            ),
            // The URL may hold a password.
            _ => bail!("DATABASE_URL has to begin with sqlite: or postgres:"),
        };
        let options = AnyConnectOptions::from_str(url).map_err(|_| {
            anyhow::anyhow!("DATABASE_URL is not valid, such as postgres://user@host/database")
        })?;
        let pool = AnyPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .context("cannot open the database of DATABASE_URL")?;
        if url.starts_with("sqlite:") {
            // Readers do not block the writer. The setting stays in the file.
            sqlx::query("PRAGMA journal_mode = WAL").execute(&pool).await?;
        }
        let migration = |version, name: &'static str, sql| {
            let sql = SqlStr::from_static(sql);
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        };
        Migrator::with_migrations(vec![
            migration(1, "clock", clock),
            migration(2, "outbox", include_str!("../migrations/0002_outbox.sql")),
        ])
        .run(&pool)
        .await
        .context("cannot migrate the database of DATABASE_URL")?;
        Ok(Self { pool, lease })
    }

    /// Stores messages, all or none. Those whose key is stored already are left out. Returns
    /// the number of new ones. `place` names a message in errors.
    pub async fn enqueue(
        &self,
        messages: &[Message],
        place: impl Fn(usize) -> String,
    ) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        let mut added = 0;
        for (index, Message { key, recipient, body }) in messages.iter().enumerate() {
            let inserted = sqlx::query(
                "INSERT INTO messages (key, recipient, body) VALUES ($1, $2, $3) \
                 ON CONFLICT (key) DO NOTHING",
            )
            .bind(key)
            .bind(recipient)
            .bind(body)
            .execute(&mut *transaction)
            .await?;
            added += inserted.rows_affected();
            if inserted.rows_affected() > 0 {
                continue;
            }
            let stored = sqlx::query("SELECT recipient, body FROM messages WHERE key = $1")
                .bind(key)
                .fetch_one(&mut *transaction)
                .await?;
            let stored: (String, String) = (stored.try_get(0)?, stored.try_get(1)?);
            if (&stored.0, &stored.1) != (recipient, body) {
                bail!(
                    "{}: the key {key:?} belongs to another message; give this one its own key",
                    place(index)
                );
            }
        }
        transaction.commit().await?;
        Ok(added)
    }

    /// Leases up to `limit` messages that are due to `owner`, for a time.
    pub async fn lease(&self, owner: &str, time: Duration, limit: usize) -> Result<Vec<Leased>> {
        let rows = sqlx::query(self.lease)
            .bind(owner)
            .bind(millis(time))
            .bind(i64::try_from(limit)?)
            .fetch_all(&self.pool)
            .await?;
        let leased = rows.iter().map(|row| {
            let since: i64 = row.try_get("uncertain_since")?;
            let leased: i64 = row.try_get("leased")?;
            Ok(Leased {
                message: Message {
                    key: row.try_get("key")?,
                    recipient: row.try_get("recipient")?,
                    body: row.try_get("body")?,
                },
                attempts: row.try_get("attempts")?,
                uncertain_for: Duration::from_millis(u64::try_from(leased - since).unwrap_or(0)),
            })
        });
        leased.collect()
    }

    /// Stores the outcome of an attempt. That the service accepted the message is stored even
    /// if the lease has ended; other outcomes are not, because another worker may be sending.
    pub async fn finish(&self, owner: &str, leased: &Leased, outcome: &Outcome) -> Result<()> {
        let key = &leased.message.key;
        match outcome {
            Outcome::Accepted { message_id } => sqlx::query(
                "UPDATE messages SET message_id = $2, failure = NULL, owner = NULL \
                 WHERE key = $1 AND message_id IS NULL",
            )
            .bind(key)
            .bind(message_id),
            Outcome::Failed { reason } => sqlx::query(
                "UPDATE messages SET failure = $3, owner = NULL \
                 WHERE key = $1 AND owner = $2 AND message_id IS NULL",
            )
            .bind(key)
            .bind(owner)
            .bind(reason),
            Outcome::Later { wait, is_uncertain } => {
                let is_uncertain = *is_uncertain || !leased.uncertain_for.is_zero();
                sqlx::query(
                    "UPDATE messages SET next_attempt = (SELECT now FROM clock) + $3, \
                     owner = NULL, \
                     uncertain_since = CASE WHEN $4 = 1 THEN uncertain_since END \
                     WHERE key = $1 AND owner = $2 AND message_id IS NULL",
                )
                .bind(key)
                .bind(owner)
                .bind(millis(*wait))
                .bind(i64::from(is_uncertain))
            }
        }
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends the leases of a worker. Returns the number of messages that another may take now.
    pub async fn release(&self, owner: &str) -> Result<u64> {
        let released = sqlx::query(
            "UPDATE messages SET owner = NULL, next_attempt = 0 \
             WHERE owner = $1 AND message_id IS NULL AND failure IS NULL",
        )
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(released.rows_affected())
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
        let mut transaction = self.pool.begin().await?;
        let inserted = sqlx::query(
            "INSERT INTO deliveries (id, received) SELECT $1, now FROM clock WHERE true \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(delivery)
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO progress (message_id, stage, reason) VALUES ($1, $2, $3) \
             ON CONFLICT (message_id) DO UPDATE \
             SET stage = excluded.stage, reason = excluded.reason \
             WHERE progress.stage < excluded.stage",
        )
        .bind(message_id)
        .bind(stage as i64)
        .bind(reason)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub async fn counts(&self) -> Result<Counts> {
        let row = sqlx::query(
            "SELECT count(CASE WHEN stage = 0 THEN 1 END) AS queued, \
             count(CASE WHEN stage = 1 THEN 1 END) AS sent, \
             count(CASE WHEN stage = 2 THEN 1 END) AS failed, \
             count(CASE WHEN stage = 3 THEN 1 END) AS delivered, \
             count(CASE WHEN stage = 4 THEN 1 END) AS read, \
             count(CASE WHEN attempts > 1 THEN 1 END) AS retried FROM \
             (SELECT attempts, CASE WHEN failure IS NOT NULL THEN 2 \
             WHEN messages.message_id IS NULL THEN 0 ELSE COALESCE(stage, 1) END AS stage \
             FROM messages LEFT JOIN progress ON progress.message_id = messages.message_id) \
             AS stages",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Counts {
            queued: row.try_get("queued")?,
            sent: row.try_get("sent")?,
            failed: row.try_get("failed")?,
            delivered: row.try_get("delivered")?,
            read: row.try_get("read")?,
            retried: row.try_get("retried")?,
        })
    }

    /// The keys of failed messages with the reasons, at most `limit`.
    pub async fn failures(&self, limit: i64) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query(
            "SELECT key, COALESCE(failure, reason, '') AS reason FROM messages \
             LEFT JOIN progress ON progress.message_id = messages.message_id \
             WHERE failure IS NOT NULL OR stage = 2 ORDER BY key LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("key")?, row.try_get("reason")?))).collect()
    }

    /// The ids that the service gave to messages.
    pub async fn message_ids(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT message_id FROM messages WHERE message_id IS NOT NULL")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

fn millis(time: Duration) -> i64 {
    // The largest wait is 30 years, so that no sum overflows.
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(1_000_000_000_000)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
