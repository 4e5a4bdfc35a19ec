//! Forms that the profile accepts, and the client that is generated from them.

use serde_json::{Value, json};

use super::{Row, change, client, json_of, of, ours, text};
use crate::profile::check;
use crate::{normalise, validate};

/// Accepted forms that our document does not have, or not yet.
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn accepted() -> Vec<Row> {
    let moment = || json!({"type": "string", "format": "date-time"});
    let secret = || json!({"type": "string", "format": "password"});
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let list = |of: Value| json!({"type": "array", "items": of});
    let call = |id: &str, response: &str| {
        let responses = json!({"200": json_of(&of(response))});
        json!({"operationId": id, "tags": ["Numbers"], "responses": responses})
    };
    let sent = |id: &str, body: &str, response: &str| {
        let mut call = call(id, response);
        call["requestBody"] = json_of(&of(body));
        json!({"post": call})
    };
    let paged = |id: &str, response: &str| {
        let mut call = call(id, response);
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let sort = json!({"name": "sort", "in": "query", "schema": of("NoteOrder")});
        call["parameters"] = json!([page, sort]);
        json!({"get": call})
    };
    let either = json!([{"required": ["a"]}, {"required": ["b"]}]);
    let sized = |min: u64, max: u64| json!({"type": "array", "items": text(), "minItems": min, "maxItems": max});
    vec![
        (
            "dates in requests, in responses and in both",
            "/paths/~1cats",
            sent("post_cats", "CatRequest", "Cat"),
        ),
        (
            "",
            "/components/schemas/Cat",
            object(json!({
                "born": moment(), "home": of("Home"), "seen": {"type": "integer", "format": "unixtime"},
                "mood": {"anyOf": [of("CatMood"), {"type": "object", "nullable": true, "enum": [null]}]},
                "tricks": list(of("CatTrick")),
            })),
        ),
        ("", "/components/schemas/CatMood", json!({"type": "string", "enum": ["good", "bad"]})),
        ("", "/components/schemas/CatTrick", json!({"type": "string", "enum": ["roll"]})),
        (
            "",
            "/components/schemas/CatRequest",
            object(json!({"born": moment(), "home": of("Home")})),
        ),
        (
            "",
            "/components/schemas/Home",
            object(json!({"since": {"type": "string", "format": "date"}})),
        ),
        (
            "rules on a request, and lists in a response",
            "/paths/~1pets",
            sent("post_pets", "Search", "PetNames"),
        ),
        (
            "",
            "/components/schemas/Search",
            json!({
                "type": "object", "required": ["ids"], "anyOf": either,
                "properties": {"a": text(), "b": text(), "ids": sized(1, 9), "tags": sized(0, 2)},
            }),
        ),
        (
            "",
            "/components/schemas/PetNames",
            json!({
                "type": "object", "required": ["names", "ages"],
                "properties": {"names": list(text()), "ages": {"type": "object", "additionalProperties": text()}},
            }),
        ),
        (
            "names of fields",
            "/components/schemas/Odd",
            json!({
                "type": "object", "required": ["a-b", "$ref"], "additionalProperties": true,
                "properties": {"a-b": text(), "$ref": text(), "@type": text(), "kind": text(),
                    "self": text(), "gen": text(), "Self2": text()},
            }),
        ),
        (
            "bounds, patterns and formats",
            "/components/schemas/Strict",
            json!({
                "type": "object", "additionalProperties": false, "minProperties": 1, "required": ["small"],
                "properties": {
                    "small": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 9},
                    "big": {"type": "integer", "format": "uint64"},
                    "code": {"type": "string", "pattern": "^a$", "minLength": 1, "maxLength": 1},
                    "day": {"type": "string", "format": "date", "default": "2026-01-01"},
                    "set": {"type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 2, "items": text()},
                    "any": list(json!({})),
                    "open": {"type": "object"},
                    "count": {"type": "integer", "default": 5},
                },
            }),
        ),
        (
            "joined schemas",
            "/components/schemas/Tom",
            json!({
                "allOf": [of("Cat"), {"type": "object", "required": ["lives"], "properties": {
                    "lives": {"type": "integer"}, "yard": of("Home"),
                }}],
            }),
        ),
        (
            "objects with a discriminator",
            "/components/schemas/Animal",
            json!({
                "oneOf": [of("Cat"), of("Strict"), of("Node")],
                "discriminator": {"propertyName": "kind", "mapping": {
                    "cat": "#/components/schemas/Cat", "strict": "#/components/schemas/Strict",
                    "node": "#/components/schemas/Node", "knot": "#/components/schemas/Node",
                }},
            }),
        ),
        (
            "a list in two forms",
            "/components/schemas/CatList",
            json!({"oneOf": [
                {"title": "InAnObject", "allOf": [of("Cats")]},
                {"title": "Bare", "type": "array", "items": of("Cat")},
            ]}),
        ),
        (
            "",
            "/components/schemas/Cats",
            json!({"type": "object", "required": ["cats"], "properties": {"cats": list(of("Cat"))}}),
        ),
        (
            "a list in two forms, one of which may be null",
            "/components/schemas/TrashedList",
            json!({"oneOf": [
                {"title": "InAnObject", "allOf": [of("TrashList")]},
                {"title": "Bare", "type": "array", "items": of("Note")},
            ]}),
        ),
        (
            "values of all types",
            "/components/schemas/Either",
            json!({"anyOf": [
                {"title": "Text", "type": "string"}, {"title": "Count", "type": "integer"},
                {"title": "Flag", "type": "boolean"},
                {"title": "Map", "type": "object", "additionalProperties": text()},
                {"title": "List", "type": "array", "items": {}},
            ]}),
        ),
        (
            "recursive schemas",
            "/components/schemas/Node",
            json!({
                "type": "object", "required": ["next"], "properties": {"next": of("Node"), "all": list(of("Node"))},
            }),
        ),
        (
            "",
            "/components/schemas/Tree",
            json!({"type": "object", "additionalProperties": of("Tree")}),
        ),
        ("pages of entries without an id", "/paths/~1notes", paged("get_notes", "NoteList")),
        (
            "",
            "/components/schemas/NoteOrder",
            json!({"type": "string", "enum": ["name", "size", "size desc"]}),
        ),
        ("", "/components/schemas/Note", object(json!({"text": text()}))),
        ("pages with another cursor, a body and half of the counts", "/paths/~1memos", {
            let mut call = sent("post_memos", "Search", "MemoList");
            let before = json!({"name": "before", "in": "query", "schema": moment()});
            let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
            call["post"]["parameters"] = json!([page, before]);
            call
        }),
        (
            "",
            "/components/schemas/MemoList",
            object(json!({"memos": list(of("Note")), "totalPages": {"type": "integer"}})),
        ),
        ("a cursor that is required", "/paths/~1drafts", {
            let mut call = paged("get_drafts", "NoteList");
            call["get"]["parameters"][0]["required"] = json!(true);
            call
        }),
        ("pages that may be null", "/paths/~1trash", paged("get_trash", "TrashList")),
        (
            "",
            "/components/schemas/TrashList",
            object(json!({"notes": {"type": "array", "items": of("Note"), "nullable": true}})),
        ),
        (
            "",
            "/components/schemas/NoteList",
            json!({"type": "object", "required": ["notes"], "properties": {"notes": list(of("Note"))}}),
        ),
        (
            "secrets",
            "/components/schemas/Hook",
            json!({"type": "object", "required": ["bounded"], "properties": {
                "bounded": {"type": "string", "format": "password", "minLength": 8, "pattern": "^[a-z]+$", "x-note": "a"},
                "nullable": {"type": "string", "format": "password", "nullable": true},
                "list": list(secret()),
                "by_name": {"type": "object", "additionalProperties": secret()},
                "named": {"allOf": [of("Pin")], "description": "The PIN."},
            }}),
        ),
        (
            "",
            "/components/schemas/Pin",
            json!({"type": "string", "format": "password", "minLength": 4}),
        ),
        (
            "text that ends a comment",
            "/components/schemas/Doc",
            json!({
                "type": "object", "description": "See [x] and <b>.\n\n- a */ /*",
                "properties": {"a": {"allOf": [of("DocEnd")], "description": "*/"}},
            }),
        ),
        ("", "/components/schemas/DocEnd", json!({"type": "string", "enum": ["a*/", "b`"]})),
        (
            "forms with few keywords",
            "/components/schemas/Little",
            object(json!({"list": {"type": "array"}})),
        ),
        ("", "/components/schemas/Least", object(json!({}))),
        (
            "a single alternative",
            "/components/schemas/Lonely",
            json!({"oneOf": [{"title": "Text", "type": "string"}]}),
        ),
        (
            "a success without content",
            "/paths/~1nothing",
            json!({"get": {
                "operationId": "get_nothing", "tags": ["Numbers"],
                "responses": {"200": {"description": "Done", "content": {}}},
            }}),
        ),
        (
            "values of an enum with odd names",
            "/components/schemas/Sign",
            json!({
                "type": "string", "enum": ["META", "2x", "7d"], "x-enum-names": {"2x": "twice", "7d": "last 7 days"},
            }),
        ),
        (
            "a path with several placeholders in a segment",
            "/paths/~1v~1{id}.{ext}~1{type}:cancel",
            json!({"get": {
                "operationId": "cancel_version", "tags": ["Numbers"],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
                    {"name": "ext", "in": "path", "required": true, "schema": text()},
                    {"name": "type", "in": "path", "required": true, "schema": of("Flag")},
                ],
                "responses": {"2XX": {"description": "Done"}, "default": json_of(&of("ApiError"))},
            }}),
        ),
    ]
}

/// Parts of the generated client, without white space.
const ACCEPTED: &[&str] = &[
    "pubborn:::std::option::Option<crate::Timestamp>",
    "pubseen:::std::option::Option<crate::Timestamp>",
    "pubborn:::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>",
    "pubsince:::std::option::Option<crate::Timestamp>",
    "open_enum!(CatMood,",
    "open_enum!(CatTrick,",
    "open_enum!(NoteOrder,",
    "pubmood:::std::option::Option<crate::generated::types::CatMood>",
    "{at_least_one(a=\"a\",b=\"b\")},{ids=\"ids\":1,Some(9);tags=\"tags\":0,Some(2);}",
    "rename=\"a-b\"",
    "rename=\"$ref\"",
    "rename=\"@type\"",
    "pubsmall:i64,",
    "pubbig:::std::option::Option<u64>",
    "pubset:::std::vec::Vec<::std::string::String>",
    "publives:i64,",
    "pubyard:::std::option::Option<Home>,",
    "open_union!(Animal,",
    "Node(::std::boxed::Box<Node>)=\"knot\"|\"node\",",
    "open_union!(CatList,",
    "model::entries!(CatList,Cat,",
    "Map(::std::collections::BTreeMap<::std::string::String,::std::string::String>),",
    "List(::std::vec::Vec<::serde_json::Value>),",
    "Box<Node>",
    "<types::Noteas::std::clone::Clone>::clone",
    "numbered!(PostMemos{before,body},memos:Note,<types::Noteas::std::clone::Clone>::clone);",
    "pubbounded:crate::Secret,",
    "pubnullable:::std::option::Option<crate::Secret>,",
    "publist:::std::vec::Vec<crate::Secret>,",
    "pubby_name:::std::collections::BTreeMap<::std::string::String,crate::Secret>,",
    "pubnamed:::std::option::Option<Pin>,",
    "pubstructPin(pubcrate::Secret);",
    "publist:::std::vec::Vec<::serde_json::Value>,",
    "pubstructLeast(pub::serde_json::Map<",
    "open_union!(Lonely,",
    "get_nothing",
    "Last7Days=",
    "Twice=",
    "encode_path(&ext.to_string())",
    "\"{}/v/{}.{}/{}:cancel\"",
];

#[test]
fn accepted_forms_become_a_client() {
    let mut document = ours();
    for (_, pointer, value) in accepted() {
        assert!(document.pointer(pointer).is_none(), "our document has {pointer}");
        change(&mut document, pointer, value);
    }
    normalise::normalise(&mut document).unwrap();
    validate::validate(&document).unwrap();
    check(&document).unwrap();
    let code = prettyplease::unparse(&client(&document));
    let code: String = code.split_whitespace().collect();
    let missing: Vec<_> = ACCEPTED.iter().filter(|part| !code.contains(**part)).collect();
    assert!(missing.is_empty(), "missing: {missing:#?}");
    // The client has no code for these: a stream of required cursors, and lists that may be null.
    for part in ["numbered!(GetDrafts", "numbered!(GetTrash", "entries!(TrashedList"] {
        assert!(!code.contains(part), "{part}");
    }
}
