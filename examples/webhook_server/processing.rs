//! What is done with events, apart from the answers to their deliveries.

use std::collections::VecDeque;

use axum::body::Bytes;
use pilot_status::webhooks::Event;
use serde_json::Value;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

/// Takes events, with the bodies that they came in.
pub type Queue = Sender<(Event, Bytes)>;

const MOST_WAITING: usize = 100;
const MOST_REMEMBERED: usize = 1000;

/// A queue, and what ends when all clones of the queue are gone and it is empty.
pub fn start() -> (Queue, JoinHandle<()>) {
    let (queue, events) = mpsc::channel(MOST_WAITING);
    (queue, tokio::spawn(process(events)))
}

async fn process(mut events: Receiver<(Event, Bytes)>) {
    let mut processed = VecDeque::new();
    while let Some((event, body)) = events.recv().await {
        let key = (event.name().to_owned(), id(&body));
        if key.1.is_some() && processed.contains(&key) {
            println!("{key:?} came again");
            continue;
        }
        match event {
            Event::MessageReceived(event) => println!("message {:?} came in", event.data.id),
            Event::Unknown(event) => println!("event {:?} is new", event.name),
            _ => println!("{key:?} came"),
        }
        processed.push_front(key);
        processed.truncate(MOST_REMEMBERED);
    }
}

/// The id of what an event is about, which is in one of these places if it has one.
fn id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let places = ["/data/id", "/data/leadgenId", "/data/CallID", "/callId", "/id"];
    places.iter().find_map(|place| Some(body.pointer(place)?.as_str()?.to_owned()))
}
