//! What the functions of expressions give.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "types are settled before anything runs: whatever else stands there is null"
)]

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::program::{Function, Node, TimePart};
use super::run::{Ran, Run};
use super::value::{Value, parse_duration};

impl<'a> Run<'a> {
    pub(super) fn call(
        &mut self,
        part: &'a Node,
        function: Function,
        arguments: &'a [Node],
    ) -> Ran<'a> {
        let Some((first, rest)) = arguments.split_first() else {
            return Err(self.null(part).into());
        };
        let of = self.value(first)?;
        if matches!(of, Value::Null) {
            return Err(self.null(first).into());
        }
        self.pay(of.weight())?;
        let made = match function {
            Function::StartsWith | Function::EndsWith | Function::Contains => {
                let [other] = rest else {
                    return Err(self.null(part).into());
                };
                let other = self.text_of(other)?;
                text_test(function, &of, &other)
            }
            Function::Size => size(&of),
            Function::LowerAscii => changed(&of, str::to_ascii_lowercase),
            Function::UpperAscii => changed(&of, str::to_ascii_uppercase),
            Function::ToInt => to_int(&of),
            Function::ToText => to_text(&of),
            Function::ToTimestamp => to_timestamp(of),
            Function::ToDuration => to_duration(of),
            Function::Part(wanted) => time_part(&of, wanted).map(Value::Int),
        };
        let Some(made) = made else {
            return Err(self.undetermined(part, "cannot be made of this").into());
        };
        Ok(made)
    }
}

fn text_test<'a>(function: Function, of: &Value<'_>, other: &str) -> Option<Value<'a>> {
    let Value::Text(text) = of else { return None };
    Some(Value::Bool(match function {
        Function::StartsWith => text.starts_with(other),
        Function::EndsWith => text.ends_with(other),
        _ => text.contains(other),
    }))
}

/// Characters of a text, items of a list, keys of a map.
fn size<'a>(of: &Value<'_>) -> Option<Value<'a>> {
    let count = match of {
        Value::Text(text) => text.chars().count(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => return None,
    };
    i64::try_from(count).ok().map(Value::Int)
}

fn changed<'a>(of: &Value<'_>, change: fn(&str) -> String) -> Option<Value<'a>> {
    let Value::Text(text) = of else { return None };
    Some(Value::Text(change(text).into()))
}

fn to_int<'a>(of: &Value<'_>) -> Option<Value<'a>> {
    match of {
        Value::Int(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        Value::Timestamp(at) => Some(at.unix_timestamp()),
        _ => None,
    }
    .map(Value::Int)
}

fn to_text<'a>(of: &Value<'a>) -> Option<Value<'a>> {
    let text = match of {
        Value::Text(_) => return Some(of.clone()),
        Value::Int(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Timestamp(at) => at.format(&Rfc3339).ok()?,
        Value::Duration(span) => duration_text(*span),
        _ => return None,
    };
    Some(Value::Text(text.into()))
}

/// Seconds, as CEL has it: `90s`, `-0.5s`.
fn duration_text(span: Duration) -> String {
    let sign = if span.is_negative() { "-" } else { "" };
    let fraction = format!("{:09}", span.subsec_nanoseconds().unsigned_abs());
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let seconds = span.whole_seconds().unsigned_abs();
    format!("{sign}{seconds}{point}{fraction}s")
}

fn to_timestamp(of: Value<'_>) -> Option<Value<'_>> {
    match &of {
        Value::Timestamp(_) => Some(of),
        Value::Text(text) => OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(Value::Timestamp),
        _ => None,
    }
}

fn to_duration(of: Value<'_>) -> Option<Value<'_>> {
    match &of {
        Value::Duration(_) => Some(of),
        Value::Text(text) => parse_duration(text).map(Value::Duration),
        _ => None,
    }
}

/// A part of an instant in UTC, or a whole duration in a unit.
fn time_part(of: &Value<'_>, wanted: TimePart) -> Option<i64> {
    match of {
        Value::Timestamp(at) => {
            let at = at.to_offset(time::UtcOffset::UTC);
            let one_less = |number: u16| i64::from(number).saturating_sub(1);
            Some(match wanted {
                TimePart::Year => i64::from(at.year()),
                TimePart::Month => one_less(u16::from(u8::from(at.month()))),
                TimePart::Date => i64::from(at.day()),
                TimePart::DayOfMonth => one_less(u16::from(at.day())),
                TimePart::DayOfYear => one_less(at.ordinal()),
                TimePart::DayOfWeek => i64::from(at.weekday().number_days_from_sunday()),
                TimePart::Hours => i64::from(at.hour()),
                TimePart::Minutes => i64::from(at.minute()),
                TimePart::Seconds => i64::from(at.second()),
                TimePart::Milliseconds => i64::from(at.millisecond()),
            })
        }
        Value::Duration(span) => match wanted {
            TimePart::Hours => Some(span.whole_hours()),
            TimePart::Minutes => Some(span.whole_minutes()),
            TimePart::Seconds => Some(span.whole_seconds()),
            TimePart::Milliseconds => i64::try_from(span.whole_milliseconds()).ok(),
            TimePart::Year
            | TimePart::Month
            | TimePart::Date
            | TimePart::DayOfMonth
            | TimePart::DayOfYear
            | TimePart::DayOfWeek => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_seconds() {
        assert_eq!(duration_text(Duration::hours(1)), "3600s");
        assert_eq!(duration_text(Duration::milliseconds(-500)), "-0.5s");
        assert_eq!(duration_text(Duration::ZERO), "0s");
    }
}
