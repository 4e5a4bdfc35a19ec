//! The servers of a document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Differ;
use super::change::Level::{Major, Minor, Patch};
use super::change::Verdict;
use super::place::Place;
use super::schema::arrow;
use super::sides::Both;
use crate::pointer::Pointer;

impl Differ<'_> {
    /// The server, of which the client takes the first.
    pub fn servers(&mut self, (old, new): Both) {
        let place = Place::new("servers", Pointer::default().join("servers"));
        let (Some(before), Some(after)) = (urls(old), urls(new)) else {
            return self.not_understood(&place);
        };
        let plain = |servers: Option<&Value>| {
            let servers = servers.and_then(Value::as_array).into_iter().flatten();
            servers.clone().all(|server| server.get("variables").is_none())
        };
        if !plain(old) || !plain(new) {
            return self.not_understood(&place);
        }
        let first = (before.first(), after.first());
        if first.0 != first.1 {
            // Older clients keep to the server that they know.
            let known = first.0.is_some_and(|url| after.contains(url));
            let values = (first.0.cloned().map(Value::from), first.1.cloned().map(Value::from));
            let text = format!("the first is {}", arrow((values.0.as_ref(), values.1.as_ref())));
            self.change(&place, &text, Verdict::wire(Patch, if known { Patch } else { Major }));
        }
        for url in after.iter().filter(|url| !before.contains(url) && first.1 != Some(url)) {
            self.change(&place, &format!("{url} added"), Verdict::WORDS);
        }
        for url in before.iter().filter(|url| !after.contains(url) && first.0 != Some(url)) {
            // Whoever named it to the client has to name another.
            self.change(&place, &format!("{url} removed"), Verdict::wire(Patch, Minor));
        }
        if before == after {
            self.change(&place, "words changed", Verdict::WORDS);
        } else if first.0 == first.1 && set(&before) == set(&after) {
            self.change(&place, "order changed, but not of the first", Verdict::WORDS);
        }
    }
}

fn set(urls: &[String]) -> BTreeSet<&String> {
    urls.iter().collect()
}

fn urls(servers: Option<&Value>) -> Option<Vec<String>> {
    let none = json!([]);
    let servers = servers.unwrap_or(&none).as_array()?;
    servers.iter().map(|server| Some(server.get("url")?.as_str()?.to_owned())).collect()
}
