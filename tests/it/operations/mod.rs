//! Tests of every documented operation over a real socket: the request, the decoded success,
//! and an error with its code. One file per tag writes out the requests.

#[macro_use]
pub mod case;

mod ads;
mod analytics;
mod api_keys;
mod billing;
mod branding;
mod calls;
mod conversations;
mod embed;
mod groups;
mod lead_pages;
mod leads;
mod lists;
mod media;
mod messages;
mod meta_onboarding;
mod newer;
mod newsletters;
mod numbers;
mod phone_lines;
mod programs;
mod projects;
mod referrals;
mod remote_pairing;
mod sdk;
mod setters;
mod spelled;
mod streams;
mod subscription;
mod templates;
mod unexpected;
mod webhooks;

use std::collections::BTreeSet;

/// Returns the operations and their calls, except the download.
pub fn cases() -> Vec<(&'static str, case::Call)> {
    let cases = [
        ads::CASES,
        analytics::CASES,
        api_keys::CASES,
        billing::CASES,
        branding::CASES,
        calls::CASES,
        conversations::CASES,
        embed::CASES,
        groups::CASES,
        lead_pages::CASES,
        leads::CASES,
        media::CASES,
        messages::CASES,
        meta_onboarding::CASES,
        newsletters::CASES,
        numbers::CASES,
        phone_lines::CASES,
        projects::CASES,
        referrals::CASES,
        remote_pairing::CASES,
        subscription::CASES,
        templates::CASES,
        webhooks::CASES,
    ];
    cases.concat()
}

#[test]
fn every_operation_of_the_document_has_a_case() {
    let cases = cases();
    let cases = cases.iter().map(|(name, _)| name).chain(phone_lines::DOWNLOADS);
    let cases: Vec<String> = cases.map(ToString::to_string).collect();
    let names: BTreeSet<String> = cases.iter().cloned().collect();
    assert_eq!(names.len(), cases.len(), "an operation has two cases");
    let document: BTreeSet<String> = case::operations().map(|operation| operation.id).collect();
    assert_eq!(names, document);
}
