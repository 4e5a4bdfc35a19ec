//! Groups: their lists in both documented forms, and their participants.

use pilot_status::mock::{Reply, Sandbox};
use pilot_status::{ErrorCode, ErrorKind, StatusCode, types};
use serde_json::json;

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_groups {
        call: |client| client.list_groups(),
        sends: "GET /v1/groups",
        reads: |groups| {
            let Some([group]) = groups.entries() else { panic!("{groups:?}") };
            assert_eq!(group.id, "120363123456789012@g.us");
            assert_eq!((group.name.as_deref(), &group.subject), (Some("Vendas"), &None));
        },
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    create_group {
        call: |client| client.create_group().body(
            types::GroupRequest::builder()
                .subject("Vendas")
                .participants(["5511988887777"]),
        ),
        sends: "POST /v1/groups",
        body: {"subject": "Vendas", "participants": ["5511988887777"]},
        reads: |group| {
            assert_eq!(group.id.as_deref(), Some("120363123456789012@g.us"));
            assert_eq!(group.subject.as_deref(), Some("Vendas"));
            let ana = types::GroupParticipant::Text("5511988887777".to_owned());
            assert_eq!(group.participants, [ana]);
        },
        refused: (400, "META_GROUPS_NOT_ELIGIBLE"),
    }

    get_group {
        call: |client| client.get_group().group_id("123456789-987654321@g.us"),
        sends: "GET /v1/groups/123456789-987654321%40g.us",
        reads: |group| {
            assert_eq!((&group.id, group.subject.as_deref()), (&None, Some("Vendas")));
            assert_eq!(group.participants, []);
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }

    add_group_participants {
        call: |client| client
            .add_group_participants()
            .group_id("120363123456789012@g.us")
            .body(types::GroupParticipantsRequest::builder().participants(TWO)),
        sends: "POST /v1/groups/120363123456789012%40g.us/participants",
        body: {"participants": ["5511988887777", "5511999998888"]},
        reads: |done| assert_eq!(done, &()),
        refused: (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
    }

    remove_group_participants {
        call: |client| client
            .remove_group_participants()
            .group_id("meta/group@g.us")
            .body(types::GroupParticipantsRequest::builder().participants(TWO)),
        sends: "DELETE /v1/groups/meta%2Fgroup%40g.us/participants",
        body: {"participants": ["5511988887777", "5511999998888"]},
        reads: |done| assert_eq!(done, &()),
        refused: (400, "META_GROUPS_NOT_ELIGIBLE"),
    }
}

const TWO: [&str; 2] = ["5511988887777", "5511999998888"];

#[tokio::test]
async fn the_list_is_read_with_and_without_a_wrapper() {
    let entry = json!({"id": "1@g.us", "subject": "Vendas"});
    let other = json!({"page": {"groups": []}});
    let responses = [json!([entry]), json!({"groups": [entry]}), other.clone()];
    let sandbox = sandbox("list_groups", responses.map(|response| ok(&response))).await;
    let client = sandbox.client();
    let list = async || client.list_groups().send().await.unwrap().into_inner();
    let (bare, wrapped) = (list().await, list().await);
    assert!(matches!(bare, types::GroupList::Bare(_)));
    assert!(matches!(wrapped, types::GroupList::Wrapped(_)));
    assert_eq!(bare.entries(), wrapped.entries());
    let [group] = bare.entries().unwrap() else { panic!() };
    assert_eq!((group.subject.as_deref(), &group.name), (Some("Vendas"), &None));
    let unknown = list().await;
    assert_eq!((unknown.entries(), &unknown), (None, &types::GroupList::Unknown(other)));
}

#[tokio::test]
async fn participants_are_read_with_their_roles() {
    let member = json!({"id": "5511988887777", "role": "admin"});
    let response = json!({"subject": "Vendas", "participants": [member, "5511999998888", 7]});
    let sandbox = sandbox("get_group", [ok(&response)]).await;
    let group = sandbox.client().get_group().group_id("1@g.us").send().await.unwrap();
    let [member, text, number] = group.participants.as_slice() else { panic!("{group:?}") };
    let types::GroupParticipant::Object(member) = member else { panic!("{member:?}") };
    assert_eq!(member["role"], "admin");
    assert_eq!(text, &types::GroupParticipant::Text("5511999998888".to_owned()));
    assert_eq!(number, &types::GroupParticipant::Unknown(json!(7)));
}

#[tokio::test]
async fn participants_are_added_whatever_the_response_contains() {
    let responses = [
        Reply::new(StatusCode::NO_CONTENT, ""),
        Reply::new(StatusCode::OK, "ok").header("content-type", "text/plain").unwrap(),
        Reply::json(StatusCode::CREATED, &json!({"added": ["5511988887777"]})),
    ];
    let sandbox = sandbox("add_group_participants", responses).await;
    let client = sandbox.client();
    for status in [204, 200, 201] {
        let body = types::GroupParticipantsRequest::builder().participants(TWO);
        let call = client.add_group_participants().group_id("1@g.us").body(body);
        assert_eq!(call.send().await.unwrap().status().as_u16(), status);
    }
}

#[tokio::test]
async fn a_group_requires_a_subject_but_no_participants() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let nameless = types::GroupRequest::builder().participants(TWO);
    let error = client.create_group().body(nameless).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    assert!(error.to_string().contains("subject"), "{error}");
    let empty = types::GroupRequest::builder().subject("Vendas");
    client.create_group().body(empty).send().await.unwrap();
    assert_eq!(sandbox.requests()[0].body, r#"{"subject":"Vendas"}"#);
}

#[tokio::test]
async fn the_creation_of_a_group_is_not_retried() {
    let busy = Reply::json(StatusCode::SERVICE_UNAVAILABLE, &json!({"error": "Unavailable"}));
    let sandbox =
        sandbox("create_group", [busy, case::error("create_group", 409, NOT_CONNECTED)]).await;
    let client = sandbox.client();
    let group = || types::GroupRequest::builder().subject("Vendas");
    let error = client.create_group().body(group()).send().await.unwrap_err();
    assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    assert!(error.to_string().contains("check before you repeat it"), "{error}");
    let error = client.create_group().body(group()).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::WhatsappInstanceNotConnected));
}

const NOT_CONNECTED: &str = "WHATSAPP_INSTANCE_NOT_CONNECTED";
