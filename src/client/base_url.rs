//! Parses and checks the base URL, which receives the API key.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::Error;
use crate::text::quotes::is_quoted;

/// Parses a base URL: a server and a path prefix. `name` names its source in errors.
pub(crate) fn parse(url: &str, name: &str, danger_allow_http: bool) -> Result<Url, Error> {
    let refuse = |reason: &str| Error::configuration(format!("{name} {reason}"));
    if is_quoted(url) {
        return Err(refuse("is in quotes; remove the quotes"));
    }
    let mut url = Url::parse(url).map_err(|error| {
        refuse(&format!("is not a URL ({error}); write it like https://example.com"))
    })?;
    // URLs of these schemes have a host.
    let problem = if !matches!(url.scheme(), "https" | "http") {
        "must begin with https:// and contain a host"
    } else if !url.username().is_empty() || url.password().is_some() {
        "must not contain a user or a password; pass the key as `Credentials`"
    } else if url.query().is_some() || url.fragment().is_some() {
        "must end with its path, without a query or a fragment"
    } else if url.scheme() == "http" && !danger_allow_http && !is_loopback(&url) {
        "must begin with https://, or anyone on the network can read the key"
    } else {
        let prefix = without_version(url.path()).to_owned();
        url.set_path(&prefix);
        return Ok(url);
    };
    Err(refuse(problem))
}

/// Removes `/v1` from the path of a base URL, since the paths of all operations begin with it.
/// Also removes `/api/v1`, which the service treats as `/v1`.
fn without_version(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((prefix, version)) if version.eq_ignore_ascii_case("v1") => {
            if prefix.eq_ignore_ascii_case("/api") { "" } else { prefix }
        }
        _ => path,
    }
}

/// Whether the server is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn parse(url: &str) -> Result<String, Error> {
        let url = super::parse(url, "the base URL", false)?;
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }

    #[test]
    fn a_base_url_keeps_its_path_without_trailing_slashes() {
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
            assert_eq!(parse(url).unwrap(), expected);
        }
    }

    #[test]
    fn a_version_at_the_end_of_a_base_url_is_removed() {
        for (url, expected) in [
            ("https://example.com/v1", "https://example.com"),
            ("https://example.com/v1/", "https://example.com"),
            ("https://example.com//v1//", "https://example.com"),
            ("https://example.com:8443/V1", "https://example.com:8443"),
            ("https://example.com/api/v1", "https://example.com"),
            ("https://example.com/API/v1/", "https://example.com"),
            ("https://example.com/api", "https://example.com/api"),
            ("https://example.com/api/", "https://example.com/api"),
            ("https://example.com/proxy/v1", "https://example.com/proxy"),
            ("https://example.com/proxy/api/v1", "https://example.com/proxy/api"),
            ("https://example.com/v1/v1", "https://example.com/v1"),
            ("https://example.com/v1/proxy", "https://example.com/v1/proxy"),
            ("https://example.com/v2", "https://example.com/v2"),
            ("https://example.com/pv1", "https://example.com/pv1"),
            ("https://v1", "https://v1"),
            ("https://v1/v1", "https://v1"),
        ] {
            assert_eq!(parse(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn unsafe_base_urls_are_refused_and_not_shown() {
        for (url, part) in [
            ("", "is not a URL"),
            ("pilotstatus.com.br", "is not a URL"),
            ("/v1", "is not a URL"),
            ("\"https://marked.example\"", "remove the quotes"),
            ("'https://marked.example/v1'", "remove the quotes"),
            ("“https://marked.example”", "remove the quotes"),
            ("ftp://marked.example", "https://"),
            ("data:text/plain,marked", "https://"),
            ("https://marked:secret@example.com", "a user or a password"),
            ("https://example.com/?key=marked", "without a query"),
            ("https://example.com/#marked", "without a query or a fragment"),
            ("http://marked.example", "anyone on the network"),
            ("http://localhost.marked.example", "anyone on the network"),
            ("http://127.0.0.1.marked.example", "anyone on the network"),
            ("http://10.0.0.1", "anyone on the network"),
        ] {
            let error = parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("marked"), "{error:?}");
        }
    }

    #[test]
    fn plain_http_requires_a_setting() {
        let allowed = super::parse("http://10.0.0.1", "the base URL", true).unwrap();
        assert_eq!(allowed.as_str(), "http://10.0.0.1/");
        assert!(parse("http://10.0.0.1").is_err());
    }
}
