//! The test case of an operation: its expected request, success and error.

use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pilot_status::mock::{OperationId, RecordedRequest, Reply, Sandbox};
use pilot_status::{Client, Credentials, Error, ErrorCode, RetryPolicy, StatusCode};
use serde_json::{Map, Value};

use crate::operations::newer;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap());

/// An operation of the document.
pub struct Operation {
    pub id: String,
    method: String,
    value: Value,
}

/// The operations of the document.
pub fn operations() -> impl Iterator<Item = Operation> {
    let shared = &DOCUMENT["components"]["responses"];
    let items = DOCUMENT["paths"].as_object().unwrap().values();
    items.flat_map(move |item| {
        item.as_object().unwrap().iter().filter_map(move |(method, value)| {
            let id = value.get("operationId")?.as_str()?.to_owned();
            let mut value = value.clone();
            for (_, response) in value["responses"].as_object_mut()? {
                let name = response["$ref"].as_str().and_then(|name| name.rsplit('/').next());
                if let Some(name) = name {
                    *response = shared[name].clone();
                }
            }
            Some(Operation { id, method: method.clone(), value })
        })
    })
}

impl Operation {
    pub fn find(id: &str) -> Self {
        operations().find(|operation| operation.id == id).expect("an operation of the document")
    }

    /// Whether the operation takes no credential.
    pub fn is_public(&self) -> bool {
        self.value["security"].as_array().is_some_and(Vec::is_empty)
    }

    /// The evidence for the operation's description.
    pub fn evidence(&self) -> &str {
        self.value["x-evidence"].as_str().unwrap()
    }

    /// Whether the operation only reads.
    pub fn is_read_only(&self) -> bool {
        self.method == "get"
    }

    /// The schema of the success, if it has content.
    pub fn schema(&self) -> Option<Value> {
        Some(newer::resolved(&DOCUMENT, self.raw_schema()?))
    }

    /// Whether the success is a union.
    pub fn returns_union(&self) -> bool {
        let schema = self.raw_schema();
        let named = schema.and_then(|schema| DOCUMENT.pointer(&schema["$ref"].as_str()?[1..]));
        named.or(schema).is_some_and(|schema| schema.get("oneOf").or(schema.get("anyOf")).is_some())
    }

    /// Whether the success is or may be a list.
    pub fn returns_list(&self) -> bool {
        let schema = self.raw_schema();
        let named = schema.and_then(|schema| DOCUMENT.pointer(&schema["$ref"].as_str()?[1..]));
        named.or(schema).is_some_and(|schema| {
            let one = [schema].into_iter();
            one.chain(schema["oneOf"].as_array().into_iter().flatten())
                .any(|schema| schema["type"] == "array")
        })
    }

    fn raw_schema(&self) -> Option<&Value> {
        let responses = self.value["responses"].as_object().unwrap();
        let success = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
        success["content"]["application/json"].get("schema")
    }

    pub fn takes_idempotency_key(&self) -> bool {
        self.value["parameters"].to_string().contains("IdempotencyKey")
    }

    /// The responses that a newer server may send, if the success has content.
    pub fn newer(&self) -> Vec<Value> {
        let responses = self.value["responses"].as_object().unwrap();
        let success = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
        match success["content"]["application/json"].get("schema") {
            Some(schema) => newer::bodies(&DOCUMENT, schema),
            None => Vec::new(),
        }
    }

    /// The status of the success and its example, or null if it has no content.
    fn success(&self) -> (StatusCode, Value) {
        let responses = self.value["responses"].as_object().unwrap();
        let (status, response) = responses
            .iter()
            .find(|(status, _)| status.starts_with('2'))
            .expect("a documented success");
        let content = response.get("content");
        let example = content.map(|_| example_of(response).expect("an example of the success"));
        (status.parse().unwrap(), example.unwrap_or_default())
    }

    /// Asserts that the operation documents an error with this status and code.
    fn documents(&self, status: StatusCode, code: Option<&str>) {
        let response = &self.value["responses"][status.as_str()];
        let error = example_of(response).expect("an example of the error");
        let description = response["description"].as_str().unwrap();
        let is_documented = match code {
            Some(code) => description.contains(code) || error["code"] == code,
            None => error.get("code").is_none(),
        };
        assert!(is_documented, "{} does not document {status} {code:?}", self.id);
    }
}

/// Returns the example of an operation's success.
pub fn example(id: &str) -> Value {
    Operation::find(id).success().1
}

/// Returns the example of an operation's request.
#[allow(dead_code)] // Cases drafted by `regen` call it until their request is written out.
pub fn request<T: serde::de::DeserializeOwned>(id: &str) -> T {
    let body = &Operation::find(id).value["requestBody"];
    serde_json::from_value(example_of(body).expect("an example of the request")).unwrap()
}

/// Returns the `OperationId` for the id.
pub fn operation_id(id: &str) -> OperationId {
    let mut all = OperationId::ALL.iter().copied();
    all.find(|operation| operation.as_str() == id).expect("an operation of the document")
}

/// Starts a sandbox that responds to an operation with these replies in order, then as usual.
pub async fn sandbox(id: &str, replies: impl IntoIterator<Item = Reply>) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    for reply in replies {
        sandbox.enqueue(operation_id(id), reply);
    }
    sandbox
}

/// Builds a client that retries without delay.
pub fn quick(sandbox: &Sandbox) -> Client {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    sandbox.builder().retry(policy).build().unwrap()
}

/// A 200 response with this body.
pub fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// A documented error of an operation.
pub fn error(id: &str, status: u16, code: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap();
    Operation::find(id).documents(status, Some(code));
    Reply::error(status, ErrorCode::from(code))
}

/// The bodies of all recorded requests.
pub fn bodies(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.requests().iter().map(RecordedRequest::json).collect()
}

/// The request lines of all recorded requests.
pub fn lines(sandbox: &Sandbox) -> Vec<String> {
    sandbox.requests().iter().map(RecordedRequest::line).collect()
}

/// Parses a time in RFC 3339 format.
pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Returns the example of a response, or the first of several.
fn example_of(response: &Value) -> Option<Value> {
    let media_type = response["content"].get("application/json")?;
    let several = || Some(media_type["examples"].as_object()?.values().next()?["value"].clone());
    media_type.get("example").cloned().or_else(several)
}

/// The expected request of an operation.
pub struct Sends {
    pub line: &'static str,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: Option<Value>,
}

/// A call in progress.
pub type Called<'c> = Pin<Box<dyn Future<Output = Result<Value, Error>> + 'c>>;

/// Calls an operation.
pub type Call = for<'c> fn(&'c Client) -> Called<'c>;

/// The client and the sandbox of one case.
pub struct Case {
    operation: Operation,
    sandbox: Sandbox,
    pub client: Client,
    refused: (StatusCode, Option<&'static str>),
}

impl Case {
    /// Starts a sandbox that responds with the documented success, then with the error.
    pub async fn start(id: &str, (status, code): (u16, Option<&'static str>)) -> Self {
        let operation = Operation::find(id);
        let refused = (StatusCode::from_u16(status).unwrap(), code);
        operation.documents(refused.0, code);
        let success = match operation.success() {
            (_, Value::Null) => Reply::documented(),
            (status, example) => Reply::json(status, &example),
        };
        let error = Reply::error(refused.0, code.map(ErrorCode::from));
        let sandbox = sandbox(id, [success, error]).await;
        Self { operation, client: sandbox.client(), sandbox, refused }
    }

    /// Asserts that the first request matches the expected one.
    pub fn sent(&self, sends: &Sends) {
        let request = &self.sandbox.requests()[0];
        let values = |name| request.headers.get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(request.line(), sends.line);
        let keys = if self.operation.is_public() { vec![] } else { vec![Sandbox::API_KEY] };
        assert_eq!(values("x-api-key"), keys);
        assert_eq!(values("accept"), ["application/json"]);
        assert_eq!(values("api-version"), [""; 0]);
        for (name, value) in sends.headers {
            assert_eq!(values(name), [value]);
        }
        let named = values("idempotency-key").len();
        assert_eq!(named, usize::from(self.operation.takes_idempotency_key()));
        if let Some(body) = &sends.body {
            assert_eq!(values("content-type"), ["application/json"]);
            assert_eq!(&request.json(), body);
        } else {
            assert_eq!((values("content-type").len(), request.body.len()), (0, 0));
        }
    }

    /// Asserts that the decoded success keeps every field of the example.
    pub fn kept(&self, decoded: &Value) {
        let (_, example) = self.operation.success();
        assert_kept(&example, decoded, "$");
    }

    /// Asserts that the error of the second call is the documented one.
    pub fn refused(&self, error: &Error) {
        let (status, code) = self.refused;
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(error.code().map(ErrorCode::as_str), code);
        let known = error.code().is_none_or(|code| !matches!(code, ErrorCode::Unknown(_)));
        assert!(known, "{code:?} is unknown to ErrorCode");
    }
}

/// Asserts that a decoded value keeps every field of the body.
pub fn assert_kept(example: &Value, decoded: &Value, place: &str) {
    match (example, decoded) {
        (Value::Object(example), decoded) => {
            let empty = Map::new();
            let decoded = decoded.as_object().unwrap_or(&empty);
            for (key, value) in example.iter().filter(|(_, value)| !is_nothing(value)) {
                let found = decoded.get(key).unwrap_or(&Value::Null);
                assert_kept(value, found, &format!("{place}.{key}"));
            }
        }
        (Value::Array(example), Value::Array(decoded)) => {
            assert_eq!(example.len(), decoded.len(), "{place}");
            for (index, (value, found)) in example.iter().zip(decoded).enumerate() {
                assert_kept(value, found, &format!("{place}[{index}]"));
            }
        }
        (example, decoded) if example.is_number() => {
            assert_eq!(example.as_f64(), decoded.as_f64(), "{place}");
        }
        (example, decoded) => assert_eq!(example, decoded, "{place}"),
    }
}

/// Whether a value counts as absent.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A sandbox that responds to an operation as newer servers may, one variant after another.
pub struct Newer {
    bodies: Vec<Value>,
    sandbox: Sandbox,
}

impl Newer {
    pub async fn start(id: &str) -> Self {
        let bodies = Operation::find(id).newer();
        let sandbox = sandbox(id, bodies.iter().map(ok)).await;
        Self { bodies, sandbox }
    }

    pub fn client(&self) -> Client {
        self.sandbox.client()
    }

    pub fn bodies(&self) -> impl Iterator<Item = &Value> {
        self.bodies.iter()
    }

    /// Asserts that the decoded value keeps every known field of the body.
    pub fn kept(body: &Value, decoded: Result<Value, Error>) {
        let decoded = decoded.unwrap_or_else(|error| panic!("{error}: {body}"));
        assert_eq!(newer::known(&decoded), newer::known(body));
    }
}

/// Builds a client of the mock server in `PILOT_STATUS_TEST_SERVER`, which a separate tool
/// generates from `openapi.json`.
pub fn mock() -> Client {
    let url = std::env::var("PILOT_STATUS_TEST_SERVER").expect("PILOT_STATUS_TEST_SERVER");
    Client::builder(Credentials::api_key("ps_any")).base_url(url).build().unwrap()
}

/// Generates the tests of a table of operations, and lists their names and calls in `CASES`.
///
/// ```text
/// operations! {
///     get_number {
///         call: |client| client.get_number().id("num_1"),
///         sends: "GET /v1/numbers/num_1",
///         reads: |number| assert_eq!(number.id, "num_01HZX"),
///         refused: (404, "NUMBER_NOT_FOUND"),
///     }
/// }
/// ```
///
/// Optional `headers: [("name", "value")]` and `body: {...}` follow `sends`.
macro_rules! operations {
    ($($id:ident {
        call: |$client:ident| $call:expr,
        sends: $line:literal,
        $(headers: $headers:expr,)?
        $(body: $body:tt,)?
        reads: |$value:ident| $reads:expr,
        refused: ($status:literal, $code:expr),
    })*) => {
        pub const CASES: &[(&str, $crate::operations::case::Call)] =
            &[$((stringify!($id), calls::$id)),*];

        $(
            #[tokio::test]
            async fn $id() {
                let case =
                    $crate::operations::case::Case::start(stringify!($id), ($status, $code.into())).await;
                let $client = &case.client;
                let response = $call.send().await.unwrap().into_inner();
                #[allow(unused_mut, unused_assignments)]
                let mut sends =
                    $crate::operations::case::Sends { line: $line, headers: &[], body: None };
                $(sends.headers = &$headers;)?
                $(sends.body = Some(::serde_json::json!($body));)?
                case.sent(&sends);
                case.kept(&::serde_json::to_value(&response).unwrap());
                {
                    let $value = &response;
                    $reads;
                }
                let error = $call.send().await.unwrap_err();
                case.refused(&error);
            }
        )*

        /// The calls. Each returns its success as JSON.
        pub mod calls {
            #[allow(unused_imports)]
            use super::*;

            $(
                pub fn $id($client: &::pilot_status::Client) -> $crate::operations::case::Called<'_> {
                    Box::pin(async move {
                        let success = $call.send().await?;
                        // Printing must not panic.
                        let _ = format!("{success:?}");
                        Ok(::serde_json::to_value(success.into_inner()).unwrap())
                    })
                }
            )*
        }

        /// Additions of a newer server do not fail a call.
        mod newer {
            $(
                #[tokio::test]
                async fn $id() {
                    let newer = $crate::operations::case::Newer::start(stringify!($id)).await;
                    let client = newer.client();
                    for body in newer.bodies() {
                        $crate::operations::case::Newer::kept(body, super::calls::$id(&client).await);
                    }
                }
            )*
        }

        /// Scalars may have another JSON type.
        mod spelled {
            $(
                #[tokio::test]
                async fn $id() {
                    $crate::operations::spelled::check(stringify!($id), super::calls::$id).await;
                }
            )*
        }

        /// An unexpected body is an error that keeps the response.
        mod unexpected {
            $(
                #[tokio::test]
                async fn $id() {
                    $crate::operations::unexpected::check(stringify!($id), super::calls::$id).await;
                }
            )*
        }

        /// Calls a mock server that a separate tool generates from `openapi.json`.
        mod mock {
            $(
                #[tokio::test]
                #[ignore = "needs a mock server: see CONTRIBUTING.md"]
                async fn $id() {
                    super::calls::$id(&$crate::operations::case::mock()).await.unwrap();
                }
            )*
        }
    };
}
