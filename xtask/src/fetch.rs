//! Gets a text from a URL.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Result, anyhow, bail, ensure};
use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode, Uri, header};

use crate::line::one_line;

/// The longest text that is read, from wherever it comes.
pub const LONGEST: u64 = 16 * 1024 * 1024;

/// How long a fetch may take.
pub const TIME: Duration = Duration::from_secs(30);

/// An address that may be fetched.
pub fn address(text: &str) -> Result<Uri> {
    let url: Uri = text.parse().map_err(|error| anyhow!("`{}`: {error}", one_line(text)))?;
    let host = url.host().unwrap_or_default();
    let signed = url.authority().is_some_and(|authority| authority.as_str().contains('@'));
    ensure!(!signed, "an address with a user or password is not fetched");
    match url.scheme_str() {
        Some("https") if !host.is_empty() => Ok(url),
        Some("http") if is_loopback(host) => Ok(url),
        _ => bail!("`{}`: only https:// is fetched", one_line(&without_query(&url))),
    }
}

/// The address as it may be shown and stored: a query may hold a key.
pub fn without_query(url: &Uri) -> String {
    let scheme = url.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let authority = url.authority().map_or("", |authority| authority.as_str());
    // Whatever stands before an `@` is no place.
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}{host}{}", url.path())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The bytes at an address, at most `longest` of them within `time`.
///
/// Nothing is decompressed, no redirect is followed, and a response has to say
/// where it ends, or one that was cut off would pass for complete.
pub fn fetch(url: &Uri, time: Duration, longest: u64) -> Result<Vec<u8>> {
    let is_own = is_loopback(url.host().unwrap_or_default());
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(!is_own)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(time))
        .user_agent(concat!("pilot-status-xtask/", env!("CARGO_PKG_VERSION")))
        .accept("application/json, application/yaml, text/markdown, */*;q=0.1")
        .accept_encoding("identity");
    if is_own {
        config = config.proxy(None);
    }
    // In one line, with the limit.
    let plain = |error: ureq::Error| match error {
        ureq::Error::Timeout(_) => anyhow!("it takes longer than {time:?}"),
        error => anyhow!("{}", one_line(&error.to_string())),
    };
    let mut response = config.build().new_agent().get(url).call().map_err(plain)?;
    check(response.status(), response.headers())?;
    response.body_mut().with_config().limit(longest).read_to_vec().map_err(plain)
}

/// Refuses a response that is not the text itself.
fn check(status: StatusCode, headers: &HeaderMap) -> Result<()> {
    let text = |name| headers.get(name).map_or("", |value| value.to_str().unwrap_or("?"));
    if status.is_redirection() {
        let target = text(header::LOCATION).parse().map(|url| without_query(&url));
        bail!(
            "the server responds with {status} and points to {}: redirects are not followed, give the address \
             itself if you trust it",
            one_line(target.as_deref().unwrap_or("nowhere"))
        );
    }
    ensure!(status == 200, "the server responds with {status}");
    let encoding = text(header::CONTENT_ENCODING);
    ensure!(
        matches!(encoding, "" | "identity"),
        "the server responds in the encoding `{}`, which was not asked for",
        one_line(encoding)
    );
    ensure!(
        headers.contains_key(header::CONTENT_LENGTH)
            || text(header::TRANSFER_ENCODING).eq_ignore_ascii_case("chunked"),
        "the response does not say where it ends, and may be cut off"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::{TIME, address, fetch, without_query};

    /// For a server that takes longer than anybody waits.
    const SHORT: Duration = Duration::from_millis(300);

    /// A server that reads one request and lets `answer` write to it. Sends the
    /// request on.
    fn server(
        answer: impl FnOnce(&mut TcpStream) -> std::io::Result<()> + Send + 'static,
    ) -> (String, mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/docs/openapi.json?key=secret", listener.local_addr().unwrap());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            sender.send(String::from_utf8_lossy(&request[..length]).into_owned()).unwrap();
            // Whoever asked may have hung up.
            let _ = answer(&mut stream);
        });
        (url, receiver)
    }

    fn answer(head: &str, body: &[u8]) -> anyhow::Result<Vec<u8>> {
        let whole = [head.as_bytes(), b"\r\n\r\n", body].concat();
        let (url, _requests) = server(move |stream| stream.write_all(&whole));
        fetch(&address(&url).unwrap(), TIME, 100_000)
    }

    #[test]
    fn a_text_comes_byte_for_byte() {
        for (head, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 4", &b"\xef\xbb\xbfa"[..]),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"4\r\n\xef\xbb\xbfa\r\n0\r\n\r\n"),
        ] {
            assert_eq!(answer(head, body).unwrap(), b"\xef\xbb\xbfa");
        }
        assert_eq!(answer("HTTP/1.1 200 OK\r\nContent-Length: 0", b"").unwrap(), b"");
    }

    #[test]
    fn a_request_asks_for_no_compression() {
        let (url, requests) =
            server(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        fetch(&address(&url).unwrap(), TIME, 100_000).unwrap();
        let request = requests.recv().unwrap().to_ascii_lowercase();
        assert!(request.starts_with("get /docs/openapi.json?key=secret http/1.1\r\n"), "{request}");
        assert!(request.contains("accept-encoding: identity\r\n"), "{request}");
    }

    #[test]
    fn an_answer_that_is_not_the_text_is_an_error_in_one_line() {
        let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3";
        for (head, body, part) in [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0", &b""[..], "404 Not Found"),
            ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0", b"", "401 Unauthorized"),
            ("HTTP/1.1 204 No Content", b"", "204 No Content"),
            (gzip, b"\x1f\x8b\x08", "encoding `gzip`"),
            ("HTTP/1.1 200 OK", b"openapi: 3.1.0", "does not say where it ends"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9", b"cut", ""),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"4\r\nab", ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 100001", b"{", ""),
            ("nonsense", b"", ""),
        ] {
            let error = format!("{:#}", answer(head, body).expect_err(head));
            assert!(error.contains(part) && !error.contains('\n'), "{head}: {error}");
        }
    }

    #[test]
    fn no_redirect_is_followed() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        other.set_nonblocking(true).unwrap();
        let target = format!("http://u:pw@{}/login?token=t", other.local_addr().unwrap());
        for location in [&target, "/docs/elsewhere", "//[", "\u{1b}[2J"] {
            let head = format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}");
            let error = format!("{:#}", answer(&head, b"").unwrap_err());
            assert!(!error.contains("token") && !error.contains("pw"), "{error}");
            assert!(!error.contains(char::is_control), "{error}");
        }
        let head = format!("HTTP/1.1 307 Moved\r\nContent-Length: 0\r\nLocation: {target}");
        let error = format!("{:#}", answer(&head, b"").unwrap_err());
        let place = format!("points to http://{}/login:", other.local_addr().unwrap());
        assert!(error.contains(&place), "{error}");
        assert_eq!(other.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }

    #[test]
    fn an_endless_body_ends_at_the_limit() {
        let (url, _requests) = server(|stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let chunk = [b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk)?;
            }
        });
        let error = fetch(&address(&url).unwrap(), TIME, 100_000).unwrap_err().to_string();
        assert_eq!(error, "the response body is larger than request limit: 100000");
    }

    #[test]
    fn a_slow_answer_ends_at_the_limit() {
        for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nopen"] {
            let (hold, released) = mpsc::channel::<()>();
            let (url, _requests) = server(move |stream| {
                stream.write_all(head.as_bytes())?;
                // Keeps the connection until the caller has given up.
                let _ = released.recv();
                Ok(())
            });
            let began = Instant::now();
            let error = fetch(&address(&url).unwrap(), SHORT, 100_000).unwrap_err().to_string();
            assert_eq!(error, "it takes longer than 300ms");
            assert!(began.elapsed() < Duration::from_secs(5));
            drop(hold);
        }
    }

    #[test]
    fn only_https_and_loopback_are_addresses() {
        for good in ["https://a.example/x", "http://127.0.0.1:1/x", "http://[::1]/", "HTTPS://a/x"]
        {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example/x",
            "http://127.0.0.1.a.example/x",
            "http://localhost@a.example/x",
            "https://user:pw@a.example/x",
            "https:///x",
            "file:///etc/passwd",
            "ftp://a/x",
            "https://a\n/x",
            "",
        ] {
            let error = format!("{:#}", address(bad).expect_err(bad));
            assert!(!error.contains("pw") && !error.contains('\n'), "{error}");
        }
        let url = address("https://a.example:8443/docs/x.md?key=1#part").unwrap();
        assert_eq!(without_query(&url), "https://a.example:8443/docs/x.md");
    }
}
