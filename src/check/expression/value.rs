//! What expressions are made of when they run.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value as Json;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::types::{Shape, Type};

/// A value; texts of facts are borrowed from them.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    Timestamp(OffsetDateTime),
    Duration(Duration),
    List(Arc<[Value<'a>]>),
    /// In written order; keys are few.
    Map(Arc<[(Value<'a>, Value<'a>)]>),
    /// A part of the facts.
    Object(&'a Json),
    /// The facts of a certificate, by its position in `chain.members`.
    Certificate(usize),
}

impl<'a> Value<'a> {
    /// A fact as a value of its type.
    pub(super) fn of_fact(fact: &'a Json, wanted: &Type) -> Self {
        match (fact, &wanted.shape) {
            (Json::Bool(flag), _) => Self::Bool(*flag),
            (Json::Number(number), _) => number.as_i64().map_or(Self::Null, Self::Int),
            (Json::String(text), Shape::Timestamp) => {
                OffsetDateTime::parse(text, &Rfc3339).map_or(Self::Null, Self::Timestamp)
            }
            (Json::String(text), Shape::Duration) => {
                let seconds = text.strip_prefix("PT").and_then(|t| t.strip_suffix('S'));
                let seconds = seconds.and_then(|seconds| seconds.parse().ok());
                seconds.map_or(Self::Null, |seconds| {
                    Self::Duration(Duration::seconds(seconds))
                })
            }
            (Json::String(text), _) => Self::Text(Cow::Borrowed(text)),
            (Json::Array(items), Shape::List(item)) => {
                Self::List(items.iter().map(|fact| Self::of_fact(fact, item)).collect())
            }
            (Json::Object(_), _) => Self::Object(fact),
            (Json::Null | Json::Array(_), _) => Self::Null,
        }
    }

    /// The same, its text borrowed.
    pub(super) fn reborrow(&'a self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Timestamp(_)
            | Self::Duration(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Object(_)
            | Self::Certificate(_) => self.clone(),
        }
    }

    /// CEL's `==`: null equals null alone.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Timestamp(left), Self::Timestamp(right)) => left == right,
            (Self::Duration(left), Self::Duration(right)) => left == right,
            (Self::List(left), Self::List(right)) => {
                left.len() == right.len() && left.iter().zip(right.iter()).all(|(l, r)| l.equals(r))
            }
            (Self::Map(left), Self::Map(right)) => {
                let has = |(key, value): &(Self, Self)| {
                    lookup(right, key).is_some_and(|other| value.equals(other))
                };
                left.len() == right.len() && left.iter().all(has)
            }
            (Self::Object(left), Self::Object(right)) => left == right,
            // Each has an index of its own.
            (Self::Certificate(left), Self::Certificate(right)) => left == right,
            (
                Self::Null
                | Self::Bool(_)
                | Self::Int(_)
                | Self::Text(_)
                | Self::Timestamp(_)
                | Self::Duration(_)
                | Self::List(_)
                | Self::Map(_)
                | Self::Object(_)
                | Self::Certificate(_),
                _,
            ) => false,
        }
    }

    /// CEL's `<`; `None` where the two have no order, as with null.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Int(left), Self::Int(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Timestamp(left), Self::Timestamp(right)) => left.cmp(right),
            (Self::Duration(left), Self::Duration(right)) => left.cmp(right),
            (
                Self::Null
                | Self::Bool(_)
                | Self::Int(_)
                | Self::Text(_)
                | Self::Timestamp(_)
                | Self::Duration(_)
                | Self::List(_)
                | Self::Map(_)
                | Self::Object(_)
                | Self::Certificate(_),
                _,
            ) => return None,
        })
    }

    /// What it costs to copy or compare, in steps; see [`crate::check::STEPS_A_RULE`].
    pub(super) fn weight(&self) -> u32 {
        let items = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(4);
        match self {
            Self::Text(text) => u32::try_from(text.len() / 8).unwrap_or(u32::MAX),
            Self::List(list) => items(list.len()),
            Self::Map(entries) => items(entries.len()),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Timestamp(_)
            | Self::Duration(_)
            | Self::Object(_)
            | Self::Certificate(_) => 0,
        }
    }
}

/// The value under a key.
pub(super) fn lookup<'v, 'a>(
    entries: &'v [(Value<'a>, Value<'a>)],
    key: &Value<'_>,
) -> Option<&'v Value<'a>> {
    let found = entries.iter().find(|(known, _)| known.equals(key));
    found.map(|(_, value)| value)
}

/// A duration as CEL writes it: numbers with the units h, m, s, ms, us and ns, `-1h30m`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let (rest, is_negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut rest = rest;
    let mut nanoseconds: i128 = 0;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after, |c| c.is_ascii_alphabetic());
        let unit: i128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: i128 = whole.parse::<u64>().ok()?.into();
        let mut part = unit;
        let mut sum = whole.checked_mul(unit)?;
        for digit in fraction.chars() {
            part /= 10;
            let digit = i128::from(digit.to_digit(10)?);
            sum = sum.checked_add(digit.checked_mul(part)?)?;
        }
        nanoseconds = nanoseconds.checked_add(sum)?;
        rest = after;
    }
    if text.is_empty() || text == "-" {
        return None;
    }
    let signed = if is_negative {
        -nanoseconds
    } else {
        nanoseconds
    };
    let seconds = i64::try_from(signed / 1_000_000_000).ok()?;
    let rest = i32::try_from(signed % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, rest))
}

fn split(text: &str, is_part: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        let seconds = |text| parse_duration(text).map(Duration::as_seconds_f64);
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("-90s"), Some(-90.0));
        assert_eq!(seconds("1.5s"), Some(1.5));
        assert_eq!(seconds("250ms"), Some(0.25));
        for wrong in [
            "",
            "-",
            "1",
            "1d",
            "h",
            "1h 2m",
            "1.2.3s",
            "99999999999999999999h",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn null_equals_null_alone_and_has_no_order() {
        let text = Value::Text("a".into());
        assert!(Value::Null.equals(&Value::Null));
        assert!(!Value::Null.equals(&text) && !text.equals(&Value::Null));
        assert_eq!(Value::Null.compare(&text), None);
    }
}
