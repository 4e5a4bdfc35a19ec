//! The message of a campaign.

use pilot_status::types::MessageRequest;
use pilot_status::{Client, Error, ErrorKind};

use crate::general_error::concerns_all;
use crate::recipients::Recipient;

const TEXT: &str = "Olá, {name}! Temos novidades.";

/// Checks the name of a campaign, which begins its idempotency keys. The service accepts keys of
/// up to 255 visible ASCII characters.
pub fn check(name: &str) -> Result<(), String> {
    let is_ascii = name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if is_ascii && name == name.trim() && (1..=200).contains(&name.len()) {
        return Ok(());
    }
    Err(format!(
        "the campaign {name:?} must have 1 to 200 unaccented letters, digits, punctuation marks \
         or inner spaces, because its idempotency keys begin with it"
    ))
}

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
pub fn is_over(error: &Error) -> bool {
    concerns_all(error) || matches!(error.kind(), ErrorKind::RateLimited)
}
