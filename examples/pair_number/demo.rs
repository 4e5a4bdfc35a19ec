//! Prepares the sandbox with a number that is connected at the second poll.

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{DataUrl, Error, StatusCode};
use serde_json::json;

const ID: &str = "num_01HZX";

pub async fn prepare(sandbox: &Sandbox, number: &str) -> Result<(), Error> {
    let created = json!({
        "instance": {"id": "wa_01HZX"},
        "pairingCode": "ABCD-1234",
        "qrcodeBase64": DataUrl::new("image/png", include_bytes!("demo.png")),
    });
    sandbox.respond_with(OperationId::CreateNumber, created);
    let numbers = sandbox.client().list_numbers().send().await?.into_inner();
    let mut numbers = json!(numbers);
    numbers[0]["id"] = json!(ID);
    numbers[0]["number"] = json!(number);
    sandbox.respond_with(OperationId::ListNumbers, numbers);
    let connecting = json!({"id": ID, "state": "CONNECTING"});
    sandbox.enqueue(OperationId::GetNumberStatus, Reply::json(StatusCode::OK, &connecting));
    Ok(())
}
