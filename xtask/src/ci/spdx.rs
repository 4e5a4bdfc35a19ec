//! Reads licence expressions of SPDX, and the slash of older manifests.

use std::iter::Peekable;
use std::str::SplitWhitespace;

/// Whether an expression can be met with the licences that are allowed. One that
/// cannot be read is not met.
pub fn is_met(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().peekable(), allowed };
    reader.any() == Some(true) && reader.words.next().is_none()
}

/// Every part returns whether it is met, and nothing where it cannot be read.
struct Reader<'a> {
    words: Peekable<SplitWhitespace<'a>>,
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    /// `ALL OR ALL OR ...`
    fn any(&mut self) -> Option<bool> {
        let mut is_met = self.all()?;
        while self.words.next_if_eq(&"OR").is_some() {
            is_met |= self.all()?;
        }
        Some(is_met)
    }

    /// `ONE AND ONE AND ...`
    fn all(&mut self) -> Option<bool> {
        let mut is_met = self.one()?;
        while self.words.next_if_eq(&"AND").is_some() {
            is_met &= self.one()?;
        }
        Some(is_met)
    }

    /// `( ANY )`, or the name of a licence.
    fn one(&mut self) -> Option<bool> {
        let word = self.words.next()?;
        if word == "(" {
            let is_met = self.any()?;
            return self.words.next_if_eq(&")").map(|_| is_met);
        }
        // An exception only allows more.
        if self.words.next_if_eq(&"WITH").is_some() {
            self.words.next()?;
        }
        Some(self.allowed.contains(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::is_met;

    #[test]
    fn and_wants_both_sides_or_wants_one() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("GPL-3.0 OR MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("GPL-3.0 AND (ISC OR MIT)", false),
            ("MIT WITH LLVM-exception", true),
            ("GPL-3.0 WITH Classpath-exception-2.0 OR ISC", true),
        ] {
            assert_eq!(is_met(expression, &["ISC", "MIT"]), expected, "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_met() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT", "MIT WITH"] {
            assert!(!is_met(expression, &["ISC", "MIT"]), "{expression}");
        }
    }
}
