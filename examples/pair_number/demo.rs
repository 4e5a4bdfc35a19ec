//! A number for those who have none, which is connected at the second look.

use pilot_status::mock::{Reply, Sandbox};
use pilot_status::{DataUrl, StatusCode};
use serde_json::json;

const ID: &str = "num_01HZX";

pub fn prepare(sandbox: &Sandbox) {
    let created = json!({
        "instance": {"id": ID},
        "pairingCode": "ABCD-1234",
        "qrcodeBase64": DataUrl::new("image/png", include_bytes!("demo.png")),
    });
    sandbox.respond_with("create_number", created);
    let connecting = json!({"id": ID, "state": "CONNECTING"});
    sandbox.next("get_number_status", Reply::json(StatusCode::OK, &connecting));
}
