//! Branding.

use pilot_status::mock::Reply;
use pilot_status::{Nullable, StatusCode, types};
use serde_json::json;

use crate::operations::case::{ok, sandbox};

operations! {
    get_branding {
        call: |client| client.get_branding(),
        sends: "GET /v1/branding",
        reads: |response| {
            let branding = &response.branding;
            assert_eq!(branding.primary_color.as_deref(), Some("#1fd286"));
            assert_eq!(branding.hide_pilot_status_branding, Some(true));
            assert_eq!((&branding.logo_url, &branding.subtitle), (&None, &None));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    update_branding {
        call: |client| client.update_branding().body(
            types::BrandingUpdateRequest::builder()
                .logo_url("https://acme.com/logo.png")
                .primary_color("#1fd286")
                .background_color(Nullable::Null)
                .company_name("Acme")
                .subtitle(Nullable::Null)
                .support_url("https://acme.com/help")
                .default_redirect_url("https://acme.com/done")
                .hide_pilot_status_branding(true),
        ),
        sends: "PUT /v1/branding",
        body: {
            "logoUrl": "https://acme.com/logo.png",
            "primaryColor": "#1fd286",
            "backgroundColor": null,
            "companyName": "Acme",
            "subtitle": null,
            "supportUrl": "https://acme.com/help",
            "defaultRedirectUrl": "https://acme.com/done",
            "hidePilotStatusBranding": true,
        },
        reads: |response| {
            let branding = response.branding.as_ref().unwrap();
            assert_eq!(branding.company_name.as_deref(), Some("Acme"));
            assert_eq!(branding.background_color, None);
        },
        refused: (400, None::<&str>),
    }
}

#[tokio::test]
async fn a_field_is_left_cleared_or_set() {
    let sandbox = sandbox("update_branding", [ok(&json!({"branding": {}}))]).await;
    let client = sandbox.client();
    let update = types::BrandingUpdateRequest::builder;
    for (update, body) in [
        (update(), json!({})),
        (update().logo_url(None::<Nullable<String>>), json!({})),
        (update().logo_url(Nullable::Null), json!({"logoUrl": null})),
        (update().company_name(""), json!({"companyName": ""})),
        (update().hide_pilot_status_branding(false), json!({"hidePilotStatusBranding": false})),
        (update().subtitle(Nullable::from(None::<String>)), json!({"subtitle": null})),
    ] {
        client.update_branding().body(update).send().await.unwrap();
        let received = sandbox.requests().pop().unwrap();
        assert_eq!(received.json(), body);
    }
}

#[tokio::test]
async fn an_update_is_retried_with_the_same_body() {
    let fault = Reply::new(StatusCode::SERVICE_UNAVAILABLE, "").header("retry-after", "0").unwrap();
    let sandbox = sandbox("update_branding", [fault, ok(&json!({"branding": {}}))]).await;
    let client = sandbox.client();
    let call = client.update_branding();
    call.body_map(|body| body.subtitle(Nullable::Null)).send().await.unwrap();
    let bodies: Vec<_> = sandbox.requests().into_iter().map(|received| received.body).collect();
    assert_eq!(bodies, [r#"{"subtitle":null}"#, r#"{"subtitle":null}"#]);
}
