//! A correct document may say what the generator does not take. Of each such thing
//! code comes out that Rust takes, or a warning.

#![allow(clippy::needless_pass_by_value, reason = "`json!` takes values")]

#[path = "../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use serde_json::{Value, json};

/// A document of schemas, or with paths.
fn document(paths: Value, schemas: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Odd", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// An operation that is answered with a schema.
fn answering(schema: Value) -> Value {
    json!({"responses": {"200": {
        "description": "Fine", "content": {"application/json": {"schema": schema}},
    }}})
}

fn of_schemas(schemas: Value) -> Value {
    document(json!({}), schemas)
}

fn of_operation(path: &str, method: &str, operation: Value) -> Value {
    document(json!({ path: { method: operation } }), json!({}))
}

fn with(mut operation: Value, key: &str, value: Value) -> Value {
    operation[key] = value;
    operation
}

fn text() -> Value {
    json!({"type": "string"})
}

fn empty() -> Value {
    json!({"responses": {"204": {"description": "Done"}}})
}

/// What is odd, and what the code has to hold, without its space.
type Case = (&'static str, Value, &'static [&'static str]);

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn cases() -> Vec<Case> {
    let pet = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let parameters = |list: Value| with(empty(), "parameters", list);
    let query = |name: &str| json!({"name": name, "in": "query", "schema": text()});
    let paged = |list: &str| {
        let number = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        with(answering(pet(list)), "parameters", json!([number]))
    };
    let fields = |fields: Value| json!({"type": "object", "properties": fields});
    let moment = || json!({"type": "string", "format": "date-time"});
    let content = |name: &str| json!({"content": {"application/json": {"schema": pet(name)}}});
    vec![
        (
            "dates that are sent, received and both",
            document(
                json!({"/cats": {
                    "post": with(answering(pet("Cat")), "requestBody", content("CatRequest")),
                }}),
                json!({
                    "Cat": fields(json!({
                        "born": moment(),
                        "home": pet("Home"),
                        "seen": {"type": "integer", "format": "unix-time"},
                    })),
                    "CatRequest": fields(json!({"born": moment(), "home": pet("Home")})),
                    "Home": fields(json!({"since": {"type": "string", "format": "date"}})),
                }),
            ),
            &[
                "pubborn:::std::option::Option<crate::Timestamp>",
                "pubseen:::std::option::Option<crate::Timestamp>",
                "pubborn:::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>",
                "pubsince:::std::option::Option<crate::Timestamp>",
            ],
        ),
        (
            "an enum in a property, a list and a parameter",
            with(
                of_schemas(json!({"Cat": {"type": "object", "properties": {
                    "mood": {"type": "string", "enum": ["good", "bad", null], "nullable": true},
                    "tricks": {"type": "array", "items": {"type": "string", "enum": ["roll"]}},
                }}})),
                "paths",
                json!({"/cats": {"get": parameters(json!([{
                    "name": "sort", "in": "query",
                    "schema": {"type": "string", "enum": ["name", "-name", "="], "default": "name"},
                }]))}}),
            ),
            &[
                "open_enum!(CatMood,",
                "open_enum!(CatTricksItem,",
                "open_enum!(GetCatsSort,",
                "NameV2",
                "U3d",
                "pubmood:::std::option::Option<crate::generated::types::CatMood>",
            ],
        ),
        (
            "enums of other types",
            of_schemas(json!({
                "Size": {"type": "integer", "enum": [1, 2], "minimum": 1},
                "Yes": {"type": "boolean", "enum": [true]},
                "Mix": {"enum": ["a", 1]},
                "Nothing": {"type": "string", "enum": []},
            })),
            &["pubstructSize(pubi64);", "pubstructYes(pubbool);"],
        ),
        (
            "values of an enum whose names collide",
            of_schemas(
                json!({"Sign": {"type": "string", "enum": ["META", "meta", "½", "", "2x", "self"]}}),
            ),
            &["Meta,", "MetaV2=", "Empty=", "Value2x", "SelfValue"],
        ),
        (
            "rules of a request, and lists of a response",
            {
                let list = json!({"type": "array", "items": text(), "minItems": 1, "maxItems": 9});
                let free = json!({"type": "array", "items": text(), "maxItems": 2});
                let either = json!([{"required": ["a"]}, {"required": ["b"]}]);
                document(
                    json!({"/pets": {"post": with(
                        answering(pet("Pets")),
                        "requestBody",
                        json!({"content": {"application/json": {"schema": pet("Search")}}}),
                    )}}),
                    json!({
                        "Search": {
                            "type": "object",
                            "properties": {"a": text(), "b": text(), "ids": list, "tags": free},
                            "required": ["ids"],
                            "anyOf": either,
                        },
                        "Pets": {
                            "type": "object",
                            "properties": {"names": list, "ages": {"type": "object",
                                "additionalProperties": text()}},
                            "required": ["names", "ages"],
                        },
                    }),
                )
            },
            &[
                "rules::at_least_one(&[(\"a\",made.a.is_some()),(\"b\",made.b.is_some())",
                "rules::size(\"ids\",made.ids.len(),1usize,::std::option::Option::Some(9usize),)",
                "rules::size(\"tags\",list.len(),0usize,::std::option::Option::Some(2usize),)",
                "ids:required(\"ids\")",
                "ages:or_empty(\"ages\"),names:or_empty(\"names\")",
            ],
        ),
        (
            "names of operations",
            document(
                json!({
                    "/a": {"get": with(empty(), "operationId", json!("getA")), "post": empty()},
                    "/b": {"get": with(empty(), "operationId", json!("get_a"))},
                    "/c/{id}": {"get": with(empty(), "operationId", json!("builder"))},
                    "/d": {"get": with(empty(), "operationId", json!("match")),
                           "put": with(empty(), "operationId", json!("Error")),
                           "post": with(empty(), "operationId", json!("1st"))},
                }),
                json!({}),
            ),
            &[
                "pubfnget_a(&self)",
                "pubfnget_a_get(&self)",
                "pubfnpost_a(&self)",
                "pubfnbuilder_get(&self)",
                "pubfnmatch_get(&self)",
                "pubfnerror_put(&self)",
                "pubfncall_1st(&self)",
            ],
        ),
        (
            "names of parameters",
            of_operation(
                "/a/{type}/{send}",
                "get",
                parameters(json!([
                    query("a-b"), query("a_b"), query("header_map"), query("self"), query("body"),
                    query("type"), query("client"), query(""), query("$"),
                    {"name": "X-Value", "in": "header", "schema": text()},
                    {"name": "value", "in": "header", "schema": text()},
                    {"name": "Accept", "in": "header", "schema": text()},
                ])),
            ),
            &[
                "QueryParam::new(\"a-b\",",
                "QueryParam::new(\"a_b\",",
                "QueryParam::new(\"header_map\",&header_map_2)",
                "append(\"X-Value\",",
                "encode_path(&type_.to_string())",
                "encode_path(&send_2.to_string())",
            ],
        ),
        (
            "names of fields",
            of_schemas(json!({"Odd": {"type": "object", "required": ["a-b", "$ref", "a-b", "c"],
            "additionalProperties": true,
            "properties": {
                "a-b": text(), "a_b": text(), "$ref": text(), "@type": text(), "type": text(),
                "": text(), "self": text(), "extra": text(), "1": text(), "+1": text(), "größe": text(),
                "Self": text(), "\"": text(), "\\": text(),
            }}})),
            &["rename=\"a-b\"", "rename=\"$ref\"", "rename=\"@type\"", "puba_b:", "puba_b_2:"],
        ),
        (
            "names of schemas",
            of_schemas(
                [
                    "Option",
                    "String",
                    "Vec",
                    "Result",
                    "Error",
                    "Box",
                    "Client",
                    "ByteStream",
                    "Default",
                    "Some",
                    "None",
                    "Ok",
                    "Err",
                    "Self",
                    "Clone",
                    "Debug",
                    "Into",
                    "From",
                    "Value",
                    "Map",
                    "TryFrom",
                    "Serialize",
                    "Deserialize",
                    "Unknown",
                    "ApiError",
                    "Builder",
                    "builder",
                    "foo_bar",
                    "FooBar",
                    "foo-bar",
                    "2fa",
                    "été",
                    "a.b.C",
                    "Cow",
                    "Iterator",
                    "Sized",
                    "Send",
                    "Formatter",
                    "Display",
                    "ToString",
                    "ConversionError",
                    "Str",
                    "I64",
                    "Bool",
                    "U8",
                    "F64",
                ]
                .into_iter()
                .map(|name| {
                    (
                        name.to_owned(),
                        json!({"type": "object", "properties": {
                            "a": {"type": "string"}, "b": {"type": "array", "items": text()},
                            "c": {"type": "string", "enum": ["x"]},
                        }}),
                    )
                })
                .collect(),
            ),
            &["pubstructFooBar{", "pubstructFooBarV2{", "pubstructFooBarV3{", "pubstructOptionV2{"],
        ),
        (
            "several successes",
            of_operation(
                "/a",
                "get",
                json!({"responses": {
                    "200": {"description": "Fine", "content": {"application/json; charset=utf-8": {"schema": text()}}},
                    "204": {"description": "Nothing"},
                    "default": {"description": "Bad"},
                }}),
            ),
            &["ResponseValue<::std::option::Option<::std::string::String>>"],
        ),
        (
            "successes that differ",
            of_operation(
                "/a",
                "get",
                json!({"responses": {
                    "200": {"description": "Fine", "content": {"application/vnd.a+json": {"schema": text()}}},
                    "202": {"description": "Later", "content": {"application/json": {"schema": {"type": "integer"}}}},
                }}),
            ),
            &["pubenumGetAResponse{", "\"application/vnd.a+json\""],
        ),
        (
            "only a default, and nothing",
            document(
                json!({
                    "/a": {"get": {"responses": {"default": {"description": "All",
                        "content": {"*/*": {"schema": {"type": "array", "items": text()}}}}}}},
                    "/b": {"delete": {"responses": {"302": {"description": "Elsewhere"}}},
                           "head": answering(text())},
                    "/c": {"get": answering(json!({}))},
                }),
                json!({}),
            ),
            &["ResponseValue<::std::vec::Vec<::std::string::String>>", "ResponseValue<()>"],
        ),
        (
            "parameters of many styles",
            of_operation(
                "/v/{id}.{ext}/{id}:cancel/{n}",
                "get",
                parameters(json!([
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "array", "items": text()}},
                    {"name": "n", "in": "path", "required": true,
                     "schema": {"type": "integer", "minimum": 1, "maximum": 9, "nullable": true}},
                    {"name": "on", "in": "path", "required": true, "schema": text()},
                    {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object",
                        "properties": {"from": {"type": "string", "format": "date-time"}, "to": text(), "x": {"type": "object"}}}},
                    {"name": "tags", "in": "query", "explode": false, "schema": {"type": "array", "items": text()}},
                    {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "either", "in": "query", "schema": {"oneOf": [{"type": "integer"}, text()]}},
                    {"name": "json", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
                    {"name": "object", "in": "query", "schema": {"type": "object", "properties": {"a": text()}}},
                    {"name": "X-List", "in": "header", "schema": {"type": "array", "items": text()}},
                    {"name": "X-Flag", "in": "header", "required": true, "schema": {"type": "boolean"}},
                    {"name": "X-Sort", "in": "header", "schema": {"type": "string", "enum": ["a"]}},
                    {"name": "bad header", "in": "header", "schema": text()},
                    {"name": "sid", "in": "cookie", "schema": text()},
                ])),
            ),
            &[
                "QueryParam::new(\"filter[from]\",",
                "encode_path(&ext.to_string())",
                "\"{}/v/{}.{}/{}:cancel/{}\"",
            ],
        ),
        (
            "bounds, patterns and formats",
            of_schemas(json!({"Strict": {"type": "object", "additionalProperties": false,
            "minProperties": 1, "required": ["small"],
            "properties": {
                "small": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "multipleOf": 3},
                "big": {"type": "integer", "format": "uint64"},
                "ratio": {"type": "number", "format": "float", "minimum": 0, "exclusiveMinimum": true},
                "code": {"type": "string", "pattern": "^a$", "minLength": 1, "maxLength": 1},
                "id": {"type": "string", "format": "uuid"},
                "ip": {"type": "string", "format": "ipv4"},
                "day": {"type": "string", "format": "date", "default": "never"},
                "at": {"type": "string", "format": "date-time"},
                "set": {"type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 2, "items": text()},
                "any": {"type": "array"},
                "none": {"not": {}},
                "open": {"type": "object"},
                "count": {"type": "integer", "default": 5},
            }}})),
            &[
                "pubsmall:i64,",
                "pubbig:::std::option::Option<u64>",
                "pubratio:::std::option::Option<f64>",
                "pubid:::std::option::Option<::std::string::String>",
                "pubday:::std::option::Option<::chrono::naive::NaiveDate>",
                "pubset:::std::vec::Vec<::std::string::String>",
                "pubcount:::std::option::Option<i64>",
            ],
        ),
        (
            "parts that join, and parts that do not",
            of_schemas(json!({
                "Pet": {"type": "object", "required": ["id"], "properties": {"id": text(), "kind": text()}},
                "Cat": {"allOf": [pet("Pet"), {"required": ["kind", "lives"], "properties": {
                    "lives": {"type": "integer"}, "kind": {"type": "string", "enum": ["cat"]},
                    "home": {"type": "object", "properties": {"street": text()}}}}]},
                "Tom": {"allOf": [pet("Cat"), {"description": "The cat."}]},
                "Never": {"allOf": [text(), {"type": "object", "properties": {"a": text()}}]},
                "Short": {"allOf": [text(), {"maxLength": 5}]},
                "Loop": {"allOf": [pet("Loop"), {"properties": {"a": text()}}]},
                "Clash": {"allOf": [{"properties": {"a": text()}}, {"properties": {"a": {"type": "integer"}}}]},
            })),
            &[
                "publives:i64,",
                "pubkind:crate::generated::types::CatKind,",
                "pubstructCatHome{",
                "puba:::std::option::Option<::serde_json::Value>",
            ],
        ),
        (
            "alternatives",
            of_schemas(json!({
                "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["cat"]}, "next": pet("Animal")}},
                "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["dog"]}}},
                "Animal": {"oneOf": [pet("Cat"), pet("Dog")], "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}},
                "Inferred": {"oneOf": [pet("Cat"), pet("Dog")]},
                "Text": {"anyOf": [{"type": "string", "enum": ["a"]}, text()]},
                "Input": {"anyOf": [text(), {"type": "array", "items": text()}, {"type": "array", "items": {"type": "integer"}}, {"type": "number"}, pet("Cat")]},
                "Loose": {"anyOf": [{"type": "object", "properties": {"a": text()}}, {"type": "object", "properties": {"b": text()}}]},
                "Any": {"oneOf": [{}, text()]},
                "Lone": {"oneOf": [pet("Cat")], "nullable": true},
                "Secret": {"oneOf": [{"type": "string", "format": "password"}, {"type": "object", "required": ["x"], "properties": {"x": text()}}]},
                "Holder": {"type": "object", "properties": {"lone": pet("Lone"), "animal": {"nullable": true, "allOf": [pet("Animal")]}}},
            })),
            &[
                "pubenumAnimal{Cat(::std::boxed::Box<Cat>),Dog(::std::boxed::Box<Dog>),",
                "Some(\"dog\")=>",
                "open_enum!(Text,",
                "IntegerList(::std::vec::Vec<i64>)",
                "pubstructLoose{",
                "publone:::std::option::Option<Cat>",
            ],
        ),
        (
            "alternatives and values with names of their own, and a list in two forms",
            of_schemas(json!({
                "Pet": {"type": "object", "required": ["id"], "properties": {"id": text()}},
                "Pets": {"type": "object", "required": ["pets"], "properties": {"pets": {"type": "array", "items": pet("Pet")}}},
                "PetList": {"oneOf": [
                    {"title": "in an object", "allOf": [pet("Pets")]},
                    {"title": "Bare", "type": "array", "items": pet("Pet")},
                ]},
                "Either": {"oneOf": [
                    {"title": "Self", "type": "string"},
                    {"title": "unknown", "type": "integer"},
                    {"title": "Inline", "type": "object", "required": ["x"], "properties": {"x": text()}},
                    {"title": "7%", "type": "boolean"},
                ]},
                "Period": {"type": "string", "enum": ["7d", "1 y"], "x-enum-names": {"7d": "last 7 days"}},
            })),
            &[
                "pubenumPetList{InAnObject(::std::boxed::Box<Pets>),Bare(::std::vec::Vec<Pet>),",
                "pubfnentries(&self)->::std::option::Option<&[Pet]>",
                "Self::InAnObject(envelope)=>::std::option::Option::Some(&envelope.pets),",
                "Inline(::std::boxed::Box<EitherVariant3>),",
                "Last7Days=",
            ],
        ),
        (
            "a lone part",
            of_schemas(json!({
                "Mood": {"type": "string", "enum": ["a", "b"]},
                "Cat": {"type": "object", "properties": {
                    "mood": {"description": "d", "allOf": [{"type": "string", "enum": ["a"]}]},
                    "tail": {"type": "string", "oneOf": [{"enum": ["b"]}, {"nullable": true}]},
                    "ear": {"allOf": [{"allOf": [pet("Mood")], "enum": ["b", "a"]}]},
                    "odd": {"type": "array", "items": {
                        "type": "array", "items": {}, "allOf": [{"type": "object", "properties": {"a": text()}}],
                    }},
                }},
            })),
            &[
                "open_enum!(CatMood,",
                "open_enum!(CatTail,",
                "pubear:::std::option::Option<crate::generated::types::Mood>",
                "pubstructCatOddItem(",
            ],
        ),
        (
            "what no code is made of",
            document(
                json!({"/a": {"post": with(with(empty(), "requestBody", json!({
                    "content": {"application/json": {"schema": null}},
                })), "callbacks", json!({"on": {"$ref": "#/components/callbacks/On"}}))}}),
                json!({}),
            ),
            &["pubfnpost_a(&self)", "::serde_json::Value"],
        ),
        (
            "schemas that lead to themselves",
            of_schemas(json!({
                "Node": {"type": "object", "required": ["next"], "properties": {"next": pet("Node"), "all": {"type": "array", "items": pet("Node")}}},
                "Same": pet("Other"), "Other": pet("Same"),
                "List": {"type": "array", "items": pet("List")},
                "Tree": {"type": "object", "additionalProperties": pet("Tree")},
                "Maybe": {"allOf": [pet("Node")], "nullable": true},
                "Part": {"type": "object", "properties": {
                    "deep": {"$ref": "#/components/schemas/Node/properties/all"}, "maybe": pet("Maybe")}},
            })),
            &["Box<Node>", "pubmaybe:::std::option::Option<Node>"],
        ),
        (
            "pages of entries without an id, and with one that may be missing",
            document(
                json!({"/notes": {"get": paged("NoteList")}, "/tags": {"get": paged("TagList")}}),
                json!({
                    "Note": {"type": "object", "properties": {"text": text()}},
                    "Tag": {"type": "object", "properties": {"id": text()}},
                    "NoteList": {"type": "object", "required": ["notes"], "properties": {
                        "notes": {"type": "array", "items": pet("Note")}}},
                    "TagList": {"type": "object", "required": ["tags"], "properties": {
                        "tags": {"type": "array", "items": pet("Tag")}}},
                }),
            ),
            &[
                "<types::Noteas::std::clone::Clone>::clone,",
                "<types::Tagas::std::clone::Clone>::clone,",
            ],
        ),
        (
            "descriptions",
            of_schemas(json!({
                "Doc": {"type": "object", "description": "See [x] and <b>\n\n```\nlet x = ;\n```\n\n    let y = ;\n\n\tlet z = ;\n- ```rust\nopen */ /* \r \u{202e}",
                    "properties": {"a": {"type": "string", "description": "```json\n{}"},
                        "b": {"type": "string", "enum": ["a*/", "`"], "description": "*/"}}},
            })),
            &["```text"],
        ),
    ]
}

fn without_space(code: &str) -> String {
    code.split_whitespace().collect()
}

#[test]
fn what_is_odd_becomes_code_all_the_same() {
    let mut missing = Vec::new();
    for (name, document, parts) in cases() {
        let code = generate::generate(&document.to_string(), &|_| true)
            .unwrap_or_else(|reason| panic!("{name}: {reason}"));
        let code = without_space(&format!("{}{}", code.client, code.document));
        let lacks = parts.iter().filter(|part| !code.contains(**part));
        missing.extend(lacks.map(|part| format!("{name}: {part}")));
    }
    assert!(missing.is_empty(), "not there:\n{}", missing.join("\n"));
}

/// Writes the documents, to be put in place of `openapi.json` and compiled.
#[test]
#[ignore = "it only writes files"]
fn write_documents() {
    for (index, (_, document, _)) in cases().into_iter().enumerate() {
        let file = format!("{}/odd-{index}.json", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(file, document.to_string()).unwrap();
    }
}

#[test]
fn what_is_left_out_is_told() {
    let whole = document(
        json!({
            "/audio": {"get": {"responses": {"200": {
                "description": "Sound", "content": {"audio/ogg": {"schema": text()}},
            }}}},
            "/upload": {"post": with(empty(), "requestBody", json!({
                "content": {"multipart/form-data": {"schema": {"type": "object"}}},
            }))},
            "/patch": {"patch": with(empty(), "requestBody", json!({
                "content": {"application/merge-patch+json": {"schema": {"type": "object"}}},
            }))},
            "/csv": {"put": with(empty(), "requestBody", json!({
                "content": {"text/csv": {"schema": text()}},
            }))},
            "/elsewhere": {"get": with(empty(), "servers", json!([{"url": "https://other.example"}]))},
            "/methods": {"options": empty(), "trace": empty()},
            "/what?a=b": {"get": empty()},
            "/a/../b": {"get": empty()},
            "/cookie": {"get": with(empty(), "parameters", json!([
                {"name": "sid", "in": "cookie", "schema": text()},
                {"name": "gone", "in": "path", "required": true, "schema": text()},
            ]))},
            "/needs_cookie": {"get": with(empty(), "parameters", json!([
                {"name": "sid", "in": "cookie", "required": true, "schema": text()},
            ]))},
            "/matrix/{id}": {"get": with(empty(), "parameters", json!([
                {"name": "id", "in": "path", "style": "matrix", "required": true, "schema": text()},
            ]))},
            "/undeclared/{id}": {"get": empty()},
            "/secret": {"get": with(empty(), "parameters", json!([{
                "name": "pin", "in": "query", "schema": {"$ref": "#/components/schemas/Pin"},
            }]))},
            "/secrets": {"get": with(empty(), "parameters", json!([{
                "name": "x-pins", "in": "header", "required": true,
                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}},
            }]))},
            "/secrets/{pin}": {"get": with(empty(), "parameters", json!([{
                "name": "pin", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Pin"},
            }]))},
            "/nothing": {"get": {"responses": {"404": {"description": "Never there"}}}},
        }),
        json!({
            "Never": {"allOf": [text(), {"type": "integer"}]},
            "Any": {"oneOf": [{}, text()]},
            "Pin": {"type": "string", "format": "password"},
        }),
    );
    let mut without_server = whole.clone();
    without_server["servers"] = json!([{"url": "http://example.com"}]);
    without_server["paths"] = json!({});
    without_server["components"] = json!({});
    let warnings = [whole, without_server].into_iter().flat_map(|document| {
        generate::generate(&document.to_string(), &|_| true).unwrap().warnings
    });
    insta::assert_snapshot!("left_out", warnings.collect::<Vec<_>>().join("\n"));
}
