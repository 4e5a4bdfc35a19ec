//! Processes events after the responses to their deliveries.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use pilot_status::webhooks::Event;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

const MAX_QUEUED: usize = 100;
const MAX_REMEMBERED: usize = 1000;

/// Accepts each event once.
pub struct Queue {
    events: Mutex<Option<Sender<Event>>>,
    accepted: Mutex<VecDeque<String>>,
}

/// Starts a task that processes the events of a queue. It ends when the queue is closed and
/// empty.
pub fn start() -> (Queue, JoinHandle<()>) {
    let (sender, events) = mpsc::channel(MAX_QUEUED);
    let queue = Queue { events: Mutex::new(Some(sender)), accepted: Mutex::default() };
    (queue, tokio::spawn(process(events)))
}

impl Queue {
    /// Accepts an event, or ignores a duplicate. Returns false if the queue is full or closed.
    pub fn accept(&self, event: Event) -> bool {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        // Reserves a place first, so that every remembered event is processed.
        let Some(Ok(place)) = events.as_ref().map(Sender::try_reserve) else { return false };
        match key(&event) {
            Some(key) if !self.remember(&key) => println!("ignored a duplicate of {key}"),
            _ => place.send(event),
        }
        true
    }

    /// Closes the queue, although requests that do not end may still use it.
    pub fn close(&self) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Remembers a key, and returns whether it is new. It is new for only one of two
    /// simultaneous deliveries. A database does the same with a unique column and `INSERT`.
    fn remember(&self, key: &str) -> bool {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !accepted.iter().any(|other| other == key);
        if is_new {
            accepted.push_front(key.to_owned());
            accepted.truncate(MAX_REMEMBERED);
        }
        is_new
    }
}

async fn process(mut events: Receiver<Event>) {
    while let Some(event) = events.recv().await {
        match event {
            Event::MessageReceived(event) => println!("received message {:?}", event.data.id),
            Event::Meta(envelope) => {
                for found in envelope.media() {
                    let (media, number) = (found.media_id, found.phone_number_id);
                    println!("received media {media:?} for number {number:?}");
                }
                println!("received {} changes from Meta", envelope.changes.len());
            }
            Event::Unknown(event) => println!("received the unknown event {:?}", event.name),
            other => println!("received {}", other.name()),
        }
    }
}

/// The key that repeated deliveries of an event share. `None` for events without a documented id
/// of their own, such as those of a number: different ones may have the same id.
fn key(event: &Event) -> Option<String> {
    let id = match event {
        Event::MessageSent(event) => event.data.id.clone(),
        Event::MessageDelivered(event) => event.data.id.clone(),
        Event::MessageRead(event) => event.data.id.clone(),
        Event::MessageFailed(event) => event.data.id.clone(),
        Event::MessageReceived(event) => event.data.id.clone(),
        Event::MessageReply(event) => event.data.id.clone(),
        Event::MessageGroup(event) => event.data.id.clone(),
        Event::MessageNewsletter(event) => event.data.id.clone(),
        Event::LeadReceived(event) => event.data.leadgen_id.clone(),
        Event::CallRinging(event)
        | Event::CallConnected(event)
        | Event::CallEnded(event)
        | Event::CallMissed(event) => event.call_id.clone()?,
        Event::CallPermissionUpdated(event) => event.call_id.clone()?,
        Event::CallOffer(event) | Event::CallAccept(event) | Event::CallTerminate(event) => {
            event.data.call_id.clone()?
        }
        Event::PhoneLinePurchased(event) => event.id.clone(),
        Event::PhoneLineAudioReceived(event) => event.id.clone(),
        Event::PhoneLineCodeReceived(event) => event.id.clone(),
        Event::PhoneLineCodeFailed(event) => event.id.clone(),
        Event::PhoneLineRenewed(event) => event.id.clone(),
        Event::PhoneLinePaymentFailed(event) => event.id.clone(),
        Event::PhoneLineSuspended(event) => event.id.clone(),
        Event::PhoneLineReturned(event) => event.id.clone(),
        Event::PhoneLineCanceled(event) => event.id.clone(),
        Event::PhoneLineVerificationUpdated(event) => event.id.clone(),
        Event::Meta(envelope) => {
            let ids = envelope.changes.iter().flat_map(|change| {
                let messages = change.messages.iter().chain(&change.message_echoes);
                let statuses =
                    change.statuses.iter().map(|status| format!("{} {}", status.id, status.status));
                messages.map(|message| message.id.clone()).chain(statuses)
            });
            ids.collect::<Vec<_>>().join(" ")
        }
        _ => return None,
    };
    (!id.is_empty()).then(|| format!("{} {id:?}", event.name()))
}
