//! Where the client may send its key.

use reqwest::Url;

use crate::error::{Error, ErrorKind};

/// Checks a base URL and gives it the form that paths are appended to: without
/// a slash at its end.
pub(crate) fn check(url: &str, allow_plaintext: bool) -> Result<String, Error> {
    let parsed = Url::parse(url).map_err(|error| refusal(&format!("is not a URL ({error})")))?;
    if !matches!(parsed.scheme(), "https" | "http") || parsed.host_str().is_none_or(str::is_empty) {
        return Err(refusal("must begin with https:// and name a host"));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(refusal("must not hold a user or a password; pass the key as `Credentials`"));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(refusal("must end with its path, without a query or a fragment"));
    }
    if parsed.scheme() == "http" && !allow_plaintext && !is_loopback(&parsed) {
        return Err(refusal("must begin with https://, or anyone on the way can read the key"));
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str().unwrap_or_default() {
        "localhost" => true,
        host => host
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback()),
    }
}

fn refusal(reason: &str) -> Error {
    Error::new(ErrorKind::Configuration).detail(format!("the base URL {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_path_and_loses_the_slash_at_its_end() {
        for (url, expected) in [
            ("https://pilotstatus.com.br", "https://pilotstatus.com.br"),
            ("https://pilotstatus.com.br/", "https://pilotstatus.com.br"),
            ("https://proxy.example/pilot//", "https://proxy.example/pilot"),
            ("HTTPS://EXAMPLE.com:443/a", "https://example.com/a"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.8.8.8", "http://127.8.8.8"),
            ("http://[::1]:1/x", "http://[::1]:1/x"),
            ("http://localhost:8080", "http://localhost:8080"),
        ] {
            assert_eq!(check(url, false).unwrap(), expected);
        }
    }

    #[test]
    fn what_could_give_the_key_away_is_refused_without_being_shown() {
        for (url, part) in [
            ("", "is not a URL"),
            ("pilotstatus.com.br", "is not a URL"),
            ("/v1", "is not a URL"),
            ("ftp://marked.example", "https://"),
            ("data:text/plain,marked", "https://"),
            ("https://marked:secret@example.com", "a user or a password"),
            ("https://example.com/?key=marked", "without a query"),
            ("https://example.com/#marked", "without a query or a fragment"),
            ("http://marked.example", "anyone on the way"),
            ("http://localhost.marked.example", "anyone on the way"),
            ("http://127.0.0.1.marked.example", "anyone on the way"),
            ("http://10.0.0.1", "anyone on the way"),
        ] {
            let error = check(url, false).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("marked"), "{error:?}");
        }
    }

    #[test]
    fn plaintext_is_allowed_only_when_asked_for() {
        assert_eq!(check("http://10.0.0.1", true).unwrap(), "http://10.0.0.1");
        assert!(check("http://10.0.0.1", false).is_err());
    }
}
