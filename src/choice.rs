//! Fields of a request of which exactly one has to be there.

/// Refuses none of them, and more than one.
pub(crate) fn exactly_one(fields: &[(&str, bool)]) -> Result<(), String> {
    let given: Vec<&str> =
        fields.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    let names = || fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match given.as_slice() {
        [_] => Ok(()),
        [] => Err(format!("exactly one of {} has to be set, and none is", names())),
        several => Err(format!(
            "exactly one of {} has to be set, and {} are",
            names(),
            several.join(" and ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_passes() {
        let check = |a, b, c| exactly_one(&[("a", a), ("b", b), ("c", c)]);
        for (a, b, c) in [(true, false, false), (false, true, false), (false, false, true)] {
            assert_eq!(check(a, b, c), Ok(()));
        }
        let none = "exactly one of a, b, c has to be set, and none is";
        assert_eq!(check(false, false, false), Err(none.to_owned()));
        let two = "exactly one of a, b, c has to be set, and a and c are";
        assert_eq!(check(true, false, true), Err(two.to_owned()));
    }
}
