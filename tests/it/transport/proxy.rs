//! Proxies that refuse, are unreachable, or respond instead of the server.

use super::*;

fn through(proxy: SocketAddr) -> Client {
    let proxy = reqwest::Proxy::all(format!("http://user:marked@{proxy}")).unwrap();
    let http = reqwest::Client::builder().proxy(proxy);
    builder("https://pilot.test").http_client_builder(http).build().unwrap()
}

#[tokio::test]
async fn a_tunnel_refused_by_the_proxy_is_not_retried() {
    for head in [
        "HTTP/1.1 403 Any\r\n\r\n",
        "HTTP/1.1 407 Any\r\nproxy-authenticate: Basic\r\n\r\n",
        "HTTP/1.1 302 Any\r\nlocation: https://login.example\r\n\r\n",
        "HTTP/1.1 511 Any\r\n\r\n",
        "<html>\r\n\r\n",
    ] {
        let script: Script = vec![Read, Send(head.as_bytes()), Silent].leak();
        let server = ScriptedServer::start([script]).await;
        let client = through(server.address);
        let error = assert_ends(&client, head, ErrorKind::Connect, 1).await;
        let text = error.to_string();
        assert!(text.contains("the proxy failed to reach pilot.test:443"), "{text}");
        assert!(!error.is_retryable());
        assert_eq!(server.accepted(), 4);
    }
}

#[tokio::test]
async fn an_unreachable_or_disconnecting_proxy_is_retried() {
    for script in [&[Read] as Script, &[Read, Reset], &[Read, Send(b"HTTP/1.1 2")]] {
        let server = ScriptedServer::start([script]).await;
        let error = assert_ends(&through(server.address), "closes", ErrorKind::Connect, 4).await;
        let text = error.to_string();
        assert!(text.contains("the proxy failed to reach pilot.test:443"), "{text}");
    }
    let unreachable = ScriptedServer::start_at(([127, 0, 0, 1], 0).into(), 0, []).await.address;
    let error = assert_ends(&through(unreachable), "unreachable", ErrorKind::Connect, 4).await;
    let text = error.to_string();
    assert!(text.contains("the proxy failed to reach pilot.test:443"), "{text}");
}

#[tokio::test]
async fn a_tunnel_to_an_html_page_is_not_retried() {
    const TUNNEL: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
    const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>Log in</html>";
    let script: Script = &[Read, Send(TUNNEL), ReadSome, Send(PAGE), Silent];
    let server = ScriptedServer::start([script]).await;
    let error = assert_ends(&through(server.address), "page", ErrorKind::Connect, 1).await;
    assert!(error.to_string().contains("pilot.test:443"), "{error}");
    assert!(!error.is_retryable());
}

/// For plain HTTP, a proxy gets the request itself, and its response can look like the
/// server's.
#[tokio::test]
async fn a_response_of_the_proxy_is_not_retried() {
    const PAGE: &str = "content-type: text/html\r\ncontent-length: 14\r\n\r\n<html>a</html>";
    for (head, kind, parts) in [
        (
            "HTTP/1.1 407 Any\r\nproxy-authenticate: Basic\r\n",
            ErrorKind::BadRequest,
            ["a proxy requires a user and a password", "add them to the URL of the proxy"],
        ),
        ("HTTP/1.1 200 OK\r\n", ErrorKind::Decode, ["its body is text/html, not JSON", "200 OK"]),
        (
            "HTTP/1.1 302 Any\r\nlocation: https://login.example/?marked\r\n",
            ErrorKind::Redirect,
            ["check the base URL", "to https://login.example"],
        ),
        ("HTTP/1.1 403 Any\r\n", ErrorKind::Forbidden, ["does not permit this request", "403"]),
    ] {
        let response = format!("{head}{PAGE}").into_bytes().leak();
        let server = ScriptedServer::start([&*vec![RespondToAll(response)].leak()]).await;
        let http = reqwest::Client::builder().proxy(reqwest::Proxy::http(server.url()).unwrap());
        let builder = builder("http://pilot.test").danger_allow_http();
        let client = builder.http_client_builder(http).build().unwrap();
        let error = assert_ends(&client, head, kind, 1).await;
        for part in parts {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert!(!error.is_retryable(), "{error}");
    }
}
