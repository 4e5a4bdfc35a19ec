//! Lists the WhatsApp numbers of an account.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example list_numbers [-- --json]
//! ```
//!
//! Without a key in the environment it talks to a server of its own.

#[path = "../account/mod.rs"]
mod account;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use account::printable;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use pilot_status::mock::{OperationId, Reply};
use pilot_status::types::Number;

#[tokio::main]
async fn main() -> ExitCode {
    account::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let json = match std::env::args_os().nth(1) {
        None => false,
        Some(argument) if argument == "--json" => true,
        Some(_) => return Err("unknown argument; the only one is --json".into()),
    };
    let (client, sandbox) = account::client().await?;
    if let Some(sandbox) = &sandbox {
        // So short a wait that nobody has to watch it.
        sandbox.enqueue(OperationId::ListNumbers, Reply::too_many_requests(Some(Duration::ZERO)));
    }
    let numbers = client.list_numbers().send().await?.into_inner();
    let output =
        if json { serde_json::to_string_pretty(&numbers)? } else { table(&numbers).to_string() };
    match writeln!(std::io::stdout(), "{output}") {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn table(numbers: &[Number]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["ID", "NUMBER", "NAME", "PROVIDER", "STATE", "CONNECTED"]);
    for number in numbers {
        let link_state = number.primary_link.as_ref().and_then(|link| link.state.as_ref());
        let state = number.state.as_ref().or(link_state);
        table.add_row([
            printable(&number.id),
            printable(&number.number),
            printable(&number.name),
            printable(number.provider.as_ref().map_or("-", |provider| provider.as_str())),
            printable(state.map_or("-", |state| state.as_str())),
            (if number.is_fully_connected { "yes" } else { "no" }).to_owned(),
        ]);
    }
    table
}
