//! Running a program over the facts of one file.
//!
//! What cannot be told (a null where a value is needed, a number that overflows, an extension that
//! cannot be read) is an error with its reason; `&&`, `||`, `all` and `exists` pass over an error
//! where the other side decides, as CEL has it. Every step is paid for out of a budget.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "types are settled before anything runs: whatever else stands there is null"
)]

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use serde_json::Value as Json;
use time::OffsetDateTime;

use super::program::{Access, Arithmetic, Node, Op, Program};
use super::types::Type;
use super::value::Value;
use crate::chain::Chain;
use crate::check::EXHAUSTED;
use crate::facts::{self, View};
use crate::x509::Field;

/// Longest piece of an expression that a reason repeats, in characters.
const MAX_QUOTED: usize = 60;

/// What a program says.
pub type Outcome = Result<bool, Undetermined>;

/// Why a program could not say anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undetermined {
    /// Why, a clause without a capital or full stop.
    pub why: String,
    /// The field of the certificate that is at fault, where one is.
    pub field: Option<Field>,
}

impl Program {
    /// Runs the program about one certificate (its position in `chain.members`), or about the file.
    ///
    /// # Errors
    /// When it cannot be told.
    pub fn run(
        &self,
        facts: &View<'_>,
        member: Option<usize>,
        now: OffsetDateTime,
        steps: &Cell<u32>,
    ) -> Outcome {
        let mut run = Run {
            text: &self.text,
            facts,
            member,
            now,
            steps,
            locals: Vec::new(),
        };
        match run.value(&self.root) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err(run.null(&self.root)),
            Err(Stop::Undetermined(undetermined)) => Err(*undetermined),
            Err(Stop::Exhausted) => Err(Undetermined {
                why: "the expression takes too long on this file".to_owned(),
                field: None,
            }),
        }
    }
}

/// Why running stops.
pub(super) enum Stop {
    Undetermined(Box<Undetermined>),
    /// The budget is used up; nothing may pass over this.
    Exhausted,
}

impl From<Undetermined> for Stop {
    fn from(undetermined: Undetermined) -> Self {
        Self::Undetermined(Box::new(undetermined))
    }
}

pub(super) type Ran<'a> = Result<Value<'a>, Stop>;

pub(super) struct Run<'a> {
    text: &'a str,
    facts: &'a View<'a>,
    member: Option<usize>,
    now: OffsetDateTime,
    steps: &'a Cell<u32>,
    pub(super) locals: Vec<Value<'a>>,
}

impl<'a> Run<'a> {
    pub(super) fn pay(&self, steps: u32) -> Result<(), Stop> {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Stop::Exhausted)
    }

    /// The text of a part, shortened.
    fn said(&self, part: &Node) -> String {
        let text = self.text.get(part.place.clone()).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        let mut out: String = line.chars().take(MAX_QUOTED).collect();
        if line.chars().nth(MAX_QUOTED).is_some() {
            out.push('…');
        }
        out
    }

    pub(super) fn undetermined(&self, part: &Node, why: &str) -> Undetermined {
        Undetermined {
            why: format!("`{}` {why}", self.said(part)),
            field: None,
        }
    }

    pub(super) fn null(&self, part: &Node) -> Undetermined {
        self.undetermined(part, "is null")
    }

    pub(super) fn value(&mut self, part: &'a Node) -> Ran<'a> {
        self.pay(1)?;
        match &part.op {
            Op::Constant(value) => Ok(value.reborrow()),
            Op::Now => Ok(Value::Timestamp(self.now)),
            Op::Certificate => Ok(self.member.map_or(Value::Null, Value::Certificate)),
            Op::Chain => {
                if self.facts.source().exhausted {
                    let why = EXHAUSTED.to_owned();
                    return Err(Undetermined { why, field: None }.into());
                }
                Ok(Value::Object(self.facts.chain()))
            }
            Op::File { name, wanted } => self.of_file(name, wanted),
            Op::Local(slot) => Ok(self.locals.get(*slot).cloned().unwrap_or(Value::Null)),
            Op::Field(access) => self.field(access),
            Op::Has(fact) => Ok(Value::Bool(!matches!(self.value(fact)?, Value::Null))),
            Op::Index(sides) => self.index(part, sides),
            Op::List(items) => {
                let items = items.iter().map(|item| self.value(item));
                Ok(Value::List(items.collect::<Result<_, _>>()?))
            }
            Op::Map(entries) => self.map(part, entries),
            Op::Not(of) => Ok(Value::Bool(!self.truth(of)?)),
            Op::Negate(of) => self.negated(part, of),
            Op::Logic { stops_at, sides } => self.logic(*stops_at, sides),
            Op::If(parts) => {
                let [condition, yes, no] = &**parts;
                let chosen = if self.truth(condition)? { yes } else { no };
                self.value(chosen)
            }
            Op::Equals { wanted, sides } => {
                let (left, right) = self.both(sides)?;
                self.pay(left.weight().max(right.weight()))?;
                Ok(Value::Bool(left.equals(&right) == *wanted))
            }
            Op::Order { wanted, sides } => {
                let (left, right) = self.both(sides)?;
                let order = left.compare(&right);
                let order = order.ok_or_else(|| self.null_of(sides, &left))?;
                Ok(Value::Bool(wanted.contains(&order)))
            }
            Op::In(sides) => self.membership(sides),
            Op::Arithmetic { of, sides } => self.arithmetic(part, *of, sides),
            Op::Call {
                function,
                arguments,
            } => self.call(part, *function, arguments),
            Op::Matches { text, pattern } => {
                let text = self.text_of(text)?;
                // A pattern takes some steps for each character.
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                self.pay(length.saturating_add(10))?;
                Ok(Value::Bool(pattern.is_match(&text)))
            }
            Op::Each(each) => self.each(each),
        }
    }

    /// Which side of a comparison is null.
    fn null_of(&self, sides: &[Node; 2], left: &Value<'_>) -> Undetermined {
        let [one, other] = sides;
        self.null(if matches!(left, Value::Null) {
            one
        } else {
            other
        })
    }

    pub(super) fn both(&mut self, sides: &'a [Node; 2]) -> Result<(Value<'a>, Value<'a>), Stop> {
        let [left, right] = sides;
        Ok((self.value(left)?, self.value(right)?))
    }

    pub(super) fn truth(&mut self, part: &'a Node) -> Result<bool, Stop> {
        match self.value(part)? {
            Value::Bool(flag) => Ok(flag),
            _ => Err(self.null(part).into()),
        }
    }

    pub(super) fn text_of(&mut self, part: &'a Node) -> Result<Cow<'a, str>, Stop> {
        match self.value(part)? {
            Value::Text(text) => Ok(text),
            _ => Err(self.null(part).into()),
        }
    }

    fn of_file(&mut self, name: &str, wanted: &Type) -> Ran<'a> {
        let chain: &Chain = self.facts.source();
        if name == "certificates" {
            let count = chain.members.len();
            self.pay(u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(4))?;
            return Ok(Value::List((0..count).map(Value::Certificate).collect()));
        }
        let fact = self.facts.file(name);
        Ok(fact.map_or(Value::Null, |fact| Value::of_fact(fact, wanted)))
    }

    fn field(&mut self, access: &'a Access) -> Ran<'a> {
        let facts = self.facts;
        let fact = match self.value(&access.of)? {
            Value::Object(of) => {
                if access.is_guarded {
                    guard(access, of.get("malformed"))?;
                }
                of.get(&access.name)
            }
            Value::Certificate(at) => {
                if access.is_guarded {
                    guard(access, facts.certificate(at, "malformed"))?;
                }
                facts.certificate(at, &access.name)
            }
            _ => return Err(self.null(&access.of).into()),
        };
        let Some(fact) = fact else {
            return Ok(Value::Null);
        };
        if let Json::Array(items) = fact {
            let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
            self.pay(count.saturating_mul(4))?;
        }
        Ok(Value::of_fact(fact, &access.wanted))
    }

    fn logic(&mut self, stops_at: bool, sides: &'a [Node; 2]) -> Ran<'a> {
        let [left, right] = sides;
        let left = match self.truth(left) {
            Ok(flag) if flag == stops_at => return Ok(Value::Bool(flag)),
            Err(Stop::Exhausted) => return Err(Stop::Exhausted),
            Err(stop @ Stop::Undetermined(_)) => Err(stop),
            Ok(_) => Ok(()),
        };
        let right = self.truth(right)?;
        if right != stops_at {
            left?;
        }
        Ok(Value::Bool(right))
    }

    fn negated(&mut self, part: &'a Node, of: &'a Node) -> Ran<'a> {
        let negated = match self.value(of)? {
            Value::Int(number) => number.checked_neg().map(Value::Int),
            Value::Duration(span) => time::Duration::ZERO.checked_sub(span).map(Value::Duration),
            _ => return Err(self.null(of).into()),
        };
        Ok(negated.ok_or_else(|| self.undetermined(part, "is out of bounds"))?)
    }

    fn arithmetic(&mut self, part: &'a Node, of: Arithmetic, sides: &'a [Node; 2]) -> Ran<'a> {
        use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
        use Value::{Duration, Int, List, Text, Timestamp};
        let (left, right) = self.both(sides)?;
        self.pay(left.weight().saturating_add(right.weight()))?;
        let made = match (of, &left, &right) {
            (Add, Int(one), Int(other)) => one.checked_add(*other).map(Int),
            (Subtract, Int(one), Int(other)) => one.checked_sub(*other).map(Int),
            (Multiply, Int(one), Int(other)) => one.checked_mul(*other).map(Int),
            (Divide | Remainder, Int(_), Int(0)) => {
                return Err(self.undetermined(part, "divides by zero").into());
            }
            (Divide, Int(one), Int(other)) => one.checked_div(*other).map(Int),
            (Remainder, Int(one), Int(other)) => one.checked_rem(*other).map(Int),
            (Add, Text(one), Text(other)) => Some(Text(format!("{one}{other}").into())),
            (Add, List(one), List(other)) => {
                let items: Arc<[Value<'a>]> = one.iter().chain(other.iter()).cloned().collect();
                Some(List(items))
            }
            (Add, Timestamp(at), Duration(span)) | (Add, Duration(span), Timestamp(at)) => {
                at.checked_add(*span).map(Timestamp)
            }
            (Subtract, Timestamp(at), Duration(span)) => at.checked_sub(*span).map(Timestamp),
            (Subtract, Timestamp(one), Timestamp(other)) => Some(Duration(*one - *other)),
            (Add, Duration(one), Duration(other)) => one.checked_add(*other).map(Duration),
            (Subtract, Duration(one), Duration(other)) => one.checked_sub(*other).map(Duration),
            _ => return Err(self.null_of(sides, &left).into()),
        };
        Ok(made.ok_or_else(|| self.undetermined(part, "is out of bounds"))?)
    }
}

/// Stops at a fact that cannot be known because its extension cannot be read.
fn guard(access: &Access, malformed: Option<&Json>) -> Result<(), Stop> {
    let malformed = malformed.and_then(Json::as_array);
    let text = |entry: &Json, key: &str| {
        let text = entry.get(key).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let found = malformed
        .into_iter()
        .flatten()
        .find(|entry| text(entry, "fact") == access.name);
    let Some(entry) = found else { return Ok(()) };
    Err(Undetermined {
        why: text(entry, "why"),
        field: facts::field_of(&access.name),
    }
    .into())
}
