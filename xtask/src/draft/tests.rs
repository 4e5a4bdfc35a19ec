//! Drafts from pages in the vendor's style, and from arbitrary JSON.

use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::proptest;
use serde_json::{Value, json};

use super::{FILE, draft};
use crate::fragments::{Fragments, UNFINISHED};
use crate::profile::tests::client;
use crate::reconcile::tests::{changed, committed, pages, published};
use crate::reconcile::{self, Undescribed};
use crate::regen::document_of;
use crate::source::Text;
use crate::upstream::Part;

/// The fragment that all tags share.
const SHARED: &str = include_str!("../../spec/api/shared.yaml");

/// The part of it that one operation needs. It is faster to read.
const HEAD: (&str, &str) = (
    "shared.yaml",
    "openapi: 3.1.0\ninfo: {title: T, version: 1.0.0}\nsecurity: [{apiKey: []}]\ncomponents:\n  \
     securitySchemes:\n    apiKey: {type: apiKey, in: header, name: x-api-key}\n",
);

/// A repository with fragments, some of which may be drafts.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new(fragments: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(repository.folder()).unwrap();
        for (name, text) in [("shared.yaml", SHARED)].iter().chain(fragments) {
            std::fs::write(repository.folder().join(name), text).unwrap();
        }
        repository
    }

    fn folder(&self) -> std::path::PathBuf {
        self.0.path().join("xtask/spec/api")
    }

    fn reconcile(&self, pages: Vec<Part>) -> anyhow::Result<(Value, Vec<Undescribed>)> {
        let ours = Fragments::read(&self.folder(), self.0.path())?;
        reconcile::reconcile(pages, &ours, &[], &mut Vec::new())
    }

    fn draft(&self, pages: Vec<Part>) -> (String, Vec<String>) {
        let (_, undescribed) = self.reconcile(pages).unwrap();
        draft(&undescribed, &self.fragments()).unwrap()
    }

    fn fragments(&self) -> Fragments {
        Fragments::read(&self.folder(), self.0.path()).unwrap()
    }

    /// Writes the draft like a person who has nothing to add.
    fn finish(&self, draft: &str) {
        let text = draft.replace(UNFINISHED, "Finished");
        std::fs::write(self.folder().join(FILE), text).unwrap();
    }
}

/// A page of one operation, with an example of its response.
fn page(path: &str, method: &str, id: &str, example: &Value) -> Part {
    let content = json!({"application/json": {"example": example}});
    Part {
        source: format!("{id}.md"),
        document: json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1.0.0"},
            "security": [{"apiKey": []}],
            "components": {"securitySchemes": {
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            }},
            "paths": {path: {method: {
                "operationId": id,
                "tags": ["A"],
                "responses": {"200": {"description": "d", "content": content}},
            }}},
        }),
    }
}

/// Drafts one example. Returns the schema of the response, and the named schemas.
fn drafted(example: &Value) -> (Value, Value) {
    let repository = Repository::new(&[HEAD]);
    let (text, _) = repository.draft(vec![page("/v1/a", "post", "create_a", example)]);
    let drafted: Value = crate::yaml::parse(&text).unwrap();
    let response = "/paths/~1v1~1a/post/responses/200/content/application~1json/schema";
    (drafted.pointer(response).unwrap().clone(), drafted["components"]["schemas"].clone())
}

#[test]
fn a_client_can_be_generated_from_the_drafts_of_all_pages() {
    // Its two successful responses differ. A person has to decide between them.
    let unsettled = ("/v1/numbers/remote-pairing", "post");
    let pages = pages(&committed()).into_iter();
    let pages = pages.filter(|page| (&*page.path, &*page.method) != unsettled);
    let texts: Vec<Text> = pages.map(|page| page.text()).chain([published()]).collect();
    let repository = Repository::new(&[]);
    let (draft, lines) = repository.draft(crate::upstream::parts(&texts).unwrap());
    assert_eq!(lines.len(), texts.len());
    repository.finish(&draft);
    let document = document_of(repository.0.path(), &texts).unwrap_or_else(|error| {
        panic!("{error:#}");
    });
    client(&serde_json::from_str(&document).unwrap());
}

#[test]
fn a_draft_says_what_the_page_states_and_shows() {
    let pages = pages(&committed());
    let page = changed(&pages, "/v1/newsletters", "get", |operation| {
        operation["description"] = json!("Lists channels: all of them.");
        operation["security"] = json!([{"apiKey": []}]);
    });
    let (text, lines) = Repository::new(&[]).draft(vec![page.part()]);
    insta::assert_snapshot!(text);
    assert_eq!(
        lines,
        ["xtask/spec/api/draft.yaml line 17: GET /v1/newsletters of \
             xtask/spec/upstream/get_newsletters.md"]
    );
}

#[test]
fn a_second_draft_is_refused_until_the_first_is_moved() {
    let repository = Repository::new(&[HEAD]);
    let pages = ["/v1/a", "/v1/b"].map(|path| page(path, "post", "create_a", &json!({})));
    repository.finish(&repository.draft(pages[..1].to_vec()).0);
    let (_, undescribed) = repository.reconcile(pages.to_vec()).unwrap();
    let error = draft(&undescribed, &repository.fragments()).unwrap_err().to_string();
    assert!(error.starts_with("xtask/spec/api/draft.yaml has drafts: move them"), "{error}");
}

#[test]
fn an_operation_has_the_id_of_the_vendor_in_snake_case() {
    for (id, expected) in [
        ("get_numbers", "get_numbers"),
        ("numbersSearch", "numbers_search"),
        ("patch_numbers-settings", "patch_numbers_settings"),
    ] {
        let page = page("/v1/a", "get", id, &json!({"id": "a"}));
        let (text, _) = Repository::new(&[HEAD]).draft(vec![page]);
        assert!(text.contains(&format!("operationId: {expected}\n")), "{text}");
    }
}

#[test]
fn types_are_inferred_from_examples() {
    let (response, schemas) = drafted(&json!([
        {"id": "a", "count": 1, "size": 1, "mixed": 1, "none": null, "apiKey": "k", "at": "2026-06-01T11:59:00Z", "day": "2026-06-01"},
        {"id": null, "count": 2, "size": 1.5, "mixed": "a", "none": null, "link": {"a": 1}, "links": [{"a": 2}], "sizes": {"5511": 1}},
    ]));
    assert_eq!(response["items"], json!({"$ref": "#/components/schemas/CreateAResponseItem"}));
    assert_eq!(
        schemas["CreateAResponseItem"]["properties"],
        json!({
            "id": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "size": {"type": "number"},
            "mixed": {},
            "none": {},
            "apiKey": {"type": "string", "format": "password"},
            "at": {"type": "string", "format": "date-time"},
            "day": {"type": "string", "format": "date"},
            "link": {"$ref": "#/components/schemas/CreateAResponseItemLink"},
            "links": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/CreateAResponseItemLink"},
            },
            "sizes": {"type": "object", "additionalProperties": {"type": "integer"}},
        })
    );
    assert_eq!(schemas.as_object().unwrap().len(), 2);
}

#[test]
fn a_schema_of_the_page_adds_to_the_examples() {
    let mut page = page("/v1/a", "post", "create_a", &json!({"count": 1}));
    page.document["components"]["schemas"] = json!({"A": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "A name.", "maxLength": 5},
            "count": {"type": "string"},
            "next": {"$ref": "#/components/schemas/A"},
        },
    }});
    let content = "/paths/~1v1~1a/post/responses/200/content/application~1json";
    page.document.pointer_mut(content).unwrap()["schema"] =
        json!({"$ref": "#/components/schemas/A"});
    let (text, _) = Repository::new(&[HEAD]).draft(vec![page]);
    let drafted: Value = crate::yaml::parse(&text).unwrap();
    let schema = &drafted["components"]["schemas"]["CreateAResponse"];
    assert_eq!(schema["required"], json!(["name"]));
    let properties = &schema["properties"];
    assert_eq!(
        properties["name"],
        json!({"type": "string", "description": "A name.", "maxLength": 5})
    );
    assert_eq!(properties["count"], json!({"type": "integer"}));
}

#[test]
fn a_draft_has_the_published_schemas_without_their_references() {
    let mut page = page("/v1/a", "post", "create_a", &json!({}));
    let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    page.document["components"]["schemas"] = json!({
        "A": {"type": "object", "properties": {"id": {"type": "string"}, "b": of("B")}},
        "B": {"oneOf": [{"type": "integer"}, of("C")]},
        "C": {"type": "object", "properties": {"next": of("C")}, "required": ["next"]},
    });
    page.document["components"]["headers"] = json!({"X": {"schema": {"type": "integer"}}});
    let operation = &mut page.document["paths"]["/v1/a"]["post"];
    operation["parameters"] = json!([{"name": "b", "in": "query", "schema": of("B")}]);
    operation["responses"] = json!({
        "200": {
            "description": "d",
            "headers": {"X": {"$ref": "#/components/headers/X"}},
            "content": {"application/json": {"schema": of("A")}},
        },
        "201": {"description": "d", "content": {"application/json": {"schema": of("B")}}},
        "202": {"description": "d", "content": {"application/json": {"schema": {
            "type": "object", "additionalProperties": of("B"),
        }}}},
    });
    let (text, _) = Repository::new(&[HEAD]).draft(vec![page]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_draft_always_has_a_tag() {
    for (tags, expected) in [
        (json!(["A b"]), json!(["A b"])),
        (json!([]), json!(["Other"])),
        (json!([1]), json!(["Other"])),
    ] {
        let mut page = page("/v1/a", "post", "create_a", &json!({"id": "a"}));
        page.document["paths"]["/v1/a"]["post"]["tags"] = tags;
        let repository = Repository::new(&[HEAD]);
        repository.finish(&repository.draft(vec![page]).0);
        let operation = &repository.fragments().document["paths"]["/v1/a"]["post"];
        assert_eq!(operation["tags"], expected);
    }
}

fn text() -> impl Strategy<Value = String> {
    let dates = ["2026-06-01", "2026-06-01T11:59:00Z", "2026-06-31", "no", "1", "null"];
    prop_oneof![
        "\\PC{0,8}",
        "[ \n#:-]{0,6}",
        proptest::sample::select(dates.to_vec()).prop_map(str::to_owned)
    ]
}

fn key() -> impl Strategy<Value = String> {
    let odd =
        ["", "_", "id", "ID", "extra", "type", "$ref", "properties", "items", "links", "5511"];
    prop_oneof![
        "[a-c]{1,2}",
        "\\PC{0,8}",
        proptest::sample::select(odd.to_vec()).prop_map(str::to_owned)
    ]
}

fn example() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key(), inner, 0..5).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_draft_of_any_example_agrees_with_its_page(one in example(), other in example()) {
        let repository = Repository::new(&[HEAD]);
        let mut pages = vec![page("/v1/a", "get", "get_a", &one), page("/v1/b", "get", "get_b", &other)];
        let content = "/paths/~1v1~1a/get/responses/200/content/application~1json";
        *pages[0].document.pointer_mut(content).unwrap() =
            json!({"examples": {"one": {"value": one}, "other": {"value": other}}});
        repository.finish(&repository.draft(pages.clone()).0);
        repository.reconcile(pages).unwrap();
    }

    #[test]
    fn no_page_causes_a_panic(part in example(), schema in example()) {
        let mut hostile = page("/v1/a", "get", "get_a", &part);
        let operation = &mut hostile.document["paths"]["/v1/a"]["get"];
        operation["parameters"] = json!([part, {"name": "a", "in": "query", "schema": schema}]);
        operation["requestBody"] = part.clone();
        operation["tags"] = schema.clone();
        operation["responses"] = json!({"200": part, "201": {"content": {"a": {"schema": schema}}}});
        let new = Undescribed { page: hostile, path: "/v1/a".to_owned(), method: "get".to_owned() };
        let repository = Repository::new(&[HEAD]);
        let _ = draft(&[new], &repository.fragments());
    }
}
