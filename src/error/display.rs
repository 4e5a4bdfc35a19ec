//! The texts of errors.

use std::fmt;

use http::{Method, StatusCode};

use super::{Error, Inner};
use crate::operation::Operation;
use crate::time::MAX_TIMEOUT;

impl Error {
    /// Whether and how to repeat the call, as far as that is certain.
    fn instruction(&self) -> Option<String> {
        let Inner { operation, idempotency_key, .. } = &*self.0;
        if !self.may_have_taken_effect() {
            let may_pass = self.is_uncertain() && self.is_retryable();
            return may_pass.then(|| "try again later".to_owned());
        }
        let operation = operation.as_ref()?;
        let repeat = match idempotency_key {
            Some(_) => "repeat it only under the same key",
            None if operation.safe_to_repeat => "it is safe to repeat",
            None if self.0.reported_success => "do not repeat it",
            None => "check before you repeat it",
        };
        let is_gone = matches!(self.0.status, Some(StatusCode::NOT_FOUND | StatusCode::GONE));
        Some(if self.0.reported_success {
            format!("the server reported success, so {repeat}")
        } else if self.is_uncertain() || self.is_in_progress() {
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
        let inner = &*self.0;
        match inner.operation.as_deref() {
            Some(Operation { id: Some(id), method, path, .. }) => {
                write!(f, "{id} ({method} {}{path}): ", inner.path_prefix)?;
            }
            Some(Operation { id: None, method, path, .. }) => {
                write!(f, "{method} {}{path}: ", inner.path_prefix)?;
            }
            None => {}
        }
        if let Some(status) = inner.status {
            write!(f, "{status}: ")?;
        }
        f.write_str(inner.kind.text())?;
        if !inner.detail.is_empty() {
            write!(f, ": {}", inner.detail)?;
        }
        if let Some(message) =
            inner.server_message.as_ref().filter(|message| !message.shown.is_empty())
        {
            write!(f, ": {}", message.shown)?;
        }
        if let Some(instruction) = self.instruction() {
            write!(f, "; {instruction}")?;
        }
        match inner.retry_after.filter(|wait| !wait.is_zero() && self.is_retryable()) {
            Some(wait) if wait > MAX_TIMEOUT => f.write_str(" (wait more than a year)")?,
            Some(wait) => write!(f, " (wait {} s)", wait.as_secs_f64().ceil())?,
            None => {}
        }
        if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("text", &self.to_string())
            .field("kind", &inner.kind)
            .field("operation", &self.operation_id())
            .field("status", &inner.status)
            .field("retry_after", &inner.retry_after)
            .field("attempts", &inner.attempts)
            .field("may_have_taken_effect", &self.may_have_taken_effect())
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::error::ErrorKind;

    fn operation(method: &str, safe_to_repeat: bool) -> Cow<'static, Operation> {
        let method = method.parse().unwrap();
        Cow::Owned(Operation { method, safe_to_repeat, ..Operation::ODD })
    }

    #[test]
    fn an_error_warns_if_the_call_may_have_taken_effect() {
        let of = |status| Error::of_status(StatusCode::from_u16(status).unwrap());
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
            (Error::new(ErrorKind::Connect), None),
            (of(429), None),
            (of(409), None),
            (Error::new(ErrorKind::Connect), earlier),
            (of(404), earlier),
            (of(429), earlier),
        ];
        for (error, warning) in table {
            let error = error.with_attempts(2, warning == earlier);
            let writing = error.clone().with_operation(operation("POST", false), "");
            assert_eq!(writing.may_have_taken_effect(), warning.is_some(), "{writing}");
            let text = writing.to_string();
            match warning {
                Some(warning) => assert!(text.contains(warning), "{text}"),
                None => assert!(!text.contains("effect"), "{text}"),
            }
            let reading = error.clone().with_operation(operation("GET", true), "");
            assert!(!reading.may_have_taken_effect(), "{reading}");
            assert!(!reading.to_string().contains("repeat"), "{reading}");
            let again = error.with_operation(operation("PUT", true), "").to_string();
            assert_eq!(again.contains("it is safe to repeat"), warning.is_some(), "{again}");
        }
    }

    #[test]
    fn an_error_before_the_first_attempt_has_no_effect() {
        for kind in [ErrorKind::Timeout, ErrorKind::RateLimited, ErrorKind::InvalidRequest] {
            let error = Error::new(kind).with_operation(operation("POST", false), "");
            assert!(!error.may_have_taken_effect(), "{error}");
        }
    }

    #[test]
    fn the_error_for_a_reported_success_advises_against_a_repeat() {
        let error =
            Error::of_status(StatusCode::OK).with_reported_success().with_attempts(1, false);
        let writing = error.clone().with_operation(operation("POST", false), "");
        assert!(writing.may_have_taken_effect());
        assert!(
            writing.to_string().ends_with("the server reported success, so do not repeat it"),
            "{writing}"
        );
        let reading = error.with_operation(operation("GET", true), "");
        assert!(!reading.to_string().contains("repeat"), "{reading}");
    }

    #[test]
    fn a_deletion_that_finds_nothing_after_a_timeout_may_have_deleted_it() {
        let error = Error::of_status(StatusCode::NOT_FOUND).with_attempts(2, true);
        let error = error.with_operation(operation("DELETE", true), "");
        assert!(error.to_string().contains("; an earlier attempt may have deleted it"), "{error}");
        assert!(error.may_have_taken_effect());
    }
}
