use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::reqwest::dns::{Name, Resolve, Resolving};
use pilot_status::{Client, Credentials, ErrorCode, StatusCode, reqwest};
use tokio::time::{sleep, timeout};

use super::{GRACE, KEY_LIFETIME, MAX_ATTEMPTS, MAX_LOST_LEASES, Settings, run};
use crate::databases_tests::{Vanishing, new_database, on_each_database, server};
use crate::postgres::MISSING;
use crate::store::{Message, STATEMENT_TIMEOUT, Store};

const SETTINGS: Settings = Settings { concurrency: 4, lease: 60, max_backoff: 600, drain: true };
const IN_ORDER: Settings = Settings { concurrency: 1, ..SETTINGS };
const KEEP_RUNNING: Settings = Settings { drain: false, ..SETTINGS };

async fn enqueue(store: &Store, keys: &[&str]) {
    let message = |key: &&str| Message {
        key: (*key).into(),
        recipient: "+12125550101".into(),
        body: "Oi".into(),
    };
    store.enqueue(&keys.iter().map(message).collect::<Vec<_>>()).await.unwrap();
}

#[tokio::test]
async fn a_message_is_sent_under_its_key() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.sent, counts.retried), (1, 0));
        let requests = sandbox.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].headers["idempotency-key"], "a");
    })
    .await;
}

#[tokio::test]
async fn a_row_that_the_service_rejects_fails_with_the_reason() {
    on_each_database(async |store| {
        enqueue(&store, &["a", "b", "c"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        for (status, code) in [
            (StatusCode::UNPROCESSABLE_ENTITY, None),
            (StatusCode::NOT_FOUND, Some(ErrorCode::TemplateNotFound)),
            (StatusCode::FORBIDDEN, Some(ErrorCode::from("RECIPIENT_BLOCKED"))),
        ] {
            sandbox.enqueue(OperationId::SendMessage, Reply::error(status, code));
        }
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap();
        assert_eq!(store.counts().await.unwrap().failed, 3);
        let failures = store.failures(9).await.unwrap();
        assert!(failures[0].1.contains("422"), "{failures:?}");
        assert!(failures[1].1.contains("TEMPLATE_NOT_FOUND"), "{failures:?}");
    })
    .await;
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_retried_under_the_same_key() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        for unreadable in [Reply::html(StatusCode::OK), Reply::new(StatusCode::ACCEPTED, "")] {
            sandbox.enqueue(OperationId::SendMessage, unreadable);
        }
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.sent, counts.failed), (1, 0));
        let requests = sandbox.requests();
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|request| request.headers["idempotency-key"] == "a"));
    })
    .await;
}

#[tokio::test]
async fn after_a_success_that_cannot_be_read_the_life_of_the_key_begins() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.enqueue(OperationId::SendMessage, Reply::html(StatusCode::OK));
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();
        store.age("a", KEY_LIFETIME + Duration::from_secs(1)).await;
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let failures = store.failures(9).await.unwrap();
        assert!(failures[0].1.contains("forgotten its idempotency key"), "{failures:?}");
        assert_eq!(sandbox.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_uncertain_attempt_is_remembered_after_the_clock_steps_back() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.enqueue(OperationId::SendMessage, Reply::html(StatusCode::BAD_GATEWAY));
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();

        // The next attempt certainly has no effect, and the clock is an hour behind.
        let unreachable = sandbox.builder().base_url("http://127.0.0.1:1").build().unwrap();
        store.set_clock(-3_600_000).await;
        store.age("a", Duration::ZERO).await;
        run(&store, &unreachable, KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(store.attempts("a").await, 2);

        store.set_clock(i64::try_from(KEY_LIFETIME.as_millis()).unwrap() + 60_000).await;
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let failures = store.failures(9).await.unwrap();
        assert!(failures[0].1.contains("forgotten its idempotency key"), "{failures:?}");
        assert_eq!(sandbox.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_row_says_if_an_earlier_attempt_may_have_taken_effect() {
    const HINT: &str = "; an earlier attempt may have taken effect; check with the recipient";
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        let refused = || Reply::error(StatusCode::UNPROCESSABLE_ENTITY, None);
        enqueue(&store, &["a"]).await;
        sandbox.enqueue(OperationId::SendMessage, refused());
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap();

        enqueue(&store, &["b"]).await;
        sandbox.enqueue(OperationId::SendMessage, Reply::html(StatusCode::BAD_GATEWAY));
        sandbox.enqueue(OperationId::SendMessage, refused());
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap();

        let failures = store.failures(9).await.unwrap();
        let has_hint: Vec<_> = failures.iter().map(|(_, reason)| reason.ends_with(HINT)).collect();
        assert_eq!(has_hint, [false, true], "{failures:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_for_one_message_does_not_stop_a_worker_whose_messages_were_accepted() {
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        enqueue(&store, &["a", "b", "c"]).await;
        store.set_attempts("c", MAX_ATTEMPTS - 1).await;
        // A firewall that rejects the texts of b and c.
        for reply in [Reply::documented(), firewall(), firewall()] {
            sandbox.enqueue(OperationId::SendMessage, reply);
        }
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.sent, counts.failed), (2, 1));
        assert_eq!(store.attempts("b").await, 2);
        let failures = store.failures(9).await.unwrap();
        assert_eq!(failures[0].0, "c");

        // Without an accepted message, the base URL may be wrong.
        enqueue(&store, &["d"]).await;
        sandbox.enqueue(OperationId::SendMessage, firewall());
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap_err();
        // The key of the account is rejected later.
        enqueue(&store, &["e", "f"]).await;
        for reply in [Reply::documented(), Reply::error(StatusCode::UNAUTHORIZED, None)] {
            sandbox.enqueue(OperationId::SendMessage, reply);
        }
        run(&store, &sandbox.client(), IN_ORDER, pending()).await.unwrap_err();
        assert_eq!(store.counts().await.unwrap().failed, 1);
    })
    .await;
}

fn firewall() -> Reply {
    Reply::html(StatusCode::FORBIDDEN)
}

#[tokio::test]
async fn a_rejected_api_key_stops_the_worker_and_fails_no_row() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.enqueue(OperationId::SendMessage, Reply::error(StatusCode::UNAUTHORIZED, None));
        let error = run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap_err();
        assert!(error.to_string().contains("every message would fail"), "{error}");
        assert_eq!(store.counts().await.unwrap().queued, 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_of_every_message_stops_the_worker_and_fails_no_row() {
    const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        let redirect =
            |status| Reply::new(status, "").header("location", "https://login.example/").unwrap();
        for (index, reply) in [
            Reply::html(StatusCode::NOT_FOUND),
            Reply::html(StatusCode::METHOD_NOT_ALLOWED),
            redirect(StatusCode::MOVED_PERMANENTLY),
            redirect(StatusCode::SEE_OTHER),
            Reply::html(FORBIDDEN),
            Reply::error(FORBIDDEN, ErrorCode::TenantScopeNotAllowed),
            Reply::error(FORBIDDEN, ErrorCode::NumberScopeNotAllowed),
            Reply::error(FORBIDDEN, ErrorCode::NumberNotInGrant),
            Reply::error(FORBIDDEN, ErrorCode::PermissionDenied),
            Reply::error(StatusCode::BAD_REQUEST, ErrorCode::NumberRequired),
            Reply::error(StatusCode::NOT_FOUND, ErrorCode::NumberNotFound),
            Reply::error(StatusCode::CONFLICT, ErrorCode::NumberBlocked),
            Reply::error(StatusCode::CONFLICT, ErrorCode::WhatsappInstanceNotConnected),
            Reply::error(StatusCode::BAD_REQUEST, ErrorCode::NumberMismatch),
            Reply::error(StatusCode::CONFLICT, ErrorCode::NumberSoftDeleted),
            Reply::error(StatusCode::BAD_REQUEST, ErrorCode::ProviderNotConfigured),
            Reply::error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::EvolutionApiKeyMissing),
        ]
        .into_iter()
        .enumerate()
        {
            enqueue(&store, &[&format!("{index}")]).await;
            sandbox.enqueue(OperationId::SendMessage, reply.clone());
            let ended = run(&store, &sandbox.client(), SETTINGS, pending()).await;
            let error = format!("{:#}", ended.expect_err(&format!("{reply:?}")));
            assert!(error.contains("every message would fail"), "{error}");
            assert_eq!(store.counts().await.unwrap().failed, 0, "{reply:?}");
        }
        let elsewhere = sandbox.builder().base_url(format!("{}/elsewhere", sandbox.url()));
        enqueue(&store, &["a", "b", "c"]).await;
        let ended = run(&store, &elsewhere.build().unwrap(), SETTINGS, pending()).await;
        let error = format!("{:#}", ended.unwrap_err());
        assert!(error.contains("check the base URL"), "{error}");
        assert!(error.contains("POST /elsewhere/v1/messages/send"), "{error}");
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        assert_eq!(store.counts().await.unwrap().sent, 20);
    })
    .await;
}

#[tokio::test]
async fn calls_in_progress_finish_at_shutdown() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        let slow = Reply::documented().delay(Duration::from_millis(50));
        sandbox.enqueue(OperationId::SendMessage, slow);
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(store.counts().await.unwrap().sent, 1);
    })
    .await;
}

#[tokio::test]
async fn a_worker_stops_although_the_database_hangs_and_the_row_is_sent_later() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        let hanging = store.block().await;
        let settings = Settings { lease: 2, ..KEEP_RUNNING };
        let stopped = timeout(GRACE * 4, run(&store, &sandbox.client(), settings, ready(()))).await;
        let error = format!("{:#}", stopped.unwrap().unwrap_err());
        assert!(error.contains("cannot release the leases; they will expire"), "{error}");
        hanging.rollback().await.unwrap();
        // The database may still execute the statement of the stopped worker. Its lease expires.
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        assert_eq!(store.counts().await.unwrap().sent, 1);
        assert_eq!(sandbox.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_retry_is_an_attempt_of_the_row() {
    on_each_database(async |store| {
        enqueue(&store, &["a"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.enqueue(OperationId::SendMessage, Reply::html(StatusCode::BAD_GATEWAY));
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(sandbox.requests().len(), 1, "the row stores the backoff");

        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.sent, counts.retried), (1, 1));
        let keys = sandbox.requests();
        assert_eq!(keys[0].headers["idempotency-key"], keys[1].headers["idempotency-key"]);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waits_for_a_rate_limit_is_not_an_attempt() {
    on_each_database(async |store| {
        // The service rejects three calls, and the client sends no other call for an hour.
        let sandbox = Sandbox::start().await.unwrap();
        for _ in 0..3 {
            let hour = Some(Duration::from_secs(3600));
            sandbox.enqueue(OperationId::SendMessage, Reply::too_many_requests(hour));
        }
        let client = sandbox.client();
        enqueue(&store, &["a1", "a2", "a3"]).await;
        run(&store, &client, KEEP_RUNNING, ready(())).await.unwrap();
        enqueue(&store, &["b", "c"]).await;
        run(&store, &client, KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(sandbox.requests().len(), 3);
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.queued, counts.retried), (5, 0));
        assert_eq!((store.attempts("a1").await, store.attempts("b").await), (1, 0));
        assert_eq!(store.lease("other", Duration::ZERO, 9).await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_row_waits_as_long_as_the_service_requires_and_no_rate_limit_fails_it() {
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        enqueue(&store, &["a", "b"]).await;
        for (key, hours) in [("a", 2), ("b", 48)] {
            store.set_attempts(key, MAX_ATTEMPTS - 1).await;
            let wait = Some(Duration::from_secs(hours * 3600));
            sandbox.enqueue(OperationId::SendMessage, Reply::too_many_requests(wait));
        }
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(store.counts().await.unwrap().queued, 2);
        // In an hour, none of them is due.
        store.set_clock(3_600_000).await;
        assert_eq!(store.lease("other", Duration::ZERO, 9).await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_outage_does_not_use_up_the_attempts_of_a_row() {
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        let unreachable = sandbox.builder().base_url("http://127.0.0.1:1").build().unwrap();
        enqueue(&store, &["a"]).await;
        store.set_attempts("a", MAX_ATTEMPTS - 2).await;
        for reply in [Reply::too_many_requests(None), Reply::error(StatusCode::UNAUTHORIZED, None)]
        {
            sandbox.enqueue(OperationId::SendMessage, reply);
            // A rejected key stops the worker.
            _ = run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await;
            store.age("a", Duration::ZERO).await;
            run(&store, &unreachable, KEEP_RUNNING, ready(())).await.unwrap();
            store.age("a", Duration::ZERO).await;
        }
        sandbox.enqueue(OperationId::SendMessage, Reply::html(StatusCode::BAD_GATEWAY));
        run(&store, &sandbox.client(), KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(sandbox.requests().len(), 3);
        assert_eq!(store.counts().await.unwrap().queued, 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_of_every_message_prolongs_the_backoff() {
    on_each_database(async |store| {
        let sandbox = Sandbox::start().await.unwrap();
        let unreachable = sandbox.builder().base_url("http://127.0.0.1:1").build().unwrap();
        enqueue(&store, &["a"]).await;
        for attempts in 1..4 {
            run(&store, &unreachable, KEEP_RUNNING, ready(())).await.unwrap();
            assert_eq!(store.attempts("a").await, attempts);
            store.age("a", Duration::ZERO).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_worker_continues_after_the_server_of_the_database_vanished() {
    let Some(server) = server() else { return println!("NOT RUN: {MISSING}") };
    let url = new_database(&server).await;
    let address = url.split(['@', '/']).nth(3).unwrap();
    let proxy = Vanishing::start(address.parse().unwrap()).await;
    let store = Store::open(&url).await.unwrap();
    let through_proxy = Store::open(&url.replace(address, &proxy.address.to_string())).await;
    let through_proxy = through_proxy.unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();

    let blocked = store.block().await;
    // If the statement of the lost connection leases the row, its lease soon ends.
    let settings = Settings { lease: 2, ..KEEP_RUNNING };
    let worker =
        tokio::spawn(async move { run(&through_proxy, &client, settings, pending()).await });
    while store.blocked_statements().await == 0 {
        sleep(Duration::from_millis(10)).await;
    }
    // The connection of the statement stays open, but no response arrives.
    proxy.vanish();
    blocked.rollback().await.unwrap();
    enqueue(&store, &["a"]).await;
    tokio::time::pause();
    tokio::time::advance(STATEMENT_TIMEOUT).await;
    tokio::time::resume();
    let sent = async {
        while store.counts().await.unwrap().sent == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), sent).await.expect("the worker leases the row");
    worker.abort();
}

struct Panics;

impl Resolve for Panics {
    fn resolve(&self, _: Name) -> Resolving {
        panic!("a bug in the client")
    }
}

#[tokio::test]
async fn a_call_that_panics_is_an_attempt_and_the_last_one_fails_the_row() {
    on_each_database(async |store| {
        let http = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(Panics));
        let client = Client::builder(Credentials::api_key("ps_test"))
            .base_url("http://localhost:1")
            .http_client_builder(http)
            .build()
            .unwrap();
        enqueue(&store, &["a"]).await;
        run(&store, &client, KEEP_RUNNING, ready(())).await.unwrap();
        assert_eq!(store.counts().await.unwrap().queued, 1);
        assert_eq!(store.attempts("a").await, 1);

        enqueue(&store, &["b"]).await;
        store.set_attempts("b", MAX_ATTEMPTS - 1).await;
        run(&store, &client, KEEP_RUNNING, ready(())).await.unwrap();
        let failures = store.failures(9).await.unwrap();
        assert_eq!(failures.len(), 1);
        assert!(failures[0].1.contains("panicked"), "{failures:?}");
        assert_eq!(failures[0].0, "b");
    })
    .await;
}

#[tokio::test]
async fn a_row_with_too_many_lost_leases_fails() {
    on_each_database(async |store| {
        enqueue(&store, &["a", "b"]).await;
        let sandbox = Sandbox::start().await.unwrap();
        for _ in 0..MAX_LOST_LEASES {
            // The lease ends at once, without an outcome, as if the worker was killed.
            assert_eq!(store.lease("killed", Duration::ZERO, 2).await.unwrap().len(), 2);
        }
        // A lease that a worker releases at shutdown is not lost.
        store.release("killed").await.unwrap();
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        assert_eq!(store.counts().await.unwrap().sent, 2);

        enqueue(&store, &["c"]).await;
        for _ in 0..MAX_LOST_LEASES {
            assert_eq!(store.lease("killed", Duration::ZERO, 1).await.unwrap().len(), 1);
        }
        run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
        let failures = store.failures(9).await.unwrap();
        assert_eq!(failures.len(), 1);
        assert!(failures[0].1.starts_with("20 leases ended"), "{failures:?}");
        assert_eq!(sandbox.requests().len(), 2);
    })
    .await;
}
