//! Sends a message to everyone in a CSV file with the columns `number` and `name`.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example bulk_send -- \
//!     CAMPAIGN RECIPIENTS.csv JOURNAL
//! ```
//!
//! The journal lists who got the message of a campaign, and a run leaves them out. Whoever
//! got it without being in the journal, since a run ended or an answer was lost, is known
//! to the service for 24 hours, by the idempotency key: within that time, another run sends
//! it to nobody twice. Without a key in the environment it talks to a server of its own.

#[path = "../account/mod.rs"]
mod account;
mod campaign;
mod journal;
mod recipients;

use std::cell::Cell;
use std::error::Error;
use std::process::ExitCode;

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use journal::Journal;

const MOST_AT_ONCE: usize = 8;
const BAR: &str = "{wide_bar} {pos}/{len}, {per_sec:1}, {eta} left";

#[tokio::main]
async fn main() -> ExitCode {
    account::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, file, journal] = arguments.as_slice() else {
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
    let is_over = Cell::new(false);
    let mut sends = stream::iter(recipients)
        .take_while(|_| future::ready(!is_over.get()))
        .map(|recipient| campaign::send(&client, name, recipient))
        .buffer_unordered(MOST_AT_ONCE);
    let (mut sent, mut failed) = (0, Vec::new());
    while let Some((recipient, outcome)) = sends.next().await {
        match outcome {
            Ok(id) => {
                journal.add(&recipient.number, &id)?;
                sent += 1;
            }
            Err(error) => {
                is_over.set(is_over.get() || campaign::ends_all(&error));
                failed.push(format!("{recipient} failed: {error}\n"));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{sent} of {left} were sent now");
    print!("{}", failed.concat());
    match failed.len() {
        0 => Ok(()),
        count => Err(format!("{count} failed; run it again within 24 hours").into()),
    }
}
