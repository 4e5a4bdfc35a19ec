//! Parses phone numbers from users.

use pilot_status::phone;

/// Returns the digits of a phone number with its country code. The text may begin with `+`.
///
/// A Brazilian number without 55 is an error: the service would send the message to another
/// country.
pub fn parse(text: &str) -> Result<String, String> {
    let is_decimal = text.trim().rsplit_once('.').is_some_and(|(whole, decimals)| {
        let whole = whole.strip_prefix('+').unwrap_or(whole);
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        are_digits(whole) && are_digits(decimals) && (1..=2).contains(&decimals.len())
    });
    if is_decimal {
        // Its decimals would become digits of the number.
        return Err(format!(
            "{text:?} is a decimal number; format the column as text, without a decimal point"
        ));
    }
    let forms = phone::variants(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if forms.contains(&format!("+55{digits}")) {
        return Err(format!(
            "{text:?} has no country code; write +55{digits} if it is Brazilian, or + and its \
             country code"
        ));
    }
    // E.164 limits a number to 15 digits.
    if !(8..=15).contains(&digits.len()) || !forms.contains(&format!("+{digits}")) {
        return Err(format!(
            "{text:?} is not a phone number with its country code, such as +5511988887777"
        ));
    }
    Ok(digits.to_owned())
}
