//! Adds a number, unless it exists, draws the QR code that connects it, and waits until it is
//! connected.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example pair_number -- \
//!     NUMBER NAME [SECONDS]
//! ```
//!
//! It waits for 120 seconds by default. Without an API key in the environment, it uses a sandbox.

#[path = "../shared/account.rs"]
mod account;
mod demo;
#[path = "../shared/phone_number.rs"]
mod phone_number;
#[path = "../shared/program.rs"]
mod program;
mod qr;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use account::printable;
use pilot_status::types::{ConnectionState, NumberRequest};
use pilot_status::{Client, ErrorKind, phone};

const HELP: &str = "usage: pair_number NUMBER NAME [SECONDS]

Adds a number with its country code, unless it exists, draws the QR code that connects it, and
waits until it is connected, for 120 seconds by default.";

const POLL_INTERVAL: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (number, name, seconds) = match arguments.as_slice() {
        [number, name] => (number, name, 120),
        [number, name, seconds] => (number, name, seconds_of(seconds)?),
        _ => return Err(program::usage(HELP)),
    };
    let number = &phone_number::parse(number)?;
    let (client, sandbox) = account::client().await?;
    if let Some(sandbox) = &sandbox {
        demo::prepare(sandbox, number).await?;
    }
    let request = NumberRequest::builder().number(number.as_str()).name(name);
    let (picture, code) = match client.create_number().body(request).send().await {
        Ok(created) => {
            let created = created.into_inner();
            (created.qrcode_base64, created.pairing_code)
        }
        // The number exists, for example because an earlier code expired.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            let Ok(id) = id_of(&client, number).await else { return Err(error.into()) };
            let connection = client.connect_number().id(id).send().await?.into_inner();
            (connection.qrcode_base64, connection.pairing_code)
        }
        Err(error) => return Err(error.into()),
    };
    let picture = picture.and_then(|picture| qr::draw(&picture.decode()?));
    println!("{}", picture.unwrap_or("the response has no picture of a QR code".to_owned()));
    if let Some(code) = code {
        println!("the code to type into the phone instead: {}", printable(code.expose_secret()));
    }
    let id = id_of(&client, number).await?;
    tokio::time::timeout(Duration::from_secs(seconds), connected(&client, &id))
        .await
        .map_err(|_| format!("{} was not connected within {seconds} s", printable(&id)))??;
    println!("{} is connected", printable(&id));
    Ok(())
}

fn seconds_of(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{text:?} is not a number of seconds: {error}"))
}

/// The id of a number. Other calls do not accept the `instance.id` of a new number.
async fn id_of(client: &Client, number: &str) -> Result<String, Box<dyn Error>> {
    // Without +, some numbers of other countries would be read as Brazilian.
    let with_plus = |text: &str| format!("+{}", text.replace(|it: char| !it.is_ascii_digit(), ""));
    let number = with_plus(number);
    let numbers = client.list_numbers().send().await?.into_inner();
    let same = numbers.into_iter().filter(|one| phone::same(&with_plus(&one.number), &number));
    // The account may have a number with and without the ninth digit.
    let same = same.min_by_key(|one| with_plus(&one.number) != number);
    Ok(same.ok_or("the list of numbers lacks the new number")?.id)
}

/// Waits until a number is connected.
async fn connected(client: &Client, id: &str) -> Result<(), pilot_status::Error> {
    loop {
        match client.get_number_status().id(id).send().await?.state {
            ConnectionState::Open | ConnectionState::Connected => return Ok(()),
            _ => tokio::time::sleep(POLL_INTERVAL).await,
        }
    }
}
