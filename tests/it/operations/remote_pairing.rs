//! Remote pairing: the token in the path is the only credential.

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{StatusCode, types};
use serde_json::json;

use crate::operations::case::{ok, sandbox};
use crate::support::shown;

operations! {
    get_remote_pairing {
        call: |client| client.get_remote_pairing().token("rp/01 HZX"),
        sends: "GET /v1/remote-pairing/rp%2F01%20HZX",
        reads: |info| {
            assert!(info.valid);
            assert_eq!(info.number.as_deref(), Some("5511988887777"));
            assert_eq!(info.state, Some(types::ConnectionState::Connecting));
            assert_eq!((&info.masked_number, &info.reason), (&None, &None));
        },
        refused: (404, None::<&str>),
    }

    get_remote_pairing_status {
        call: |client| client.get_remote_pairing_status().token("rp_01HZX"),
        sends: "GET /v1/remote-pairing/rp_01HZX/status",
        reads: |status| {
            assert_eq!(status.state, types::ConnectionState::Open);
            assert!(status.is_fully_connected);
            assert_eq!(status.primary_link, None);
        },
        refused: (400, None::<&str>),
    }

    connect_remote_pairing {
        call: |client| client
            .connect_remote_pairing()
            .token("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        sends: "POST /v1/remote-pairing/f81d4fae-7dec-11d0-a765-00a0c91e6bf6/connect",
        reads: |codes| {
            assert_eq!(codes.pairing_code.as_ref().unwrap().expose_secret(), "ABCD-1234");
            assert_eq!(codes.qrcode_base64.as_ref().unwrap().media_type(), Some("image/png"));
            assert_eq!(codes.secondary_link, None);
        },
        refused: (409, None::<&str>),
    }
}

#[tokio::test]
async fn no_key_or_number_is_sent_with_a_pairing_token() {
    let nothing = json!({"qrcodeBase64": null, "pairingCode": null});
    let sandbox = sandbox("connect_remote_pairing", [ok(&nothing)]).await;
    let client = sandbox.client().for_number("num_1");
    client.get_remote_pairing().token("rp_1").send().await.unwrap();
    client.get_remote_pairing_status().token("rp_1").send().await.unwrap();
    let codes = client.connect_remote_pairing().token("rp_1").send().await.unwrap();
    assert_eq!((&codes.qrcode_base64, &codes.pairing_code), (&None, &None));
    assert_eq!(sandbox.requests().len(), 3);
    for received in sandbox.requests() {
        for header in ["x-api-key", "x-api-key-id", "x-whatsapp-number-id", "authorization"] {
            assert!(!received.headers.contains_key(header), "{received:?}");
        }
        assert!(!received.headers.values().any(|value| value == Sandbox::API_KEY), "{received:?}");
    }
}

#[tokio::test]
async fn an_error_does_not_contain_the_token() {
    let refusal = Reply::json(StatusCode::NOT_FOUND, &json!({"error": "Invalid or expired token"}));
    let sandbox = sandbox("get_remote_pairing", [refusal]).await;
    sandbox.enqueue(OperationId::GetRemotePairingStatus, ok(&json!({"state": 1})));
    let client = sandbox.client();
    let refused = client.get_remote_pairing().token("rp_marked").send().await.unwrap_err();
    assert_eq!(refused.message(), Some("Invalid or expired token"));
    let unread = client.get_remote_pairing_status().token("rp_marked").send().await.unwrap_err();
    let bad = client.connect_remote_pairing().token("../marked").send().await.unwrap_err();
    for error in [refused, unread, bad] {
        assert!(!shown(&error).contains("marked"), "{error:?}");
    }
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_pairing_as_the_sdk_defines_it_is_read() {
    let links = json!({"primaryLink": {"state": "CLOSE"}, "secondaryLink": null});
    let mut info = links.clone();
    info["valid"] = json!(false);
    info["maskedNumber"] = json!("+551199****9999");
    info["reason"] = json!("EXPIRED");
    let mut status = links;
    status["state"] = json!("CLOSE");
    status["isFullyConnected"] = json!(false);
    let image = pilot_status::DataUrl::new("image/png", b"\x89PNG");
    let codes = json!({
        "qrcodeBase64": null,
        "pairingCode": null,
        "secondaryLink": {"qrcodeBase64": image, "pairingCode": "marked"},
    });
    let sandbox = sandbox("get_remote_pairing", [ok(&info)]).await;
    sandbox.enqueue(OperationId::GetRemotePairingStatus, ok(&status));
    sandbox.enqueue(OperationId::ConnectRemotePairing, ok(&codes));
    let client = sandbox.client();

    let info = client.get_remote_pairing().token("rp_1").send().await.unwrap();
    assert!(!info.valid);
    assert_eq!((&info.number, &info.secondary_link), (&None, &None));
    assert_eq!(info.masked_number.as_deref(), Some("+551199****9999"));
    assert_eq!(info.primary_link.as_ref().unwrap()["state"], "CLOSE");
    assert_eq!(info.reason.as_deref(), Some("EXPIRED"));

    let status = client.get_remote_pairing_status().token("rp_1").send().await.unwrap();
    assert_eq!(status.state, types::ConnectionState::Close);
    assert_eq!(status.primary_link.as_ref().unwrap()["state"], "CLOSE");

    let codes = client.connect_remote_pairing().token("rp_1").send().await.unwrap();
    let second = codes.secondary_link.as_ref().unwrap();
    assert_eq!(second.qrcode_base64.as_ref().unwrap().decode().unwrap(), b"\x89PNG");
    assert!(!format!("{codes:?}").contains("marked"), "{codes:?}");
}
