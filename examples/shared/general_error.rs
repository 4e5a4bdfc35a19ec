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
        (_, None) => is_of_another_server(error),
        // It may concern the recipient.
        (_, Some(ErrorCode::Unknown(_))) => false,
        (kind, Some(code)) => kind == Forbidden || codes.contains(code),
    }
}

/// Whether another server may have responded, such as a firewall, or the path is wrong.
pub fn is_of_another_server(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    error.code().is_none() && matches!(status, Some(403..=405))
}
