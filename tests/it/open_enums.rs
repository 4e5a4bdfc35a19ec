//! Enums keep what the document does not know.

use pilot_status::types::{CoexistenceStatus, ConnectionState, Provider};
use proptest::prelude::*;

#[test]
fn known_values_have_names() {
    assert_eq!(ConnectionState::from("OPEN"), ConnectionState::Open);
    assert_eq!(ConnectionState::from("CLOSE"), ConnectionState::Close);
    assert_eq!(Provider::from("PILOT_STATUS".to_owned()), Provider::PilotStatus);
    assert_eq!(format!("[{:<10}]", ConnectionState::Open), "[OPEN      ]");
    // A value of the document that is spelled like the variant for the rest.
    assert_eq!(CoexistenceStatus::from("UNKNOWN"), CoexistenceStatus::UnknownValue);
    for known in ConnectionState::KNOWN {
        assert_eq!(&ConnectionState::from(known.as_str()), known);
    }
}

#[test]
fn known_values_match_in_any_case() {
    for value in ["OPEN", "open", "Open", "oPeN"] {
        assert!(matches!(ConnectionState::from(value), ConnectionState::Open), "{value}");
        let read: ConnectionState = serde_json::from_value(value.into()).unwrap();
        assert_eq!(read, ConnectionState::Open);
        assert_eq!(serde_json::to_value(read).unwrap(), "OPEN");
    }
    assert_eq!(ConnectionState::from("Connected"), ConnectionState::Connected);
}

#[test]
fn spaces_make_another_value() {
    for value in [" OPEN", "OPEN ", ""] {
        assert_eq!(ConnectionState::from(value), ConnectionState::Unknown(value.to_owned()));
    }
}

#[test]
fn what_is_no_string_is_no_value() {
    for json in ["null", "1", "{}", "[]", "true"] {
        assert!(serde_json::from_str::<ConnectionState>(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn every_other_string_comes_back_byte_for_byte(value in any::<String>()) {
        let state = ConnectionState::from(value.as_str());
        prop_assume!(matches!(state, ConnectionState::Unknown(_)));
        prop_assert_eq!(state.as_str(), &value);
        prop_assert_eq!(state.to_string(), value.clone());
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&value).unwrap());
        prop_assert_eq!(serde_json::from_str::<ConnectionState>(&json).unwrap(), state);
    }
}
