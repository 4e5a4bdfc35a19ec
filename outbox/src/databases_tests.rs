//! Runs tests on both databases, and on one that vanishes.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

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

/// A proxy whose open connections stop forwarding, although they stay open.
pub struct Vanishing {
    pub address: SocketAddr,
    vanished: Arc<Notify>,
}

impl Vanishing {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let vanished = Arc::new(Notify::new());
        let vanishing = Arc::clone(&vanished);
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let vanished = Arc::clone(&vanishing).notified_owned();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        copied = copy_bidirectional(&mut client, &mut server) => drop(copied),
                        () = vanished => pending().await,
                    }
                });
            }
        });
        Self { address, vanished }
    }

    pub fn vanish(&self) {
        self.vanished.notify_waiters();
    }
}
