//! An expression made looser in one place, for tests of policies that should notice.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else stands there bounds nothing"
)]

use std::ops::Range;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::bounds::Bound;
use super::program::{Node, Op, Program};
use super::value::Value;
use crate::check::Direction;

/// A change of an expression's text that lets more pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loosened {
    /// The bytes that are replaced.
    pub range: Range<usize>,
    /// What stands there instead.
    pub with: String,
}

impl Program {
    /// Every way to loosen it by a step: each number, instant and length of time that bounds something, each item of a
    /// list that has to hold or must not, and each condition left out.
    #[must_use]
    pub fn loosened(&self) -> Vec<Loosened> {
        let bounds = self.bounds();
        let constants = bounds.constants.iter().flat_map(|bound| self.moved(*bound));
        let conditions = bounds.conditions.iter().map(|condition| Loosened {
            range: condition.part.place.clone(),
            with: condition.neutral.to_string(),
        });
        constants.chain(conditions).collect()
    }

    fn moved(&self, bound: Bound<'_>) -> Vec<Loosened> {
        let change = |with: Option<String>| {
            let range = bound.part.place.clone();
            with.map(|with| Loosened { range, with })
        };
        let step = match bound.direction {
            Direction::Rise => -1,
            Direction::Fall => 1,
            Direction::Grow => return self.shorter(bound.part),
            // What might be allowed besides is not known.
            Direction::Shrink | Direction::FallEach | Direction::Fixed | Direction::Free => {
                return Vec::new();
            }
        };
        let moved = match &bound.part.op {
            Op::Constant(Value::Int(number)) => number.checked_add(step).map(|n| format!("({n})")),
            Op::Constant(Value::Timestamp(at)) => instant(*at, step),
            Op::Constant(Value::Duration(span)) => length(*span, step),
            _ => None,
        };
        change(moved).into_iter().collect()
    }

    /// A list without each of its items in turn.
    fn shorter(&self, list: &Node) -> Vec<Loosened> {
        let items: Vec<String> = match &list.op {
            Op::List(items) => {
                let text = |item: &Node| self.text.get(item.place.clone()).unwrap_or_default();
                items.iter().map(|item| text(item).to_owned()).collect()
            }
            Op::Constant(Value::List(items)) => {
                let texts = items.iter().map(|item| match item {
                    Value::Text(text) => Some(format!("{text:?}")),
                    _ => None,
                });
                texts.collect::<Option<_>>().unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let without = |left_out: usize| {
            let kept = items.iter().enumerate().filter(|(at, _)| *at != left_out);
            let kept: Vec<&str> = kept.map(|(_, item)| item.as_str()).collect();
            Loosened {
                range: list.place.clone(),
                with: format!("[{}]", kept.join(", ")),
            }
        };
        (0..items.len()).map(without).collect()
    }
}

fn instant(at: OffsetDateTime, step: i64) -> Option<String> {
    let moved = at.checked_add(Duration::seconds(step))?;
    Some(format!("timestamp(\"{}\")", moved.format(&Rfc3339).ok()?))
}

fn length(span: Duration, step: i64) -> Option<String> {
    let moved = span.checked_add(Duration::seconds(step))?;
    Some(format!("duration(\"{}s\")", moved.whole_seconds()))
}
