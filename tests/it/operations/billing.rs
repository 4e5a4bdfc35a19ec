//! Payment pages.

use pilot_status::types;
use serde_json::json;

use crate::operations::case::{ok, sandbox};

operations! {
    create_checkout {
        call: |client| client.create_checkout().body(
            types::CheckoutRequest::builder()
                .purpose(types::CheckoutPurpose::WalletTopup)
                .amount(49.9)
                .success_url("https://app.example.com/done?a=b")
                .cancel_url("https://app.example.com/cancelled"),
        ),
        sends: "POST /v1/billing/checkout",
        body: {
            "purpose": "wallet_topup",
            "amount": 49.9,
            "successUrl": "https://app.example.com/done?a=b",
            "cancelUrl": "https://app.example.com/cancelled",
        },
        reads: |checkout| {
            let url = checkout.url.as_deref();
            assert_eq!(url, Some("https://checkout.stripe.com/c/pay/cs_test_..."));
            assert_eq!(checkout.purpose, Some(types::CheckoutPurpose::WalletTopup));
            assert_eq!(checkout.order_id.as_deref(), Some("cto_01HZX..."));
            assert_eq!(checkout.amount, Some(types::CheckoutAmount::Number(50.0)));
            assert_eq!(checkout.currency.as_deref(), Some("BRL"));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }
}

#[tokio::test]
async fn a_checkout_to_add_a_card_has_no_amount_and_its_url_either_name() {
    let response = json!({"checkoutUrl": "https://checkout.stripe.com/c/setup/cs_1"});
    let sandbox = sandbox("create_checkout", [ok(&response)]).await;
    let client = sandbox.client();
    let call = client.create_checkout();
    let checkout = call.body_map(|body| body.purpose("add_card")).send().await.unwrap();
    assert_eq!((&checkout.url, &checkout.amount), (&None, &None));
    let url = checkout.checkout_url.as_deref();
    assert_eq!(url, Some("https://checkout.stripe.com/c/setup/cs_1"));
    let sent = sandbox.requests()[0].json();
    assert_eq!(sent, json!({"purpose": "add_card"}));
}
