//! Sends a text, a template and a picture to a phone number.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example send_message -- NUMBER
//! ```
//!
//! Without a key in the environment it talks to a server of its own. The account needs
//! a template `boas_vindas` with the variable `nome`.

#[path = "../account/mod.rs"]
mod account;

use std::error::Error;
use std::process::ExitCode;

use account::printable;
use pilot_status::types::{MediaType, MessageRequest, MessageStatus, SentMessage};

const PICTURE: &str = "https://rust-lang.org/logos/rust-logo-512x512.png";

#[tokio::main]
async fn main() -> ExitCode {
    account::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let number = std::env::args().nth(1).ok_or("usage: send_message NUMBER")?;
    let (client, _sandbox) = account::client().await?;
    let message = || MessageRequest::builder().destination_number(number.as_str());

    // With a key of your own it is sent once, however often your program sends it: the
    // service remembers the key for 24 hours.
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
