//! Open enums, which keep undocumented values.

use pilot_status::types::{CoexistenceStatus, ConnectionState, LeadVariable, Provider};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn known_values_have_variants() {
    assert_eq!(ConnectionState::from("OPEN"), ConnectionState::Open);
    assert_eq!("CLOSE".parse(), Ok(ConnectionState::Close));
    assert_eq!(Provider::from("PILOT_STATUS".to_owned()), Provider::PilotStatus);
    assert_eq!(format!("[{:<10}]", ConnectionState::Open), "[OPEN      ]");
    // A documented value with the name of the catch-all variant.
    assert_eq!(CoexistenceStatus::from("UNKNOWN"), CoexistenceStatus::UnknownValue);
    for known in ConnectionState::KNOWN {
        assert_eq!(&ConnectionState::from(known.as_str()), known);
    }
}

#[test]
fn known_values_match_in_any_case() {
    for value in ["OPEN", "open", "Open", "oPeN"] {
        assert!(matches!(ConnectionState::from(value), ConnectionState::Open), "{value}");
        assert_eq!(value.parse(), Ok(ConnectionState::Open));
        let read: ConnectionState = serde_json::from_value(value.into()).unwrap();
        assert_eq!(read, ConnectionState::Open);
        assert_eq!(serde_json::to_value(read).unwrap(), "OPEN");
    }
    assert_eq!(ConnectionState::from("Connected"), ConnectionState::Connected);
}

#[test]
fn the_value_that_selects_an_alternative_matches_in_any_case() {
    for source in ["field", "FIELD", "Field"] {
        let variable = json!({"source": source, "key": "full_name"});
        let variable: LeadVariable = serde_json::from_value(variable).unwrap();
        assert!(matches!(variable, LeadVariable::Field(_)), "{source}");
        assert_eq!(json!(variable)["source"], "field");
    }
}

#[test]
fn surrounding_spaces_are_significant() {
    for value in [" OPEN", "OPEN ", ""] {
        assert_eq!(ConnectionState::from(value), ConnectionState::Unknown(value.to_owned()));
    }
}

#[test]
fn a_value_must_be_a_string() {
    for json in ["null", "1", "{}", "[]", "true"] {
        assert!(serde_json::from_str::<ConnectionState>(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn an_unknown_value_round_trips_unchanged(value in any::<String>()) {
        let state = ConnectionState::from(value.as_str());
        prop_assume!(matches!(state, ConnectionState::Unknown(_)));
        prop_assert_eq!(state.as_str(), &value);
        prop_assert_eq!(state.to_string(), value.clone());
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&value).unwrap());
        prop_assert_eq!(serde_json::from_str::<ConnectionState>(&json).unwrap(), state);
    }
}
