//! A TLS server with a self-signed certificate, and clients that trust it.

use std::net::SocketAddr;
use std::sync::Arc;

use pilot_status::reqwest;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// A self-signed certificate for `pilot.test`, and its key.
const PEM: &[u8] = include_bytes!("fixtures/pilot.test.pem");

pub fn config(wants_certificate: bool) -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(PEM).unwrap();
    // The dependency tree may contain several providers, and then none is the default.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
        let verifier = verifier.build().unwrap();
        config.with_client_cert_verifier(verifier)
    } else {
        config.with_no_client_auth()
    };
    let key = PrivateKeyDer::from_pem_slice(PEM).unwrap();
    config.with_single_cert(vec![certificate], key).unwrap()
}

pub async fn server(config: ServerConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // The client may abort the handshake, which is fine.
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    _ = stream.read(&mut [0; 1024]).await;
                }
            });
        }
    });
    address
}

pub fn trusting() -> reqwest::ClientBuilder {
    let certificate = reqwest::Certificate::from_pem(PEM).unwrap();
    reqwest::Client::builder().tls_certs_only([certificate])
}
