//! Lists the WhatsApp numbers of an account.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example list_numbers [-- --json]
//! ```
//!
//! Without an API key in the environment, it uses a sandbox.

#[path = "../shared/account.rs"]
mod account;
#[path = "../shared/program.rs"]
mod program;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use account::printable;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use pilot_status::mock::{OperationId, Reply};
use pilot_status::types::Number;

const HELP: &str = "usage: list_numbers [--json]

Lists the WhatsApp numbers of an account.";

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let json = match arguments.as_slice() {
        [] => false,
        [argument] if argument == "--json" => true,
        _ => return Err(program::usage(HELP)),
    };
    let (client, sandbox) = account::client().await?;
    if let Some(sandbox) = &sandbox {
        // The client retries without a delay.
        sandbox.enqueue(OperationId::ListNumbers, Reply::too_many_requests(Some(Duration::ZERO)));
    }
    let numbers = client.list_numbers().send().await?.into_inner();
    let output =
        if json { serde_json::to_string_pretty(&numbers)? } else { table(&numbers).to_string() };
    match writeln!(std::io::stdout(), "{output}") {
        // The reader closed the pipe.
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
