//! Compares our description with a page in the vendor's style for each operation.

mod pages;
mod values;

use std::path::Path;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use self::pages::Page;
pub use self::pages::pages;
use super::Undescribed;
use crate::fragments::Fragments;
use crate::places::{self, Pointer};
use crate::regen::document_of;
use crate::source::{self, Text};
use crate::upstream::Part;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn committed() -> Value {
    let text = std::fs::read_to_string(repository().join("openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The first page that was kept. Later pages do not affect the tests.
pub fn published() -> Text {
    let page = repository().join("xtask/spec/upstream/list-numbers.md");
    source::read(&page, repository()).unwrap().remove(0)
}

/// The first page that was kept, and these.
fn texts(pages: &[Page]) -> Vec<Text> {
    [published()].into_iter().chain(pages.iter().map(Page::text)).collect()
}

/// A changed page of an operation.
pub fn changed(pages: &[Page], path: &str, method: &str, change: impl FnOnce(&mut Value)) -> Page {
    let page = pages.iter().find(|page| page.path == path && page.method == method);
    let mut page = page.expect("a page of this operation").clone();
    change(&mut page.operation);
    page
}

/// The reports without line numbers of our description, which change with every edit of it.
fn without_lines(reports: &str) -> String {
    let line = Regex::new(r"(spec/api/\S+ line )\d+").unwrap();
    line.replace_all(reports, "${1}N").into_owned()
}

#[test]
fn pages_that_agree_change_only_the_evidence() {
    let mut expected = committed();
    let pages = pages(&expected);
    assert_eq!(pages.len() + 1, places::operations(&expected).count());
    for page in &pages {
        let operation = &mut expected["paths"][&page.path][&page.method];
        operation["x-evidence"] = json!("fragment");
        operation["x-upstream-operation-id"] = page.operation["operationId"].clone();
    }
    let document = document_of(repository(), &texts(&pages)).unwrap_or_else(|error| {
        panic!("{error:#}");
    });
    let document: Value = serde_json::from_str(&document).unwrap();
    for (path, item) in expected["paths"].as_object().unwrap() {
        assert_eq!(document["paths"][path], *item, "{path}");
    }
    assert!(document == expected);
}

/// The differences that a change of a page makes, one in each line.
fn differences(
    pages: &[Page],
    path: &str,
    method: &str,
    change: impl FnOnce(&mut Value),
) -> Vec<String> {
    let page = changed(pages, path, method, change);
    let error = held(vec![page.part()]).err().expect("a difference");
    format!("{error:#}").lines().skip(1).map(str::to_owned).collect()
}

/// Compares pages with our description. No difference is accepted.
fn held(pages: Vec<Part>) -> anyhow::Result<(Value, Vec<Undescribed>)> {
    super::reconcile(pages, fragments(), &[], &mut Vec::new())
}

/// Our description, which is slow to read.
pub fn fragments() -> &'static Fragments {
    static FRAGMENTS: OnceLock<Fragments> = OnceLock::new();
    FRAGMENTS.get_or_init(|| {
        Fragments::read(&repository().join("xtask/spec/api"), repository()).unwrap()
    })
}

type Change = fn(&mut Value);

#[test]
fn each_fact_that_only_a_page_has_is_told_in_one_line() {
    fn example(operation: &mut Value) -> &mut Value {
        &mut operation["responses"]["200"]["content"]["application/json"]["example"]
    }
    let media: [(&str, Change); 26] = [
        ("a member", |media| example(media)["sha256"] = json!("ab")),
        ("a member of another type", |media| example(media)["mediaId"] = json!(1)),
        ("a null", |media| example(media)["mimeType"] = json!(null)),
        ("a required member that is missing", |media| {
            example(media).as_object_mut().unwrap().remove("mimeType");
        }),
        ("a bare array", |media| *example(media) = json!([1])),
        ("a status with an error", |media| {
            media["responses"]["410"] = media["responses"]["404"].clone();
        }),
        ("a status of success", |media| {
            media["responses"]["202"] = json!({"description": "Later"});
        }),
        ("an error code", |media| {
            media["responses"]["404"]["content"]["application/json"]["example"] =
                json!({"error": "Gone", "code": "MEDIA_GONE"});
        }),
        ("a parameter", |media| {
            let parameter = json!({"name": "size", "in": "query", "schema": {"type": "string"}});
            media["parameters"].as_array_mut().unwrap().push(parameter);
        }),
        ("a parameter that is optional", |media| {
            media["parameters"][1]["required"] = json!(false);
        }),
        ("a type of a parameter", |media| {
            media["parameters"][1]["schema"] = json!({"type": "integer"});
        }),
        ("security", |media| media["security"] = json!([{"apiKeyId": []}])),
        ("no security", |media| media["security"] = json!([])),
        ("another id", |media| media["operationId"] = json!("get_media_file")),
        ("a tag", |media| media["tags"] = json!(["Files"])),
        ("a header", |media| {
            media["responses"]["200"]["headers"] =
                json!({"X-Size": {"schema": {"type": "string"}}});
        }),
        ("a type of a parameter of the path", |media| {
            media["parameters"][0]["schema"] = json!({"type": "integer"});
        }),
        ("a format", |media| {
            media["parameters"][1]["schema"] = json!({"type": "string", "format": "uuid"});
        }),
        ("a media type", |media| {
            media["responses"]["200"]["content"]["image/jpeg"] = json!({});
        }),
        ("a callback", |media| media["callbacks"] = json!({"ready": {}})),
        ("deprecation", |media| media["deprecated"] = json!(true)),
        ("a request body", |media| media["requestBody"] = json!({"content": {}})),
        ("a schema with a member", |media| {
            media["responses"]["200"]["content"]["application/json"]["schema"] = json!({
                "type": "object",
                "properties": {"sha256": {"type": "string"}, "mediaId": {"type": "string"}},
            });
        }),
        ("a schema with a null", |media| {
            media["responses"]["200"]["content"]["application/json"]["schema"] =
                json!({"properties": {"mediaId": {"type": ["string", "null"]}}});
        }),
        ("a schema that promises less", |media| {
            media["responses"]["200"]["content"]["application/json"]["schema"] =
                json!({"required": ["base64", "mediaId"]});
        }),
        ("a bound", |media| {
            media["parameters"][1]["schema"] = json!({"type": "string", "maxLength": 20});
        }),
    ];
    let pages = pages(&committed());
    let mut reports = Vec::new();
    for (name, change) in media {
        let lines = differences(&pages, "/v1/media/{mediaId}", "get", change);
        assert_eq!(lines.len(), 1, "{name}: {lines:#?}");
        reports.push(format!("{name}: {}", lines[0]));
    }
    insta::assert_snapshot!(without_lines(&reports.join(
        "
"
    )));
}

#[test]
fn facts_of_requests_and_of_nested_values_are_told_too() {
    fn schema(operation: &mut Value) -> &mut Value {
        &mut operation["requestBody"]["content"]["application/json"]["schema"]
    }
    let changes: [(&str, &str, &str, Change); 5] = [
        ("a field", "/v1/numbers", "post", |operation| {
            schema(operation)["properties"]["color"] = json!({"type": "string"});
        }),
        ("a field that is required", "/v1/numbers", "post", |operation| {
            schema(operation)["required"].as_array_mut().unwrap().push(json!("settings"));
        }),
        ("a nested member", "/v1/numbers", "post", |operation| {
            let content = &mut operation["responses"]["200"]["content"]["application/json"];
            content["example"]["primaryLink"]["since"] = json!(1);
        }),
        ("a value of an enum", "/v1/numbers", "post", |operation| {
            let content = &mut operation["responses"]["200"]["content"]["application/json"];
            content["example"]["instance"]["state"] = json!("LOST");
        }),
        ("a value that a parameter lists", "/v1/calls", "get", |operation| {
            operation["parameters"][0]["schema"]["enum"] = json!(["10", "many"]);
        }),
    ];
    let pages = pages(&committed());
    let mut reports = Vec::new();
    for (name, path, method, change) in changes {
        let lines = differences(&pages, path, method, change);
        reports.push(format!("{name}: {}", lines.join("\n")));
    }
    insta::assert_snapshot!(without_lines(&reports.join(
        "
"
    )));
}

#[test]
fn what_a_header_holds_and_what_a_callback_delivers_are_held_too() {
    let pages = pages(&committed());
    let header = |operation: &mut Value, schema: Value| {
        operation["responses"]["200"]["headers"] = json!({"content-length": {"schema": schema}});
    };
    let delivery = |operation: &mut Value, example: Value| {
        let content = json!({"application/json": {"example": example}});
        let call = json!({"post": {"requestBody": {"content": content}, "responses": {}}});
        operation["callbacks"] = json!({"delivery": {"{$request.body#/address}": call}});
    };
    let lines = |path: &str, method: &str, change: &dyn Fn(&mut Value)| {
        differences(&pages, path, method, change).join("\n")
    };
    let reports = [
        lines("/v1/phone-lines/activations/{id}/audio", "get", &|one| {
            header(one, json!({"type": "boolean", "example": true}));
        }),
        lines("/v1/webhooks", "post", &|one| delivery(one, json!({"event": "message.lost"}))),
        lines("/v1/webhooks", "post", &|one| {
            delivery(one, json!({"event": "message.sent", "more": 1}));
        }),
    ];
    insta::assert_snapshot!(without_lines(&reports.join(
        "
"
    )));
}

#[test]
fn parameters_of_callbacks_and_deprecated_parameters_are_compared() {
    let pages = pages(&committed());
    let lines = differences(&pages, "/v1/webhooks", "post", |operation| {
        let header = |name: &str| json!({"name": name, "in": "header", "schema": {}});
        let headers = ["X-Pilot-Status-Signature", "x-signature"].map(header);
        let call = json!({"post": {"parameters": headers, "responses": {}}});
        operation["callbacks"] = json!({"delivery": {"{$request.body#/url}": call}});
    });
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let what = "says POST /v1/webhooks: the header parameter x-signature, we say no such parameter";
    assert!(lines[0].contains(what), "{lines:#?}");
    let lines = differences(&pages, "/v1/media/{mediaId}", "get", |media| {
        media["parameters"][1]["deprecated"] = json!(true);
    });
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let what = "the query parameter phoneNumberId: deprecated true, we say nothing";
    assert!(lines[0].contains(what), "{lines:#?}");
}

#[test]
fn a_parameter_of_a_path_with_another_name_is_the_same_operation() {
    let pages = pages(&committed());
    let page = changed(&pages, "/v1/media/{mediaId}", "get", |media| {
        media["parameters"][0] = json!({
            "name": "id", "in": "path", "required": true, "schema": {"type": "integer"},
        });
    });
    let page = page.at("/v1/media/{id}");
    let error = document_of(repository(), &texts(&[page])).unwrap_err();
    insta::assert_snapshot!(without_lines(&format!("{error:#}")));
}

#[test]
fn open_members_and_undescribed_operations_are_no_difference() {
    let pages = pages(&committed());
    let open = changed(&pages, "/v1/numbers", "post", |operation| {
        let content = &mut operation["responses"]["200"]["content"]["application/json"];
        content["example"]["instance"]["primaryLink"]["since"] = json!(1);
    });
    let audio = "/v1/phone-lines/activations/{id}/audio";
    let bytes = changed(&pages, audio, "get", |operation| {
        let content = operation["responses"]["200"]["content"].as_object_mut().unwrap();
        for media in content.values_mut() {
            *media = json!({"schema": {"type": "string", "format": "binary"}});
        }
    });
    let alone = changed(&pages, "/v1/newsletters", "get", |_| {}).at("/v1/channels");
    let held = held(vec![open.part(), bytes.part(), alone.part()]);
    let (document, undescribed) = held.unwrap();
    assert_eq!(undescribed.len(), 1);
    assert_eq!((&*undescribed[0].path, &*undescribed[0].method), ("/v1/channels", "get"));
    assert!(document["paths"].get("/v1/channels").is_none());
}

#[test]
fn what_a_page_states_for_all_operations_is_held_against_ours() {
    let pages = pages(&committed());
    let page = &pages[0];
    let lines = |change: fn(&mut Value)| {
        let mut two = [page.part(), page.part()];
        for part in &mut two {
            change(&mut part.document);
        }
        let error = held(two.to_vec()).err().expect("a difference").to_string();
        error.lines().skip(1).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    let reports = [
        lines(|page| page["servers"] = json!([{"url": "https://api.example.com"}])),
        lines(|page| page["components"]["securitySchemes"]["apiKey"]["name"] = json!("x-key")),
    ];
    insta::assert_snapshot!(without_lines(&reports.join(
        "
"
    )));
}

#[test]
fn a_page_without_an_operation_is_an_error_that_names_it() {
    let pages = pages(&committed());
    let refused = |paths: Value| {
        let mut page = pages[0].part();
        page.source = "a.md line 7".to_owned();
        page.document["paths"] = paths;
        page.document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        format!("{:#}", held(vec![page]).err().expect("an error"))
    };
    let none = "a.md line 7: describes no operation under `paths`";
    for paths in [json!({}), json!(null), json!({"/v1/numbers": {"parameters": []}})] {
        let error = refused(paths);
        assert!(error.starts_with(none), "{error}");
    }
    for key in ["GET", "query"] {
        let error = refused(json!({"/v1/numbers": {key: {}, "x-a": 1, "summary": "A"}}));
        let what =
            format!("a.md line 7: not a valid OpenAPI document: /paths/~1v1~1numbers/{key}: ");
        assert!(error.starts_with(&what), "{error}");
    }
}

#[test]
fn an_example_that_breaks_a_rule_of_our_request_is_told() {
    let pages = pages(&committed());
    let all = [
        json!({"text": "a"}),
        json!({"destinationNumber": "1", "groupId": "2", "text": "a"}),
        json!({"destinationNumber": "1", "text": "a", "buttons": vec![
            json!({"type": "reply", "label": "a"}); 4
        ]}),
    ];
    let reports = all.map(|example| {
        let lines = differences(&pages, "/v1/messages/send", "post", |operation| {
            let media = &mut operation["requestBody"]["content"]["application/json"];
            media["example"] = example;
        });
        lines.join("\n")
    });
    insta::assert_snapshot!(without_lines(&reports.join(
        "
"
    )));
}

#[test]
fn both_pages_of_an_operation_are_compared() {
    let pages = pages(&committed());
    let media = |change: Change| changed(&pages, "/v1/media/{mediaId}", "get", change).part();
    let (document, _) = held(vec![media(|_| {}), media(|_| {})]).unwrap();
    let operation = &document["paths"]["/v1/media/{mediaId}"]["get"];
    assert_eq!(operation["x-upstream-operation-id"], "get_media_mediaId");
    // The pages may be equal except for the targets of their references.
    let shown = |page: &mut Part, kind: &str| {
        let media = "/paths/~1v1~1media~1{mediaId}/get/responses/200/content/application~1json";
        let schema = json!({"$ref": "#/components/schemas/Media"});
        page.document.pointer_mut(media).unwrap()["schema"] = schema;
        page.document["components"]["schemas"]["Media"] =
            json!({"properties": {"mediaId": {"type": kind}}});
    };
    let mut two = [media(|_| {}), media(|_| {})];
    shown(&mut two[0], "string");
    shown(&mut two[1], "boolean");
    let error = held(two.to_vec()).err().expect("a difference").to_string();
    assert!(error.contains(": response 200.mediaId as boolean, we say string"), "{error}");
    // Two pages of an undescribed operation become one draft.
    let alone = || changed(&pages, "/v1/newsletters", "get", |_| {}).at("/v1/channels").part();
    assert_eq!(held(vec![alone(), alone()]).unwrap().1.len(), 1);
}

#[test]
fn parameters_of_a_path_item_are_compared() {
    let pages = pages(&committed());
    let mut page = changed(&pages, "/v1/media/{mediaId}", "get", |_| {}).part();
    let parameter = json!({"name": "size", "in": "query", "schema": {"type": "string"}});
    page.document["paths"]["/v1/media/{mediaId}"]["parameters"] = json!([parameter]);
    let error = held(vec![page]).err().expect("a difference").to_string();
    assert!(error.contains(": the query parameter size, we say no such parameter"), "{error}");
}

#[test]
fn an_accepted_difference_is_removed_and_an_obsolete_line_is_noted() {
    let difference = |what| {
        let difference = super::operation::Difference {
            page: "a.md".to_owned(),
            ours: "no such status".to_owned(),
            place: Pointer::default(),
            patch: None,
        };
        (format!("GET /a: {what}"), difference)
    };
    let mut differences = ["status 410", "status 411"].map(difference).into_iter().collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "- 'GET /a: status 410'\n- 'GET /a: status 412'\n").unwrap();
    let mut notes = Vec::new();
    let accepted: Vec<String> = crate::yaml::read(file.path()).unwrap();
    super::settle(&mut differences, &accepted, &mut notes);
    assert!(differences.keys().eq(["GET /a: status 411"]));
    assert_eq!(
        notes,
        ["xtask/spec/accepted.yaml: no page states `GET /a: status 412` any more: remove the line"]
    );
}
