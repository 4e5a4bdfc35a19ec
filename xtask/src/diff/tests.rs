//! What changes of our own document weigh.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::change::Level::{self, Major, Minor, Patch};
use super::{Version, report, rust, weigh};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap());

type Change = fn(&mut Value);

/// A change, and what it weighs for Rust and on the wire.
const CHANGES: [(&str, Change, Level, Level); 25] = [
    (
        "a name of an enum's value",
        |document| {
            at(document, "/components/schemas/AnalyticsPeriod/x-enum-names/7d", json!("Other"));
        },
        Major,
        Patch,
    ),
    (
        "a request field becomes nullable",
        |document| set(document, "MessageRequest/properties/caption/nullable", json!(true)),
        Major,
        Patch,
    ),
    (
        "a request list becomes optional",
        |document| set(document, "MessageCancellationRequest/required", json!([])),
        Major,
        Patch,
    ),
    (
        "a request field becomes required",
        |document| set(document, "ListMessage/required", json!(["buttonText"])),
        Major,
        Major,
    ),
    (
        "a request field is new",
        |document| set(document, "ListMessage/properties/other", json!({"type": "string"})),
        Minor,
        Patch,
    ),
    (
        "a request field is gone",
        |document| take(document, "ListMessage/properties/buttonText"),
        Major,
        Major,
    ),
    (
        "a second list in a page",
        |document| {
            set(
                document,
                "LeadList/properties/others",
                json!({"type": "array", "items": {"$ref": "#/components/schemas/Lead"}}),
            );
        },
        Major,
        Patch,
    ),
    (
        "the first required field of a response",
        |document| {
            set(document, "FailedCancellation/required", json!(["code"]));
            set(document, "FailedCancellation/properties/code", json!({"type": "string"}));
        },
        Major,
        Patch,
    ),
    (
        "a response field is new",
        |document| set(document, "Number/properties/other", json!({"type": "string"})),
        Minor,
        Patch,
    ),
    (
        "a response field becomes optional",
        |document| set(document, "Message/required", json!([])),
        Major,
        Major,
    ),
    (
        "a field of an event is gone",
        |document| take(document, "CallEvent/properties/duration"),
        Major,
        Minor,
    ),
    (
        "an event is new",
        |document| {
            at(
                document,
                "/components/schemas/WebhookEvent/discriminator/mapping/number.renamed",
                json!("#/components/schemas/NumberCreatedEvent"),
            );
        },
        Minor,
        Patch,
    ),
    (
        "a call is not to be repeated",
        |document| at(document, "/paths/~1v1~1numbers/get/x-idempotent", json!(false)),
        Patch,
        Major,
    ),
    (
        "a call may be repeated",
        |document| {
            at(
                document,
                "/paths/~1v1~1subscription~1extra-numbers/delete/x-idempotent",
                json!(true),
            );
        },
        Patch,
        Patch,
    ),
    (
        "other advice on repeating",
        |document| set(document, "ErrorCode/x-retry/RESYNC_COOLDOWN", json!("never")),
        Patch,
        Minor,
    ),
    ("a word", |document| set(document, "Number/description", json!("A number.")), Patch, Patch),
    (
        "minLength of what is read",
        |document| set(document, "Message/properties/id/minLength", json!(1)),
        Patch,
        Patch,
    ),
    (
        "minLength of what is sent",
        |document| set(document, "MessageRequest/properties/text/minLength", json!(1)),
        Patch,
        Major,
    ),
    (
        "an optional reference that is read becomes nullable",
        |document| {
            let reference = json!({"$ref": "#/components/schemas/ConnectionState"});
            let state = json!({"allOf": [reference], "nullable": true});
            set(document, "Number/properties/state", state);
        },
        Patch,
        Patch,
    ),
    (
        "a default of what is sent",
        |document| at(document, "/paths/~1v1~1leads/get/parameters/0/schema/default", json!("a")),
        Patch,
        Patch,
    ),
    (
        "a value of an enum is new",
        |document| set(document, "Provider/enum", json!(["PILOT_STATUS", "META", "NEW"])),
        Minor,
        Patch,
    ),
    (
        "a value of an enum that is sent is gone",
        |document| set(document, "MediaType/enum", json!(["audio"])),
        Major,
        Major,
    ),
    (
        "a credential is taken no longer",
        |document| at(document, "/paths/~1v1~1numbers/get/security", json!([{"apiKey": []}])),
        Patch,
        Major,
    ),
    (
        "a parameter is gone",
        |document| {
            let parameters = &mut document["paths"]["/v1/leads"]["get"]["parameters"];
            parameters.as_array_mut().unwrap().remove(0);
        },
        Major,
        Major,
    ),
    (
        "an operation is gone",
        |document| {
            document["paths"].as_object_mut().unwrap().remove("/v1/projects").unwrap();
        },
        Major,
        Major,
    ),
];

/// Sets what is at a pointer, or adds it to what is before its last part.
fn at(document: &mut Value, pointer: &str, value: Value) {
    let (within, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(within).unwrap()[key] = value;
}

fn set(document: &mut Value, place: &str, value: Value) {
    at(document, &format!("/components/schemas/{place}"), value);
}

fn take(document: &mut Value, place: &str) {
    let (within, key) = place.rsplit_once('/').unwrap();
    let within = document.pointer_mut(&format!("/components/schemas/{within}")).unwrap();
    within.as_object_mut().unwrap().remove(key).unwrap();
}

fn changed(change: Change) -> Value {
    let mut document = DOCUMENT.clone();
    change(&mut document);
    assert_ne!(document, *DOCUMENT);
    document
}

fn worst(changes: &[super::Change]) -> Level {
    changes.iter().map(|change| change.level).max().unwrap_or(Patch)
}

#[test]
fn every_change_of_our_document_weighs_what_it_means_on_the_wire() {
    for (name, change, _, expected) in CHANGES {
        let changes = weigh::compare(&DOCUMENT, &changed(change));
        assert_eq!(worst(&changes), expected, "{name}: {changes:#?}");
    }
}

#[test]
fn every_change_of_our_document_weighs_what_it_means_for_rust() {
    let old = rust::lines(&DOCUMENT).unwrap();
    let changes = |document: &Value| rust::changes(&old, &rust::lines(document).unwrap());
    let (patches, others): (Vec<_>, Vec<_>) =
        CHANGES.into_iter().partition(|(_, _, rust, _)| *rust == Patch);
    for (name, change, expected, _) in others {
        let changes = changes(&changed(change));
        assert_eq!(worst(&changes), expected, "{name}: {changes:#?}");
    }
    // To generate a client takes long. If together they weigh nothing, each does.
    let mut document = DOCUMENT.clone();
    for (_, change, _, _) in patches {
        change(&mut document);
    }
    assert_eq!(worst(&changes(&document)), Patch, "{:#?}", changes(&document));
}

#[test]
fn an_operation_that_moves_to_another_tag_is_gone_for_those_who_have_the_one() {
    let document =
        changed(|document| at(document, "/paths/~1v1~1projects/get/tags", json!(["Numbers"])));
    let report = report(&DOCUMENT, &document);
    assert_eq!(report.verdict(), Some((Major, Patch)), "{report}");
    let line =
        "Client.list_projects() -> builder::ListProjects<'_> is no longer brought by projects";
    assert!(report.to_string().contains(line), "{report}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    assert_eq!(report(&DOCUMENT, &DOCUMENT).to_string(), "no change");
}

#[test]
fn what_is_no_document_may_change_all() {
    for hostile in [json!(null), json!([]), json!({"paths": {"/a": {"get": {"responses": 1}}}})] {
        assert_eq!(report(&DOCUMENT, &hostile).verdict().map(|(rust, _)| rust), Some(Major));
        assert_eq!(report(&hostile, &DOCUMENT).verdict().map(|(rust, _)| rust), Some(Major));
    }
}

#[test]
fn schemas_that_hold_each_other_are_followed_once() {
    let schema = |other: &str| {
        let reference = json!({"$ref": format!("#/components/schemas/{other}")});
        json!({"type": "object", "properties": {"a": reference, "b": reference}})
    };
    let mut document = DOCUMENT.clone();
    for number in 0..40 {
        document["components"]["schemas"][format!("Chain{number}")] =
            schema(&format!("Chain{}", number + 1));
    }
    set(&mut document, "Number/properties/chain", json!({"$ref": "#/components/schemas/Chain0"}));
    let told = weigh::compare(&DOCUMENT, &document);
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("too many or too deep"), "{}", told[0].text);
}

#[test]
fn the_next_version_follows_the_rules_of_cargo() {
    for (now, level, next) in [
        (Version(0, 1, 0), Major, "0.2.0"),
        (Version(0, 1, 0), Minor, "0.1.1"),
        (Version(0, 1, 9), Patch, "0.1.10"),
        (Version(1, 4, 2), Major, "2.0.0"),
        (Version(1, 4, 2), Minor, "1.5.0"),
        (Version(1, 4, 2), Patch, "1.4.3"),
    ] {
        assert_eq!(now.after(level).to_string(), next);
    }
}
