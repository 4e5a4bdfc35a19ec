//! Meta onboarding: the session token in the path is the only credential.

use pilot_status::mock::Reply;
use pilot_status::{StatusCode, types};
use serde_json::json;

use crate::operations::case::{ok, sandbox};
use crate::support::shown;

operations! {
    complete_embedded_signup {
        call: |client| client
            .complete_embedded_signup()
            .token("eyJhbGciOiJIUzI1NiJ9.e30.a-b_c=")
            .body(
                types::EmbeddedSignupRequest::builder()
                    .phone_number_id("100000000000001")
                    .waba_id("100000000000002")
                    .code("AQB..."),
            ),
        sends: "POST /v1/meta-embedded/eyJhbGciOiJIUzI1NiJ9.e30.a-b_c%3D/complete",
        body: {
            "phoneNumberId": "100000000000001",
            "wabaId": "100000000000002",
            "code": "AQB...",
        },
        reads: |signup| assert!(signup.is_empty()),
        refused: (401, "INVALID_SESSION"),
    }
}

#[tokio::test]
async fn no_key_or_number_is_sent_with_a_session_token() {
    let sandbox = sandbox(
        "complete_embedded_signup",
        [Reply::json(StatusCode::CREATED, &json!({"numberId": "num_1"}))],
    )
    .await;
    let client = sandbox.client().for_number("num_1");
    let signup = client.complete_embedded_signup().token("eyJ...").send().await.unwrap();
    assert_eq!(signup["numberId"], "num_1");
    let received = &sandbox.requests()[0];
    for header in ["x-api-key", "x-api-key-id", "x-whatsapp-number-id"] {
        assert!(!received.headers.contains_key(header), "{received:?}");
    }
}

#[tokio::test]
async fn undocumented_fields_are_sent_and_the_code_is_not_printed() {
    let sandbox = sandbox("complete_embedded_signup", [ok(&json!({}))]).await;
    let client = sandbox.client();
    let extra = json!({"businessId": "100000000000003"}).as_object().unwrap().clone();
    let request = types::EmbeddedSignupRequest::builder().code("marked").extra(extra);
    assert!(!format!("{request:?}").contains("marked"), "{request:?}");
    client.complete_embedded_signup().token("eyJ...").body(request).send().await.unwrap();
    let sent = sandbox.requests()[0].json();
    assert_eq!(sent, json!({"code": "marked", "businessId": "100000000000003"}));
}

#[tokio::test]
async fn an_error_does_not_contain_the_session_token() {
    let refusal = json!({"error": "The session has expired", "code": "INVALID_SESSION"});
    let sandbox =
        sandbox("complete_embedded_signup", [Reply::json(StatusCode::UNAUTHORIZED, &refusal)])
            .await;
    let client = sandbox.client();
    let error = client.complete_embedded_signup().token("eyJ.marked").send().await.unwrap_err();
    assert!(!shown(&error).contains("marked"), "{error:?}");
}
