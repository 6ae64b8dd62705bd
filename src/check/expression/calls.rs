//! Functions: how they are called, and what comes out.

use cel::common::ast::{CallExpr, IdedExpr};
use regex::RegexBuilder;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::compile::{Compiler, Typed};
use super::macros::MACROS;
use super::program::{Fault, Function, Op, TimePart};
use super::types::Shape;
use super::value::{Value, parse_duration};
use crate::source::escape;
use crate::yaml::one_of;

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `size(x)`
    Global,
    /// `x.startsWith(y)`
    Method,
    /// Either.
    Both,
}

/// A row of [`FUNCTIONS`].
pub(super) struct Signature {
    name: &'static str,
    style: Style,
    /// With what it is asked of.
    arguments: usize,
    function: Function,
}

const fn row(name: &'static str, style: Style, arguments: usize, function: Function) -> Signature {
    Signature {
        name,
        style,
        arguments,
        function,
    }
}

/// Every function but `matches`, whose pattern is compiled when the policy loads.
pub(super) const FUNCTIONS: [Signature; 20] = [
    row("size", Style::Both, 1, Function::Size),
    row("startsWith", Style::Method, 2, Function::StartsWith),
    row("endsWith", Style::Method, 2, Function::EndsWith),
    row("contains", Style::Method, 2, Function::Contains),
    row("lowerAscii", Style::Method, 1, Function::LowerAscii),
    row("upperAscii", Style::Method, 1, Function::UpperAscii),
    row("int", Style::Global, 1, Function::ToInt),
    row("string", Style::Global, 1, Function::ToText),
    row("timestamp", Style::Global, 1, Function::ToTimestamp),
    row("duration", Style::Global, 1, Function::ToDuration),
    row(
        "getFullYear",
        Style::Method,
        1,
        Function::Part(TimePart::Year),
    ),
    row(
        "getMonth",
        Style::Method,
        1,
        Function::Part(TimePart::Month),
    ),
    row("getDate", Style::Method, 1, Function::Part(TimePart::Date)),
    row(
        "getDayOfMonth",
        Style::Method,
        1,
        Function::Part(TimePart::DayOfMonth),
    ),
    row(
        "getDayOfYear",
        Style::Method,
        1,
        Function::Part(TimePart::DayOfYear),
    ),
    row(
        "getDayOfWeek",
        Style::Method,
        1,
        Function::Part(TimePart::DayOfWeek),
    ),
    row(
        "getHours",
        Style::Method,
        1,
        Function::Part(TimePart::Hours),
    ),
    row(
        "getMinutes",
        Style::Method,
        1,
        Function::Part(TimePart::Minutes),
    ),
    row(
        "getSeconds",
        Style::Method,
        1,
        Function::Part(TimePart::Seconds),
    ),
    row(
        "getMilliseconds",
        Style::Method,
        1,
        Function::Part(TimePart::Milliseconds),
    ),
];

const MATCHES: &str = "matches";

/// Largest compiled pattern, in bytes; one of a policy takes some thousands.
const MAX_PATTERN: usize = 1024 * 1024;

impl Compiler<'_> {
    pub(super) fn function(&mut self, part: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        if let Some(expanded) = self.expanded(part, call) {
            return expanded;
        }
        let open = self.parsed.token(part);
        let name_at = self.parsed.name_before(open.start);
        let name = call.func_name.as_str();
        let signature = FUNCTIONS.iter().find(|known| known.name == name);
        let (style, wanted) = match signature {
            Some(known) => (known.style, known.arguments),
            None if name == MATCHES => (Style::Both, 2),
            None => return self.unknown_function(name_at, name),
        };
        let is_method = call.target.is_some();
        if (style == Style::Global && is_method) || (style == Style::Method && !is_method) {
            let message = format!("`{name}` is called otherwise");
            let help = if is_method {
                format!("write `{name}(…)`")
            } else {
                format!("write `x.{name}(…)`")
            };
            return self.fault(Fault::new(name_at, message, "function").help(help));
        }
        let target = call.target.as_deref();
        let parts: Vec<&IdedExpr> = target.into_iter().chain(&call.args).collect();
        if parts.len() != wanted {
            let more = usize::from(is_method);
            let message = format!(
                "`{name}` takes {} in its brackets, found {}",
                wanted.saturating_sub(more),
                parts.len().saturating_sub(more)
            );
            return self.fault(Fault::new(name_at, message, "arguments"));
        }
        let typed: Vec<Option<Typed>> = parts.iter().map(|part| self.expression(part)).collect();
        let arguments: Vec<Typed> = typed.into_iter().collect::<Option<_>>()?;
        let start = arguments.first().map_or(name_at.clone(), Typed::place);
        let place = self.over(self.over(name_at, open), start);
        match signature {
            Some(known) => self.typed_call(known, place, arguments),
            None => self.matches(place, arguments),
        }
    }

    fn unknown_function(&mut self, at: std::ops::Range<usize>, name: &str) -> Option<Typed> {
        let message = format!("there is no function `{}`", escape(name));
        let functions = FUNCTIONS.iter().map(|known| known.name);
        let macros = MACROS.iter().map(|(name, _)| *name);
        let known = functions.chain(macros).chain([MATCHES, "has"]);
        let fault = Fault::new(at, message, "unknown function");
        self.fault(fault.help(one_of(name, known)))
    }

    fn typed_call(
        &mut self,
        known: &Signature,
        place: std::ops::Range<usize>,
        arguments: Vec<Typed>,
    ) -> Option<Typed> {
        let (takes, gives): (fn(&Shape) -> bool, Shape) = match known.function {
            Function::Size => (has_size, Shape::Int),
            Function::StartsWith | Function::EndsWith | Function::Contains => {
                (is_text, Shape::Bool)
            }
            Function::LowerAscii | Function::UpperAscii => (is_text, Shape::Text),
            Function::ToInt => (is_number_like, Shape::Int),
            Function::ToText => (is_scalar, Shape::Text),
            Function::ToTimestamp => (is_text_or_timestamp, Shape::Timestamp),
            Function::ToDuration => (is_text_or_duration, Shape::Duration),
            Function::Part(part) => (
                match part {
                    TimePart::Hours
                    | TimePart::Minutes
                    | TimePart::Seconds
                    | TimePart::Milliseconds => is_time,
                    TimePart::Year
                    | TimePart::Month
                    | TimePart::Date
                    | TimePart::DayOfMonth
                    | TimePart::DayOfYear
                    | TimePart::DayOfWeek => is_timestamp,
                },
                Shape::Int,
            ),
        };
        for argument in &arguments {
            if !takes(&argument.of.shape) {
                let shape = &argument.of.shape;
                let message = format!("`{}` does not take `{shape}`", known.name);
                let fault = Fault::new(argument.place(), message, &format!("`{shape}`"));
                let fault = if let Shape::List(_) = shape {
                    fault.help("ask its items: `.exists(x, …)`, `.all(x, …)`")
                } else {
                    fault
                };
                return self.fault(fault);
            }
        }
        if let Some(constant) = self.constant_time(known.function, &arguments) {
            let value = constant?;
            return Some(Typed::new(Op::Constant(value), place, gives));
        }
        let function = known.function;
        let arguments = arguments.into_iter().map(|typed| typed.node).collect();
        let op = Op::Call {
            function,
            arguments,
        };
        Some(Typed::new(op, place, gives))
    }

    /// A timestamp or a duration that is written out; a mistake in it is found here.
    #[expect(
        clippy::option_option,
        reason = "the outer one says whether it is written out, the inner whether it is right"
    )]
    fn constant_time(
        &mut self,
        function: Function,
        arguments: &[Typed],
    ) -> Option<Option<Value<'static>>> {
        let [argument] = arguments else { return None };
        let Op::Constant(Value::Text(text)) = &argument.node.op else {
            return None;
        };
        let (value, what, help) = if function == Function::ToTimestamp {
            let at = OffsetDateTime::parse(text, &Rfc3339).ok();
            let help = "write it like \"2030-01-01T00:00:00Z\" (RFC 3339)";
            (at.map(Value::Timestamp), "timestamp", help)
        } else if function == Function::ToDuration {
            let span = parse_duration(text);
            let help = "write it like \"720h\" or \"1h30m\"; units are h, m, s, ms, us and ns";
            (span.map(Value::Duration), "duration", help)
        } else {
            return None;
        };
        if value.is_none() {
            let message = format!("\"{}\" is no {what}", escape(text));
            let fault = Fault::new(argument.place(), message, what);
            return Some(self.fault(fault.help(help)));
        }
        Some(value)
    }

    fn matches(&mut self, place: std::ops::Range<usize>, arguments: Vec<Typed>) -> Option<Typed> {
        let mut arguments = arguments.into_iter();
        let (text, pattern) = (arguments.next()?, arguments.next()?);
        let text = self.wanted(text, &Shape::Text, "`matches`");
        let pattern = self.wanted(pattern, &Shape::Text, "`matches`")?;
        let at = pattern.place();
        let Op::Constant(Value::Text(written)) = &pattern.node.op else {
            let message = "the pattern of `matches` is not known when the policy loads";
            let fault = Fault::new(at, message, "pattern");
            return self.fault(fault.help("write it out, or name a variable that has a value"));
        };
        let built = RegexBuilder::new(written).size_limit(MAX_PATTERN).build();
        match built {
            Ok(pattern) => {
                let op = Op::Matches {
                    text: Box::new(text?.node),
                    pattern,
                };
                Some(Typed::new(op, place, Shape::Bool))
            }
            Err(error) => {
                let said = error.to_string();
                let last = said.lines().last().unwrap_or_default();
                let why = escape(last.trim_start_matches("error: "));
                let fault = Fault::new(at, format!("this pattern is wrong: {why}"), "pattern");
                self.fault(fault.help("regular expressions as RE2 has them, without look-around"))
            }
        }
    }
}

fn has_size(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::List(_) | Shape::Map(..))
}

fn is_text(shape: &Shape) -> bool {
    *shape == Shape::Text
}

fn is_timestamp(shape: &Shape) -> bool {
    *shape == Shape::Timestamp
}

fn is_time(shape: &Shape) -> bool {
    matches!(shape, Shape::Timestamp | Shape::Duration)
}

fn is_number_like(shape: &Shape) -> bool {
    matches!(shape, Shape::Int | Shape::Text | Shape::Timestamp)
}

fn is_text_or_timestamp(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Timestamp)
}

fn is_text_or_duration(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Duration)
}

fn is_scalar(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Bool | Shape::Int | Shape::Text | Shape::Timestamp | Shape::Duration
    )
}
