//! Macros: `has`, and questions about all items of a list or all keys of a map.

use cel::common::ast::{CallExpr, Expr, IdedExpr};

use super::compile::{Compiler, Typed};
use super::program::{Each, EachKind, Fault, Op};
use super::types::{Shape, Type};

/// The macros of lists and maps, each with how it is written.
pub(super) const MACROS: [(&str, &str); 6] = [
    ("all", "list.all(x, test)"),
    ("exists", "list.exists(x, test)"),
    ("exists_one", "list.exists_one(x, test)"),
    ("existsOne", "list.existsOne(x, test)"),
    ("filter", "list.filter(x, test)"),
    ("map", "list.map(x, value)"),
];

fn kind(name: &str) -> Option<EachKind> {
    Some(match name {
        "all" => EachKind::All,
        "exists" => EachKind::Exists,
        "exists_one" | "existsOne" => EachKind::ExistsOne,
        "filter" => EachKind::Filter,
        "map" => EachKind::Map,
        _ => return None,
    })
}

impl Compiler<'_> {
    /// The macro of that name, if it is one: whether it is, and what became of it.
    #[expect(
        clippy::option_option,
        reason = "the outer one says whether it is a macro, the inner whether it is sound"
    )]
    pub(super) fn expanded(&mut self, part: &IdedExpr, call: &CallExpr) -> Option<Option<Typed>> {
        match (&call.target, call.args.as_slice()) {
            (None, [of]) if call.func_name == "has" => Some(self.has(part, of)),
            (Some(target), arguments) => {
                let kind = kind(&call.func_name)?;
                Some(self.each(part, kind, target, arguments))
            }
            (None, _) => None,
        }
    }

    fn has(&mut self, part: &IdedExpr, of: &IdedExpr) -> Option<Typed> {
        let open = self.parsed.token(part);
        let place = self.over(self.parsed.name_before(open.start), open);
        let Expr::Select(_) = &of.expr else {
            let at = self.parsed.token(of);
            let fault = Fault::new(at, "`has` asks for a fact", "not a fact");
            return self.fault(fault.help("write `has(cert.key.bits)`: true where it is not null"));
        };
        let name_at = self.parsed.name_after(self.parsed.token(of).end);
        let fact = self.expression(of)?;
        if let Op::Index(_) = &fact.node.op {
            let fault = Fault::new(name_at, "`has` asks for a fact", "a key of a map");
            return self.fault(fault.help("whether a map has a key: `\"…\" in map`"));
        }
        let op = Op::Has(Box::new(fact.node));
        Some(Typed::new(op, place, Shape::Bool))
    }

    fn each(
        &mut self,
        part: &IdedExpr,
        kind: EachKind,
        target: &IdedExpr,
        arguments: &[IdedExpr],
    ) -> Option<Typed> {
        let range = self.expression(target);
        let open = self.parsed.token(part);
        let (name, test, make) = match (kind, arguments) {
            (EachKind::Map, [name, make]) => (name, None, Some(make)),
            (EachKind::Map, [name, test, make]) => (name, Some(test), Some(make)),
            (EachKind::Map, _) => return self.wrong_shape(open.start),
            (_, [name, test]) => (name, Some(test), None),
            (_, _) => return self.wrong_shape(open.start),
        };
        let Expr::Ident(variable) = &name.expr else {
            let at = self.parsed.token(name);
            let fault = Fault::new(at, "a macro begins with a name for the item", "not a name");
            return self.fault(fault.help("write `list.exists(x, x == \"…\")`"));
        };
        let range = range?;
        let item = match &range.of.shape {
            Shape::List(item) | Shape::Map(item, _) => (**item).clone(),
            Shape::Unknown
            | Shape::Bool
            | Shape::Int
            | Shape::Text
            | Shape::Timestamp
            | Shape::Duration
            | Shape::Object(_) => {
                let message = format!("`{}` has no items", range.of.shape);
                let label = format!("`{}`", range.of.shape);
                let fault = Fault::new(range.place(), message, &label);
                return self
                    .fault(fault.help("macros ask the items of a list or the keys of a map"));
            }
        };
        let place = self.over(range.place(), open);
        self.locals.push((variable.clone(), item.clone()));
        let test = test.map(|test| {
            let test = self.expression(test)?;
            self.wanted(test, &Shape::Bool, "the test of a macro")
        });
        let make = make.map(|make| self.expression(make));
        self.locals.pop();
        let (test, make) = (transposed(test)?, transposed(make)?);
        let of = match kind {
            EachKind::All | EachKind::Exists | EachKind::ExistsOne => Shape::Bool.into(),
            EachKind::Filter => Type::list(item),
            EachKind::Map => Type::list(make.as_ref().map_or(item, |make| make.of.clone())),
        };
        let each = Each {
            kind,
            range: range.node,
            test: test.map(|test| test.node),
            make: make.map(|make| make.node),
        };
        Some(Typed::new(Op::Each(Box::new(each)), place, of))
    }

    fn wrong_shape(&mut self, open: usize) -> Option<Typed> {
        let at = self.parsed.name_before(open);
        let name = self.parsed.text.get(at.clone()).unwrap_or_default();
        let message = format!("`{name}` is written otherwise");
        let shape = MACROS.iter().find(|(known, _)| *known == name);
        let help = shape.map_or(String::new(), |(_, shape)| format!("write `{shape}`"));
        self.fault(Fault::new(at, message, "macro").help(help))
    }
}

/// `None` where there is something and it is wrong.
#[expect(
    clippy::option_option,
    reason = "the outer one says whether there is a part, the inner whether it is sound"
)]
fn transposed(part: Option<Option<Typed>>) -> Option<Option<Typed>> {
    match part {
        None => Some(None),
        Some(None) => None,
        Some(Some(part)) => Some(Some(part)),
    }
}
