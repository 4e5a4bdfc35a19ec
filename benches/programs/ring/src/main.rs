//! Lists the numbers of an account, with ring as the crypto provider.

#[path = "../../numbers/src/main.rs"]
mod numbers;

fn main() -> Result<(), pilot_status::Error> {
    // Fails only if another provider is installed, which works as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    numbers::main()
}
