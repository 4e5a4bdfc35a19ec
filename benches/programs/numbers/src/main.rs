//! Lists the numbers of an account.

use pilot_status::{Client, Error};

#[tokio::main]
pub async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    for number in client.list_numbers().send().await?.into_inner() {
        println!("{} {:?} {:?}", number.id, number.name, number.state);
    }
    Ok(())
}
