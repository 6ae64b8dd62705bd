//! From the parser's tree to a program: every name and type is settled here.
//!
//! All that is wrong with an expression is told at once, as far as one mistake does not follow from
//! another.

use std::ops::Range;

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr};

use super::parse::{Parsed, parse};
use super::program::{Fault, Node, Op, Program};
use super::types::{Model, Shape, Type};
use super::value::Value;

/// Deepest nesting of the tree; running it recurses as deep.
const MAX_DEPTH: usize = 48;

/// What an expression may name.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Whether it is asked of each certificate: whether there is a `cert`.
    pub has_certificate: bool,
    /// The policy's variables.
    pub variables: &'a [(&'a str, Constant)],
    /// Whether these are all; else one that is not among them is no mistake.
    pub is_complete: bool,
    /// The facts.
    pub model: &'a Model,
}

/// A variable of the policy: its type, and its value where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// A text.
    Text(Option<String>),
    /// A whole number.
    Int(Option<i64>),
    /// A truth value.
    Bool(Option<bool>),
    /// Texts.
    List(Option<Vec<String>>),
    /// Its declaration is wrong, which was told there.
    Broken,
}

/// Makes a program of an expression.
///
/// # Errors
/// Everything that is wrong with it; no fault where it uses a variable that is not known.
pub fn compile(text: &str, names: Names<'_>) -> Result<Program, Vec<Fault>> {
    let parsed = parse(text).map_err(|fault| vec![fault])?;
    let mut compiler = Compiler {
        parsed: &parsed,
        names,
        locals: Vec::new(),
        reads: Vec::new(),
        variables: Vec::new(),
        faults: Vec::new(),
        depth: 0,
    };
    let root = compiler.expression(&parsed.root);
    let root = root.and_then(|root| compiler.wanted(root, &Shape::Bool, "`assert`"));
    match root {
        Some(root) if compiler.faults.is_empty() => Ok(Program {
            root: root.node,
            text: text.to_owned(),
            reads: compiler.reads,
            variables: compiler.variables,
            comments: parsed.comments,
        }),
        Some(_) | None => Err(compiler.faults),
    }
}

/// A part of a program with its type, and its path where it is a fact.
pub(super) struct Typed {
    pub(super) node: Node,
    pub(super) of: Type,
    pub(super) path: Option<String>,
}

impl Typed {
    pub(super) fn new(op: Op, place: Range<usize>, of: impl Into<Type>) -> Self {
        Self {
            node: Node { op, place },
            of: of.into(),
            path: None,
        }
    }

    pub(super) fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.node.place.clone()
    }
}

pub(super) struct Compiler<'a> {
    pub(super) parsed: &'a Parsed<'a>,
    pub(super) names: Names<'a>,
    /// The variables of macros, the outermost first.
    pub(super) locals: Vec<(String, Type)>,
    pub(super) reads: Vec<String>,
    pub(super) variables: Vec<(String, Range<usize>)>,
    faults: Vec<Fault>,
    depth: usize,
}

impl Compiler<'_> {
    pub(super) fn fault<T>(&mut self, fault: Fault) -> Option<T> {
        self.faults.push(fault);
        None
    }

    /// The smallest range over these that cuts no bracket in two.
    pub(super) fn over(&self, from: Range<usize>, to: Range<usize>) -> Range<usize> {
        let range = from.start.min(to.start)..from.end.max(to.end);
        self.parsed.brackets.whole(range)
    }

    pub(super) fn expression(&mut self, part: &IdedExpr) -> Option<Typed> {
        if self.depth >= MAX_DEPTH {
            let at = self.parsed.token(part);
            let fault = Fault::new(at, "the expression is nested too deeply", "too deep");
            return self.fault(fault.help("brackets around parts of a long sum flatten it"));
        }
        self.depth = self.depth.saturating_add(1);
        let typed = self.part(part);
        self.depth = self.depth.saturating_sub(1);
        typed
    }

    fn part(&mut self, part: &IdedExpr) -> Option<Typed> {
        match &part.expr {
            Expr::Literal(literal) => self.literal(part, literal),
            Expr::Ident(name) => self.variable(part, name),
            Expr::Select(select) => self.select(part, select),
            Expr::Call(call) => self.call(part, call),
            Expr::List(list) => self.list(part, &list.elements),
            Expr::Map(map) => self.map(part, map),
            Expr::Struct(_) => {
                let open = self.parsed.token(part);
                let at = self.parsed.name_before(open.start);
                let fault = Fault::new(at, "there are no message types here", "message");
                self.fault(fault.help("a map is written {\"key\": value}"))
            }
            // Neither is written by a parser that expands no macros.
            Expr::Comprehension(_) | Expr::Unspecified => {
                let at = self.parsed.token(part);
                self.fault(Fault::new(at, "this is not CEL", "here"))
            }
        }
    }

    fn literal(&mut self, part: &IdedExpr, literal: &LiteralValue) -> Option<Typed> {
        let at = self.parsed.token(part);
        let (value, of) = match literal {
            LiteralValue::Boolean(flag) => (Value::Bool(*flag.inner()), Shape::Bool.into()),
            LiteralValue::Int(number) => (Value::Int(*number.inner()), Shape::Int.into()),
            LiteralValue::Null => (Value::Null, Type::null()),
            LiteralValue::String(text) => {
                let text = text.inner().to_owned();
                (Value::Text(text.into()), Shape::Text.into())
            }
            LiteralValue::Double(_) | LiteralValue::UInt(_) => {
                let fault = Fault::new(at, "numbers are whole numbers without a suffix", "number");
                return self.fault(fault.help("no fact has a fraction; write 10, not 10.0 or 10u"));
            }
            LiteralValue::Bytes(_) => {
                let fault = Fault::new(at, "there are no bytes here", "bytes");
                return self.fault(fault.help("facts write bytes as hexadecimal texts: \"0a1b\""));
            }
        };
        Some(Typed::new(Op::Constant(value), at, of))
    }

    fn list(&mut self, part: &IdedExpr, items: &[IdedExpr]) -> Option<Typed> {
        let open = self.parsed.token(part);
        let place = self.over(open.clone(), open);
        let typed: Vec<Option<Typed>> = items.iter().map(|item| self.expression(item)).collect();
        let typed: Vec<Typed> = typed.into_iter().collect::<Option<_>>()?;
        let of = self.joined(&typed, "the items of a list")?;
        let nodes = typed.into_iter().map(|typed| typed.node).collect();
        Some(Typed::new(Op::List(nodes), place, Type::list(of)))
    }

    fn map(&mut self, part: &IdedExpr, map: &MapExpr) -> Option<Typed> {
        let open = self.parsed.token(part);
        let place = self.over(open.clone(), open);
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return None;
            };
            keys.push(self.expression(&entry.key));
            values.push(self.expression(&entry.value));
        }
        let keys: Vec<Typed> = keys.into_iter().collect::<Option<_>>()?;
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        let key = self.joined(&keys, "the keys of a map")?;
        if !matches!(
            key.shape,
            Shape::Unknown | Shape::Text | Shape::Int | Shape::Bool
        ) {
            let message = format!("`{}` cannot be a key", key.shape);
            let fault = Fault::new(place, message, "keys");
            return self.fault(fault.help("keys are texts, numbers or truth values"));
        }
        let value = self.joined(&values, "the values of a map")?;
        let nodes = keys.into_iter().zip(values);
        let nodes = nodes.map(|(key, value)| [key.node, value.node]).collect();
        let of = Shape::Map(Box::new(key), Box::new(value));
        Some(Typed::new(Op::Map(nodes), place, of))
    }

    /// The type that all have.
    fn joined(&mut self, parts: &[Typed], what: &str) -> Option<Type> {
        let mut joined = Type::from(Shape::Unknown);
        for part in parts {
            let Some(both) = joined.join(&part.of) else {
                let message = format!(
                    "{what} are of one type: `{}` and `{}`",
                    joined.shape, part.of.shape
                );
                let label = format!("`{}`", part.of.shape);
                return self.fault(Fault::new(part.place(), message, &label));
            };
            joined = both;
        }
        Some(joined)
    }

    /// The part, where it is of that shape; it may still be null.
    pub(super) fn wanted(&mut self, part: Typed, shape: &Shape, who: &str) -> Option<Typed> {
        if part.of.shape == *shape {
            return Some(part);
        }
        let message = format!("{who} wants `{shape}`, found `{}`", part.of.shape);
        let label = format!("`{}`", part.of.shape);
        let fault = Fault::new(part.place(), message, &label);
        let help = match (&part.of.shape, shape) {
            (Shape::Text, Shape::Timestamp) => "write `timestamp(\"2030-01-01T00:00:00Z\")`",
            (Shape::Text | Shape::Int, Shape::Duration) => {
                "write `duration(\"720h\")`; a day has 24h"
            }
            (Shape::List(_), Shape::Bool) => "ask its items: `.exists(x, …)`, or `size(…) > 0`",
            (_, Shape::Bool) => "compare it with something: `==`, `<`, `in`",
            _ => return self.fault(fault),
        };
        self.fault(fault.help(help))
    }
}
