//! Sends a message to everyone in a CSV file with the columns `number` and `name`, separated by
//! commas or semicolons.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example bulk_send -- \
//!     CAMPAIGN RECIPIENTS.csv JOURNAL
//! ```
//!
//! The journal lists the recipients that got the message of a campaign, and a run skips them.
//! If a run stops or a response is lost, a recipient may have got the message without an entry
//! in the journal. The service recognises that message by its idempotency key for 24 hours:
//! another run within that time sends nothing twice. Without an API key in the environment, it
//! uses a sandbox, and the journal `JOURNAL.sandbox`.

#[path = "../shared/account.rs"]
mod account;
mod campaign;
#[path = "../shared/csv_text.rs"]
mod csv_text;
#[path = "../shared/general_error.rs"]
mod general_error;
mod journal;
#[path = "../shared/phone_number.rs"]
mod phone_number;
#[path = "../shared/program.rs"]
mod program;
mod recipients;

use std::cell::OnceCell;
use std::error::Error;
use std::process::ExitCode;

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use journal::Journal;

const HELP: &str = "usage: bulk_send CAMPAIGN RECIPIENTS.csv JOURNAL

Sends a message to everyone in a CSV file with the columns number and name. Skips the numbers in
the journal, which lists those that got the message.";

const MAX_CONCURRENT: usize = 8;
const BAR: &str = "{wide_bar} {pos}/{len}, {per_sec:1}, {eta} left";

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [name, file, journal] = arguments.as_slice() else { return Err(program::usage(HELP)) };
    campaign::check(name)?;
    let mut recipients = recipients::read(file)?;
    let (client, sandbox) = account::client().await?;
    // A run without an account sends nothing, so the campaign needs another journal.
    let journal = if sandbox.is_some() { &format!("{journal}.sandbox") } else { journal };
    let mut journal = Journal::open(journal, &campaign::identity(name), &recipients)?;
    let all = recipients.len();
    recipients.retain(|recipient| !journal.has(recipient));
    let left = recipients.len();
    println!("{} of {all} were sent before", all - left);

    let bar = ProgressBar::new(left as u64).with_style(ProgressStyle::with_template(BAR)?);
    let stopped = OnceCell::new();
    let mut sends = stream::iter(recipients)
        .take_while(|_| future::ready(stopped.get().is_none()))
        .map(|recipient| campaign::send(&client, name, recipient))
        .buffer_unordered(MAX_CONCURRENT);
    let (mut sent, mut failed) = (0, Vec::new());
    while let Some((recipient, outcome)) = sends.next().await {
        match outcome {
            Ok(id) => {
                journal.add(&recipient, &id)?;
                sent += 1;
            }
            Err(error) => {
                failed.push(format!("{recipient} failed: {error}\n"));
                if campaign::is_over(&error) {
                    stopped.get_or_init(|| error);
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{sent} of {left} were sent now");
    print!("{}", failed.concat());
    let again = "run it again within 24 hours";
    match (stopped.get(), failed.len()) {
        (None, 0) => Ok(()),
        (None, count) => Err(format!("{count} failed; {again}").into()),
        (Some(error), _) => {
            Err(format!("stopped, since all messages would fail: {error}; solve this, and {again}")
                .into())
        }
    }
}
