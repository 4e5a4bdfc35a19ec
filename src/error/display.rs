//! The texts of errors.

use std::fmt;

use http::{Method, StatusCode};

use super::{CallInfo, Error};
use crate::time::MAX_TIMEOUT;

impl Error {
    /// Whether and how to repeat the call, as far as that is certain.
    fn instruction(&self) -> Option<String> {
        let CallInfo { operation, idempotency_key, .. } = self.facts.call.as_deref()?;
        if !self.may_have_taken_effect() {
            let may_pass = self.is_uncertain() && self.is_retryable();
            return may_pass.then(|| "try again later".to_owned());
        }
        let repeat = match idempotency_key {
            Some(_) => "repeat it only under the same key",
            None if operation.safe_to_repeat => "it is safe to repeat",
            None if self.facts.reported_success => "do not repeat it",
            None => "check before you repeat it",
        };
        let is_gone = matches!(self.facts.status, Some(StatusCode::NOT_FOUND | StatusCode::GONE));
        Some(if self.facts.reported_success {
            format!("the server reported success, so {repeat}")
        } else if self.is_uncertain() {
            format!("it may have taken effect; {repeat}")
        } else if is_gone && operation.method == Method::DELETE {
            "an earlier attempt may have deleted it".to_owned()
        } else {
            format!("an earlier attempt may have taken effect; {repeat}")
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.facts;
        if let Some(CallInfo { operation, path_prefix, .. }) = facts.call.as_deref() {
            let request = format_args!("{} {path_prefix}{}", operation.method, operation.path);
            match operation.id {
                Some(id) => write!(f, "{id} ({request}): ")?,
                None => write!(f, "{request}: ")?,
            }
        }
        if let Some(status) = facts.status {
            write!(f, "{status}: ")?;
        }
        f.write_str(self.kind.text())?;
        if !facts.detail.is_empty() {
            write!(f, ": {}", facts.detail)?;
        }
        if let Some(shown) = facts.server_message.as_ref().and_then(|it| it.shown.as_ref()) {
            write!(f, ": {shown}")?;
        }
        if let Some(instruction) = self.instruction() {
            write!(f, "; {instruction}")?;
        }
        match facts.retry_after.filter(|wait| !wait.is_zero() && self.is_retryable()) {
            Some(wait) if wait > MAX_TIMEOUT => f.write_str(" (wait more than a year)")?,
            Some(wait) => write!(f, " (wait {} s)", wait.as_secs_f64().ceil())?,
            None => {}
        }
        if self.attempts() > 1 {
            write!(f, " ({} attempts)", self.attempts())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("text", &self.to_string())
            .field("kind", &self.kind)
            .field("source", &self.facts.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::error::{Call, ErrorKind};
    use crate::operation::Operation;
    use crate::types::{ApiError, ErrorCode};

    fn call(method: &str, safe_to_repeat: bool, attempts: u32) -> Call {
        let method = method.parse().unwrap();
        let operation = Operation { method, safe_to_repeat, ..Operation::odd() };
        Call { attempts, ..Call::bare(Cow::Owned(operation), "") }
    }

    #[test]
    fn an_error_warns_if_the_call_may_have_taken_effect() {
        let of = |status| Error::of_status(StatusCode::from_u16(status).unwrap());
        let in_use = of(409).with_server_message(ApiError {
            error: None,
            code: Some(ErrorCode::IdempotencyKeyInUse),
            extra: serde_json::Map::new(),
        });
        let possible = Some("; it may have taken effect; check before you repeat it");
        let earlier =
            Some("; an earlier attempt may have taken effect; check before you repeat it");
        let table = [
            (Error::new(ErrorKind::Timeout), possible),
            (Error::new(ErrorKind::Interrupted), possible),
            (of(408), possible),
            (of(500), possible),
            (of(502), possible),
            (of(201), possible),
            (of(303), possible),
            (in_use, possible),
            (Error::new(ErrorKind::Connect), None),
            (of(429), None),
            (of(302), None),
            (of(409), None),
            (Error::new(ErrorKind::Connect), earlier),
            (of(404), earlier),
            (of(429), earlier),
        ];
        for (error, warning) in table {
            let with_call = |method, safe_to_repeat| {
                let earlier_uncertain = warning == earlier;
                let call = Call { earlier_uncertain, ..call(method, safe_to_repeat, 2) };
                error.clone().with_call(call)
            };
            let writing = with_call("POST", false);
            assert_eq!(writing.may_have_taken_effect(), warning.is_some(), "{writing}");
            let text = writing.to_string();
            match warning {
                Some(warning) => assert!(text.contains(warning), "{text}"),
                None => assert!(!text.contains("effect"), "{text}"),
            }
            let reading = with_call("GET", true);
            assert!(!reading.may_have_taken_effect(), "{reading}");
            assert!(!reading.to_string().contains("repeat"), "{reading}");
            let again = with_call("PUT", true).to_string();
            assert_eq!(again.contains("it is safe to repeat"), warning.is_some(), "{again}");
        }
    }

    #[test]
    fn an_error_before_the_first_attempt_has_no_effect() {
        for kind in [ErrorKind::Timeout, ErrorKind::RateLimited, ErrorKind::InvalidRequest] {
            let error = Error::new(kind).with_call(call("POST", false, 0));
            assert!(!error.may_have_taken_effect(), "{error}");
        }
    }

    #[test]
    fn the_error_for_a_reported_success_advises_against_a_repeat() {
        let error = Error::of_status(StatusCode::OK).with_reported_success();
        let writing = error.clone().with_call(call("POST", false, 1));
        assert!(writing.may_have_taken_effect());
        assert!(
            writing.to_string().ends_with("the server reported success, so do not repeat it"),
            "{writing}"
        );
        let reading = error.with_call(call("GET", true, 1));
        assert!(!reading.to_string().contains("repeat"), "{reading}");
    }

    #[test]
    fn a_deletion_that_finds_nothing_after_a_timeout_may_have_deleted_it() {
        let call = Call { earlier_uncertain: true, ..call("DELETE", true, 2) };
        let error = Error::of_status(StatusCode::NOT_FOUND).with_call(call);
        assert!(error.to_string().contains("; an earlier attempt may have deleted it"), "{error}");
        assert!(error.may_have_taken_effect());
    }
}
