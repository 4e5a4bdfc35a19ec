//! Sends deliveries without a webhook, signed as the service signs them.

use std::net::SocketAddr;

use pilot_status::mock::sign_delivery;
use pilot_status::reqwest::Client;
use pilot_status::webhooks::SIGNATURE_HEADER;
use serde_json::json;

pub const SECRET: &str = "known to everybody";

/// Delivers an event twice, the second time with another text under the same signature.
pub async fn deliver(address: SocketAddr) {
    let event = json!({
        "event": "message.received",
        "data": {
            "id": "msg_01HZX",
            "numberId": "num_01HZX",
            "messageId": "wamid.HBg",
            "fromMe": false,
            "from": "+5511988887777",
            "to": "+5511999999999",
            "content": "Olá, ainda está disponível?",
            "createdAt": "2026-06-28T10:00:00.000Z",
        },
    });
    let good = event.to_string();
    let tampered = good.replace("disponível", "vendido");
    let signature = sign_delivery(SECRET, &good);
    let client = Client::builder().no_proxy().build().expect("a client");
    for (what, body) in [("the event", good), ("the event with another text", tampered)] {
        let delivery = client.post(format!("http://{address}/webhook"));
        match delivery.header(SIGNATURE_HEADER, &signature).body(body).send().await {
            Ok(response) => println!("{what}: {}", response.status()),
            Err(error) => println!("{what}: not delivered: {error}"),
        }
    }
}
