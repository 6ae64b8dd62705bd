//! What an expression says whatever the facts are.

use std::cmp::Ordering;

use super::program::{Each, EachKind, Function, Node, Op, Program};
use super::value::Value;

impl Program {
    /// Whether no certificate could make it false, as far as its form tells: literals decide it
    /// (`true || …`), a part is compared with itself, or a size with zero.
    #[must_use]
    pub fn is_always_true(&self) -> bool {
        self.outcome(&self.root) == Some(true)
    }

    /// What a part is worth, where that is known beforehand. Variables of the policy are switches, and
    /// may say something else tomorrow.
    fn outcome(&self, part: &Node) -> Option<bool> {
        match &part.op {
            Op::Constant(Value::Bool(flag)) if !self.is_variable(part) => Some(*flag),
            Op::Not(of) => self.outcome(of).map(|flag| !flag),
            Op::Logic { stops_at, sides } => {
                let [left, right] = &**sides;
                let sides = [self.outcome(left), self.outcome(right)];
                if sides.contains(&Some(*stops_at)) {
                    Some(*stops_at)
                } else {
                    (sides == [Some(!stops_at); 2]).then_some(!stops_at)
                }
            }
            Op::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let (then, otherwise) = (self.outcome(then), self.outcome(otherwise));
                match self.outcome(condition) {
                    Some(true) => then,
                    Some(false) => otherwise,
                    None => then.filter(|_| then == otherwise),
                }
            }
            Op::Equals { wanted, sides } => {
                let [left, right] = &**sides;
                (self.words(left) == self.words(right)).then_some(*wanted)
            }
            Op::Order { wanted, sides } => {
                let [left, right] = &**sides;
                let is_zero = |part: &Node| matches!(part.op, Op::Constant(Value::Int(0)));
                if self.words(left) == self.words(right) {
                    Some(wanted.contains(&Ordering::Equal))
                } else if is_size(left) && is_zero(right) {
                    decided(wanted, Ordering::Less)
                } else if is_size(right) && is_zero(left) {
                    decided(wanted, Ordering::Greater)
                } else {
                    None
                }
            }
            Op::Each(each) => self.of_each(each),
            Op::Constant(_)
            | Op::Now
            | Op::Certificate
            | Op::Chain
            | Op::File { .. }
            | Op::Local(_)
            | Op::Field(_)
            | Op::Has(_)
            | Op::Index(_)
            | Op::List(_)
            | Op::Map(_)
            | Op::Negate(_)
            | Op::In(_)
            | Op::Arithmetic { .. }
            | Op::Call { .. }
            | Op::Matches { .. } => None,
        }
    }

    /// `all` of nothing but what is true, and what `exists` never finds.
    fn of_each(&self, each: &Each) -> Option<bool> {
        let test = each.test.as_ref().and_then(|test| self.outcome(test));
        match (each.kind, test) {
            (EachKind::All, Some(true)) => Some(true),
            (EachKind::Exists | EachKind::ExistsOne, Some(false)) => Some(false),
            _ => None,
        }
    }

    pub(super) fn is_variable(&self, part: &Node) -> bool {
        let mut variables = self.variables.iter();
        variables.any(|(_, place)| *place == part.place)
    }

    /// The text of a part, as words, so that line breaks make no difference.
    fn words(&self, part: &Node) -> Vec<&str> {
        let text = self.text.get(part.place.clone()).unwrap_or_default();
        text.split_whitespace().collect()
    }
}

fn is_size(part: &Node) -> bool {
    matches!(
        &part.op,
        Op::Call {
            function: Function::Size,
            ..
        }
    )
}

/// What a comparison says whose sides are never in the order `never`.
fn decided(wanted: &[Ordering], never: Ordering) -> Option<bool> {
    let orders = [Ordering::Less, Ordering::Equal, Ordering::Greater];
    let mut possible = orders.into_iter().filter(|order| *order != never);
    let first = wanted.contains(&possible.next()?);
    possible
        .all(|order| wanted.contains(&order) == first)
        .then_some(first)
}
