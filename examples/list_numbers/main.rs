//! Lists the WhatsApp numbers of an account.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --features mock --example list_numbers [-- --json]
//! ```
//!
//! Without a key in the environment it talks to a server of its own.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use pilot_status::Client;
use pilot_status::mock::{Misbehaviour, Sandbox};
use pilot_status::types::Number;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let json = match std::env::args_os().nth(1) {
        None => false,
        Some(argument) if argument == "--json" => true,
        Some(_) => return Err("unknown argument; the only one is --json".into()),
    };
    let (client, _sandbox) = client().await?;
    let numbers = client.list_numbers().send().await?.into_inner();
    let output =
        if json { serde_json::to_string_pretty(&numbers)? } else { table(&numbers).to_string() };
    match writeln!(std::io::stdout(), "{output}") {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The client of the account, or of a server that ends with the program.
async fn client() -> Result<(Client, Option<Sandbox>), Box<dyn std::error::Error>> {
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set("PILOT_STATUS_API_KEY") || is_set("PILOT_STATUS_API_KEY_ID") {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    eprintln!(
        "no PILOT_STATUS_API_KEY is set: asking a server of this program at {}, which knows one number",
        sandbox.url()
    );
    // So short a wait that nobody has to watch it.
    sandbox.next("list_numbers", Misbehaviour::TooManyRequests(Some(Duration::ZERO)));
    Ok((sandbox.client(), Some(sandbox)))
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

/// What a server sends must not steer the terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
