//! What is done with events, apart from the answers to their deliveries.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use pilot_status::webhooks::Event;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

const MOST_WAITING: usize = 100;
const MOST_REMEMBERED: usize = 1000;

/// Takes events, each one once.
pub struct Queue {
    waiting: Sender<Event>,
    taken: Mutex<VecDeque<String>>,
}

/// A queue, and what ends when the queue is gone and empty.
pub fn start() -> (Queue, JoinHandle<()>) {
    let (waiting, events) = mpsc::channel(MOST_WAITING);
    (Queue { waiting, taken: Mutex::default() }, tokio::spawn(process(events)))
}

impl Queue {
    /// Takes an event, unless it was taken before. False where there is no room for it.
    pub fn take(&self, event: Event) -> bool {
        // First, so that what is remembered is sure to be processed.
        let Ok(place) = self.waiting.try_reserve() else { return false };
        match key(&event) {
            Some(key) if !self.remember(&key) => println!("{key} came again"),
            _ => place.send(event),
        }
        true
    }

    /// Remembers a key, and says whether it is new. Of two deliveries of an event at the
    /// same time, only one is. A database does the same with a unique column and `INSERT`.
    fn remember(&self, key: &str) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !taken.iter().any(|other| other == key);
        if is_new {
            taken.push_front(key.to_owned());
            taken.truncate(MOST_REMEMBERED);
        }
        is_new
    }
}

async fn process(mut events: Receiver<Event>) {
    while let Some(event) = events.recv().await {
        match event {
            Event::MessageReceived(event) => println!("message {:?} came in", event.data.id),
            Event::Meta(envelope) => {
                for found in envelope.media() {
                    let (media, number) = (found.media_id, found.phone_number_id);
                    println!("media {media:?} came in for number {number:?}");
                }
                println!("{} changes came from Meta", envelope.changes.len());
            }
            Event::Unknown(event) => println!("event {:?} is new", event.name),
            other => println!("{} came", other.name()),
        }
    }
}

/// What identifies repeated deliveries of an event, if it has that. Events of one number, and
/// those that are new, may share an id and not be the same.
fn key(event: &Event) -> Option<String> {
    if matches!(event, Event::Unknown(_)) || event.name().starts_with("number.") {
        return None;
    }
    let ids = if let Event::Meta(envelope) = event {
        let ids = envelope.changes.iter().flat_map(|change| {
            let messages = change.messages.iter().chain(&change.message_echoes);
            let statuses =
                change.statuses.iter().map(|status| format!("{} {}", status.id, status.status));
            messages.map(|message| message.id.clone()).chain(statuses)
        });
        ids.collect::<Vec<_>>().join(" ")
    } else {
        let body = event.json();
        let places = [
            "/data/id",
            "/data/leadgenId",
            "/data/CallID",
            "/callId",
            "/id",
            "/data/internalMessageId",
        ];
        places.iter().find_map(|place| Some(body.pointer(place)?.as_str()?.to_owned()))?
    };
    (!ids.is_empty()).then(|| format!("{} {ids:?}", event.name()))
}
