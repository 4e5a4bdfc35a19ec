//! Branding.

use pilot_status::{Nullable, types};
use serde_json::{Value, json};

use crate::support::{Answer, Server, client};

operations! {
    get_branding {
        call: |client| client.get_branding(),
        sends: "GET /v1/branding",
        reads: |answer| {
            let branding = answer.branding.as_ref().unwrap();
            assert_eq!(branding.primary_color.as_deref(), Some("#1fd286"));
            assert_eq!(branding.hide_pilot_status_branding, Some(true));
            assert_eq!((&branding.logo_url, &branding.subtitle), (&None, &None));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    update_branding {
        call: |client| client.update_branding().body(
            types::BrandingUpdate::builder()
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
        reads: |answer| {
            let branding = answer.branding.as_ref().unwrap();
            assert_eq!(branding.company_name.as_deref(), Some("Acme"));
            assert_eq!(branding.background_color, None);
        },
        refused: (400, None::<&str>),
    }
}

#[tokio::test]
async fn a_part_is_left_cleared_or_set() {
    let server = Server::start([Answer::json(200, &json!({"branding": {}}))]).await;
    let client = client(&server);
    let update = types::BrandingUpdate::builder;
    for (update, body) in [
        (update(), json!({})),
        (update().logo_url(None::<Nullable<String>>), json!({})),
        (update().logo_url(Nullable::Null), json!({"logoUrl": null})),
        (update().logo_url(""), json!({"logoUrl": ""})),
        (update().hide_pilot_status_branding(false), json!({"hidePilotStatusBranding": false})),
        (update().subtitle(Nullable::from(None::<String>)), json!({"subtitle": null})),
    ] {
        client.update_branding().body(update).send().await.unwrap();
        let received = server.received().pop().unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&received.body).unwrap(), body);
    }
}

#[tokio::test]
async fn a_change_that_may_have_failed_is_sent_again_as_it_was() {
    let fault = Answer::new(503, &[("retry-after", "0")], "");
    let server = Server::start([fault, Answer::json(200, &json!({"branding": {}}))]).await;
    let client = client(&server);
    let call = client.update_branding();
    call.body_map(|body| body.subtitle(Nullable::Null)).send().await.unwrap();
    let bodies: Vec<_> = server.received().into_iter().map(|received| received.body).collect();
    assert_eq!(bodies, [br#"{"subtitle":null}"#, br#"{"subtitle":null}"#]);
}
