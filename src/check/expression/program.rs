//! An expression that is known to make sense.

use std::cmp::Ordering;
use std::ops::Range;

use regex::Regex;

use super::types::Type;
use super::value::Value;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the expression that are wrong.
    pub range: Range<usize>,
    /// What is wrong, a clause.
    pub message: String,
    /// What stands there, in a few words.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Fault {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>, label: &str) -> Self {
        Self {
            range,
            message: message.into(),
            label: label.to_owned(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// An expression whose result is a truth value, ready to run.
#[derive(Debug)]
pub struct Program {
    pub(super) root: Node,
    pub(super) text: String,
    pub(super) reads: Vec<String>,
    /// The variables of the policy, at each of their places.
    pub(super) variables: Vec<(String, Range<usize>)>,
    pub(super) comments: Vec<Range<usize>>,
}

impl Program {
    /// The facts that it names in full (`cert.key.bits`), each once, in order of mention.
    #[must_use]
    pub fn reads(&self) -> &[String] {
        &self.reads
    }

    /// The bytes of its comments.
    #[must_use]
    pub fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A part of a program, and the bytes of the expression that ask for it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) op: Op,
    pub(super) place: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Op {
    Constant(Value<'static>),
    Now,
    Certificate,
    Chain,
    /// A fact of the file.
    File {
        name: String,
        wanted: Type,
    },
    /// The variable of a macro, counted from the outermost.
    Local(usize),
    Field(Box<Access>),
    /// Whether a fact is not null.
    Has(Box<Node>),
    Index(Box<[Node; 2]>),
    List(Vec<Node>),
    Map(Vec<[Node; 2]>),
    Not(Box<Node>),
    Negate(Box<Node>),
    /// `&&` (stops at false) and `||` (stops at true).
    Logic {
        stops_at: bool,
        sides: Box<[Node; 2]>,
    },
    If(Box<[Node; 3]>),
    Equals {
        wanted: bool,
        sides: Box<[Node; 2]>,
    },
    /// True where the order of the sides is one of these.
    Order {
        wanted: &'static [Ordering],
        sides: Box<[Node; 2]>,
    },
    In(Box<[Node; 2]>),
    Arithmetic {
        of: Arithmetic,
        sides: Box<[Node; 2]>,
    },
    Call {
        function: Function,
        arguments: Vec<Node>,
    },
    Matches {
        text: Box<Node>,
        pattern: Regex,
    },
    Each(Box<Each>),
}

/// A field of a part of the facts.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) of: Node,
    pub(super) name: String,
    pub(super) wanted: Type,
    /// Its part of the facts says of some fields that they cannot be known.
    pub(super) is_guarded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    LowerAscii,
    UpperAscii,
    ToInt,
    ToText,
    ToTimestamp,
    ToDuration,
    Part(TimePart),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimePart {
    Year,
    /// From 0.
    Month,
    /// Of the month, from 1.
    Date,
    /// Of the month, from 0.
    DayOfMonth,
    /// From 0.
    DayOfYear,
    /// From 0, which is Sunday.
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

/// A macro over the items of a list or the keys of a map.
#[derive(Debug)]
pub(super) struct Each {
    pub(super) kind: EachKind,
    pub(super) range: Node,
    /// Which items count; of `map` with two arguments, all.
    pub(super) test: Option<Node>,
    /// What `map` makes of an item.
    pub(super) make: Option<Node>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EachKind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}
