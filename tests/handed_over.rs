//! How the generated code hands a request over to the layer.

#[allow(dead_code)]
#[path = "../build/mod.rs"]
mod generate;

use serde_json::{Value, json};

#[test]
fn a_request_is_handed_over_whatever_its_parameters_are_called() {
    let mut document: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
    let parameter = |place, name| {
        let required = place == "path";
        json!({
            "name": name, "in": place, "required": required, "schema": {"type": "string"}
        })
    };
    document["paths"]["/v1/links/{client}/{info}"]["delete"] = json!({
        "operationId": "purge_link",
        "security": document["paths"]["/v1/numbers"]["get"]["security"],
        "parameters": [
            parameter("path", "client"),
            parameter("path", "info"),
            parameter("query", "request"),
            parameter("query", "result"),
            parameter("header", "Idempotency-Key"),
        ],
        "requestBody": {"content": {"application/json": {"schema": {
            "type": "object", "properties": {"reason": {"type": "string"}}
        }}}},
        "responses": {"204": {"description": "It is gone"}}
    });
    let client = generate::generate(&document.to_string(), &|_| true).unwrap().client;
    let (_, operation) = client.split_once("impl<'a> PurgeLink<'a>").unwrap();
    let (_, send) = operation.split_once("pub async fn send").unwrap();
    insta::assert_snapshot!(send.split("\n        }\n").next().unwrap());
}
