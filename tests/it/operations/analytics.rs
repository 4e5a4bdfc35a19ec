//! Analytics: figures about sent messages.

use pilot_status::mock::Sandbox;
use pilot_status::types;
use serde_json::json;

use crate::operations::case::{self, ok, sandbox};

operations! {
    get_dashboard {
        call: |client| client
            .get_dashboard()
            .period(types::AnalyticsPeriod::Last90Days)
            .timezone("America/Sao_Paulo")
            .tz("Etc/GMT+3"),
        sends: "GET /v1/analytics/dashboard?period=90d&timezone=America%2FSao_Paulo\
            &tz=Etc%2FGMT%2B3",
        reads: |dashboard| {
            assert_eq!((dashboard.total_sent, dashboard.total_failed), (120, 3));
            let changes = (dashboard.sent_percent_change, dashboard.failed_percent_change);
            assert_eq!((changes, dashboard.failure_rate), ((0.0, 0.0), 2.44));
            let days: Vec<_> =
                dashboard.daily_messages.iter().map(|day| (day.date.as_str(), day.count)).collect();
            assert_eq!(days, [("2026-02-24", 10), ("2026-02-25", 40)]);
            let shares = &dashboard.status_distribution;
            assert_eq!((shares.queued, shares.sent, shares.delivered), (10.0, 80.0, None));
            assert_eq!((shares.failed, shares.read), (2.5, 7.5));
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }
}

#[tokio::test]
async fn a_status_distribution_may_have_counts() {
    let mut response = case::example("get_dashboard");
    response["sentPercentChange"] = json!(-12.5);
    response["statusDistribution"] =
        json!({"queued": 1, "sent": 20, "delivered": 70, "failed": 3, "read": 29});
    let sandbox = sandbox("get_dashboard", [ok(&response)]).await;
    let dashboard = sandbox.client().get_dashboard().send().await.unwrap();
    let delivered = dashboard.status_distribution.delivered;
    assert_eq!((dashboard.sent_percent_change, delivered), (-12.5, Some(70.0)));
    assert_eq!(sandbox.requests()[0].line(), "GET /v1/analytics/dashboard");
}

#[tokio::test]
async fn a_period_may_be_a_string() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for (period, is_known) in [("7d", true), ("30d", true), ("365d", false)] {
        assert_eq!(client.get_dashboard().period(period).send().await.is_ok(), is_known);
        let line = sandbox.requests().pop().unwrap().line();
        assert_eq!(line, format!("GET /v1/analytics/dashboard?period={period}"));
    }
}
