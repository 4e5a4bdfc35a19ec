//! Tests the sandbox over a real socket, through the client where possible.

mod pages;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pilot_status::mock::{OperationId, Reply, Sandbox, sign_delivery};
use pilot_status::reqwest::{self, Method, Response};
use pilot_status::types::{
    ContactChannel, MessageRequest, MessageRequestContent, MessageRequestDestination,
};
use pilot_status::webhooks::Verifier;
use pilot_status::{Client, Credentials, Error, ErrorCode, ErrorKind, RetryPolicy, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

/// Builds a client that does not retry.
fn once(sandbox: &Sandbox) -> Client {
    sandbox.builder().retry(RetryPolicy::none()).build().unwrap()
}

/// Sends requests that the client cannot send.
static HTTP: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().no_proxy().build().unwrap());

async fn ask(sandbox: &Sandbox, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
    let url = format!("{}{path}", sandbox.url());
    let mut request =
        HTTP.request(method.parse::<Method>().unwrap(), url).header("x-api-key", Sandbox::API_KEY);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    read(request.send().await.unwrap()).await
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

/// Sends bytes and reads until the server closes the connection.
async fn raw(sandbox: &Sandbox, request: &str) -> String {
    let address = sandbox.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

#[tokio::test]
async fn the_sandbox_responds_with_the_examples_of_the_document() {
    let sandbox = Sandbox::start().await.unwrap();
    let numbers = sandbox.client().list_numbers().send().await.unwrap();
    assert_eq!(numbers[0].id, "num_01HZX...");
    let request = MessageRequest::new(
        MessageRequestDestination::DestinationNumber("5511988887777".into()),
        MessageRequestContent::Text("Hi".into()),
    );
    let sent = sandbox.client().send_message().body(request).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::ACCEPTED);
    let client = sandbox.client();
    let removed = client.remove_group_participants().group_id("g");
    let removed = removed
        .body_map(|body| body.participants(["5511988887777".to_owned()]))
        .send()
        .await
        .unwrap();
    assert_eq!(removed.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_fixed_segment_of_a_path_wins_over_a_parameter() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.list_message_history().send().await.unwrap();
    client.get_message().id("a/b c").send().await.unwrap();
    let requests = sandbox.requests();
    assert_eq!(requests[0].operation, Some(OperationId::ListMessageHistory));
    assert_eq!(requests[1].operation, Some(OperationId::GetMessage));
    assert_eq!(requests[1].path, "/v1/messages/a%2Fb%20c");
}

#[tokio::test]
async fn an_undocumented_method_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let (status, body) = ask(&sandbox, "TRACE", "/v1/numbers", None).await;
    assert_eq!((status, body), (405, json!({"error": "Method Not Allowed"})));
    assert_eq!(sandbox.requests()[0].operation, None);
}

#[tokio::test]
async fn an_undocumented_path_is_reported_as_such() {
    let sandbox = Sandbox::start().await.unwrap();
    // Unlike the ids in it, the fixed segments of a path are case-sensitive.
    let numbers = ["/V1/numbers", "/v1/Numbers", "/v1/Numbers/num_1", "/v1/numbers/"];
    for path in ["/", "/v1/nothing"].into_iter().chain(numbers) {
        let error = json!({"error": "the path is not documented"});
        assert_eq!(ask(&sandbox, "GET", path, None).await, (404, error), "{path}");
    }
    assert_eq!(sandbox.requests()[0].operation, None);
    assert_eq!(ask(&sandbox, "GET", "/v1/numbers/NUM_1", None).await.0, 200);
}

#[tokio::test]
async fn a_405_lists_the_allowed_methods() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let error = client.request(Method::DELETE, "/v1/numbers").send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 405);
    assert_eq!(error.headers().unwrap()["allow"], "GET, POST");
}

#[tokio::test]
async fn a_missing_or_invalid_credential_is_unauthorized() {
    let sandbox = Sandbox::start().await.unwrap();
    for (credentials, expected) in [
        (Credentials::api_key(Sandbox::API_KEY), None),
        (Credentials::api_key_id(Sandbox::API_KEY_ID), None),
        (Credentials::api_key("ps_other"), Some(401)),
        (Credentials::api_key_id(Sandbox::API_KEY), Some(401)),
    ] {
        let client = Client::builder(credentials).base_url(sandbox.url()).build().unwrap();
        let error = client.list_numbers().send().await.err();
        assert_eq!(error.as_ref().and_then(status), expected);
        assert_eq!(
            error.and_then(|error| error.message().map(str::to_owned)).as_deref(),
            expected.map(|_| "Unauthorized")
        );
    }
}

/// Returns a valid value for a parameter of the document.
fn value_for(document: &Value, parameter: &Value) -> String {
    let mut schema = &parameter["schema"];
    while let Some(target) = schema["$ref"].as_str() {
        schema = document.pointer(&target[1..]).unwrap();
    }
    if let Some(value) = schema["enum"].get(0) {
        return value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => "1".to_owned(),
        (Some("boolean"), _) => "true".to_owned(),
        (_, Some("date-time")) => "2026-01-01T00:00:00Z".to_owned(),
        _ => "a".to_owned(),
    }
}

/// Builds the request of an operation with everything that it requires.
fn documented(url: &str, document: &Value, path: &str, method: &str) -> reqwest::RequestBuilder {
    let item = &document["paths"][path];
    let operation = &item[method];
    let lists = [&item["parameters"], &operation["parameters"]];
    let parameters = lists.into_iter().filter_map(Value::as_array).flatten();
    let (mut url, mut query, mut headers) = (format!("{url}{path}"), Vec::new(), Vec::new());
    for parameter in parameters {
        let target = parameter["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        let parameter = target.map_or(parameter, |target| document.pointer(target).unwrap());
        let (name, value) = (parameter["name"].as_str().unwrap(), value_for(document, parameter));
        match parameter["in"].as_str().unwrap() {
            "path" => url = url.replace(&format!("{{{name}}}"), &value),
            _ if parameter["required"] != true => {}
            "query" => query.push(format!("{name}={value}")),
            _ => headers.push((name.to_owned(), value)),
        }
    }
    let method: Method = method.to_uppercase().parse().unwrap();
    let url = format!("{url}?{}", query.join("&"));
    let mut request = HTTP.request(method, url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    match body
        .get("example")
        .or_else(|| body["examples"].as_object()?.values().next()?.get("value"))
    {
        Some(example) => {
            request.header("content-type", "application/json").body(example.to_string())
        }
        None => request,
    }
}

#[tokio::test]
async fn every_operation_checks_credentials_and_responds_with_its_example() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = document();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let request = || documented(sandbox.url(), &document, path, method);
            let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
            let (status, body) = read(request().send().await.unwrap()).await;
            assert_eq!(status == 401, !is_public, "{id}: {status} {body}");

            let response = request().header("x-api-key", Sandbox::API_KEY).send().await.unwrap();
            let (status, body) = read(response).await;
            let success = &operation["responses"][status.to_string()];
            assert!((200..300).contains(&status) && success.is_object(), "{id}: {status} {body}");
            if let Some(example) = success["content"]["application/json"].get("example") {
                assert_eq!(&body, example, "{id}");
            }
            count += 1;
        }
    }
    assert!(count > 0);
}

#[tokio::test]
async fn a_validation_error_names_the_place_of_the_fault() {
    let sandbox = Sandbox::start().await.unwrap();
    let message = |rest: Value| {
        let mut body = json!({"destinationNumber": "5511988887777", "text": "Hi"});
        for (name, value) in rest.as_object().unwrap() {
            body[name] = value.clone();
        }
        Some(body.to_string())
    };
    let send = ("POST", "/v1/messages/send");
    let history = |query: &str| ("GET", format!("/v1/messages/history?{query}"));
    let table = [
        (history("page=0"), None, "the query parameter page is less than 1"),
        (history("page=one"), None, "the query parameter page is not an integer"),
        (history("page=1&page=2"), None, "the query parameter page occurs more than once"),
        (history("pageSize=101"), None, "the query parameter pageSize is more than 100"),
        (history("pages=1"), None, "the operation has no query parameter pages"),
        (
            history("startDate=yesterday"),
            None,
            "the query parameter startDate is not a date and time, such as 2026-01-31T12:00:00Z",
        ),
        (history("page=1"), Some("{}".to_owned()), "the operation has no body"),
        ((send.0, send.1.to_owned()), None, "the body is missing"),
        (
            (send.0, send.1.to_owned()),
            Some("{".to_owned()),
            "the body is not JSON: EOF while parsing an object at line 1 column 1",
        ),
        ((send.0, send.1.to_owned()), Some("[]".to_owned()), "the body is not an object"),
        (
            (send.0, send.1.to_owned()),
            message(json!({"groupId": "g"})),
            "the body matches more than one of: destinationNumber, groupId",
        ),
        (
            ("DELETE", "/v1/messages/cancel".to_owned()),
            Some(json!({"messageIds": []}).to_string()),
            "the body/messageIds has fewer than 1 entries",
        ),
        (
            ("POST", "/v1/embed/sessions".to_owned()),
            Some(
                json!({"surface": "chat", "allowedOrigins": ["https://a.example"], "ttlSeconds": 0})
                    .to_string(),
            ),
            "the body/ttlSeconds is less than 1",
        ),
        (
            (send.0, send.1.to_owned()),
            message(json!({"deliverAt": "soon"})),
            "the body/deliverAt is not a date and time, such as 2026-01-31T12:00:00Z",
        ),
        (
            (send.0, send.1.to_owned()),
            message(json!({"variables": {"name": 1}})),
            "the body/variables/name is not text",
        ),
    ];
    for ((method, path), body, expected) in table {
        let response = ask(&sandbox, method, &path, body.as_deref()).await;
        let error = json!({"error": expected, "code": "VALIDATION_ERROR"});
        assert_eq!(response, (400, error), "{method} {path}");
    }
}

#[tokio::test]
async fn an_integer_in_a_query_consists_of_digits() {
    let sandbox = Sandbox::start().await.unwrap();
    for page in ["2.0", "2e0", "%202", "2%0A", "99999999999999999999", "true", "%222%22", ""] {
        let path = format!("/v1/messages/history?page={page}");
        let (status, body) = ask(&sandbox, "GET", &path, None).await;
        let expected = "the query parameter page is not an integer";
        assert_eq!((status, &body["error"]), (400, &json!(expected)), "{page}");
    }
    let (status, body) = ask(&sandbox, "GET", "/v1/messages/history?page=2", None).await;
    assert_eq!((status, &body["page"]), (200, &json!(2)));
}

#[tokio::test]
async fn undocumented_fields_are_accepted_unless_the_operation_is_documented_to_reject_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let message = json!({"destinationNumber": "5511988887777", "text": "Hi", "txet": 1});
    let sent = ask(&sandbox, "POST", "/v1/messages/send", Some(&message.to_string())).await;
    assert_eq!(sent.0, 202, "{}", sent.1);
    let page = json!({"pageId": "1", "egapId": 1}).to_string();
    let (status, body) = ask(&sandbox, "POST", "/v1/lead-pages", Some(&page)).await;
    assert_eq!((status, &body["code"]), (400, &json!("VALIDATION_ERROR")));
    assert!(body["error"].as_str().unwrap().contains("egapId"), "{body}");
}

#[tokio::test]
async fn an_operation_for_number_keys_is_accepted_with_the_header_of_a_number() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().for_number("num_1").list_groups().send().await.unwrap();
    assert_eq!(sandbox.requests()[0].headers["x-whatsapp-number-id"], "num_1");
}

/// A constraint of the document that only the sandbox checks, with bodies that violate and
/// satisfy it.
struct Excluded {
    method: &'static str,
    path: &'static str,
    violation: &'static str,
    broken: Vec<Value>,
    kept: Vec<Value>,
}

fn excluded_messages() -> Vec<Excluded> {
    let to = |members: Value| {
        let mut body = json!({"destinationNumber": "5511988887777", "text": "Hi"});
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        body
    };
    let buttons = |count| vec![json!({"type": "reply", "label": "Yes"}); count];
    let list = json!({"buttonText": "Open", "sections": []});
    let captioned = |media_type: &str| {
        to(json!({"media": "https://a.example/a", "mediaType": media_type, "caption": "Hi"}))
    };
    let labelled = |destination: &str| json!({destination: "a", "text": "Hi", "labels": ["b"]});
    let others = [
        json!({"templateId": "a"}),
        json!({"buttons": buttons(1)}),
        json!({"header": {"type": "text", "content": "a"}}),
        json!({"media": "https://a.example/a"}),
        json!({"carousel": {}}),
        json!({"flow": {}}),
    ];
    let with_list = |other: &Value| {
        let mut body = to(other.clone());
        body["list"] = list.clone();
        body
    };
    let messages = [
        (
            "has more than 3 `buttons` and no `templateId`",
            vec![to(json!({"buttons": buttons(4)}))],
            vec![
                to(json!({"buttons": buttons(3)})),
                to(json!({"buttons": buttons(4), "templateId": "a"})),
            ],
        ),
        (
            "has `list` together with `templateId`, `buttons`, `header`, `media`, `carousel` or \
            `flow`",
            others.iter().map(with_list).collect(),
            others.iter().cloned().chain([json!({"list": list})]).map(to).collect(),
        ),
        (
            "has `caption` for the `mediaType` `audio`",
            vec![captioned("audio")],
            ["image", "video", "document"].map(captioned).to_vec(),
        ),
        (
            "has `labels` for a `newsletterId`",
            vec![labelled("newsletterId")],
            ["destinationNumber", "groupId"].map(labelled).to_vec(),
        ),
    ];
    let (method, path) = ("POST", "/v1/messages/send");
    let messages = messages.into_iter();
    messages
        .map(|(violation, broken, kept)| Excluded { method, path, violation, broken, kept })
        .collect()
}

fn excluded_others() -> Vec<Excluded> {
    let (pairing, number) = ("/v1/numbers/remote-pairing", "/v1/numbers/num_1");
    vec![
        Excluded {
            method: "POST",
            path: "/v1/billing/checkout",
            violation: "has the `purpose` `wallet_topup` and no `amount`",
            broken: vec![json!({"purpose": "wallet_topup"})],
            kept: vec![
                json!({"purpose": "add_card"}),
                json!({"purpose": "wallet_topup", "amount": 1}),
            ],
        },
        Excluded {
            method: "POST",
            path: "/v1/billing/checkout",
            violation: "has an `amount` of 0 or less",
            broken: vec![
                json!({"purpose": "wallet_topup", "amount": 0}),
                json!({"purpose": "add_card", "amount": -1}),
            ],
            kept: vec![json!({"purpose": "wallet_topup", "amount": 0.01})],
        },
        Excluded {
            method: "PATCH",
            path: number,
            violation: "has none of `piiMode`, `piiRetentionDays` and `settings`",
            broken: vec![json!({})],
            kept: vec![json!({"settings": {}}), json!({"piiMode": "RELAY_ONLY"})],
        },
        Excluded {
            method: "PATCH",
            path: number,
            violation: "has the `piiMode` `STORE_X_DAYS` and no `piiRetentionDays`",
            broken: vec![
                json!({"piiMode": "STORE_X_DAYS"}),
                json!({"piiMode": "STORE_X_DAYS", "piiRetentionDays": null}),
            ],
            kept: vec![
                json!({"piiMode": "STORE_X_DAYS", "piiRetentionDays": 1}),
                json!({"piiMode": "STORE_INDEFINITE"}),
            ],
        },
        Excluded {
            method: "POST",
            path: pairing,
            violation: "has no `name` or no `number`, which the `provider` `PILOT_STATUS` requires",
            broken: vec![
                json!({}),
                json!({"name": "a", "provider": "PILOT_STATUS"}),
                json!({"number": "b"}),
            ],
            kept: vec![json!({"name": "a", "number": "b"}), json!({"provider": "META"})],
        },
        Excluded {
            method: "POST",
            path: pairing,
            violation: "has `redirectUrl` or `externalRef`, which only the `provider` `META` takes",
            broken: vec![
                json!({"name": "a", "number": "b", "redirectUrl": "c"}),
                json!({"name": "a", "number": "b", "externalRef": "c"}),
            ],
            kept: vec![json!({"provider": "META", "redirectUrl": "a", "externalRef": "b"})],
        },
    ]
}

#[tokio::test]
async fn requests_that_the_document_excludes_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut tested = BTreeSet::new();
    for case in excluded_messages().into_iter().chain(excluded_others()) {
        let Excluded { method, path, violation, broken, kept } = case;
        for body in broken {
            let (status, rejection) = ask(&sandbox, method, path, Some(&body.to_string())).await;
            let error = format!("the body {violation}");
            let error = json!({"error": error, "code": "VALIDATION_ERROR"});
            assert_eq!((status, rejection), (400, error), "{method} {path} {body}");
        }
        for body in kept {
            let (status, success) = ask(&sandbox, method, path, Some(&body.to_string())).await;
            assert!((200..300).contains(&status), "{method} {path} {body}: {status} {success}");
        }
        tested.insert(violation.to_owned());
    }
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap().values();
    let cases = schemas.filter_map(|schema| schema["not"]["anyOf"].as_array()).flatten();
    let cases = cases.map(|case| case["description"].as_str().unwrap().to_owned());
    assert_eq!(tested, cases.collect());
}

#[tokio::test]
async fn fields_that_do_not_match_their_pattern_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let https = (r"^[Hh][Tt][Tt][Pp][Ss]://[^/?#\s]", ["https://a.example", "HTTPS://a.example"]);
    let (webhooks, branding) = (("POST", "/v1/webhooks"), ("PUT", "/v1/branding"));
    for ((method, path), name, (pattern, kept), broken) in [
        (webhooks, "url", https, "http://a.example"),
        (branding, "logoUrl", https, "a.example"),
        (branding, "supportUrl", https, "ftp://https://a"),
        (branding, "defaultRedirectUrl", https, "https://"),
        (branding, "primaryColor", ("^#[0-9A-Fa-f]{6}$", ["#1fd286", "#1FD286"]), "#1fd28g"),
    ] {
        let body = json!({name: broken}).to_string();
        let (status, rejection) = ask(&sandbox, method, path, Some(&body)).await;
        let error = format!("the body/{name} does not match the pattern {pattern}");
        let error = json!({"error": error, "code": "VALIDATION_ERROR"});
        assert_eq!((status, rejection), (400, error), "{method} {path} {body}");
        for value in kept {
            let body = json!({name: value}).to_string();
            let (status, success) = ask(&sandbox, method, path, Some(&body)).await;
            assert!((200..300).contains(&status), "{method} {path} {body}: {status} {success}");
        }
    }
}

#[tokio::test]
async fn the_client_reads_a_validation_error_as_a_typed_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let channel = ContactChannel::from("pigeon");
    let error = sandbox.client().send_contact_code().channel(channel).send().await.unwrap_err();
    assert_eq!((error.kind(), status(&error)), (ErrorKind::BadRequest, Some(400)));
    assert_eq!(error.code().map(ErrorCode::as_str), Some("VALIDATION_ERROR"));
    let message = error.message().unwrap();
    assert!(message.starts_with("the path parameter channel is not one of"), "{message}");
}

#[tokio::test]
async fn a_missing_header_or_wrong_media_type_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = document()["paths"]["/v1/phone-lines/verification"]["post"]["requestBody"]["content"]
        ["application/json"]["example"]
        .to_string();
    let (status, response) =
        ask(&sandbox, "POST", "/v1/phone-lines/verification", Some(&body)).await;
    assert_eq!(
        (status, &response["error"]),
        (400, &json!("the header parameter Idempotency-Key is missing"))
    );
    let response = HTTP
        .post(format!("{}/v1/messages/send", sandbox.url()))
        .header("x-api-key", Sandbox::API_KEY)
        .header("content-type", "text/plain")
        .body("{}");
    let (status, response) = read(response.send().await.unwrap()).await;
    assert_eq!(
        (status, &response["error"]),
        (400, &json!("the Content-Type is not application/json"))
    );
}

#[tokio::test]
async fn a_body_of_any_length_is_recorded() {
    const LENGTH: usize = 65 * 1024 * 1024;
    let sandbox = Sandbox::start().await.unwrap();
    // JSON of this length would take long to check.
    let request = HTTP.post(format!("{}/v1/nothing", sandbox.url())).body(vec![0; LENGTH]);
    assert_eq!(request.send().await.unwrap().status(), 404);
    assert_eq!(sandbox.requests()[0].body.len(), LENGTH);
}

#[tokio::test]
async fn an_incomplete_body_is_rejected_as_such() {
    let sandbox = Sandbox::start().await.unwrap();
    for body in ["zz\r\n", "3\r\n{}\r\n0\r\n\r\n"] {
        let request = format!(
            "POST /v1/messages/send HTTP/1.1\r\nx-api-key: {}\r\n\
            content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{body}",
            Sandbox::API_KEY
        );
        let response = raw(&sandbox, &request).await;
        assert!(response.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{response}");
        assert!(response.ends_with(r#"{"error":"the body is incomplete"}"#), "{response}");
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_download_has_bytes_a_length_and_a_file_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let audio =
        sandbox.client().get_activation_audio().id("act_1").send().await.unwrap().into_inner();
    assert_eq!(audio.content_type(), Some("audio/mpeg"));
    assert_eq!(audio.file_name().as_deref(), Some("get_activation_audio.mp3"));
    let length = audio.content_length().unwrap();
    assert_eq!(audio.bytes().await.unwrap().len() as u64, length);
    assert!(length > 0);
}

#[tokio::test]
async fn requests_are_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = sandbox.client();
    call.list_leads().form_id("form 1&2").send().await.unwrap();
    let call = call.cancel_messages().body_map(|body| body.message_ids(vec!["m1".to_owned()]));
    call.send().await.unwrap();
    let [listed, cancelled] = &sandbox.requests()[..] else { panic!("expected two requests") };
    assert_eq!((listed.operation, &listed.method), (Some(OperationId::ListLeads), &Method::GET));
    assert_eq!(listed.query, [("formId".to_owned(), "form 1&2".to_owned())]);
    assert_eq!(listed.line(), "GET /v1/leads?formId=form+1%262");
    assert_eq!(listed.headers["x-api-key"], Sandbox::API_KEY);
    assert_eq!(cancelled.json(), json!({"messageIds": ["m1"]}));
    let shown = format!("{listed:?} {cancelled:#?} {sandbox:?}");
    assert!(!shown.contains(Sandbox::API_KEY) && !shown.contains("m1"), "{shown}");
}

#[tokio::test]
async fn every_credential_of_a_recorded_request_is_sensitive() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut request = HTTP.get(format!("{}/v1/numbers", sandbox.url()));
    for name in ["x-api-key", "x-api-key-id", "authorization", "cookie"] {
        request = request.header(name, "marked_1").header(name, "marked_2");
    }
    request.send().await.unwrap();
    let requests = sandbox.requests();
    assert_eq!(requests[0].headers.get_all("x-api-key").iter().count(), 2);
    let shown = format!("{requests:?}");
    assert!(!shown.contains("marked"), "{shown}");
}

#[tokio::test]
async fn a_repeated_idempotency_key_gets_the_same_response() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let send = |text: &str, key: &str| {
        let request = MessageRequest::new(
            MessageRequestDestination::GroupId("g".into()),
            MessageRequestContent::Text(text.into()),
        );
        client.send_message().body(request).idempotency_key(key).send()
    };
    let first = send("Hi", "order-1").await.unwrap();
    assert!(!first.is_replayed());
    let mut other = serde_json::to_value(&*first).unwrap();
    other["id"] = json!("another");
    sandbox.respond_with(OperationId::SendMessage, other);
    let again = send("Hi", "order-1").await.unwrap();
    assert!(again.is_replayed());
    assert_eq!(again.into_inner(), first.into_inner());
    let error = send("Bye", "order-1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.code().map(ErrorCode::as_str), Some("IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(send("Bye", "order-2").await.unwrap().id.as_str(), "another");
}

#[tokio::test]
async fn an_idempotency_key_applies_to_one_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let account = sandbox.client();
    let send = async |client: &Client, text: &str| {
        let body = MessageRequest::builder().destination_number("+5511988887777").text(text);
        let call = client.send_message().idempotency_key("order-1").body(body);
        call.send().await.unwrap().is_replayed()
    };
    for (client, text) in
        [(&account.for_number("x"), "Hi"), (&account.for_number("y"), "Bye"), (&account, "Oi")]
    {
        assert!(!send(client, text).await, "{text}");
        assert!(send(client, text).await, "{text}");
    }
}

#[tokio::test]
async fn an_operation_without_idempotency_ignores_the_key() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for _ in 0..2 {
        let call = client.request(Method::POST, "/v1/projects").json(&json!({"name": "Acme"}));
        assert!(!call.idempotency_key("order-1").send().await.unwrap().is_replayed());
    }
}

#[tokio::test]
async fn only_a_json_success_of_a_reply_is_stored_under_the_idempotency_key() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = once(&sandbox);
    let send = || {
        let body = MessageRequest::builder().destination_number("+5511988887777").text("Hi");
        client.send_message().idempotency_key("order-1").body(body).send()
    };
    let failed = Reply::json(StatusCode::BAD_GATEWAY, &json!({"error": "later"}));
    for reply in [failed.clone(), Reply::html(StatusCode::OK)] {
        sandbox.enqueue(OperationId::SendMessage, reply);
        send().await.unwrap_err();
    }
    let accepted = |id: &str| Reply::json(StatusCode::ACCEPTED, &json!({ "id": id }));
    sandbox.enqueue(OperationId::SendMessage, accepted("first"));
    let first = send().await.unwrap();
    assert_eq!((first.is_replayed(), first.id.as_str()), (false, "first"));

    sandbox.enqueue(OperationId::SendMessage, failed);
    assert_eq!(send().await.unwrap_err().kind(), ErrorKind::Server);
    sandbox.enqueue(OperationId::SendMessage, accepted("second"));
    assert_eq!(send().await.unwrap().id.as_str(), "second", "an enqueued reply is sent");
    let again = send().await.unwrap();
    assert_eq!((again.is_replayed(), again.id.as_str()), (true, "first"));
}

#[tokio::test]
async fn respond_with_replaces_the_success() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.respond_with(OperationId::ListNumbers, json!([]));
    assert_eq!(sandbox.client().list_numbers().send().await.unwrap().len(), 0);
}

#[test]
fn every_operation_of_the_document_has_an_operation_id() {
    let document = document();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let ids: Vec<_> = operations.map(|one| one["operationId"].as_str().unwrap()).collect();
    let all: Vec<_> = OperationId::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(all, ids);
}

#[tokio::test]
async fn each_enqueued_reply_is_sent_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let teapot = StatusCode::IM_A_TEAPOT;
    for reply in [
        Reply::too_many_requests(None),
        Reply::too_many_requests(Some(Duration::from_millis(1500))),
        Reply::error(StatusCode::BAD_GATEWAY, None),
        Reply::html(StatusCode::SERVICE_UNAVAILABLE),
        Reply::html(StatusCode::OK),
        Reply::json(teapot, &json!({"error": "Short and stout", "code": "TEAPOT"})),
    ] {
        sandbox.enqueue(OperationId::ListNumbers, reply);
    }
    // The replies do not affect other operations.
    once(&sandbox).list_leads().send().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..6 {
        let error = once(&sandbox).list_numbers().send().await.unwrap_err();
        seen.push((error.kind(), status(&error), error.retry_after()));
        if error.status() == Some(teapot) {
            assert_eq!(error.message(), Some("Short and stout"));
        }
    }
    assert_eq!(
        seen,
        [
            (ErrorKind::RateLimited, Some(429), None),
            (ErrorKind::RateLimited, Some(429), Some(Duration::from_secs(2))),
            (ErrorKind::Server, Some(502), None),
            (ErrorKind::Server, Some(503), None),
            (ErrorKind::Decode, Some(200), None),
            (ErrorKind::BadRequest, Some(418), None),
        ]
    );
    once(&sandbox).list_numbers().send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_requests_get_the_replies_in_the_order_of_the_recorded_requests() {
    const CALLS: usize = 200;
    let sandbox = Sandbox::start().await.unwrap();
    for place in 0..CALLS {
        let reply = Reply::json(StatusCode::ACCEPTED, &json!({ "place": place }));
        sandbox.enqueue(OperationId::SendMessage, reply);
    }
    let send = async |call: usize| {
        let message = json!({"groupId": "g", "text": call.to_string()}).to_string();
        ask(&sandbox, "POST", "/v1/messages/send", Some(&message)).await.1["place"].clone()
    };
    let places = join_all((0..CALLS).map(send)).await;
    let requests = sandbox.requests();
    let calls = requests.iter().map(|request| request.json()["text"].as_str().unwrap().to_owned());
    let replies: Vec<_> =
        calls.map(|call| places[call.parse::<usize>().unwrap()].clone()).collect();
    assert_eq!(replies, (0..CALLS).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_documented_error_has_the_given_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let (conflict, code) = (StatusCode::CONFLICT, ErrorCode::NumberBlocked);
    // The first operation has an example of the error, the second does not.
    sandbox.enqueue(OperationId::SendMessage, Reply::error(conflict, None));
    sandbox.enqueue(OperationId::SendMessage, Reply::error(conflict, code.clone()));
    sandbox.enqueue(OperationId::ListNumbers, Reply::error(conflict, code.clone()));
    for _ in 0..2 {
        let text = MessageRequest::builder().group_id("g").text("Hi");
        let blocked = sandbox.client().send_message().body(text).send().await.unwrap_err();
        assert_eq!((blocked.code(), blocked.reason()), (Some(&code), Some("extra_charge_unpaid")));
    }
    let other = sandbox.client().list_numbers().send().await.unwrap_err();
    assert_eq!((other.code(), other.message()), (Some(&code), Some("Conflict")));
}

#[tokio::test]
async fn headers_of_a_reply_replace_its_defaults() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = once(&sandbox);
    sandbox
        .enqueue(OperationId::ListNumbers, Reply::documented().header("x-cache", "stale").unwrap());
    let numbers = client.list_numbers().send().await.unwrap();
    assert_eq!((numbers.len(), &numbers.headers()["x-cache"]), (1, &"stale".parse().unwrap()));
    let shorter = Reply::documented().header("content-length", "3").unwrap();
    sandbox.enqueue(OperationId::ListNumbers, shorter);
    assert_eq!(client.list_numbers().send().await.unwrap().len(), 1);
    let rejection = Reply::too_many_requests(None).header("retry-after", "7").unwrap();
    sandbox.enqueue(OperationId::ListNumbers, rejection);
    let error = client.list_numbers().send().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    sandbox.enqueue(OperationId::GetActivationAudio, Reply::new(StatusCode::OK, "ID3"));
    let audio = client.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.content_type(), None);
    assert_eq!(audio.bytes().await.unwrap(), "ID3");
}

#[test]
fn a_reply_refuses_an_invalid_header() {
    for (name, value) in [("x-cache", "a\nb"), ("x cache", "a"), ("", "a")] {
        Reply::documented().header(name, value).unwrap_err();
    }
}

#[tokio::test]
async fn a_rejected_request_consumes_no_reply() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListCalls, Reply::error(StatusCode::BAD_GATEWAY, None));
    let stranger = Client::builder(Credentials::api_key("ps_other")).base_url(sandbox.url());
    let error = stranger.build().unwrap().list_calls().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let error = once(&sandbox).list_calls().limit(0).send().await.unwrap_err();
    assert_eq!(error.code().map(ErrorCode::as_str), Some("VALIDATION_ERROR"));
    let error = once(&sandbox).list_calls().send().await.unwrap_err();
    assert_eq!(status(&error), Some(502));
}

#[tokio::test]
async fn a_request_takes_effect_even_if_the_client_gives_up() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::SendMessage, Reply::documented().delay(Duration::from_secs(60)));
    let hasty = sandbox.builder().attempt_timeout(Duration::from_millis(200)).build().unwrap();
    let text = MessageRequest::builder().group_id("g").text("Hi");
    let sent = hasty.send_message().body(text).send().await.unwrap();
    assert!(sent.is_replayed());
}

#[tokio::test]
async fn a_reply_can_be_delayed() {
    let sandbox = Sandbox::start().await.unwrap();
    let delay = Duration::from_millis(200);
    sandbox.enqueue(OperationId::ListNumbers, Reply::documented().delay(delay));
    let start = Instant::now();
    assert_eq!(sandbox.client().list_numbers().send().await.unwrap().len(), 1);
    assert!(start.elapsed() >= delay);

    sandbox.enqueue(OperationId::ListNumbers, Reply::documented().delay(Duration::from_secs(60)));
    let hasty = sandbox.builder().retry(RetryPolicy::none()).attempt_timeout(delay);
    let error = hasty.build().unwrap().list_numbers().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_reset_happens_after_the_request_takes_effect() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, Reply::reset());
    let error = once(&sandbox).list_numbers().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    let mut cause: &dyn std::error::Error = &error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    assert!(cause.to_string().contains("reset"), "{cause}");

    sandbox.enqueue(OperationId::SendMessage, Reply::reset());
    let request = MessageRequest::new(
        MessageRequestDestination::GroupId("g".into()),
        MessageRequestContent::Text("Hi".into()),
    );
    let sent = sandbox.client().send_message().body(request).send().await.unwrap();
    assert!(sent.is_replayed());
}

#[tokio::test]
async fn dropping_the_sandbox_stops_the_server() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = once(&sandbox);
    client.list_numbers().send().await.unwrap();
    drop(sandbox);
    tokio::task::yield_now().await;
    let error = client.list_numbers().send().await.unwrap_err();
    assert!([ErrorKind::Connect, ErrorKind::Interrupted].contains(&error.kind()), "{error}");
}

#[test]
fn white_space_around_the_secret_of_a_webhook_is_no_part_of_it() {
    let signature = sign_delivery("secret", "{}");
    for secret in ["secret", "secret\n", " secret\r\n"] {
        assert_eq!(sign_delivery(secret, "{}"), signature);
        Verifier::new(secret).verify(sign_delivery(secret, "{}"), "{}").unwrap();
    }
}
