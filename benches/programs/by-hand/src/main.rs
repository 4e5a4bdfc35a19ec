//! Lists the numbers of an account, like a program without this crate.

use std::env;
use std::error::Error;

use serde::Deserialize;

#[derive(Deserialize)]
struct Number {
    id: String,
    name: Option<String>,
    state: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = env::var("PILOT_STATUS_API_KEY")?;
    let request = reqwest::Client::new().get("https://pilotstatus.com.br/v1/numbers");
    let response = request.header("x-api-key", key).send().await?;
    if !response.status().is_success() {
        let error: serde_json::Value = response.json().await?;
        return Err(error["error"].to_string().into());
    }
    for number in response.json::<Vec<Number>>().await? {
        println!("{} {:?} {:?}", number.id, number.name, number.state);
    }
    Ok(())
}
