//! The message of a campaign.

use pilot_status::types::MessageRequest;
use pilot_status::{Client, Error, ErrorKind};

use crate::recipients::Recipient;

const TEXT: &str = "Olá, {name}! Temos novidades.";

/// Returns a line that identifies a campaign and its text.
pub fn identity(campaign: &str) -> String {
    format!("{campaign:?} {TEXT:?}")
}

/// Sends the message of a campaign, and returns its id.
pub async fn send(
    client: &Client,
    campaign: &str,
    recipient: Recipient,
) -> (Recipient, Result<String, Error>) {
    let text = TEXT.replace("{name}", &recipient.name);
    let message = MessageRequest::builder().destination_number(&recipient.number).text(text);
    let key = format!("{campaign}/{}", recipient.key);
    let sent = client.send_message().body(message).idempotency_key(key).send().await;
    (recipient, sent.map(|sent| sent.into_inner().id))
}

/// Whether all other messages would fail too.
pub fn concerns_all(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::RateLimited)
}
