//! Prints the response of the service with the numbers of an account.

use std::env;

#[tokio::main]
async fn main() -> Result<(), reqwest::Error> {
    let key = env::var("PILOT_STATUS_API_KEY").unwrap_or_default();
    let request = reqwest::Client::new().get("https://pilotstatus.com.br/v1/numbers");
    let response = request.header("x-api-key", key).send().await?.error_for_status()?;
    println!("{}", response.text().await?);
    Ok(())
}
