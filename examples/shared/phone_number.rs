//! Phone numbers that a user types.

use pilot_status::phone;

/// The digits of a phone number with its country code, which may begin with `+`.
///
/// A Brazilian number without 55 is an error: the service would send to another country.
pub fn parse(text: &str) -> Result<String, String> {
    let forms = phone::variants(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if forms.contains(&format!("+55{digits}")) {
        return Err(format!(
            "{text:?} has no country code; write +55{digits} if it is Brazilian, or + and its \
             country code"
        ));
    }
    // The longest number has 15 digits, by E.164.
    if !(8..=15).contains(&digits.len()) || !forms.contains(&format!("+{digits}")) {
        return Err(format!(
            "{text:?} is not a phone number with its country code, such as +5511988887777"
        ));
    }
    Ok(digits.to_owned())
}
