//! Runs tests on both databases.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::postgres::{MISSING, Postgres};
use crate::store::Store;

/// Runs a test on a new SQLite database and, if PostgreSQL is installed, on a new PostgreSQL
/// database.
pub async fn on_each_database(test: impl AsyncFn(Store)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    println!("on SQLite");
    test(Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap()).await;

    let Some(server) = server() else { return println!("NOT RUN on PostgreSQL: {MISSING}") };
    println!("on PostgreSQL");
    test(Store::open(&new_database(&server).await).await.unwrap()).await;
}

/// Returns the PostgreSQL server that concurrent tests share. The last test stops it.
pub fn server() -> Option<Arc<Postgres>> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    let server = match shared.upgrade() {
        None => Arc::new(Postgres::start().unwrap()?),
        Some(server) => server,
    };
    *shared = Arc::downgrade(&server);
    Some(server)
}

/// Creates a database on a server, and returns its URL.
pub async fn new_database(server: &Postgres) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&server.url("postgres")).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    server.url(&name)
}
