//! Newsletters: the list in both possible forms.

use pilot_status::types;
use serde_json::json;

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_newsletters {
        call: |client| client.list_newsletters(),
        sends: "GET /v1/newsletters",
        reads: |newsletters| {
            let Some([newsletter]) = newsletters.entries() else { panic!("{newsletters:?}") };
            assert_eq!(newsletter.id, "120363000000000000@newsletter");
            assert_eq!(newsletter.name.as_deref(), Some("Novidades"));
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }
}

#[tokio::test]
async fn the_list_is_read_with_and_without_a_wrapper() {
    let bare = case::example("list_newsletters");
    let responses = [json!([]), json!({"newsletters": bare}), json!(null)];
    let sandbox = sandbox("list_newsletters", responses.map(|response| ok(&response))).await;
    let client = sandbox.client();
    let list = async || client.list_newsletters().send().await.unwrap().into_inner();
    assert_eq!(list().await, types::NewsletterList::Bare(vec![]));
    let wrapped = list().await;
    assert_eq!(wrapped.entries().unwrap()[0].name.as_deref(), Some("Novidades"));
    assert_eq!(list().await, types::NewsletterList::Unknown(json!(null)));
}
