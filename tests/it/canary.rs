//! A recognizable API key must not appear in anything that the crate prints, even if a server
//! echoes it.

use std::panic::{self, AssertUnwindSafe};
use std::thread;

use crate::support::calls::builder;
use crate::support::echo::{self, KEYS, ODD_KEYS, shows_key};
use crate::support::script::{GOOD, Script, ScriptedServer, Step};
use crate::support::{Server, ServerResponse, example, shown};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{Client, Credentials, ErrorKind, RetryPolicy, StatusCode};
use serde_json::json;

#[tokio::test]
async fn no_outcome_prints_a_key_that_the_server_echoes() {
    let keys = KEYS.into_iter().chain(ODD_KEYS).map(|key| (key, Credentials::api_key(key)));
    let ids = KEYS.into_iter().map(|id| (id, Credentials::api_key_id(id)));
    for (key, credentials) in keys.chain(ids) {
        let outcomes = echo::outcomes(credentials, key).await;
        assert!(outcomes.iter().any(|outcome| outcome.result.is_ok()), "{key}");
        for outcome in outcomes {
            let echo = outcome.echo;
            let printed = match &outcome.result {
                Ok(value) => {
                    format!("{value:?} {value:#?} {:?} {:?}", value.headers(), outcome.result)
                }
                Err(error) => format!("{} {:?}", shown(error), outcome.result),
            };
            assert!(!shows_key(&printed), "{key}, {echo}: {printed}");
        }
    }
}

#[tokio::test]
async fn a_token_in_a_path_that_the_server_echoes_is_not_printed() {
    let token = "rp_marked 0123456789";
    let text = format!("Cannot GET /v1/remote-pairing/{}", token.replace(' ', "%20"));
    let body = json!({"message": text, "error": "Not Found", "statusCode": 404});
    let server = Server::start([ServerResponse::json(404, &body)]).await;
    let client = builder(&server.url).build().unwrap();
    let error = client.get_remote_pairing().token(token).send().await.unwrap_err();
    assert!(!shown(&error).contains("marked"), "{error:?}");
    assert_eq!(error.message(), Some(&*text));
}

#[tokio::test]
async fn the_fields_of_a_model_are_printed() {
    let mut body = example(200);
    body[0]["name"] = json!(KEYS[0]);
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, Reply::json(StatusCode::OK, &body));
    let value = sandbox.client().list_numbers().send().await.unwrap();
    assert!(shows_key(&format!("{value:?}")), "the test above could not fail");
}

/// The response to any key, as a sandbox accepts only its own.
const ANY_KEY: Script = &[Step::RespondToAll(GOOD)];

#[tokio::test]
async fn credentials_builders_clients_and_calls_do_not_print_the_key() {
    for key in KEYS.into_iter().chain(ODD_KEYS) {
        for credentials in [Credentials::api_key(key), Credentials::api_key_id(key)] {
            let server = ScriptedServer::start([ANY_KEY]).await;
            let policy = RetryPolicy::default();
            let builder = Client::builder(credentials.clone()).base_url(server.url()).retry(policy);
            let settings = format!("{credentials:?} {credentials:#?} {policy:?} {policy:#?}");
            let before = format!("{builder:?} {builder:#?}");
            let client = builder.build().unwrap();
            let call = client.list_numbers();
            let built = format!("{client:?} {client:#?} {call:?} {call:#?}");
            call.send().await.unwrap();
            let after = format!("{client:?} {client:#?}");
            for printed in [settings, before, built, after] {
                assert!(!shows_key(&printed), "{printed}");
            }
        }
    }
}

#[test]
fn a_base_url_with_a_key_is_refused_and_not_printed() {
    for key in KEYS {
        for url in [
            format!("https://{key}@pilot.example"),
            format!("https://a:{key}@pilot.example"),
            format!("https://pilot.example?key={key}"),
            format!("https://pilot.example/v1?{key}"),
            format!("https://pilot.example/#{key}"),
            format!("https://pilot.example:{key}"),
            format!("http://pilot.example/{key}"),
            format!("https://pilot.example/{key}"),
            format!("https://pilot.example/a/{key}/b"),
            format!("https://{key}.example"),
            format!("{key}://pilot.example"),
            key.to_owned(),
        ] {
            let builder = Client::builder(Credentials::api_key(key)).base_url(&url);
            assert!(!shows_key(&format!("{builder:?} {builder:#?}")), "{builder:?}");
            let Err(error) = builder.build() else { panic!("{url} was accepted") };
            assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
            assert!(!shows_key(&shown(&error)), "{url}: {}", shown(&error));
        }
    }
}

#[tokio::test]
async fn no_panic_message_contains_the_key() {
    let outcomes = echo::outcomes(Credentials::api_key(KEYS[0]), KEYS[0]).await;
    // Panics of this thread stay out of the test output.
    let (hook, this) = (panic::take_hook(), thread::current().id());
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() != this {
            hook(info);
        }
    }));
    let messages: Vec<String> = outcomes
        .into_iter()
        .map(|outcome| match outcome.result {
            Ok(_) => panic_message(|| drop(outcome.result.unwrap_err())),
            Err(_) => panic_message(|| drop(outcome.result.expect("numbers"))),
        })
        .collect();
    drop(panic::take_hook());
    assert!(messages.iter().any(|message| message.starts_with("numbers: Error {")), "{messages:?}");
    for message in messages {
        assert!(!shows_key(&message), "{message}");
    }
}

fn panic_message(work: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(work)).unwrap_err();
    *payload.downcast().unwrap()
}
