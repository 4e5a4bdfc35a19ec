//! Turns the example of a response into the requested page.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{Timestamp, decode};

/// Selects a page. Every page up to the last is the example, and later pages are empty. With
/// `before`, only older entries remain.
pub fn select_page(body: &mut Value, query: &[(String, String)]) {
    let Some(body) = body.as_object_mut() else { return };
    let parameter = |name| query.iter().find_map(|(other, value)| (other == name).then_some(value));
    let number = |name| parameter(name)?.parse::<u64>().ok();
    for name in ["page", "pageSize"] {
        if let Some((field, number)) = body.get_mut(name).zip(number(name)) {
            *field = json!(number);
        }
    }
    // The client also reads numbers and times in other spellings.
    let pages: Option<u64> =
        body.get("totalPages").and_then(|pages| decode::from_value(pages).ok());
    let is_after_last = number("page").is_some_and(|page| page > pages.unwrap_or_default().max(1));
    let before = parameter("before").and_then(|text| Timestamp::from(text.as_str()).datetime());
    for entries in body.values_mut().filter_map(Value::as_array_mut) {
        let is_kept = |entry: &Value| {
            !is_after_last && time(entry).zip(before).is_none_or(|(time, before)| time < before)
        };
        entries.retain(is_kept);
    }
}

/// The time of an entry. Entries without one are kept.
fn time(entry: &Value) -> Option<DateTime<Utc>> {
    decode::from_value::<Timestamp>(&entry["createdAt"]).ok()?.datetime()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &[(&str, &str)]) -> Value {
        let query: Vec<_> = query.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let entry = |moment| json!({"createdAt": moment});
        let entries = [entry("2026-01-02T00:00:00Z"), entry("2026-01-01T00:00:00Z")];
        let mut body = json!({"page": 1, "totalPages": 2, "entries": entries});
        select_page(&mut body, &query);
        body
    }

    #[test]
    fn pages_after_the_last_are_empty() {
        for (page, entries) in [("1", 2), ("2", 2), ("3", 0), ("9999999999999", 0)] {
            let body = self::page(&[("page", page), ("pageSize", "5")]);
            assert_eq!(body["entries"].as_array().unwrap().len(), entries, "{page}");
            assert_eq!(body["page"].to_string(), page);
            assert_eq!(body.get("pageSize"), None);
        }
    }

    #[test]
    fn a_page_before_a_time_omits_newer_entries() {
        for (before, entries) in [("2026-02-01", 2), ("2026-01-02", 1), ("2026-01-01", 0)] {
            let body = page(&[("before", &format!("{before}T00:00:00Z"))]);
            assert_eq!(body["entries"].as_array().unwrap().len(), entries, "{before}");
        }
    }
}
