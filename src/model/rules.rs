//! Rules for the fields of a request, checked before it is sent.

/// Refuses a request with none or several of the fields.
pub(crate) fn exactly_one(fields: &[(&str, bool)]) -> Result<(), String> {
    let problem = match given(fields).as_slice() {
        [_] => return Ok(()),
        [] => "none is".to_owned(),
        several => format!("{} are", several.join(" and ")),
    };
    Err(format!("exactly one of {} must be set, but {problem}", names(fields)))
}

/// Refuses a request with none of the fields.
pub(crate) fn at_least_one(fields: &[(&str, bool)]) -> Result<(), String> {
    if given(fields).is_empty() {
        return Err(format!("at least one of {} must be set, but none is", names(fields)));
    }
    Ok(())
}

/// Refuses a list with fewer or more entries than the operation accepts.
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

/// A request with rules.
pub(crate) trait Rules {
    /// Refuses the request if it violates a rule.
    fn check(&self) -> Result<(), String>;
}

/// Returns the request if it obeys its rules.
pub(crate) fn checked<R: Rules>(request: R) -> Result<R, String> {
    request.check().map(|()| request)
}

/// Implements the rules of a request: functions of this module with their fields, then lists
/// with their sizes.
macro_rules! rules {
    (
        $model:ident,
        { $($rule:ident($($field:ident = $name:literal),*))* },
        { $($list:ident = $listed:literal: $min:literal, $max:expr;)* }
    ) => {
        impl crate::model::rules::Rules for $model {
            fn check(&self) -> Result<(), String> {
                $(crate::model::rules::$rule(&[$(($name, self.$field.is_some())),*])?;)*
                $(if let Some(list) = Option::<&Vec<_>>::from(&self.$list) {
                    crate::model::rules::size($listed, list.len(), $min, $max)?;
                })*
                Ok(())
            }
        }
    };
}

/// Defines a choice of a request: a value for one of the fields.
macro_rules! choice {
    (
        $model:ident, $name:ident, $description:literal,
        { $($variant:ident($type:ty) = $field:ident: $doc:literal,)* }
    ) => {
        #[doc = $description]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $doc] $variant($type),)*
        }

        impl $name {
            fn set(self, builder: builder::$model) -> builder::$model {
                match self {
                    $(Self::$variant(value) => builder.$field(value),)*
                }
            }
        }
    };
}

/// Defines a constructor with an argument for each choice.
macro_rules! constructor {
    ($model:ident, $($argument:ident: $choice:ident),*) => {
        impl $model {
            /// Begins a request with its required choices. Returns a builder for the other
            /// fields.
            pub fn new($($argument: impl Into<$choice>),*) -> builder::$model {
                let builder = Self::builder();
                $(let builder = $argument.into().set(builder);)*
                builder
            }
        }
    };
}

pub(crate) use {choice, constructor, rules};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted() {
        let fields = |a, b, c| [("a", a), ("b", b), ("c", c)];
        let exactly = "exactly one of a, b, c must be set, but ";
        let at_least = "at least one of a, b, c must be set, but none is";
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
