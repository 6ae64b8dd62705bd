//! Names: variables, facts, and the policy's own variables.

use std::ops::Range;

use cel::common::ast::{Expr, IdedExpr, SelectExpr};

use super::compile::{Compiler, Constant, Typed};
use super::program::{Access, Fault, Op};
use super::types::{Model, Shape, Type};
use super::value::Value;
use crate::source::escape;
use crate::yaml::one_of;

const ROOTS: [&str; 5] = ["cert", "chain", "file", "now", "vars"];

impl Compiler<'_> {
    pub(super) fn variable(&mut self, part: &IdedExpr, name: &str) -> Option<Typed> {
        let at = self.parsed.token(part);
        let locals = self.locals.iter().enumerate().rev();
        let local = locals.into_iter().find(|(_, (local, _))| local == name);
        if let Some((slot, (_, of))) = local {
            return Some(Typed::new(Op::Local(slot), at, of.clone()));
        }
        match name {
            "cert" if self.names.has_certificate => {
                Some(Typed::new(Op::Certificate, at, Model::certificate()).at_path(name))
            }
            "cert" => {
                let fault = Fault::new(at, "a rule without `on` has no `cert`", "no certificate");
                self.fault(fault.help("add `on: leaf` to the rule, or ask `file.certificates`"))
            }
            "chain" => Some(Typed::new(Op::Chain, at, Model::chain()).at_path(name)),
            "now" => Some(Typed::new(Op::Now, at, Shape::Timestamp)),
            "file" | "vars" => {
                let message = format!("`{name}` alone is no value");
                let fault = Fault::new(at, message, "which part of it?");
                self.fault(fault.help(format!("name a part of it: `{name}.…`")))
            }
            _ => {
                let shown = escape(name);
                let message = format!("there is no variable `{shown}`");
                let locals = self.locals.iter().map(|(local, _)| local.as_str());
                let known: Vec<&str> = locals.chain(ROOTS).collect();
                let fault = Fault::new(at, message, "unknown variable");
                self.fault(fault.help(one_of(name, known)))
            }
        }
    }

    pub(super) fn select(&mut self, part: &IdedExpr, select: &SelectExpr) -> Option<Typed> {
        let point = self.parsed.token(part);
        let name_at = self.parsed.name_after(point.end);
        if let Expr::Ident(root) = &select.operand.expr
            && !self.locals.iter().any(|(local, _)| local == root)
        {
            let root_at = self.parsed.token(&select.operand);
            match root.as_str() {
                "vars" => return self.constant(root_at, name_at, &select.field),
                "file" => return self.of_file(root_at, name_at, &select.field),
                _ => {}
            }
        }
        let of = self.expression(&select.operand)?;
        if let Shape::Map(key, value) = &of.of.shape
            && key.shape == Shape::Text
        {
            let value = (**value).clone();
            let place = self.over(of.place(), name_at.clone());
            let text = Value::Text(select.field.clone().into());
            let key = Typed::new(Op::Constant(text), name_at, Shape::Text);
            let op = Op::Index(Box::new([of.node, key.node]));
            return Some(Typed::new(op, place, value));
        }
        let Shape::Object(object) = &of.of.shape else {
            let message = format!("`{}` has no fields", of.of.shape);
            let fault = Fault::new(name_at, message, "not a field");
            let help = if let Shape::List(_) = &of.of.shape {
                "ask its items: `.exists(x, …)`, `.all(x, …)`, or one: `[0]`"
            } else {
                "functions are called: `x.startsWith(\"…\")`"
            };
            return self.fault(fault.help(help));
        };
        let wanted = self.field(object, &select.field, &name_at)?;
        let place = self.over(of.place(), name_at);
        let path = of.path.map(|path| format!("{path}.{}", select.field));
        let access = Access {
            is_guarded: of.of.shape == Model::certificate().shape,
            of: of.node,
            name: select.field.clone(),
            wanted: wanted.clone(),
        };
        let mut typed = Typed::new(Op::Field(Box::new(access)), place, wanted);
        typed.path = path;
        Some(self.read(typed))
    }

    fn field(&mut self, object: &str, name: &str, at: &Range<usize>) -> Option<Type> {
        let fields = self.names.model.fields(object)?;
        if let Some(of) = fields.get(name) {
            return Some(of.clone());
        }
        let message = format!("there is no fact `{}` here", escape(name));
        let help = one_of(name, fields.keys().map(String::as_str));
        self.fault(Fault::new(at.clone(), message, "unknown fact").help(help))
    }

    fn of_file(&mut self, root: Range<usize>, at: Range<usize>, name: &str) -> Option<Typed> {
        let Type {
            shape: Shape::Object(file),
            ..
        } = Model::file()
        else {
            return None;
        };
        let wanted = self.field(&file, name, &at)?;
        let place = self.over(root, at);
        if name == "chain" {
            return Some(Typed::new(Op::Chain, place, wanted).at_path("chain"));
        }
        let op = Op::File {
            name: name.to_owned(),
            wanted: wanted.clone(),
        };
        Some(self.read(Typed::new(op, place, wanted).at_path(format!("file.{name}"))))
    }

    /// Notes the path of a fact that is no further part of the facts.
    fn read(&mut self, typed: Typed) -> Typed {
        let is_part = |shape: &Shape| matches!(shape, Shape::Object(_));
        let is_value = if let Shape::List(item) = &typed.of.shape {
            !is_part(&item.shape)
        } else {
            !is_part(&typed.of.shape)
        };
        if let Some(path) = typed.path.as_ref().filter(|_| is_value)
            && !self.reads.contains(path)
        {
            self.reads.push(path.clone());
        }
        typed
    }

    fn constant(&mut self, root: Range<usize>, at: Range<usize>, name: &str) -> Option<Typed> {
        let variables = self.names.variables;
        let Some((_, constant)) = variables.iter().find(|(known, _)| *known == name) else {
            if !self.names.is_complete {
                return None;
            }
            let message = format!("no policy declares the variable `{}`", escape(name));
            let help = one_of(name, variables.iter().map(|(known, _)| *known));
            return self.fault(Fault::new(at, message, "unknown variable").help(help));
        };
        let text = |text: &String| Value::Text(text.clone().into());
        let (shape, value) = match constant {
            Constant::Broken => return None,
            Constant::Text(value) => (Shape::Text, value.as_ref().map(text)),
            Constant::Int(value) => (Shape::Int, value.map(Value::Int)),
            Constant::Bool(value) => (Shape::Bool, value.map(Value::Bool)),
            Constant::List(value) => (
                Shape::List(Box::new(Shape::Text.into())),
                value
                    .as_ref()
                    .map(|items| Value::List(items.iter().map(text).collect())),
            ),
        };
        let of = Type {
            nullable: value.is_none(),
            ..shape.into()
        };
        let place = self.over(root, at);
        self.variables.push((name.to_owned(), place.clone()));
        Some(Typed::new(
            Op::Constant(value.unwrap_or(Value::Null)),
            place,
            of,
        ))
    }
}
