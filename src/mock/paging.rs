//! Turns the example of a response into the requested page.

use chrono::DateTime;
use serde_json::{Map, Value, json};

/// Selects a page. Every page up to the last is the example, and later pages are empty. With
/// `before`, only older entries remain.
pub fn select_page(body: &mut Value, query: &[(String, String)]) {
    let parameter =
        |name: &str| query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let Some(body) = body.as_object_mut() else { return };
    for name in ["page", "pageSize"] {
        if let Some(number) = parameter(name).and_then(|number| number.parse::<u64>().ok())
            && body.contains_key(name)
        {
            body[name] = json!(number);
        }
    }
    if let Some(page) = parameter("page").and_then(|page| page.parse::<u64>().ok())
        && page > body.get("totalPages").and_then(Value::as_u64).unwrap_or(1)
    {
        keep(body, |_| false);
    }
    if let Some(before) = parameter("before") {
        keep(body, |entry| is_before(&entry["createdAt"], before));
    }
}

/// Filters the entries of the lists in a response.
fn keep(body: &mut Map<String, Value>, is_kept: impl Fn(&Value) -> bool) {
    for entries in body.values_mut().filter_map(Value::as_array_mut) {
        entries.retain(&is_kept);
    }
}

fn is_before(moment: &Value, end: &str) -> bool {
    let moment = moment.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let end = DateTime::parse_from_rfc3339(end).ok();
    // Entries without a valid date are kept.
    moment.zip(end).is_none_or(|(moment, end)| moment < end)
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
