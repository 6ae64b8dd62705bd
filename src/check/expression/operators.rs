//! Operators: which types they take, and what comes out.

use std::cmp::Ordering;

use cel::common::ast::{CallExpr, IdedExpr, operators};

use super::compile::{Compiler, Typed};
use super::program::{Arithmetic, Fault, Node, Op};
use super::types::{Shape, Type, Words};
use super::value::Value;
use crate::source::escape;
use crate::yaml::one_of;

impl Compiler<'_> {
    /// A call of an operator or a function.
    pub(super) fn call(&mut self, part: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [of]) => {
                let sign = self.parsed.token(part);
                let of = self.expression(of)?;
                let of = self.wanted(of, &Shape::Bool, "`!`")?;
                let place = self.over(sign, of.place());
                Some(Typed::new(Op::Not(Box::new(of.node)), place, Shape::Bool))
            }
            (operators::NEGATE, [of]) => {
                let sign = self.parsed.token(part);
                let of = self.expression(of)?;
                if of.of.shape == Shape::Duration {
                    let place = self.over(sign, of.place());
                    return Some(Typed::new(Op::Negate(Box::new(of.node)), place, of.of));
                }
                let of = self.wanted(of, &Shape::Int, "`-`")?;
                let place = self.over(sign, of.place());
                Some(Typed::new(Op::Negate(Box::new(of.node)), place, Shape::Int))
            }
            (operators::CONDITIONAL, [condition, yes, no]) => self.condition(condition, yes, no),
            (name, [left, right]) if name.starts_with('_') || name == operators::IN => {
                let (left, right) = (self.expression(left), self.expression(right));
                self.binary(part, name, left?, right?)
            }
            (name, _) if name.starts_with(['_', '@']) && !name.ends_with(is_of_name) => {
                let at = self.parsed.token(part);
                let fault = Fault::new(at, "this operator has no meaning here", "operator");
                self.fault(fault.help("facts that may be absent are null: compare with `null`"))
            }
            _ => self.function(part, call),
        }
    }

    fn condition(&mut self, condition: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Option<Typed> {
        let condition = self.expression(condition);
        let condition = condition.and_then(|of| self.wanted(of, &Shape::Bool, "`?:`"));
        let (yes, no) = (self.expression(yes), self.expression(no));
        let (condition, yes, no) = (condition?, yes?, no?);
        let place = self.over(condition.place(), no.place());
        let Some(of) = yes.of.join(&no.of) else {
            let message = format!(
                "both sides of `:` are of one type: `{}` and `{}`",
                yes.of.shape, no.of.shape
            );
            let label = format!("`{}`", no.of.shape);
            return self.fault(Fault::new(no.place(), message, &label));
        };
        let parts = Box::new([condition.node, yes.node, no.node]);
        Some(Typed::new(Op::If(parts), place, of))
    }

    fn binary(&mut self, part: &IdedExpr, name: &str, left: Typed, right: Typed) -> Option<Typed> {
        match name {
            operators::LOGICAL_AND => self.logic("`&&`", false, left, right),
            operators::LOGICAL_OR => self.logic("`||`", true, left, right),
            operators::EQUALS => self.equality(part, true, left, right),
            operators::NOT_EQUALS => self.equality(part, false, left, right),
            operators::LESS => self.order(part, &[Ordering::Less], left, right),
            operators::LESS_EQUALS => {
                self.order(part, &[Ordering::Less, Ordering::Equal], left, right)
            }
            operators::GREATER => self.order(part, &[Ordering::Greater], left, right),
            operators::GREATER_EQUALS => {
                self.order(part, &[Ordering::Greater, Ordering::Equal], left, right)
            }
            operators::IN => self.membership(part, left, right),
            operators::INDEX => self.index(left, right),
            operators::ADD => self.arithmetic(part, Arithmetic::Add, left, right),
            operators::SUBSTRACT => self.arithmetic(part, Arithmetic::Subtract, left, right),
            operators::MULTIPLY => self.arithmetic(part, Arithmetic::Multiply, left, right),
            operators::DIVIDE => self.arithmetic(part, Arithmetic::Divide, left, right),
            operators::MODULO => self.arithmetic(part, Arithmetic::Remainder, left, right),
            _ => {
                let at = self.parsed.token(part);
                let fault = Fault::new(at, "this operator has no meaning here", "operator");
                self.fault(fault.help("facts that may be absent are null: compare with `null`"))
            }
        }
    }

    fn logic(&mut self, who: &str, stops_at: bool, left: Typed, right: Typed) -> Option<Typed> {
        let left = self.wanted(left, &Shape::Bool, who);
        let right = self.wanted(right, &Shape::Bool, who);
        let (left, right) = (left?, right?);
        let place = self.over(left.place(), right.place());
        let sides = Box::new([left.node, right.node]);
        Some(Typed::new(
            Op::Logic { stops_at, sides },
            place,
            Shape::Bool,
        ))
    }

    fn equality(
        &mut self,
        part: &IdedExpr,
        wanted: bool,
        left: Typed,
        right: Typed,
    ) -> Option<Typed> {
        for (one, other) in [(&left, &right), (&right, &left)] {
            if one.of.is_null() && !other.of.nullable {
                let text = self.parsed.text.get(other.place()).unwrap_or_default();
                let message = format!("`{}` is never null", crate::source::escape(text));
                let label = format!("`{}`", other.of.shape);
                let fault = Fault::new(other.place(), message, &label);
                let help = if let Shape::List(_) = &other.of.shape {
                    "an empty list has no items: `size(…) == 0`"
                } else {
                    "leave the comparison out"
                };
                return self.fault(fault.help(help));
            }
        }
        if left.of.join(&right.of).is_none() {
            return self.incomparable(part, &left, &right);
        }
        for (fact, other) in [(&left, &right), (&right, &left)] {
            self.words(fact, fact.of.words.as_deref(), &other.node)?;
            if let (Shape::List(held), Op::List(items)) = (&fact.of.shape, &other.node.op) {
                for item in items {
                    self.words(fact, held.words.as_deref(), item)?;
                }
            }
        }
        let place = self.over(left.place(), right.place());
        let sides = Box::new([left.node, right.node]);
        Some(Typed::new(Op::Equals { wanted, sides }, place, Shape::Bool))
    }

    /// Refuses a word that a fact can never be.
    fn words(&mut self, fact: &Typed, words: Option<&Words>, other: &Node) -> Option<()> {
        let (Some(words), Op::Constant(Value::Text(word))) = (words, &other.op) else {
            return Some(());
        };
        // What a variable holds may be another thing tomorrow.
        let is_variable = self
            .variables
            .iter()
            .any(|(_, place)| *place == other.place);
        if is_variable || words.allow(word) {
            return Some(());
        }
        let text = self.parsed.text.get(fact.place()).unwrap_or_default();
        let (text, shown) = (escape(text), escape(word));
        let message = format!("`{text}` is never \"{shown}\"");
        let fault = Fault::new(other.place.clone(), message, "no such word");
        let known = words
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| !word.is_empty());
        let help = one_of(word, known.collect::<Vec<_>>());
        self.fault(fault.help(help))
    }

    fn order(
        &mut self,
        part: &IdedExpr,
        wanted: &'static [Ordering],
        left: Typed,
        right: Typed,
    ) -> Option<Typed> {
        let both = left.of.join(&right.of);
        let is_ordered = both.is_some_and(|both| match both.shape {
            Shape::Bool | Shape::Int | Shape::Text | Shape::Timestamp | Shape::Duration => true,
            Shape::Unknown | Shape::List(_) | Shape::Map(..) | Shape::Object(_) => false,
        });
        let is_null = left.of.is_null() || right.of.is_null();
        if !is_ordered || is_null {
            return self.incomparable(part, &left, &right);
        }
        let place = self.over(left.place(), right.place());
        let sides = Box::new([left.node, right.node]);
        Some(Typed::new(Op::Order { wanted, sides }, place, Shape::Bool))
    }

    fn incomparable(&mut self, part: &IdedExpr, left: &Typed, right: &Typed) -> Option<Typed> {
        let at = self.parsed.token(part);
        let sign = self.parsed.text.get(at.clone()).unwrap_or_default();
        let (one, other) = (&left.of.shape, &right.of.shape);
        let message = format!("`{sign}` cannot compare `{one}` with `{other}`");
        let fault = Fault::new(at, message, &format!("`{one}` and `{other}`"));
        let help = match (one, other) {
            (Shape::Text, Shape::Timestamp) | (Shape::Timestamp, Shape::Text) => {
                "write `timestamp(\"2030-01-01T00:00:00Z\")`"
            }
            (Shape::Text | Shape::Int, Shape::Duration)
            | (Shape::Duration, Shape::Text | Shape::Int) => {
                "write `duration(\"720h\")`; a day has 24h"
            }
            (Shape::List(_), Shape::Text) | (Shape::Text, Shape::List(_)) => {
                "whether a list has an item: `\"…\" in list`"
            }
            (Shape::Text, Shape::Int) | (Shape::Int, Shape::Text) => {
                "quotes make a text of a number, and `int(…)` a number of a text"
            }
            _ => return self.fault(fault),
        };
        self.fault(fault.help(help))
    }

    fn membership(&mut self, part: &IdedExpr, item: Typed, of: Typed) -> Option<Typed> {
        let held = match &of.of.shape {
            Shape::List(held) | Shape::Map(held, _) => (**held).clone(),
            Shape::Unknown
            | Shape::Bool
            | Shape::Int
            | Shape::Text
            | Shape::Timestamp
            | Shape::Duration
            | Shape::Object(_) => {
                let message = format!("`in` wants a list or a map, found `{}`", of.of.shape);
                let fault = Fault::new(of.place(), message, &format!("`{}`", of.of.shape));
                let help = "whether a text holds another: `text.contains(\"…\")`";
                return self.fault(fault.help(help));
            }
        };
        if item.of.join(&held).is_none() {
            let at = self.parsed.token(part);
            let (one, other) = (&item.of.shape, &of.of.shape);
            let message = format!("`{other}` never holds `{one}`");
            return self.fault(Fault::new(at, message, &format!("`{one}` in `{other}`")));
        }
        self.words(&of, held.words.as_deref(), &item.node)?;
        if let Op::List(items) = &of.node.op {
            for one in items {
                self.words(&item, item.of.words.as_deref(), one)?;
            }
        }
        let place = self.over(item.place(), of.place());
        let sides = Box::new([item.node, of.node]);
        Some(Typed::new(Op::In(sides), place, Shape::Bool))
    }

    fn index(&mut self, of: Typed, index: Typed) -> Option<Typed> {
        let (key, item) = match &of.of.shape {
            Shape::List(item) => (Shape::Int, (**item).clone()),
            Shape::Map(key, value) => (key.shape.clone(), (**value).clone()),
            Shape::Unknown
            | Shape::Bool
            | Shape::Int
            | Shape::Text
            | Shape::Timestamp
            | Shape::Duration
            | Shape::Object(_) => {
                let message = format!("`{}` has no items", of.of.shape);
                let label = format!("`{}`", of.of.shape);
                return self.fault(Fault::new(of.place(), message, &label));
            }
        };
        if let (Shape::List(_), Shape::Text) = (&of.of.shape, &index.of.shape) {
            let message = "a list is asked for an item by its number, from 0";
            let fault = Fault::new(index.place(), message, "`string`");
            return self
                .fault(fault.help("an item by what it holds: `list.exists(x, x.name == \"…\")`"));
        }
        let index = self.wanted(index, &key, "this index")?;
        let place = self.over(of.place(), index.place());
        let sides = Box::new([of.node, index.node]);
        Some(Typed::new(Op::Index(sides), place, item))
    }

    fn arithmetic(
        &mut self,
        part: &IdedExpr,
        of: Arithmetic,
        left: Typed,
        right: Typed,
    ) -> Option<Typed> {
        use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
        use Shape::{Duration, Int, List, Text, Timestamp};
        let made: Option<Type> = match (of, &left.of.shape, &right.of.shape) {
            (Add | Subtract | Multiply | Divide | Remainder, Int, Int) => Some(Int.into()),
            (Add, Text, Text) => Some(Text.into()),
            (Add, List(one), List(other)) => one.join(other).map(Type::list),
            (Add, Timestamp, Duration) | (Add, Duration, Timestamp) => Some(Timestamp.into()),
            (Subtract, Timestamp, Duration) => Some(Timestamp.into()),
            (Subtract, Timestamp, Timestamp) => Some(Duration.into()),
            (Add | Subtract, Duration, Duration) => Some(Duration.into()),
            _ => None,
        };
        let place = self.over(left.place(), right.place());
        if let Some(made) = made {
            let sides = Box::new([left.node, right.node]);
            return Some(Typed::new(Op::Arithmetic { of, sides }, place, made));
        }
        let at = self.parsed.token(part);
        let sign = self.parsed.text.get(at.clone()).unwrap_or_default();
        let (one, other) = (&left.of.shape, &right.of.shape);
        let message = format!("`{sign}` has no meaning between `{one}` and `{other}`");
        let fault = Fault::new(at, message, &format!("`{one}` and `{other}`"));
        let help = match (one, other) {
            (Timestamp | Duration, Int | Text) | (Int | Text, Timestamp | Duration) => {
                "write `duration(\"720h\")`; a day has 24h"
            }
            (Text, Int) => "`string(…)` makes a text of a number",
            _ => return self.fault(fault),
        };
        self.fault(fault.help(help))
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric()
}
