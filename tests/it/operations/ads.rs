//! Ads: ad accounts at Meta and the results of their ads.

use pilot_status::{ErrorKind, types};
use serde_json::Value;

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_ad_accounts {
        call: |client| client.list_ad_accounts(),
        sends: "GET /v1/ads/accounts",
        reads: |accounts| {
            let [linked] = accounts.linked.as_slice() else { panic!("{accounts:?}") };
            assert_eq!(linked.ad_account_id, "act_1234567890");
            assert_eq!(linked.linked_at, Some("2026-06-28T10:00:00.000Z".into()));
            assert_eq!(linked.sharing_active, Some(true));
            let [candidate] = accounts.candidates.as_slice() else { panic!("{accounts:?}") };
            assert_eq!((&candidate.ad_account_name, candidate.account_status), (&None, Some(1)));
            assert_eq!(accounts.partner_business_id.as_deref(), Some("102030405060708"));
            assert_eq!(accounts.sharing_lookup, Some(types::LookupStatus::Ok));
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    link_ad_account {
        call: |client| client.link_ad_account().body(act_1234567890()),
        sends: "POST /v1/ads/accounts",
        body: {"adAccountId": "act_1234567890"},
        reads: |response| {
            assert_eq!(response.link.ad_account_id, "act_1234567890");
            assert_eq!(response.link.ad_account_name.as_deref(), Some("Acme"));
            assert_eq!(response.link.linked_at, Some("2026-06-28T10:00:00.000Z".into()));
        },
        refused: (409, "AD_ACCOUNT_NOT_PROVEN"),
    }

    unlink_ad_account {
        call: |client| client.unlink_ad_account().ad_account_id("act_12/34 56"),
        sends: "DELETE /v1/ads/accounts/act_12%2F34%2056",
        reads: |response| {
            assert_eq!(response.unlinked, Some(true));
            assert_eq!(response.ad_account_id.as_deref(), Some("act_1234567890"));
        },
        refused: (404, "NOT_FOUND"),
    }

    get_ads_summary {
        call: |client| client
            .get_ads_summary()
            .end_date(case::moment("2026-06-30T23:59:59Z"))
            .start_date(case::moment("2026-06-01T00:00:00Z"))
            .whatsapp_number_id("wn_01HZX+1"),
        sends: "GET /v1/ads/summary?endDate=2026-06-30T23%3A59%3A59Z\
            &startDate=2026-06-01T00%3A00%3A00Z&whatsappNumberId=wn_01HZX%2B1",
        reads: |summary| {
            let [ad] = summary.ads.as_slice() else { panic!("{summary:?}") };
            assert_eq!((ad.conversations, ad.messages, ad.lead_count), (Some(12), Some(40), Some(3)));
            assert_eq!(ad.source_type.as_deref(), Some("ad"));
            assert_eq!(ad.last_at, Some("2026-06-27T10:00:00.000Z".into()));
            assert_eq!(ad.campaign_id.as_deref(), Some("120210000000000003"));
            assert_eq!((summary.total, summary.limit, summary.truncated), (Some(1), Some(200), Some(false)));
        },
        refused: (403, "NUMBER_NOT_IN_GRANT"),
    }
}

fn act_1234567890() -> types::builder::AdAccountLinkRequest {
    types::AdAccountLinkRequest::builder().ad_account_id("act_1234567890")
}

#[tokio::test]
async fn accounts_are_listed_without_a_lookup_at_meta() {
    let mut accounts = case::example("list_ad_accounts");
    accounts["candidates"] = Value::Array(Vec::new());
    accounts["partnerBusinessId"] = Value::Null;
    accounts["sharingLookup"] = "not_configured".into();
    accounts["linked"][0]["sharingActive"] = Value::Null;
    let delayed = {
        let mut accounts = accounts.clone();
        accounts["sharingLookup"] = "delayed".into();
        accounts
    };
    let sandbox = sandbox("list_ad_accounts", [&accounts, &delayed].map(ok)).await;
    let client = sandbox.client();
    let accounts = client.list_ad_accounts().send().await.unwrap();
    assert_eq!(accounts.sharing_lookup, Some(types::LookupStatus::NotConfigured));
    assert_eq!((accounts.candidates.len(), &accounts.partner_business_id), (0, &None));
    assert_eq!(accounts.linked[0].sharing_active, None);
    let accounts = client.list_ad_accounts().send().await.unwrap();
    assert_eq!(accounts.sharing_lookup.as_ref().unwrap().as_str(), "delayed");
}

#[tokio::test]
async fn a_failed_link_is_not_retried() {
    for (status, code) in [
        (409, "AD_ACCOUNT_NOT_SHARED"),
        (502, "ADS_LOOKUP_UNAVAILABLE"),
        (503, "ADS_NOT_CONFIGURED"),
    ] {
        let sandbox =
            sandbox("link_ad_account", [case::error("link_ad_account", status, code)]).await;
        let call = sandbox.client();
        let error = call.link_ad_account().body(act_1234567890()).send().await.unwrap_err();
        assert_eq!(error.code().map(types::ErrorCode::as_str), Some(code));
        let kind = if status == 409 { ErrorKind::Conflict } else { ErrorKind::Server };
        assert_eq!((error.kind(), error.attempts(), sandbox.requests().len()), (kind, 1, 1));
    }
}
