//! The name of a file in `Content-Disposition` (RFC 6266).

use percent_encoding::percent_decode_str;

use crate::text::is_invisible;

/// Characters that some file systems reject or treat as separators.
const UNSAFE: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// The name without folders. `filename*` takes precedence over `filename`.
pub(super) fn of(header: &[u8]) -> Option<String> {
    let header = std::str::from_utf8(header).ok()?;
    let named = |name: &'static str| {
        parameters(header).filter(move |(key, _)| key.eq_ignore_ascii_case(name))
    };
    let extended = named("filename*").find_map(|(_, value)| safe(&extended(&value)?));
    extended.or_else(|| named("filename").find_map(|(_, value)| safe(&value)))
}

/// The parameters after the disposition type, with unquoted values.
fn parameters(header: &str) -> impl Iterator<Item = (&str, String)> {
    let (mut is_quoted, mut is_escaped, mut last) = (false, false, ' ');
    let parts = header.split(move |sign: char| {
        // A quotation mark opens a quoted value only at the beginning of the value.
        is_quoted ^= sign == '"' && if is_quoted { !is_escaped } else { last == '=' };
        is_escaped = is_quoted && sign == '\\' && !is_escaped;
        last = if sign.is_whitespace() { last } else { sign };
        sign == ';' && !is_quoted
    });
    parts.skip(1).filter_map(|part| part.split_once('=')).map(|(key, value)| {
        let value = value.trim();
        (key.trim(), value.strip_prefix('"').map_or_else(|| value.to_owned(), unquoted))
    })
}

/// The text before the closing quotation mark, without escapes.
fn unquoted(quoted: &str) -> String {
    let mut value = String::new();
    let mut signs = quoted.chars();
    while let Some(sign) = signs.next().filter(|sign| *sign != '"') {
        value.extend(if sign == '\\' { signs.next() } else { Some(sign) });
    }
    value
}

/// `UTF-8'pt'%C3%A1udio.mp3` (RFC 8187).
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, name) = rest.split_once('\'')?;
    let name = percent_decode_str(name).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| name.into_owned())
}

/// The last part of a name, without unsafe characters.
fn safe(name: &str) -> Option<String> {
    const MAX_LENGTH: usize = 255;
    let last = name.rsplit(['/', '\\']).next()?.trim();
    let is_kept = |c: &char| !is_invisible(*c) && !UNSAFE.contains(c);
    let plain: String = last.chars().filter(is_kept).collect();
    let plain = plain.trim_matches(['.', ' ']);
    let is_safe = !plain.is_empty() && plain.len() <= MAX_LENGTH && !is_device(plain);
    is_safe.then(|| plain.to_owned())
}

/// Whether Windows treats a name as a device name, regardless of its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).unwrap_or_default();
    let is_port = port.chars().count() == 1
        && port.starts_with(|number: char| number.is_ascii_digit() || "¹²³".contains(number));
    is_port || ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_is_read_and_made_safe() {
        for (header, name) in [
            ("attachment; filename=audio.mp3", Some("audio.mp3")),
            ("attachment; filename=\"a \\\"b\\\".mp3\"", Some("a b.mp3")),
            ("attachment; FileName=\"a;b=c.mp3\"; size=1", Some("a;b=c.mp3")),
            ("attachment; filename=a.mp3; filename*=UTF-8''%C3%A1.mp3", Some("á.mp3")),
            ("attachment; filename=a.mp3; filename*=latin1''%E1.mp3", Some("a.mp3")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\temp\\\\a.mp3\"", Some("a.mp3")),
            ("attachment; filename*=UTF-8''..%2F..%2Fa.mp3", Some("a.mp3")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\".\u{1}.\"", None),
            ("attachment; filename=", None),
            ("attachment", None),
            ("", None),
            ("attachment; filename=\"open", Some("open")),
            ("attachment; filename=5\" disc.mp3; filename*=UTF-8''disc.mp3", Some("disc.mp3")),
            ("attachment; name=a\"b; filename=c.mp3", Some("c.mp3")),
            ("attachment; filename = \"a;b.mp3\"", Some("a;b.mp3")),
            ("attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe", Some("invoicefdp.exe")),
            ("attachment; filename*=UTF-8''%E2%81%A6a%E2%81%A9%E2%80%8B.mp3", Some("a.mp3")),
            ("attachment; filename=\"a\u{200f}\u{61c}.pdf\u{2028}.exe\"", Some("a.pdf.exe")),
            (
                "attachment; filename*=UTF-8''a%F3%A0%81%A1%EF%BB%BF%C2%AD%E3%85%A4.mp3",
                Some("a.mp3"),
            ),
            ("attachment; filename=\"\u{202e}\u{200b}\"", None),
            ("attachment; filename=\"N\u{200b}UL\"", None),
            ("attachment; filename=\"S\u{e3}o Paulo 🙂.mp3\"", Some("São Paulo 🙂.mp3")),
            ("attachment; filename=NUL", None),
            ("attachment; filename=\"com1 .txt\"", None),
            ("attachment; filename=lpt\u{b2}.mp3", None),
            ("attachment; filename=contact.mp3", Some("contact.mp3")),
            ("attachment; filename=com10.mp3", Some("com10.mp3")),
            ("attachment; filename=\"open\\", Some("open")),
        ] {
            assert_eq!(of(header.as_bytes()).as_deref(), name, "{header}");
        }
        assert_eq!(of(b"attachment; filename=\"\xff\""), None);
    }

    proptest::proptest! {
        #[test]
        fn no_header_escapes_from_a_folder(header in "[a-z;=*\"'./\\\\%: 0-9\u{e9}\u{202e}]{0,60}") {
            for header in [header.clone(), format!("attachment; filename={header}")] {
                if let Some(name) = of(header.as_bytes()) {
                    proptest::prop_assert!(!name.contains(['/', '\\', ':']), "{name}");
                    proptest::prop_assert!(name != "." && name != "..");
                    proptest::prop_assert!(!name.contains(is_invisible), "{name:?}");
                }
            }
        }
    }
}
