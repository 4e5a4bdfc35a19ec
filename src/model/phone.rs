//! Brazilian phone numbers, which are written with or without the country code, and with or
//! without the ninth digit.
//!
//! ```
//! use pilot_status::phone;
//!
//! // The sender of a delivery, and the number as your customer typed it.
//! assert!(phone::same("+5581 8596-6115", "(81) 98596-6115"));
//! // A landline and a mobile number.
//! assert!(!phone::same("+55 81 3333-4444", "+55 81 93333-4444"));
//!
//! // The forms in which a contact may be stored.
//! assert_eq!(
//!     phone::variants("558185966115"),
//!     [
//!         "+5581985966115",
//!         "5581985966115",
//!         "81985966115",
//!         "+558185966115",
//!         "558185966115",
//!         "8185966115",
//!     ]
//! );
//! ```
//!
//! # The rule
//!
//! A number in Brazil has the country code 55, an area code of two digits, of which 67 are in
//! use, and a subscriber number:
//!
//! - A landline has 8 digits and begins with 2 to 5.
//! - A mobile number has 9 digits and begins with 9. Before the ninth digit was introduced, it
//!   had the other 8, which began with 6 to 9. Anatel, the regulator, introduced the digit with
//!   Resolução 553 of 2010, area by area: São Paulo (11) in July 2012, and the last areas, in
//!   the south, on 6 November 2016.
//!
//! WhatsApp accounts that are older than the ninth digit of their area keep an id without it,
//! so the sender of a message may lack it. A mobile number is the same with and without its
//! ninth digit, unless the other 8 digits form a landline number.
//!
//! Numbers from other countries, with unused area codes or of another length are compared digit
//! by digit.
//!
//! # Accepted forms
//!
//! Spaces, hyphens, dots, slashes and parentheses are ignored, and so are the trunk prefix 0
//! before the area code and the domain of a WhatsApp id, as in `558185966115@s.whatsapp.net`. A
//! number that begins with `+` or `00` has a country code. Any other number that matches a
//! Brazilian number without a country code is read as one: `51912345678` is a number in Porto
//! Alegre, although `+51912345678` is in Peru. Write numbers from other countries with `+`, and
//! prepend it to the numbers that Meta delivers, which have a country code but no `+`.

use crate::text::is_invisible;

/// The area codes in use.
const AREAS: [&str; 67] = [
    "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28", "31", "32",
    "33", "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49", "51", "53",
    "54", "55", "61", "62", "63", "64", "65", "66", "67", "68", "69", "71", "73", "74", "75", "77",
    "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96",
    "97", "98", "99",
];

/// Whether two texts are the same phone number, by [the rule](self#the-rule).
///
/// Texts that are not phone numbers, such as `1234@lid`, are the same if they are equal and
/// not blank.
pub fn same(a: &str, b: &str) -> bool {
    match (Number::read(a), Number::read(b)) {
        (Some(a), Some(b)) => {
            a.digits == b.digits || (a.national.is_some() && a.national == b.national)
        }
        (None, None) => !a.trim().is_empty() && a.trim() == b.trim(),
        _ => false,
    }
}

/// The forms in which a phone number may be stored, without separators.
///
/// A Brazilian number has three: with `+55`, with `55`, and without a country code. A mobile
/// number has these three with the ninth digit, and then without it. Any other number has two,
/// with and without `+`, or one if it begins with 0. A text that is not a phone number has
/// itself as its only variant, and a blank text has none.
pub fn variants(number: &str) -> Vec<String> {
    let Some(number) = Number::read(number) else {
        let text = number.trim();
        return if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    };
    let Some(forms) = number.national else {
        let has_plus = !number.digits.starts_with('0');
        let with_plus = has_plus.then(|| format!("+{}", number.digits));
        return with_plus.into_iter().chain([number.digits]).collect();
    };
    let all = |national| [format!("+55{national}"), format!("55{national}"), national];
    forms.into_iter().flat_map(all).collect()
}

/// The digits of a phone number.
struct Number {
    digits: String,
    /// The forms of a Brazilian number without the country code.
    national: Option<Vec<String>>,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let (text, is_id) = match text.split_once('@') {
            // A number may have several devices: `NUMBER:DEVICE`.
            Some((id, "s.whatsapp.net" | "c.us")) => (id.split(':').next().unwrap_or(id), true),
            _ => (text, false),
        };
        let text: String = text.chars().filter(|character| !is_separator(*character)).collect();
        let after_plus = text.strip_prefix('+');
        let mut digits = after_plus.unwrap_or(&text);
        let is_international = after_plus.is_some() || is_id || digits.starts_with("00");
        if is_international {
            // No country code begins with 0.
            digits = digits.trim_start_matches('0');
        }
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| {
            let with_country = digits.strip_prefix("55").and_then(national);
            let national = with_country.or_else(|| national(digits).filter(|_| !is_international));
            Self { digits: digits.to_owned(), national }
        })
    }
}

/// The forms of an area code and a subscriber number: first with the ninth digit, and then
/// without it, if it is optional.
fn national(digits: &str) -> Option<Vec<String>> {
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    let (area, subscriber) = digits.split_at_checked(2).filter(|(area, _)| AREAS.contains(area))?;
    let rest = match subscriber.len() {
        8 => subscriber,
        9 => subscriber.strip_prefix('9')?,
        _ => return None,
    };
    let is_landline = rest.starts_with(['2', '3', '4', '5']);
    Some(if is_landline {
        vec![format!("{area}{subscriber}")]
    } else {
        vec![format!("{area}9{rest}"), format!("{area}{rest}")]
    })
}

/// Whether a character only formats a number.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || is_invisible(character)
        || matches!(character, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_areas_are_distinct_and_in_order() {
        assert!(AREAS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_mobile_number_of_each_area_is_the_same_in_all_forms() {
        for area in AREAS {
            for rest in ["85966115", "61234567", "71234567", "99999999", "12345678"] {
                let forms = [
                    format!("+55{area}9{rest}"),
                    format!("55{area}9{rest}"),
                    format!("{area}9{rest}"),
                    format!("+55{area}{rest}"),
                    format!("55{area}{rest}"),
                    format!("{area}{rest}"),
                ];
                for form in &forms {
                    assert_eq!(variants(form), forms, "{form}");
                    assert!(forms.iter().all(|other| same(form, other)), "{form}");
                    let other_area = if area == "11" { "12" } else { "11" };
                    assert!(!same(form, &format!("+55{other_area}9{rest}")), "{form}");
                }
            }
        }
    }

    #[test]
    fn a_landline_of_each_area_has_no_ninth_digit() {
        for area in AREAS {
            for rest in ["21234567", "33334444", "40041234", "55556666"] {
                let forms = [
                    format!("+55{area}{rest}"),
                    format!("55{area}{rest}"),
                    format!("{area}{rest}"),
                ];
                for form in &forms {
                    assert_eq!(variants(form), forms, "{form}");
                    assert!(forms.iter().all(|other| same(form, other)), "{form}");
                }
                let mobile = format!("+55{area}9{rest}");
                assert!(!same(&forms[0], &mobile));
                assert!(!variants(&mobile).contains(&forms[0]));
                assert!(same(&mobile, &format!("{area}9{rest}")));
            }
        }
    }

    #[test]
    fn numbers_with_unused_areas_or_other_lengths_are_not_changed() {
        let unused = (0..100).map(|area| format!("{area:02}"));
        for area in unused.filter(|area| !AREAS.contains(&area.as_str())) {
            assert!(!same(&format!("+55{area}985966115"), &format!("+55{area}85966115")), "{area}");
        }
        for number in ["+5581859661", "+55819859661150", "+5581885966115"] {
            assert_eq!(variants(number), [number, &number[1..]]);
        }
    }

    #[test]
    fn numbers_of_other_countries_are_compared_by_their_digits() {
        for (number, other) in [
            ("+14155550123", "+1 (415) 555-0123"),
            ("+351912345678", "351912345678"),
            ("+51912345678", "0051 912 345 678"),
            ("+51912345678", "51912345678@c.us"),
            ("+51912345678", "51912345678"),
            ("+8190123456789", "8190123456789"),
        ] {
            assert!(same(number, other), "{number} {other}");
            assert_eq!(variants(number), [number, &number[1..]]);
        }
        for (number, other) in [
            ("+51912345678", "+5551912345678"),
            ("+14155550123", "+4155550123"),
            ("+541112345678", "+5491112345678"),
            ("+351912345678", "+3519912345678"),
        ] {
            assert!(!same(number, other), "{number} {other}");
        }
    }

    #[test]
    fn the_form_of_a_number_does_not_matter() {
        for number in [
            "+5581 8596-6115",
            "+55 (81) 98596-6115",
            "+55 (081) 98596.6115",
            "0055 81 8596 6115",
            "(81) 98596\u{2011}6115",
            "081 98596-6115",
            "\u{202a}+55\u{a0}81\u{a0}98596-6115\u{202c}",
            " 558185966115\n",
            "558185966115@s.whatsapp.net",
            "5581985966115:12@s.whatsapp.net",
            "558185966115@c.us",
        ] {
            assert!(same(number, "+5581985966115"), "{number}");
            assert_eq!(variants(number)[0], "+5581985966115");
        }
    }

    #[test]
    fn other_texts_are_the_same_only_if_they_are_equal() {
        for text in ["1234@lid", "5581985966115@lid", "1203630@g.us", "ana", "55 81 9859X", "1+1"] {
            assert!(same(text, text));
            assert!(!same(text, "5581985966115"), "{text}");
            assert_eq!(variants(text), [text]);
        }
        for blank in ["", " ", "\n"] {
            assert!(!same(blank, blank));
            assert_eq!(variants(blank), [""; 0]);
        }
        assert!(!same("+", "-"));
    }

    proptest! {
        #[test]
        fn every_variant_of_a_number_is_the_same_number(
            number in r"(\+|00)?(55)?0?[0-9]{0,13}",
            other in r"\PC{0,16}",
        ) {
            let all = variants(&number);
            for variant in &all {
                prop_assert!(same(&number, variant) && same(variant, &number), "{variant}");
            }
            prop_assert_eq!(same(&number, &other), same(&other, &number));
            variants(&other);
        }
    }
}
