//! The name of a file in `Content-Disposition` (RFC 6266).

use crate::text::is_invisible;

/// Characters that some file systems reject or treat as separators.
const UNSAFE: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// The parameter `filename`, without folders. None if it is not safe to use.
pub(super) fn of(header: &[u8]) -> Option<String> {
    let header = std::str::from_utf8(header).ok()?;
    let mut is_quoted = false;
    let parts = header.split(|character| {
        is_quoted ^= character == '"';
        character == ';' && !is_quoted
    });
    let mut parameters = parts.filter_map(|part| part.split_once('='));
    let (_, name) = parameters.find(|(key, _)| key.trim().eq_ignore_ascii_case("filename"))?;
    safe(name.trim().trim_matches('"'))
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
            ("attachment; FileName = \"a b.mp3\"; size=1", Some("a b.mp3")),
            ("attachment; filename=\"invoice\u{202e}fdp.exe\"", Some("invoicefdp.exe")),
            ("attachment; filename=a.mp3; filename*=UTF-8''%C3%A1.mp3", Some("a.mp3")),
            ("attachment; filename=a.mp3; filename*=latin1''%E1.mp3", Some("a.mp3")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\temp\\\\a.mp3\"", Some("a.mp3")),
            ("attachment; filename=\"a; b.mp3\"; size=1", Some("a; b.mp3")),
            ("attachment; name=\"; filename=b.mp3\"; filename=a.mp3", Some("a.mp3")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\".\u{1}.\"", None),
            ("attachment; filename=", None),
            ("attachment", None),
            ("", None),
            ("attachment; filename=\"open", Some("open")),
            ("attachment; filename=\"a\u{200f}\u{61c}.pdf\u{2028}.exe\"", Some("a.pdf.exe")),
            ("attachment; filename=\"\u{202e}\u{200b}\"", None),
            ("attachment; filename=\"N\u{200b}UL\"", None),
            ("attachment; filename=\"S\u{e3}o Paulo 🙂.mp3\"", Some("São Paulo 🙂.mp3")),
            ("attachment; filename=NUL", None),
            ("attachment; filename=\"com1 .txt\"", None),
            ("attachment; filename=lpt\u{b2}.mp3", None),
            ("attachment; filename=contact.mp3", Some("contact.mp3")),
            ("attachment; filename=com10.mp3", Some("com10.mp3")),
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
