//! Sends a message to everyone in a CSV file with the columns `number` and `name`.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --features mock --example bulk_send -- \
//!     CAMPAIGN RECIPIENTS.csv JOURNAL
//! ```
//!
//! Nobody gets the message of a campaign twice. The journal lists who got it, and a run
//! leaves them out. Whoever got it in a run that ended before it was in the journal is
//! known to the service for 24 hours, by the idempotency key. Without a key in the
//! environment it talks to a server of its own.

#[path = "../account/mod.rs"]
mod account;
mod journal;
mod recipients;

use std::error::Error;
use std::process::ExitCode;

use futures_util::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use journal::Journal;
use pilot_status::types::MessageRequest;
use pilot_status::{Client, ErrorKind};
use recipients::Recipient;

const MOST_AT_ONCE: usize = 8;
const BAR: &str = "{wide_bar} {pos}/{len}, {per_sec:1}, {eta} left";

#[tokio::main]
async fn main() -> ExitCode {
    account::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [campaign, file, journal] = arguments.as_slice() else {
        return Err("usage: bulk_send CAMPAIGN RECIPIENTS.csv JOURNAL".into());
    };
    let mut journal = Journal::open(journal)?;
    let mut recipients = recipients::read(file)?;
    let all = recipients.len();
    recipients.retain(|recipient| !journal.has(&recipient.number));
    let left = recipients.len();
    println!("{} of {all} were sent before", all - left);

    let (client, _sandbox) = account::client().await?;
    let bar = ProgressBar::new(left as u64).with_style(ProgressStyle::with_template(BAR)?);
    let mut sends = stream::iter(recipients)
        .map(|recipient| send(&client, campaign, recipient))
        .buffer_unordered(MOST_AT_ONCE);
    let mut failed = Vec::new();
    while let Some((recipient, sent)) = sends.next().await {
        match sent {
            Ok(id) => journal.add(&recipient.number, &id)?,
            // All others would fail as well.
            Err(error) if error.kind() == ErrorKind::Unauthorized => return Err(error.into()),
            Err(error) => failed.push(format!("{recipient} was not sent: {error}\n")),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{} of {left} were sent now", left - failed.len());
    print!("{}", failed.concat());
    if failed.is_empty() { Ok(()) } else { Err(format!("{} failed", failed.len()).into()) }
}

/// Sends the message of a campaign, and gives its id.
async fn send(
    client: &Client,
    campaign: &str,
    recipient: Recipient,
) -> (Recipient, Result<String, pilot_status::Error>) {
    let text = format!("Olá, {}! Temos novidades.", recipient.name);
    let message = MessageRequest::builder().destination_number(&*recipient.number).text(text);
    let key = format!("{campaign}/{}", recipient.number);
    let sent = client.send_message().body(message).idempotency_key(key).send().await;
    (recipient, sent.map(|sent| sent.into_inner().id))
}
