//! Which constants of an expression bound something, and which way they may move without letting more pass.
//!
//! `cert.key.bits >= vars.least` holds for less where `vars.least` rises, and `!(…)` turns that around. A constant
//! that is no side of a comparison, no list that is asked, may not move at all.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else stands there bounds nothing"
)]

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use super::program::{Each, EachKind, Node, Op, Program};
use super::value::Value;
use crate::check::Direction;

/// A constant that bounds something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<'a> {
    pub(super) part: &'a Node,
    /// How it may move without letting more pass.
    pub(super) direction: Direction,
}

/// A condition without which more passes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition<'a> {
    pub(super) part: &'a Node,
    /// What it is worth where it does not count.
    pub(super) neutral: bool,
}

/// What of an expression can be loosened.
#[derive(Debug, Default)]
pub(super) struct Bounds<'a> {
    pub(super) constants: Vec<Bound<'a>>,
    pub(super) conditions: Vec<Condition<'a>>,
}

impl Program {
    /// The variables that it uses, each with the way it may move without letting more pass.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<&str, Direction> {
        let bounds = self.bounds();
        let at = |place: &Range<usize>| {
            let mut constants = bounds.constants.iter();
            constants.find(|bound| bound.part.place == *place)
        };
        let mut directions = BTreeMap::new();
        for (name, place) in &self.variables {
            let direction = at(place).map_or(Direction::Fixed, |bound| bound.direction);
            directions
                .entry(name.as_str())
                .and_modify(|known| {
                    if *known != direction {
                        *known = Direction::Fixed;
                    }
                })
                .or_insert(direction);
        }
        directions
    }

    pub(super) fn bounds(&self) -> Bounds<'_> {
        let mut bounds = Bounds::default();
        bounds.part(&self.root, true);
        bounds
    }
}

impl<'a> Bounds<'a> {
    /// `wanted`: whether less passes where the part is false.
    fn part(&mut self, part: &'a Node, wanted: bool) {
        match &part.op {
            Op::Not(of) => self.part(of, !wanted),
            Op::Logic { stops_at, sides } => {
                for side in &**sides {
                    // Of `a && b` where false is less, and of `a || b` where true is.
                    let is_condition = *stops_at != wanted;
                    let is_chain =
                        matches!(&side.op, Op::Logic { stops_at: of, .. } if of == stops_at);
                    if is_condition && !is_chain {
                        self.conditions.push(Condition {
                            part: side,
                            neutral: !stops_at,
                        });
                    }
                    self.part(side, wanted);
                }
            }
            Op::If(parts) => {
                let [_, yes, no] = &**parts;
                self.part(yes, wanted);
                self.part(no, wanted);
            }
            Op::Order {
                wanted: orders,
                sides,
            } => {
                let [left, right] = &**sides;
                let grows = orders.contains(&Ordering::Less) == wanted;
                let (rise, fall) = (Direction::Rise, Direction::Fall);
                let (of_left, of_right) = if grows { (rise, fall) } else { (fall, rise) };
                self.constant(left, of_left);
                self.constant(right, of_right);
            }
            Op::In(sides) => {
                let [_, list] = &**sides;
                self.constant(
                    list,
                    if wanted {
                        Direction::Shrink
                    } else {
                        Direction::Grow
                    },
                );
            }
            Op::Each(each) => self.each(each, wanted),
            _ => {}
        }
    }

    fn each(&mut self, each: &'a Each, wanted: bool) {
        let more_items = match each.kind {
            EachKind::All => Direction::Grow,
            EachKind::Exists => Direction::Shrink,
            EachKind::ExistsOne | EachKind::Filter | EachKind::Map => return,
        };
        let direction = match (more_items, wanted) {
            (Direction::Grow, true) | (Direction::Shrink, false) => Direction::Grow,
            _ => Direction::Shrink,
        };
        self.constant(&each.range, direction);
        if let Some(test) = &each.test {
            self.part(test, wanted);
        }
    }

    fn constant(&mut self, part: &'a Node, direction: Direction) {
        let is_list = matches!(direction, Direction::Grow | Direction::Shrink);
        let fits = match &part.op {
            Op::Constant(Value::Int(_) | Value::Timestamp(_) | Value::Duration(_)) => !is_list,
            Op::Constant(Value::List(_)) | Op::List(_) => is_list,
            _ => false,
        };
        if fits {
            self.constants.push(Bound { part, direction });
        }
    }
}
