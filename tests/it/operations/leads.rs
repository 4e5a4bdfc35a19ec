//! Leads from lead ads, page by page.

use std::time::Duration;

use pilot_status::mock::Reply;
use pilot_status::{Client, ErrorKind, StatusCode, types};
use serde_json::{Value, json};

use crate::operations::case::{self, lines, ok, sandbox};
use crate::support::eventually;

operations! {
    list_leads {
        call: |client| client
            .list_leads()
            .ad_id("120210000000000001")
            .end_date(case::moment("2026-06-30T23:59:59Z"))
            .form_id("form 1&2")
            .page(2)
            .page_id("102030405060708")
            .page_size(100)
            .start_date(case::moment("2026-06-01T00:00:00Z")),
        sends: "GET /v1/leads?adId=120210000000000001&endDate=2026-06-30T23%3A59%3A59Z\
            &formId=form+1%262&page=2&pageId=102030405060708&pageSize=100\
            &startDate=2026-06-01T00%3A00%3A00Z",
        reads: |page| {
            let [lead] = page.leads.as_slice() else { panic!("{page:?}") };
            is_the_documented(lead);
            assert_eq!((page.total, page.page), (Some(1), Some(1)));
            assert_eq!((page.page_size, page.total_pages), (Some(30), Some(1)));
            assert_eq!(page.notice, None);
        },
        refused: (400, "INVALID_DATE_RANGE"),
    }

    get_lead {
        call: |client| client.get_lead().id("lead/1?ü"),
        sends: "GET /v1/leads/lead%2F1%3F%C3%BC",
        reads: |response| {
            is_the_documented(&response.lead);
            assert_eq!(response.notice, None);
        },
        refused: (404, "LEAD_NOT_FOUND"),
    }
}

fn is_the_documented(lead: &types::Lead) {
    assert_eq!(
        (lead.id.as_str(), lead.leadgen_id.as_deref()),
        ("lead_01HZX...", Some("1234567890123456"))
    );
    assert_eq!(lead.whatsapp_number_id.as_deref(), Some("wn_01HZX..."));
    assert_eq!(lead.form_name.as_deref(), Some("Orçamento"));
    assert_eq!(lead.full_name.as_deref(), Some("Ana"));
    assert_eq!((lead.is_organic, lead.consent_given), (Some(false), Some(true)));
    assert_eq!((&lead.platform, &lead.auto_send_reason), (&None, &None));
    assert_eq!(lead.redacted, Some(false));
    let [city] = lead.fields.as_slice() else { panic!("{lead:?}") };
    assert_eq!((city.key.as_str(), city.label.as_deref()), ("city", Some("Cidade")));
    assert_eq!(city.values, ["São Paulo"]);
}

#[tokio::test]
async fn a_lead_without_its_personal_data_is_read() {
    let withheld = ["fullName", "email", "phone", "conversationId", "consentGiven", "isOrganic"];
    let unknown = ["pageName", "formName", "adId", "adName", "adsetName", "campaignName"];
    let mut lead = lead("lead_1");
    for name in withheld.into_iter().chain(unknown) {
        lead[name] = Value::Null;
    }
    lead["fields"] = json!([]);
    lead["redacted"] = true.into();
    let response = json!({"lead": lead, "notice": "PII_RELAY_ONLY"});
    let sandbox = sandbox("get_lead", [ok(&response)]).await;
    let response = sandbox.client().get_lead().id("lead_1").send().await.unwrap();
    assert_eq!(response.lead.redacted, Some(true));
    assert_eq!((&response.lead.email, response.lead.consent_given), (&None, None));
    assert_eq!(response.notice.as_deref(), Some("PII_RELAY_ONLY"));
}

#[tokio::test]
async fn an_empty_page_may_have_a_notice() {
    let nothing = json!({"leads": [], "total": 0, "page": 1, "pageSize": 30, "totalPages": 0,
        "notice": "PII_RELAY_ONLY"});
    let sandbox = sandbox("list_leads", [ok(&nothing), ok(&nothing)]).await;
    let client = sandbox.client();
    let page = client.list_leads().send().await.unwrap();
    assert_eq!((page.leads.len(), page.notice.as_deref()), (0, Some("PII_RELAY_ONLY")));
    assert_eq!(ids(&client).await.len(), 0);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn only_a_clone_for_a_number_sends_it() {
    let sandbox = sandbox("list_leads", [page(1, 2, Some(2)), page(2, 2, Some(2))]).await;
    let tenant = sandbox.client();
    let scoped = tenant.for_number("wn_01HZX");
    assert_eq!(ids(&scoped).await.len(), 4);
    tenant.list_leads().send().await.unwrap();
    let received = sandbox.requests();
    let named = received.iter().map(|request| request.headers.get("x-whatsapp-number-id"));
    let named: Vec<_> = named.map(|value| value.map(|value| value.to_str().unwrap())).collect();
    assert_eq!(named, [Some("wn_01HZX"), Some("wn_01HZX"), None]);
}

#[tokio::test]
async fn only_the_next_page_is_requested_ahead() {
    const LENGTH: usize = 5;
    const PAGES: usize = 3;
    let pages = [1, 2, 3].map(|number| page(number, LENGTH, Some(3)));
    let sandbox = sandbox("list_leads", pages).await;
    let client = sandbox.client();
    let mut leads = client.list_leads().stream();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(sandbox.requests().len(), 0);
    for place in 0..LENGTH * PAGES {
        let lead = leads.next().await.unwrap().unwrap();
        assert_eq!(lead.id, id(place / LENGTH + 1, place % LENGTH));
        tokio::time::sleep(Duration::from_millis(5)).await;
        let ahead = (place / LENGTH + 2).min(PAGES);
        assert!(sandbox.requests().len() <= ahead);
        if place % LENGTH == LENGTH - 2 {
            eventually("the next page is requested", || sandbox.requests().len() == ahead).await;
        }
    }
    assert!(leads.next().await.is_none());
    assert_eq!(sandbox.requests().len(), PAGES);
}

#[tokio::test]
async fn a_stream_starts_at_the_given_page_and_keeps_its_filters() {
    let sandbox = sandbox("list_leads", [page(2, 1, Some(3)), page(3, 1, Some(3))]).await;
    let client = sandbox.client();
    let mut leads = client.list_leads().form_id("1").page(2).page_size(1).stream();
    while let Some(lead) = leads.next().await {
        lead.unwrap();
    }
    assert_eq!(
        lines(&sandbox),
        ["GET /v1/leads?formId=1&page=2&pageSize=1", "GET /v1/leads?formId=1&page=3&pageSize=1",]
    );
}

#[tokio::test]
async fn a_stream_ends_after_the_latest_total_of_pages() {
    for (totals, requested) in [
        (vec![Some(1)], 1),
        (vec![Some(2), Some(2)], 2),
        // Leads were erased and others added.
        (vec![Some(3), Some(2)], 2),
        // A total that ignores the page it arrives with.
        (vec![Some(3), Some(1), Some(3)], 3),
        (vec![Some(2), Some(3), Some(3)], 3),
        (vec![Some(2), None, Some(3)], 3),
    ] {
        let pages = (1..).zip(&totals).map(|(number, pages)| page(number, 2, *pages));
        let sandbox = sandbox("list_leads", pages.collect::<Vec<_>>()).await;
        assert_eq!(ids(&sandbox.client()).await.len(), 2 * requested, "{totals:?}");
        assert_eq!(sandbox.requests().len(), requested, "{totals:?}");
    }
}

#[tokio::test]
async fn an_empty_page_ends_a_stream_despite_its_total() {
    for pages in [None, Some(9)] {
        let sandbox = sandbox("list_leads", [page(1, 2, pages), page(2, 0, pages)]).await;
        assert_eq!(ids(&sandbox.client()).await, [id(1, 0), id(1, 1)]);
        assert_eq!(sandbox.requests().len(), 2);
    }
}

#[tokio::test]
async fn an_error_is_the_last_entry_of_a_stream() {
    let refusal = case::error("list_leads", 403, "PERMISSION_DENIED");
    let sandbox = sandbox("list_leads", [page(1, 2, Some(3)), refusal]).await;
    let client = sandbox.client();
    let mut leads = client.list_leads().stream();
    for place in 0..2 {
        assert_eq!(leads.next().await.unwrap().unwrap().id, id(1, place));
    }
    let error = leads.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.operation_id()), (ErrorKind::Forbidden, Some("list_leads")));
    assert!(leads.next().await.is_none());
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_rejected_page_is_retried() {
    let rejection = json!({"error": "Too many requests", "retryAfterSeconds": 0});
    let pages = [
        page(1, 1, Some(2)),
        Reply::json(StatusCode::TOO_MANY_REQUESTS, &rejection),
        page(2, 1, Some(2)),
    ];
    let sandbox = sandbox("list_leads", pages).await;
    assert_eq!(ids(&sandbox.client()).await, [id(1, 0), id(2, 0)]);
    assert_eq!(sandbox.requests().len(), 3);
}

/// Streams the ids of all leads.
async fn ids(client: &Client) -> Vec<String> {
    let mut leads = client.list_leads().stream();
    let mut ids = Vec::new();
    while let Some(lead) = leads.next().await {
        ids.push(lead.unwrap().id);
    }
    ids
}

fn id(page: usize, place: usize) -> String {
    format!("lead_{page}_{place}")
}

/// The documented lead with another id.
fn lead(id: &str) -> Value {
    let mut lead = case::example("list_leads")["leads"][0].take();
    lead["id"] = id.into();
    lead
}

/// Builds a page with an optional number of pages.
fn page(number: usize, length: usize, pages: Option<usize>) -> Reply {
    let leads: Vec<Value> = (0..length).map(|place| lead(&id(number, place))).collect();
    let mut page = json!({"leads": leads, "page": number, "pageSize": length + 1});
    if let Some(pages) = pages {
        page["totalPages"] = pages.into();
        page["total"] = (pages * length).into();
    }
    ok(&page)
}
