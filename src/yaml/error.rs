//! Why a value could not be read out of a node, on its way to the node that it is about.

use std::fmt::Display;

use serde::de::{Expected, Unexpected};

/// An error of a visitor; the reader that sees it first gives it its place.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The type's own words.
    #[error("{0}")]
    Said(String),
    /// Something else was wanted; the reader adds what stands there.
    #[error("expected {0}")]
    Wanted(String),
    /// A key that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A problem was noted; nothing more to say.
    #[error("noted")]
    Noted,
    /// A made-up value (see `placeholder`) was not accepted: reading cannot go on.
    #[error("stuck")]
    Stuck,
}

impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Wanted(words(&expected.to_string()))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Wanted(words(&expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Wanted(words(&expected.to_string()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// What serde's visitors say they expect, in the words of YAML.
fn words(expected: &str) -> String {
    match expected {
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a string" | "string" | "str" => "a text".to_owned(),
        "unit" => "nothing".to_owned(),
        other if other.starts_with("a nonzero") => "a whole number other than 0".to_owned(),
        other => other.to_owned(),
    }
}
