//! What a request has to hold, checked before it is sent.

/// Refuses a request with none of these fields, or with several.
pub(crate) fn exactly_one(fields: &[(&str, bool)]) -> Result<(), String> {
    let problem = match given(fields).as_slice() {
        [_] => return Ok(()),
        [] => "none is".to_owned(),
        several => format!("{} are", several.join(" and ")),
    };
    Err(format!("exactly one of {} has to be set, and {problem}", names(fields)))
}

/// Refuses a request with none of these fields.
pub(crate) fn at_least_one(fields: &[(&str, bool)]) -> Result<(), String> {
    if given(fields).is_empty() {
        return Err(format!("at least one of {} has to be set, and none is", names(fields)));
    }
    Ok(())
}

/// Refuses a list with fewer or more entries than the operation takes.
pub(crate) fn size(
    field: &str,
    entries: usize,
    min: usize,
    max: Option<usize>,
) -> Result<(), String> {
    if entries >= min && max.is_none_or(|max| entries <= max) {
        return Ok(());
    }
    let takes = max.map_or_else(|| format!("{min} or more"), |max| format!("{min} to {max}"));
    Err(format!("`{field}` takes {takes} entries, and has {entries}"))
}

fn given<'a>(fields: &[(&'a str, bool)]) -> Vec<&'a str> {
    fields.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
}

fn names(fields: &[(&str, bool)]) -> String {
    fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted() {
        let fields = |a, b, c| [("a", a), ("b", b), ("c", c)];
        let exactly = "exactly one of a, b, c has to be set, and ";
        let at_least = "at least one of a, b, c has to be set, and none is";
        for (fields, one, some) in [
            (fields(false, false, false), Err(format!("{exactly}none is")), Err(at_least.into())),
            (fields(true, false, false), Ok(()), Ok(())),
            (fields(false, false, true), Ok(()), Ok(())),
            (fields(true, false, true), Err(format!("{exactly}a and c are")), Ok(())),
        ] {
            assert_eq!((exactly_one(&fields), at_least_one(&fields)), (one, some));
        }
    }

    #[test]
    fn entries_are_counted() {
        for (entries, max, expected) in [
            (0, Some(2), Err("`ids` takes 1 to 2 entries, and has 0".to_owned())),
            (1, Some(2), Ok(())),
            (2, Some(2), Ok(())),
            (3, Some(2), Err("`ids` takes 1 to 2 entries, and has 3".to_owned())),
            (0, None, Err("`ids` takes 1 or more entries, and has 0".to_owned())),
            (3, None, Ok(())),
        ] {
            assert_eq!(size("ids", entries, 1, max), expected);
        }
    }
}
