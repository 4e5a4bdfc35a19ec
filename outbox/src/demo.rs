//! Runs all parts in one process, with a sandbox as the service.

use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use pilot_status::mock::{Sandbox, delivery, sign_delivery};
use pilot_status::webhooks::{SIGNATURE_HEADER, Verifier};
use pilot_status::{Client, Credentials, reqwest};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::sleep;

use crate::receiver::{self, Trust};
use crate::service::Service;
use crate::store::{Message, Store};
use crate::worker::{self, Settings};

/// The secret of the webhook.
pub const SECRET: &str = "the secret of the demo";

/// Sends `count` messages, and returns a summary. The database is temporary, since the sandbox
/// must not receive the messages of another one.
pub async fn run(count: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("outbox.db").display());
    let store = Store::open(&url).await?;
    let (accepted, ids) = unbounded_channel();
    let service = Service::start(fastrand::u64(..), 10, accepted).await?;
    let client = Client::builder(Credentials::api_key(Sandbox::API_KEY)).base_url(&service.url);
    let client = client.build()?;
    store.enqueue(&messages("demo", count)).await?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let webhook = format!("http://{}/webhook", listener.local_addr()?);
    let trust = Trust { verifier: Some(Verifier::new(SECRET)), token: None };
    tokio::spawn(receiver::serve(listener, store.clone(), trust, std::future::pending()));
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}, {elapsed}")?;
    let bar = ProgressBar::new(count as u64).with_style(style);
    let deliveries = tokio::spawn(deliver(webhook, ids, bar.clone()));

    let settings = Settings { concurrency: 16, lease: 20, max_backoff: 20, drain: true };
    worker::run(&store, &client, settings, crate::server::stop_requested()?).await?;
    // Stopping the service closes the channel of ids, so the deliveries end.
    let (faults, _) = service.stop();
    deliveries.await??;
    bar.finish_and_clear();
    let table = crate::table(&store.counts().await?);
    Ok(format!("{table}\nthe service broke {faults} requests or responses"))
}

/// Messages to fictitious numbers.
pub fn messages(campaign: &str, count: usize) -> Vec<Message> {
    let message = |index| Message {
        key: format!("{campaign}/{index}"),
        recipient: format!("+1212555{index:06}"),
        body: format!("Olá! Seu pedido {index} saiu para entrega."),
    };
    (0..count).map(message).collect()
}

/// Delivers the statuses of each message, in random order and some of them twice. Like the
/// service, repeats deliveries that the receiver does not accept. The bar counts the messages.
pub async fn deliver(
    webhook: String,
    mut ids: UnboundedReceiver<String>,
    bar: ProgressBar,
) -> Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    while let Some(id) = ids.recv().await {
        let mut names = ["sent", "delivered", "delivered", "read"];
        fastrand::shuffle(&mut names);
        for name in &names[..fastrand::usize(3..=4)] {
            let body = delivery::event(&format!("message.{name}"), &json!({ "id": id }));
            let signature = sign_delivery(SECRET, &body);
            let request = || http.post(&webhook).header(SIGNATURE_HEADER, &signature);
            let send = async || request().body(body.clone()).send().await?.error_for_status();
            while send().await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        }
        bar.inc(1);
    }
    Ok(())
}
