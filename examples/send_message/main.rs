//! Sends a text, a template and a picture to a phone number.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example send_message -- NUMBER
//! ```
//!
//! Without an API key in the environment, it uses a sandbox. The account needs a template
//! `boas_vindas` with the variable `nome`.

#[path = "../shared/account.rs"]
mod account;
#[path = "../shared/phone_number.rs"]
mod phone_number;
#[path = "../shared/program.rs"]
mod program;

use std::error::Error;
use std::process::ExitCode;

use account::printable;
use pilot_status::types::{MediaType, MessageRequest, MessageStatus, SentMessage};

const HELP: &str = "usage: send_message NUMBER

Sends a text, a template and a picture to a phone number with its country code.";

const PICTURE: &str = "https://rust-lang.org/logos/rust-logo-512x512.png";

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [number] = arguments.as_slice() else { return Err(program::usage(HELP)) };
    let number = phone_number::parse(number)?;
    let (client, _sandbox) = account::client().await?;
    let message = || MessageRequest::builder().destination_number(number.as_str());

    // The service remembers the key for 24 hours. Within that time, it sends the message once,
    // however often this program runs.
    let sent = client
        .send_message()
        .body(message().text("Seu pedido 42 foi pago.").footer("Acme"))
        .idempotency_key(format!("order-42-paid/{number}"))
        .send()
        .await?;
    println!("text: {}", outcome(&sent));

    let template = message().template_id("boas_vindas").variables([("nome", "Ana")]);
    let sent = client.send_message().body(template).send().await?;
    println!("template: {}", outcome(&sent));

    let picture = message().media(PICTURE).media_type(MediaType::Image).caption("O logo do Rust");
    let sent = client.send_message().body(picture).send().await?;
    println!("picture: {}", outcome(&sent));
    Ok(())
}

fn outcome(sent: &SentMessage) -> String {
    let status = sent.status.as_ref().map_or("accepted", MessageStatus::as_str);
    format!("{} is {}", printable(&sent.id), printable(status))
}
