//! Lists the numbers of an account, with the cryptography of ring.

use pilot_status::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // It fails only where another provider is installed, and that one does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::from_env()?;
    for number in client.list_numbers().send().await?.into_inner() {
        println!("{} {:?} {:?}", number.id, number.name, number.state);
    }
    Ok(())
}
