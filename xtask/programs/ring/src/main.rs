//! Lists the numbers of an account, with the cryptography of ring.

#[path = "../../numbers/src/main.rs"]
mod numbers;

fn main() -> Result<(), pilot_status::Error> {
    // It fails only where another provider is installed, and that one does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    numbers::main()
}
