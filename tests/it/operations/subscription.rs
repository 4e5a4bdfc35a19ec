//! Slots for extra numbers.

use pilot_status::mock::{Reply, Sandbox};
use pilot_status::{ErrorCode, ErrorKind, StatusCode, types};
use serde_json::json;

use crate::operations::case::{ok, quick, sandbox};

operations! {
    preview_extra_numbers {
        call: |client| client.preview_extra_numbers().quantity(3),
        sends: "GET /v1/subscription/extra-numbers?quantity=3",
        reads: |preview| {
            assert_eq!(preview.requires_conversion, Some(true));
            assert_eq!(preview.from_plan, Some(types::Plan::Free));
            assert_eq!(preview.to_plan, Some(types::Plan::OnDemand));
            assert_eq!((preview.requested, preview.billed_quantity), (Some(1), Some(2)));
            assert_eq!(preview.unit_price_brl, Some(29.9));
            assert_eq!(preview.monthly_total_brl, Some(59.8));
            assert_eq!(preview.explanation.as_ref().unwrap().pt.as_deref(), Some("…"));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    buy_extra_numbers {
        call: |client| client.buy_extra_numbers().body(
            types::ExtraNumbersRequest::builder().quantity(1).confirm(true),
        ),
        sends: "POST /v1/subscription/extra-numbers",
        body: {"quantity": 1, "confirm": true},
        reads: |purchase| {
            assert_eq!((purchase.success, purchase.charged), (Some(true), Some(true)));
            assert_eq!(purchase.plan, Some(types::Plan::OnDemand));
            assert_eq!(purchase.paid_extra_numbers, Some(2));
            assert_eq!(purchase.checkout_url, None);
        },
        refused: (409, "CONFIRMATION_REQUIRED"),
    }

    remove_extra_numbers {
        call: |client| client.remove_extra_numbers().body_map(|body| body.quantity(1)),
        sends: "DELETE /v1/subscription/extra-numbers",
        body: {"quantity": 1},
        reads: |removal| {
            assert_eq!((removal.paid_extra_numbers, removal.max_numbers), (Some(1), Some(1)));
            assert_eq!(removal.prorated_total, Some(0.0));
        },
        refused: (409, "NUMBER_LIMIT_EXCEEDED"),
    }
}

#[tokio::test]
async fn the_quantity_is_omitted_unless_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.preview_extra_numbers().send().await.unwrap();
    client.buy_extra_numbers().send().await.unwrap();
    client.remove_extra_numbers().send().await.unwrap();
    let received = sandbox.requests();
    assert_eq!(received[0].line(), "GET /v1/subscription/extra-numbers");
    for received in &received[1..] {
        assert_eq!(received.json(), json!({}));
    }
}

#[tokio::test]
async fn a_purchase_without_a_card_has_a_checkout_url() {
    let response = json!({"success": true, "charged": false, "checkoutUrl": "https://…"});
    let sandbox = sandbox("buy_extra_numbers", [ok(&response)]).await;
    let purchase = sandbox.client().buy_extra_numbers().send().await.unwrap();
    assert_eq!((purchase.charged, &purchase.plan), (Some(false), &None));
    assert_eq!(purchase.checkout_url.as_deref(), Some("https://…"));
}

#[tokio::test]
async fn a_purchase_that_requires_confirmation_has_a_preview() {
    let sandbox = sandbox(
        "buy_extra_numbers",
        [Reply::json(
            StatusCode::CONFLICT,
            &json!({
                "error": "The purchase changes the plan",
                "code": "CONFIRMATION_REQUIRED",
                "requiresConversion": true,
                "toPlan": "ON_DEMAND",
                "billedQuantity": 2,
                "monthlyTotalBRL": 59.8,
                "hasSavedCard": false,
            }),
        )],
    )
    .await;
    let error = sandbox.client().buy_extra_numbers().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.code(), Some(&ErrorCode::ConfirmationRequired));
    let preview: types::ExtraNumbersPreview = error.body_as().unwrap();
    assert_eq!(preview.requires_conversion, Some(true));
    assert_eq!(preview.to_plan, Some(types::Plan::OnDemand));
    assert_eq!(preview.billed_quantity, Some(2));
    assert_eq!(preview.monthly_total_brl, Some(59.8));
    assert_eq!(preview.has_saved_card, Some(false));
}

#[tokio::test]
async fn a_purchase_is_not_retried() {
    let sandbox = sandbox(
        "buy_extra_numbers",
        [Reply::new(StatusCode::SERVICE_UNAVAILABLE, "").header("retry-after", "0").unwrap()],
    )
    .await;
    let client = quick(&sandbox);
    let error = client.buy_extra_numbers().send().await.unwrap_err();
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    assert!(error.to_string().contains("it may have taken effect"), "{error}");
}
