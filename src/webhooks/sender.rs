//! The senders of messages.

/// The sender of a message: `from`, or `userId` if `from` is missing or not a phone number.
pub(crate) fn sender<'a>(from: Option<&'a str>, user_id: Option<&'a str>) -> Option<&'a str> {
    let [from, user_id] = [from, user_id].map(|text| text.filter(|text| !text.trim().is_empty()));
    match from {
        Some(phone) if !phone.ends_with("@lid") => Some(phone),
        _ => user_id.or(from),
    }
}
