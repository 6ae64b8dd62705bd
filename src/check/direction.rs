//! Which way a parameter makes a check stricter.
//!
//! Checks name their parameters so that one table does for all of them; a test holds that no parameter is
//! left out.

/// How a parameter may change without letting more pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A number that may rise.
    Rise,
    /// A number that may fall.
    Fall,
    /// A list of texts that end in a number, each of which may fall.
    FallEach,
    /// A list that may grow.
    Grow,
    /// A list that may shrink.
    Shrink,
    /// Nothing can be said in general: it may not change.
    Fixed,
    /// It is for the reader alone, and lets nothing more or less pass.
    Free,
}

const RISE: [&str; 4] = ["longer_than_days", "min", "min_bits", "min_days"];
const FALL: [&str; 3] = ["max_bits", "max_days", "max_octets"];
const FALL_EACH: [&str; 1] = ["limits"];
const GROW: [&str; 9] = [
    "all_of",
    "ids",
    "issuers",
    "key_usage",
    "patterns",
    "purposes",
    "refused",
    "required",
    "single",
];
const SHRINK: [&str; 5] = ["allowed", "any_of", "exempt_roles", "ignore_words", "known"];
const FREE: [&str; 1] = ["point_at"];
#[cfg(test)]
const FIXED: [&str; 10] = [
    "assert",
    "ca",
    "extended_key_usage",
    "id",
    "language",
    "name",
    "oid",
    "only",
    "scheme",
    "type",
];

/// The direction of a parameter, by its name.
#[must_use]
pub fn direction(parameter: &str) -> Direction {
    if RISE.contains(&parameter) {
        Direction::Rise
    } else if FALL.contains(&parameter) {
        Direction::Fall
    } else if FALL_EACH.contains(&parameter) {
        Direction::FallEach
    } else if GROW.contains(&parameter) {
        Direction::Grow
    } else if SHRINK.contains(&parameter) {
        Direction::Shrink
    } else if FREE.contains(&parameter) {
        Direction::Free
    } else {
        Direction::Fixed
    }
}

/// By how much a number has to change before anything comes to another answer.
#[must_use]
pub fn step(parameter: &str) -> i64 {
    // `min` bounds RSA exponents, and those are odd.
    if parameter == "min" { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use schemars::SchemaGenerator;

    use super::*;
    use crate::check::KINDS;

    #[test]
    fn every_parameter_of_every_check_is_in_the_table() {
        for kind in KINDS {
            let mut generator = SchemaGenerator::default();
            (kind.schema)(&mut generator);
            let definitions = generator.take_definitions(true);
            let own = definitions.values().find(|definition| {
                let text = definition.get("description").and_then(|text| text.as_str());
                text.is_some_and(|text| text.contains("Fails:"))
            });
            let parameters = own.and_then(|own| own.get("properties")?.as_object());
            for name in parameters
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
            {
                // Only some certificates are asked; that is no bound.
                let fixed = FIXED.contains(&name) || name == "policies";
                assert_eq!(
                    fixed,
                    direction(name) == Direction::Fixed,
                    "{}: {name}",
                    kind.name
                );
            }
        }
    }
}
