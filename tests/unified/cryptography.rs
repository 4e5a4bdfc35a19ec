//! Tests a program with two rustls crypto providers, neither of which is the default.

use pilot_status::ErrorKind;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};

use crate::support::calls::{builder, pay};
use crate::support::process::{is_child, run_again};
use crate::tls::{config, server, trusting};

#[tokio::test]
async fn tls_uses_the_crypto_provider_of_the_program_or_else_of_the_feature() {
    if !is_child() {
        let test = "tls_uses_the_crypto_provider_of_the_program_or_else_of_the_feature";
        return run_again(&format!("cryptography::{test}"), &[], 1024);
    }
    let address = server(config(false)).await;
    let url = format!("https://pilot.test:{}", address.port());
    let connect = async || {
        let http = trusting().resolve("pilot.test", address);
        let client = builder(&url).http_client_builder(http).build().unwrap();
        // The handshake succeeds, after which the server closes the connection.
        let error = pay(&client).await;
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    };
    assert!(CryptoProvider::get_default().is_none());
    connect().await;
    ring::default_provider().install_default().unwrap();
    connect().await;
}
