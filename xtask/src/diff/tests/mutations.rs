//! Changes of the base document, one of each kind.

use serde_json::{Value, json};

/// A change, and its name.
pub type Mutation = (&'static str, fn(&mut Value));

fn operation<'a>(document: &'a mut Value, path: &str, method: &str) -> &'a mut Value {
    &mut document["paths"][path][method]
}

fn list(document: &mut Value) -> &mut Value {
    operation(document, "/v1/numbers", "get")
}

fn parameter(document: &mut Value, index: usize) -> &mut Value {
    &mut list(document)["parameters"][index]
}

fn schema<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn field<'a>(document: &'a mut Value, model: &str, name: &str) -> &'a mut Value {
    &mut schema(document, model)["properties"][name]
}

fn require(document: &mut Value, model: &str, names: &[&str]) {
    schema(document, model)["required"] = json!(names);
}

fn remove(value: &mut Value, key: &str) -> Value {
    value
        .as_object_mut()
        .and_then(|entries| entries.remove(key))
        .unwrap_or_else(|| panic!("no {key}"))
}

pub const MUTATIONS: &[Mutation] = &[
    // The document
    ("the version of the API", |d| d["info"]["version"] = json!("1.1.0")),
    ("the version of OpenAPI", |d| d["openapi"] = json!("3.0.4")),
    ("OpenAPI 3.1", |d| d["openapi"] = json!("3.1.0")),
    ("another server", |d| d["servers"][0]["url"] = json!("https://example.org")),
    ("the servers in another order", |d| d["servers"].as_array_mut().unwrap().reverse()),
    ("a server more", |d| {
        d["servers"].as_array_mut().unwrap().push(json!({"url": "https://us.example.com"}));
    }),
    ("a server less", |d| drop(d["servers"].as_array_mut().unwrap().pop())),
    ("words of a server", |d| d["servers"][1]["description"] = json!("EU")),
    ("a server with variables", |d| {
        d["servers"][0] = json!({"url": "https://{a}", "variables": {}});
    }),
    ("a tag", |d| d["tags"][0]["description"] = json!("All of them")),
    ("a key that nobody knows", |d| d["webhooks"] = json!({})),
    ("an extension", |d| d["x-any"] = json!(1)),
    // Operations
    ("an operation added", |d| {
        *operation(d, "/v1/ping", "head") =
            json!({"operationId": "ping_head", "responses": {"204": {"description": "Pong"}}});
    }),
    ("an operation removed", |d| drop(remove(&mut d["paths"]["/v1/numbers/{id}"], "delete"))),
    ("an operation renamed", |d| list(d)["operationId"] = json!("get_numbers")),
    ("an operation moved", |d| {
        let item = remove(&mut d["paths"], "/v1/ping");
        d["paths"]["/v2/ping"] = item;
    }),
    ("another method, not to be repeated", |d| {
        let put = remove(&mut d["paths"]["/v1/numbers/{id}"], "put");
        *operation(d, "/v1/numbers/{id}", "patch") = put;
    }),
    ("another method, to be repeated", |d| {
        let post = remove(&mut d["paths"]["/v1/numbers"], "post");
        *operation(d, "/v1/numbers", "put") = post;
    }),
    ("a parameter of a path renamed", |d| {
        let mut item = remove(&mut d["paths"], "/v1/numbers/{id}");
        for method in ["get", "put", "delete"] {
            item[method]["parameters"][0]["name"] = json!("numberId");
        }
        d["paths"]["/v1/numbers/{numberId}"] = item;
    }),
    ("deprecated", |d| list(d)["deprecated"] = json!(true)),
    ("a summary", |d| list(d)["summary"] = json!("All numbers")),
    ("a server of an operation", |d| list(d)["servers"] = json!([{"url": "https://example.net"}])),
    ("a callback", |d| list(d)["callbacks"] = json!({})),
    ("a path without operations", |d| d["paths"]["/v1/later"] = json!({"summary": "Soon"})),
    ("words of a path", |d| d["paths"]["/v1/ping"]["description"] = json!("Ping")),
    // Parameters
    ("an optional parameter added", |d| {
        list(d)["parameters"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "q", "in": "query", "schema": {"type": "string"}}));
    }),
    ("a required parameter added", |d| {
        list(d)["parameters"].as_array_mut().unwrap().push(
            json!({"name": "q", "in": "query", "required": true, "schema": {"type": "string"}}),
        );
    }),
    ("a parameter removed", |d| drop(list(d)["parameters"].as_array_mut().unwrap().remove(1))),
    ("a parameter of a whole path removed", |d| {
        drop(remove(&mut d["paths"]["/v1/numbers"], "parameters"));
    }),
    ("a parameter of a path written at its operations", |d| {
        let shared = remove(&mut d["paths"]["/v1/numbers"], "parameters");
        list(d)["parameters"].as_array_mut().unwrap().push(shared[0].clone());
        operation(d, "/v1/numbers", "post")["parameters"] = shared;
    }),
    ("a parameter becomes required", |d| parameter(d, 1)["required"] = json!(true)),
    ("a parameter becomes optional", |d| {
        operation(d, "/v1/numbers/{id}", "delete")["parameters"][1]["required"] = json!(false);
    }),
    ("a parameter of another type", |d| parameter(d, 3)["schema"]["type"] = json!("integer")),
    ("a parameter that may be null", |d| parameter(d, 2)["schema"]["nullable"] = json!(true)),
    ("a parameter in another place", |d| parameter(d, 3)["in"] = json!("query")),
    ("a header in other letters", |d| parameter(d, 3)["name"] = json!("x-request-id")),
    ("a list in another style", |d| parameter(d, 2)["explode"] = json!(false)),
    ("a style said that goes without saying", |d| drop(remove(parameter(d, 2), "style"))),
    ("parameters in another order", |d| list(d)["parameters"].as_array_mut().unwrap().reverse()),
    ("a parameter twice", |d| {
        let twice = parameter(d, 1).clone();
        list(d)["parameters"].as_array_mut().unwrap().push(twice);
    }),
    ("a shared parameter with a wider bound", |d| {
        d["components"]["parameters"]["Limit"]["schema"]["maximum"] = json!(200);
    }),
    ("a shared parameter with a narrower bound", |d| {
        d["components"]["parameters"]["Limit"]["schema"]["maximum"] = json!(50);
    }),
    ("a shared parameter with another least value", |d| {
        d["components"]["parameters"]["Limit"]["schema"]["minimum"] = json!(0);
    }),
    ("a shared parameter renamed", |d| {
        d["components"]["parameters"]["Limit"]["name"] = json!("size");
    }),
    ("a shared parameter written at its operation", |d| {
        *parameter(d, 0) = d["components"]["parameters"]["Limit"].clone();
    }),
    ("words of a parameter", |d| parameter(d, 1)["description"] = json!("Only these")),
    // Request bodies
    ("a body removed", |d| drop(remove(operation(d, "/v1/numbers/{id}", "put"), "requestBody"))),
    ("a required body added", |d| {
        operation(d, "/v1/numbers/{id}", "delete")["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewNumber"}}}});
    }),
    ("a body added that may be left empty", |d| {
        operation(d, "/v1/numbers/{id}", "delete")["requestBody"] = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Unused"}}}});
    }),
    ("a body becomes optional", |d| {
        operation(d, "/v1/numbers/{id}", "put")["requestBody"]["required"] = json!(false);
    }),
    ("a body of another type", |d| {
        let content = &mut d["components"]["requestBodies"]["NewNumber"]["content"];
        let json = remove(content, "application/json");
        content["application/x-www-form-urlencoded"] = json;
    }),
    ("a body of another model", |d| {
        d["components"]["requestBodies"]["NewNumber"]["content"]["application/json"]["schema"] =
            json!({"$ref": "#/components/schemas/Base"});
    }),
    // Responses
    ("another success", |d| {
        let responses = &mut operation(d, "/v1/numbers", "post")["responses"];
        let created = remove(responses, "201");
        responses["200"] = created;
    }),
    ("no success", |d| drop(remove(&mut operation(d, "/v1/ping", "get")["responses"], "204"))),
    ("a success with JSON", |d| {
        operation(d, "/v1/ping", "get")["responses"]["204"]["content"] =
            json!({"application/json": {"schema": {}}});
    }),
    ("JSON with a charset", |d| {
        let content = &mut list(d)["responses"]["200"]["content"];
        let json = remove(content, "application/json");
        content["application/json; charset=utf-8"] = json;
    }),
    ("an error added", |d| list(d)["responses"]["429"] = json!({"description": "Later"})),
    ("an error removed", |d| drop(remove(&mut list(d)["responses"], "401"))),
    ("an error of another type", |d| {
        operation(d, "/v1/numbers", "post")["responses"]["409"]["content"]["application/json"]["schema"] =
            json!({"type": "string"});
    }),
    ("words of a response", |d| list(d)["responses"]["200"]["description"] = json!("All")),
    ("a header of a response", |d| {
        list(d)["responses"]["200"]["headers"]["X-Total"]["schema"]["type"] = json!("string");
    }),
    ("an example", |d| {
        list(d)["responses"]["200"]["content"]["application/json"]["example"] = json!([{}]);
    }),
    ("one instead of many", |d| {
        list(d)["responses"]["200"]["content"]["application/json"]["schema"] =
            json!({"$ref": "#/components/schemas/Number"});
    }),
    ("a schema of a response removed", |d| {
        drop(remove(&mut list(d)["responses"]["200"]["content"]["application/json"], "schema"));
    }),
    ("words of a shared response", |d| {
        d["components"]["responses"]["Refused"]["description"] = json!("Refused");
    }),
    // Fields that are read
    ("an optional field added to a response", |d| {
        *field(d, "Number", "blocked") = json!({"type": "boolean"});
    }),
    ("a required field added to a response", |d| {
        *field(d, "Number", "blocked") = json!({"type": "boolean"});
        require(d, "Number", &["id", "name", "labels", "note", "size", "blocked"]);
    }),
    ("an optional field removed from a response", |d| {
        drop(remove(&mut schema(d, "Number")["properties"], "nick"));
    }),
    ("a required field removed from a response", |d| {
        drop(remove(&mut schema(d, "Number")["properties"], "name"));
        require(d, "Number", &["id", "labels", "note", "size"]);
    }),
    ("required to optional in a response", |d| {
        require(d, "Number", &["id", "labels", "note", "size"]);
    }),
    ("a required list to an optional one in a response", |d| {
        require(d, "Number", &["id", "name", "note", "size"]);
    }),
    ("nullable to optional too in a response", |d| {
        require(d, "Number", &["id", "name", "labels", "size"]);
    }),
    ("nullable to optional in a response", |d| {
        require(d, "Number", &["id", "name", "labels", "size"]);
        drop(remove(field(d, "Number", "note"), "nullable"));
    }),
    ("optional to required in a response", |d| {
        require(d, "Number", &["id", "name", "labels", "note", "size", "nick"]);
    }),
    ("optional to nullable in a response", |d| {
        field(d, "Number", "nick")["nullable"] = json!(true);
        require(d, "Number", &["id", "name", "labels", "note", "size", "nick"]);
    }),
    ("a required field that may be null", |d| field(d, "Number", "name")["nullable"] = json!(true)),
    ("an optional field that may be null", |d| {
        field(d, "Number", "nick")["nullable"] = json!(true);
    }),
    ("an optional list that may be null", |d| {
        field(d, "Number", "links")["nullable"] = json!(true);
    }),
    ("a reference that may be null", |d| field(d, "Number", "state")["nullable"] = json!(true)),
    ("a field that may be null no more", |d| drop(remove(field(d, "Number", "note"), "nullable"))),
    ("a field of another type", |d| field(d, "Number", "name")["type"] = json!("integer")),
    ("a field of any type", |d| *field(d, "Number", "nick") = json!({})),
    ("a date that was a string", |d| field(d, "Number", "nick")["format"] = json!("date-time")),
    ("a string that was a date", |d| drop(remove(field(d, "Number", "createdAt"), "format"))),
    ("a format without a type", |d| field(d, "Number", "nick")["format"] = json!("email")),
    ("a longer integer", |d| field(d, "Number", "size")["format"] = json!("int64")),
    ("a shorter integer", |d| field(d, "Number", "size")["format"] = json!("int16")),
    ("an integer with a fraction", |d| *field(d, "Number", "size") = json!({"type": "number"})),
    ("a double that was a float", |d| field(d, "Number", "weight")["format"] = json!("double")),
    ("items of another type", |d| field(d, "Number", "labels")["items"]["type"] = json!("integer")),
    ("items that may be null", |d| field(d, "Number", "labels")["items"]["nullable"] = json!(true)),
    ("an optional list without repetition", |d| {
        field(d, "Number", "links")["uniqueItems"] = json!(true);
    }),
    ("a list of one length", |d| {
        field(d, "Number", "labels")["minItems"] = json!(2);
        field(d, "Number", "labels")["maxItems"] = json!(2);
    }),
    ("values of a map of another type", |d| {
        field(d, "Number", "meta")["additionalProperties"]["type"] = json!("integer");
    }),
    ("a map of anything", |d| field(d, "Number", "meta")["additionalProperties"] = json!(true)),
    ("a map that becomes an object", |d| {
        *field(d, "Number", "meta") =
            json!({"type": "object", "properties": {"a": {"type": "string"}}});
    }),
    ("a field of an inline object", |d| {
        field(d, "Number", "owner")["properties"]["age"] = json!({"type": "integer"});
    }),
    ("an inline object with another title", |d| {
        field(d, "Number", "owner")["title"] = json!("Person");
    }),
    ("an inline object made a component", |d| {
        let owner = field(d, "Number", "owner").take();
        *schema(d, "Owner") = owner;
        *field(d, "Number", "owner") = json!({"$ref": "#/components/schemas/Owner"});
    }),
    ("a length that may be longer", |d| field(d, "Number", "code")["maxLength"] = json!(6)),
    ("a length that has to be shorter", |d| field(d, "Number", "code")["maxLength"] = json!(3)),
    ("a length that is checked from now on", |d| {
        field(d, "Number", "nick")["minLength"] = json!(1);
    }),
    ("a bound of a float", |d| field(d, "Number", "weight")["minimum"] = json!(0)),
    ("a default added", |d| field(d, "Number", "nick")["default"] = json!("none")),
    ("another default", |d| field(d, "Number", "color")["default"] = json!("blue")),
    ("a default removed", |d| drop(remove(field(d, "Number", "color"), "default"))),
    ("words of a model", |d| schema(d, "Number")["description"] = json!("A phone number.")),
    ("words of a field", |d| field(d, "Number", "nick")["description"] = json!("A name.")),
    ("words beside a reference", |d| {
        *field(d, "Number", "parent") =
            json!({"allOf": [{"$ref": "#/components/schemas/Number"}], "description": "Above."});
    }),
    ("a reference alone in an allOf", |d| {
        *field(d, "Number", "parent") = json!({"allOf": [{"$ref": "#/components/schemas/Number"}]});
    }),
    ("not nullable, said", |d| field(d, "Number", "nick")["nullable"] = json!(false)),
    ("required in another order", |d| {
        require(d, "Number", &["size", "note", "labels", "name", "id"]);
    }),
    ("deprecated field", |d| field(d, "Number", "nick")["deprecated"] = json!(true)),
    ("a field that is not read any more", |d| {
        field(d, "Number", "nick")["writeOnly"] = json!(true);
    }),
    // Fields that are sent
    ("an optional field added to a request", |d| {
        *field(d, "NewNumber", "color") = json!({"type": "string"});
    }),
    ("a required field added to a request", |d| {
        *field(d, "NewNumber", "color") = json!({"type": "string"});
        require(d, "NewNumber", &["name", "color"]);
    }),
    ("a field removed from a request", |d| {
        drop(remove(&mut schema(d, "NewNumber")["properties"], "count"));
    }),
    ("required to optional in a request", |d| drop(remove(schema(d, "NewNumber"), "required"))),
    ("optional to required in a request", |d| require(d, "NewNumber", &["name", "count"])),
    ("an optional list required in a request", |d| require(d, "NewNumber", &["name", "labels"])),
    ("null to be sent no more", |d| drop(remove(field(d, "NewNumber", "comment"), "nullable"))),
    ("null may be sent", |d| field(d, "NewNumber", "name")["nullable"] = json!(true)),
    ("a wider type in a request", |d| field(d, "NewNumber", "count")["type"] = json!("number")),
    ("a narrower type in a request", |d| field(d, "NewNumber", "name")["format"] = json!("uuid")),
    ("a bound of an integer in a request", |d| {
        field(d, "NewNumber", "count")["maximum"] = json!(10);
    }),
    ("a pattern in a request", |d| field(d, "NewNumber", "name")["pattern"] = json!("^a")),
    ("a secret becomes a string", |d| drop(remove(field(d, "NewNumber", "pin"), "format"))),
    ("a field that is not taken any more", |d| {
        field(d, "NewNumber", "count")["readOnly"] = json!(true);
    }),
    // Enums
    ("a value added", |d| schema(d, "State")["enum"] = json!(["OPEN", "CLOSE", "BUSY"])),
    ("a value removed", |d| schema(d, "State")["enum"] = json!(["OPEN"])),
    ("a value renamed", |d| schema(d, "State")["enum"] = json!(["OPEN", "CLOSED"])),
    ("values in another order", |d| schema(d, "State")["enum"] = json!(["CLOSE", "OPEN"])),
    ("any string", |d| drop(remove(schema(d, "State"), "enum"))),
    ("known values only", |d| schema(d, "Unused")["properties"]["a"]["enum"] = json!(["b"])),
    // Joined schemas
    ("a field added to a part", |d| *field(d, "Base", "at") = json!({"type": "string"})),
    ("a required field added to an inline part", |d| {
        schema(d, "Change")["allOf"][1] = json!({"type": "object", "required": ["reason", "by"], "properties": {"reason": {"type": "string"}, "by": {"type": "string"}}});
    }),
    ("a part removed", |d| drop(schema(d, "Change")["allOf"].as_array_mut().unwrap().remove(0))),
    ("a part added", |d| {
        schema(d, "Change")["allOf"]
            .as_array_mut()
            .unwrap()
            .push(json!({"$ref": "#/components/schemas/Unused"}));
    }),
    ("parts made one object", |d| {
        *schema(d, "Change") = json!({"type": "object", "properties": {"id": {"type": "string"}, "reason": {"type": "string"}}});
    }),
    ("parts that are no objects", |d| {
        schema(d, "Change")["allOf"] =
            json!([{"$ref": "#/components/schemas/Base"}, {"type": "string"}]);
    }),
    ("a branch added", |d| {
        schema(d, "Link")["oneOf"]
            .as_array_mut()
            .unwrap()
            .push(json!({"$ref": "#/components/schemas/Unused"}));
    }),
    ("a branch removed", |d| drop(schema(d, "Link")["oneOf"].as_array_mut().unwrap().pop())),
    ("branches in another order", |d| schema(d, "Link")["oneOf"].as_array_mut().unwrap().reverse()),
    ("anyOf instead of oneOf", |d| {
        let branches = remove(schema(d, "Link"), "oneOf");
        schema(d, "Link")["anyOf"] = branches;
    }),
    ("a discriminator", |d| schema(d, "Link")["discriminator"] = json!({"propertyName": "kind"})),
    ("a field of a branch", |d| require(d, "Session", &[])),
    // Fields of any name
    ("fields of any name dropped", |d| drop(remove(schema(d, "ApiError"), "additionalProperties"))),
    ("fields of any name kept", |d| {
        schema(d, "NewNumber")["additionalProperties"] = json!({"type": "string"});
    }),
    ("no other fields", |d| schema(d, "NewNumber")["additionalProperties"] = json!(false)),
    // Components
    ("a model added", |d| {
        *schema(d, "Extra") = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    }),
    ("a model removed", |d| drop(remove(&mut d["components"]["schemas"], "Unused"))),
    ("a model removed that is used", |d| drop(remove(&mut d["components"]["schemas"], "Base"))),
    ("a model renamed", |d| {
        let text = d.to_string().replace("schemas/State", "schemas/NumberState");
        *d = serde_json::from_str(&text).unwrap();
        let state = remove(&mut d["components"]["schemas"], "State");
        *schema(d, "NumberState") = state;
    }),
    ("a model renamed that refers to itself", |d| {
        let text = d.to_string().replace("schemas/Number\"", "schemas/Phone\"");
        *d = serde_json::from_str(&text).unwrap();
        let number = remove(&mut d["components"]["schemas"], "Number");
        *schema(d, "Phone") = number;
    }),
    ("an unused model changed", |d| field(d, "Unused", "a")["type"] = json!("integer")),
    ("a field of errors", |d| *field(d, "ApiError", "code") = json!({"type": "integer"})),
    // Security
    ("a credential for all taken no more", |d| d["security"] = json!([{"apiKey": []}])),
    ("a credential for one operation taken no more", |d| {
        operation(d, "/v1/numbers/{id}", "get")["security"] = json!([{"apiKey": []}]);
    }),
    ("security of an operation left to the document", |d| {
        drop(remove(operation(d, "/v1/numbers/{id}", "get"), "security"));
    }),
    ("a credential from now on", |d| drop(remove(operation(d, "/v1/ping", "get"), "security"))),
    ("no credential any more", |d| list(d)["security"] = json!([])),
    ("both credentials at once", |d| list(d)["security"] = json!([{"apiKey": [], "apiKeyId": []}])),
    ("another header", |d| d["components"]["securitySchemes"]["apiKey"]["name"] = json!("x-key")),
    ("a header in other letters, security", |d| {
        d["components"]["securitySchemes"]["apiKey"]["name"] = json!("X-Api-Key");
    }),
    ("a scheme renamed", |d| {
        let scheme = remove(&mut d["components"]["securitySchemes"], "apiKeyId");
        d["components"]["securitySchemes"]["keyId"] = scheme;
        d["security"] = json!([{"apiKey": []}, {"keyId": []}]);
        operation(d, "/v1/numbers/{id}", "get")["security"] =
            json!([{"apiKey": []}, {"keyId": []}]);
    }),
    ("a scheme that nobody uses", |d| {
        d["components"]["securitySchemes"]["oauth"] = json!({"type": "oauth2", "flows": {}});
    }),
    ("a bearer token too", |d| {
        d["components"]["securitySchemes"]["token"] = json!({"type": "http", "scheme": "bearer"});
        d["security"] = json!([{"apiKey": []}, {"apiKeyId": []}, {"token": []}]);
    }),
    // Odd documents
    ("no paths", |d| drop(remove(d, "paths"))),
    ("paths that are a list", |d| d["paths"] = json!([])),
    ("an operation that is a text", |d| *list(d) = json!("soon")),
    ("parameters that are a number", |d| list(d)["parameters"] = json!(1)),
    ("a reference to nothing", |d| {
        *field(d, "Number", "parent") = json!({"$ref": "#/components/schemas/Nothing"});
    }),
    ("a reference elsewhere", |d| *field(d, "Number", "parent") = json!({"$ref": "other.json#/A"})),
    ("a schema that is a number", |d| *field(d, "Number", "nick") = json!(1)),
    ("a type of 3.1", |d| field(d, "Number", "nick")["type"] = json!(["string", "null"])),
    ("an unknown keyword", |d| field(d, "Number", "nick")["prefixItems"] = json!([])),
    ("a type of ours", |d| field(d, "Number", "nick")["x-rust-type"] = json!({})),
    ("a name of two lines", |d| *field(d, "Number", "a\n\u{1b}[31mb") = json!({"type": "string"})),
    ("nothing at all", |d| *d = json!(null)),
];
