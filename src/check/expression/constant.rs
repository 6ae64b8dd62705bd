//! What an expression says whatever the facts are.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of whatever else stands there nothing is known beforehand"
)]

use std::cmp::Ordering;

use super::program::{Each, EachKind, Function, Node, Op, Program};
use super::value::Value;
use crate::chain::{Class, Role};

/// What is known of all that an expression is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The roles that a certificate can have.
    pub roles: &'a [Role],
    /// The classes that a chain can have; `None` is any, and none at all.
    pub classes: Option<&'a [Class]>,
}

impl Known<'_> {
    /// The words that a fact can be, where that is known.
    fn words(&self, path: &str) -> Option<Vec<&'static str>> {
        match path {
            "cert.role" => Some(self.roles.iter().map(|role| role.as_str()).collect()),
            "chain.class" => {
                let classes = self.classes?.iter();
                Some(classes.map(|class| class.as_str()).collect())
            }
            _ => None,
        }
    }
}

impl Program {
    /// What it says of everything, as far as its form tells: literals decide it (`true || …`), a part is compared with
    /// itself, a size with zero, a role or class with one that it can or cannot be.
    #[must_use]
    pub fn certain(&self, known: &Known<'_>) -> Option<bool> {
        // A ban: who writes that means it.
        if matches!(self.root.op, Op::Constant(Value::Bool(false))) {
            return None;
        }
        let folding = Folding {
            program: self,
            known,
        };
        folding.outcome(&self.root)
    }

    pub(super) fn is_variable(&self, part: &Node) -> bool {
        let mut variables = self.variables.iter();
        variables.any(|(_, place)| *place == part.place)
    }
}

struct Folding<'a> {
    program: &'a Program,
    known: &'a Known<'a>,
}

impl Folding<'_> {
    /// What a part is worth, where that is known beforehand. Variables of the policy are switches, and
    /// may say something else tomorrow.
    fn outcome(&self, part: &Node) -> Option<bool> {
        match &part.op {
            Op::Constant(Value::Bool(flag)) if !self.program.is_variable(part) => Some(*flag),
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
                let equal = self.equal(left, right).or_else(|| self.equal(right, left));
                equal.map(|equal| equal == *wanted)
            }
            Op::In(sides) => self.membership(sides),
            Op::Order { wanted, sides } => {
                let [left, right] = &**sides;
                let is_zero = |part: &Node| matches!(part.op, Op::Constant(Value::Int(0)));
                if self.words(left) == self.words(right) {
                    Some(wanted.contains(&Ordering::Equal))
                } else if let Some(order) = self.order(left, right) {
                    Some(wanted.contains(&order))
                } else if is_size(left) && is_zero(right) {
                    decided(wanted, Ordering::Less)
                } else if is_size(right) && is_zero(left) {
                    decided(wanted, Ordering::Greater)
                } else {
                    None
                }
            }
            Op::Each(each) => self.of_each(each),
            _ => None,
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

    /// Whether two parts are equal.
    fn equal(&self, left: &Node, right: &Node) -> Option<bool> {
        if self.words(left) == self.words(right) {
            return Some(true);
        }
        let right = self.literal(right)?;
        if let Some(left) = self.literal(left) {
            return Some(left.equals(right));
        }
        let Value::Text(word) = right else {
            return None;
        };
        let can_be = self.known.words(&path(left)?)?;
        match can_be.as_slice() {
            [one] => Some(one == word),
            many if many.contains(&&**word) => None,
            _ => Some(false),
        }
    }

    /// Whether a fact is one of a list that is written out.
    fn membership(&self, sides: &[Node; 2]) -> Option<bool> {
        let [item, list] = sides;
        let Op::List(items) = &list.op else {
            return None;
        };
        let words: Vec<&str> = items
            .iter()
            .map(|item| match self.literal(item) {
                Some(Value::Text(word)) => Some(&**word),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let can_be = self.known.words(&path(item)?)?;
        let is_in = |word: &&str| words.contains(word);
        if can_be.iter().all(is_in) {
            return Some(true);
        }
        (!can_be.iter().any(is_in)).then_some(false)
    }

    fn order(&self, left: &Node, right: &Node) -> Option<Ordering> {
        self.literal(left)?.compare(self.literal(right)?)
    }

    /// What is written out, and no variable's.
    fn literal<'n>(&self, part: &'n Node) -> Option<&'n Value<'static>> {
        match &part.op {
            Op::Constant(value) if !self.program.is_variable(part) => Some(value),
            _ => None,
        }
    }

    /// The text of a part, as words, so that line breaks make no difference.
    fn words(&self, part: &Node) -> Vec<&str> {
        let text = self
            .program
            .text
            .get(part.place.clone())
            .unwrap_or_default();
        text.split_whitespace().collect()
    }
}

/// The path of a fact: `cert.role`.
fn path(part: &Node) -> Option<String> {
    match &part.op {
        Op::Certificate => Some("cert".to_owned()),
        Op::Chain => Some("chain".to_owned()),
        Op::Field(access) => Some(format!("{}.{}", path(&access.of)?, access.name)),
        _ => None,
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
