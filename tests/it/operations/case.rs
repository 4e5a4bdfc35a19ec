//! What a case says of an operation, and how it is held against the wire.

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

    /// Whether it takes no credential.
    pub fn is_public(&self) -> bool {
        self.value["security"].as_array().is_some_and(Vec::is_empty)
    }

    /// What its description rests on.
    pub fn evidence(&self) -> &str {
        self.value["x-evidence"].as_str().unwrap()
    }

    /// Whether it only reads.
    pub fn is_read_only(&self) -> bool {
        self.method == "get"
    }

    /// The schema of its success; none where it has no content.
    pub fn schema(&self) -> Option<Value> {
        Some(newer::resolved(&DOCUMENT, self.raw_schema()?))
    }

    /// Whether its success is one of several.
    pub fn returns_union(&self) -> bool {
        let schema = self.raw_schema();
        let named = schema.and_then(|schema| DOCUMENT.pointer(&schema["$ref"].as_str()?[1..]));
        named.or(schema).is_some_and(|schema| schema.get("oneOf").or(schema.get("anyOf")).is_some())
    }

    /// Whether its success is a list, or may be one.
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

    /// What a newer server may answer with; nothing where there is no content.
    pub fn newer(&self) -> Vec<Value> {
        let responses = self.value["responses"].as_object().unwrap();
        let success = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
        match success["content"]["application/json"].get("schema") {
            Some(schema) => newer::bodies(&DOCUMENT, schema),
            None => Vec::new(),
        }
    }

    /// The status of the success and its example: null where it has no content.
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

    /// Checks that it documents an error with a status and a code.
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

/// The example of an operation's success.
pub fn example(id: &str) -> Value {
    Operation::find(id).success().1
}

/// The example of an operation's request.
#[allow(dead_code)] // The cases that regen makes call it, until people spell the request out.
pub fn request<T: serde::de::DeserializeOwned>(id: &str) -> T {
    let body = &Operation::find(id).value["requestBody"];
    serde_json::from_value(example_of(body).expect("an example of the request")).unwrap()
}

/// The operation with an id.
pub fn operation_id(id: &str) -> OperationId {
    let mut all = OperationId::ALL.iter().copied();
    all.find(|operation| operation.as_str() == id).expect("an operation of the document")
}

/// A sandbox that answers an operation with these in their turn, and then as usual.
pub async fn sandbox(id: &str, replies: impl IntoIterator<Item = Reply>) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    for reply in replies {
        sandbox.enqueue(operation_id(id), reply);
    }
    sandbox
}

/// A client of a sandbox that tries again at once.
pub fn quick(sandbox: &Sandbox) -> Client {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    sandbox.builder().retry(policy).build().unwrap()
}

/// A success with a body.
pub fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// A documented error of an operation.
pub fn error(id: &str, status: u16, code: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap();
    Operation::find(id).documents(status, Some(code));
    Reply::error(status, ErrorCode::from(code))
}

/// The bodies of all requests.
pub fn bodies(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.requests().iter().map(RecordedRequest::json).collect()
}

/// The lines of all requests.
pub fn lines(sandbox: &Sandbox) -> Vec<String> {
    sandbox.requests().iter().map(RecordedRequest::line).collect()
}

/// A moment, as RFC 3339 writes it.
pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The example of a response, the first of several.
fn example_of(response: &Value) -> Option<Value> {
    let media_type = response["content"].get("application/json")?;
    let several = || Some(media_type["examples"].as_object()?.values().next()?["value"].clone());
    media_type.get("example").cloned().or_else(several)
}

/// What an operation is to send.
pub struct Sends {
    pub line: &'static str,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: Option<Value>,
}

/// A call under way.
pub type Called<'c> = Pin<Box<dyn Future<Output = Result<Value, Error>> + 'c>>;

/// Calls an operation.
pub type Call = for<'c> fn(&'c Client) -> Called<'c>;

/// The client and the server of one case.
pub struct Case {
    operation: Operation,
    sandbox: Sandbox,
    pub client: Client,
    refused: (StatusCode, Option<&'static str>),
}

impl Case {
    /// A server that answers with the documented success and then with the error.
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

    /// Holds the request of the first call against what it is to be.
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

    /// Holds a decoded success against the example: no field of it may be lost.
    pub fn kept(&self, decoded: &Value) {
        let (_, example) = self.operation.success();
        assert_kept(&example, decoded, "$");
    }

    /// Holds the failure of the second call against the documented error.
    pub fn refused(&self, error: &Error) {
        let (status, code) = self.refused;
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(error.code().map(ErrorCode::as_str), code);
        let known = error.code().is_none_or(|code| !matches!(code, ErrorCode::Unknown(_)));
        assert!(known, "{code:?} is not in ErrorCode");
    }
}

/// Holds what was decoded against a body: no field of it may be lost.
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

/// Whether a value is as good as none.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A server that answers an operation as newer servers may, in their turn.
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

    /// Holds what was decoded against the body: nothing that is known may be lost.
    pub fn kept(body: &Value, decoded: Result<Value, Error>) {
        let decoded = decoded.unwrap_or_else(|error| panic!("{error}: {body}"));
        assert_eq!(newer::known(&decoded), newer::known(body));
    }
}

/// A client of the mock server that `PILOT_STATUS_TEST_SERVER` names, which another
/// tool made of `openapi.json`.
pub fn mock() -> Client {
    let url = std::env::var("PILOT_STATUS_TEST_SERVER").expect("PILOT_STATUS_TEST_SERVER");
    Client::builder(Credentials::api_key("ps_any")).base_url(url).build().unwrap()
}

/// Makes the tests of a table of operations, and lists their names and calls in `CASES`.
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
/// `headers: [("name", "value")]` and `body: {...}` follow `sends` where there are any.
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
                let answer = $call.send().await.unwrap().into_inner();
                #[allow(unused_mut, unused_assignments)]
                let mut sends =
                    $crate::operations::case::Sends { line: $line, headers: &[], body: None };
                $(sends.headers = &$headers;)?
                $(sends.body = Some(::serde_json::json!($body));)?
                case.sent(&sends);
                case.kept(&::serde_json::to_value(&answer).unwrap());
                {
                    let $value = &answer;
                    $reads;
                }
                let error = $call.send().await.unwrap_err();
                case.refused(&error);
            }
        )*

        /// The calls, each with its success as JSON.
        pub mod calls {
            #[allow(unused_imports)]
            use super::*;

            $(
                pub fn $id($client: &::pilot_status::Client) -> $crate::operations::case::Called<'_> {
                    Box::pin(async move {
                        let success = $call.send().await?;
                        // No value panics when it is printed.
                        let _ = format!("{success:?}");
                        Ok(::serde_json::to_value(success.into_inner()).unwrap())
                    })
                }
            )*
        }

        /// What a newer server adds fails no call.
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

        /// Scalars are read in another spelling.
        mod spelled {
            $(
                #[tokio::test]
                async fn $id() {
                    $crate::operations::spelled::check(stringify!($id), super::calls::$id).await;
                }
            )*
        }

        /// What is not the API's own report of a success is none, and is kept.
        mod unexpected {
            $(
                #[tokio::test]
                async fn $id() {
                    $crate::operations::unexpected::check(stringify!($id), super::calls::$id).await;
                }
            )*
        }

        /// Against a mock server that another tool made of `openapi.json`.
        mod mock {
            $(
                #[tokio::test]
                #[ignore = "it needs a mock server: see CONTRIBUTING.md"]
                async fn $id() {
                    super::calls::$id(&$crate::operations::case::mock()).await.unwrap();
                }
            )*
        }
    };
}
