//! The environment variables for proxies.

use std::env;

use http::Uri;

use crate::error::Error;

/// reqwest reads the first variable of each pair that is set.
const VARIABLES: [[&str; 2]; 3] =
    [["HTTPS_PROXY", "https_proxy"], ["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Refuses a value that reqwest would ignore: it would then call the server directly. The error
/// does not show the value, which may contain a password.
pub(crate) fn check() -> Result<(), Error> {
    if env::var_os("REQUEST_METHOD").is_some() {
        // In a CGI program, the client of the web server can set HTTP_PROXY with a `Proxy`
        // header. reqwest ignores the proxy variables there.
        return Ok(());
    }
    for pair in VARIABLES {
        let set = pair.into_iter().find_map(|name| Some((name, env::var_os(name)?)));
        if let Some((name, value)) = set
            && !value.is_empty()
            && !value.to_str().is_some_and(is_proxy)
        {
            return Err(Error::configuration(format!(
                "{name} is not the URL of a proxy; write it like http://proxy.example:8080, or unset it"
            )));
        }
    }
    Ok(())
}

fn is_proxy(value: &str) -> bool {
    let is_known = |scheme: &str| {
        matches!(scheme, "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h")
    };
    let uri = value.parse::<Uri>().ok().filter(|uri| uri.scheme_str().is_none_or(is_known));
    uri.as_ref().and_then(Uri::authority).is_some_and(|authority| {
        // An invalid port appears only in the text of the authority.
        let has_port = !authority.as_str().ends_with(authority.host());
        !authority.host().is_empty() && has_port == authority.port_u16().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_proxy_needs_a_valid_host_and_port() {
        for value in [
            "http://proxy.example:8080",
            "https://user:p%40ss@proxy.example",
            "http://proxy.example:8080/",
            "proxy.example:8080",
            "proxy.example",
            "socks5h://proxy.example:1080",
            "http://[::1]:8080",
            "http://[::1]",
            "HTTP://127.0.0.1:1",
        ] {
            assert!(is_proxy(value), "{value}");
        }
        for value in [
            " ",
            "/",
            "http://",
            "http:///",
            "://proxy.example",
            "http:/proxy.example",
            "proxy example",
            "ftp://proxy.example",
            "http//proxy.example:8080",
            "http://user:pass word@proxy.example",
            "http://proxy.example:port",
            "http://proxy.example:99999",
            "http://proxy.example:",
            "http://user@",
            "http://[::1",
            "\"http://proxy.example\"",
        ] {
            assert!(!is_proxy(value), "{value}");
        }
    }
}
