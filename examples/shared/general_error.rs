//! Tells the errors of an account from those of a message.

use pilot_status::{Error, ErrorCode, ErrorKind as Kind};

/// Whether the error concerns the base URL, the credential or the account, and not the message.
pub fn concerns_all(error: &Error) -> bool {
    use ErrorCode::{
        EvolutionApiKeyMissing, NumberBlocked, NumberMismatch, NumberNotFound, NumberRequired,
        NumberSoftDeleted, ProviderNotConfigured, WhatsappInstanceNotConnected,
    };
    use Kind::{Configuration, Credentials, Forbidden, PaymentRequired, Redirect, Unauthorized};
    // These codes concern the sending number or its provider.
    let codes = [
        EvolutionApiKeyMissing,
        NumberBlocked,
        NumberMismatch,
        NumberNotFound,
        NumberRequired,
        NumberSoftDeleted,
        ProviderNotConfigured,
        WhatsappInstanceNotConnected,
    ];
    match (error.kind(), error.code()) {
        (Configuration | Credentials | PaymentRequired | Redirect | Unauthorized, _) => true,
        // Another server responded, or the path is wrong.
        (_, None) => error.status().is_some_and(|it| (403..=405).contains(&it.as_u16())),
        // It may concern the recipient.
        (_, Some(ErrorCode::Unknown(_))) => false,
        (kind, Some(code)) => kind == Forbidden || codes.contains(code),
    }
}
