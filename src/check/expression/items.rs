//! Lists and maps: their items, and the macros that ask them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "types are settled before anything runs: whatever else stands there is null"
)]

use std::sync::Arc;

use super::program::{Each, EachKind, Node};
use super::run::{Ran, Run, Stop};
use super::value::{Value, lookup};

impl<'a> Run<'a> {
    pub(super) fn index(&mut self, part: &'a Node, sides: &'a [Node; 2]) -> Ran<'a> {
        let (of, index) = self.both(sides)?;
        let [of_part, _] = sides;
        match (&of, &index) {
            (Value::List(items), Value::Int(at)) => {
                let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
                let missing = || {
                    let why = format!("asks for item {at} of {}, counted from 0", items.len());
                    self.undetermined(part, &why)
                };
                Ok(item.cloned().ok_or_else(missing)?)
            }
            (Value::Map(entries), key) => {
                self.pay(of.weight())?;
                let missing = || self.undetermined(part, "asks for a key that the map has not");
                Ok(lookup(entries, key).cloned().ok_or_else(missing)?)
            }
            _ => Err(self.null(of_part).into()),
        }
    }

    pub(super) fn map(&mut self, part: &'a Node, entries: &'a [[Node; 2]]) -> Ran<'a> {
        let mut made: Vec<(Value<'a>, Value<'a>)> = Vec::with_capacity(entries.len());
        for entry in entries {
            let (key, value) = self.both(entry)?;
            if matches!(key, Value::Null) {
                return Err(self.undetermined(part, "has a key that is null").into());
            }
            if lookup(&made, &key).is_some() {
                return Err(self.undetermined(part, "has a key twice").into());
            }
            made.push((key, value));
        }
        Ok(Value::Map(made.into()))
    }

    pub(super) fn membership(&mut self, sides: &'a [Node; 2]) -> Ran<'a> {
        let (item, of) = self.both(sides)?;
        self.pay(of.weight())?;
        match &of {
            Value::List(items) => Ok(Value::Bool(items.iter().any(|one| one.equals(&item)))),
            Value::Map(entries) => Ok(Value::Bool(lookup(entries, &item).is_some())),
            _ => {
                let [_, of_part] = sides;
                Err(self.null(of_part).into())
            }
        }
    }

    pub(super) fn each(&mut self, each: &'a Each) -> Ran<'a> {
        let items: Arc<[Value<'a>]> = match self.value(&each.range)? {
            Value::List(items) => items,
            Value::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => return Err(self.null(&each.range).into()),
        };
        let mut kept: Vec<Value<'a>> = Vec::new();
        let mut count = 0_usize;
        let mut failed: Option<Stop> = None;
        for item in items.iter() {
            self.pay(1)?;
            self.locals.push(item.clone());
            let asked = each.test.as_ref().map_or(Ok(true), |test| self.truth(test));
            let made = match (&asked, &each.make) {
                (Ok(true), Some(make)) => Some(self.value(make)),
                (Ok(_) | Err(_), _) => None,
            };
            self.locals.pop();
            match (each.kind, asked) {
                (_, Err(Stop::Exhausted)) => return Err(Stop::Exhausted),
                (EachKind::All, Ok(false)) => return Ok(Value::Bool(false)),
                (EachKind::Exists, Ok(true)) => return Ok(Value::Bool(true)),
                (EachKind::All | EachKind::Exists, Err(stop)) => {
                    failed.get_or_insert(stop);
                }
                (EachKind::ExistsOne | EachKind::Filter | EachKind::Map, Err(stop)) => {
                    return Err(stop);
                }
                (EachKind::All | EachKind::Exists, Ok(_)) | (_, Ok(false)) => {}
                (EachKind::ExistsOne, Ok(true)) => count = count.saturating_add(1),
                (EachKind::Filter, Ok(true)) => kept.push(item.clone()),
                (EachKind::Map, Ok(true)) => kept.extend(made.transpose()?),
            }
        }
        if let Some(stop) = failed {
            return Err(stop);
        }
        Ok(match each.kind {
            EachKind::All => Value::Bool(true),
            EachKind::Exists => Value::Bool(false),
            EachKind::ExistsOne => Value::Bool(count == 1),
            EachKind::Filter | EachKind::Map => Value::List(kept.into()),
        })
    }
}
