//! Expressions of policies: CEL over the facts.
//!
//! The `cel` crate parses; names, types and constants are then settled against the model of facts,
//! and what is left is run here. Its own interpreter is not used: it has no bound on cost, tells no
//! place of an error, and compiles the pattern of `matches` anew each time. A test holds the two
//! together where both can answer.
//!
//! What of CEL there is stands in the docs of the check (`kinds::expression`). Left out is what no
//! fact needs: fractions, unsigned numbers, bytes, messages, optional values, `type`, `dyn`.

mod bounds;
mod builtin;
mod calls;
mod compile;
mod constant;
mod items;
mod loosen;
mod macros;
mod names;
mod operators;
mod parse;
mod program;
mod run;
mod scan;
mod types;
mod value;

#[cfg(test)]
mod tests;

pub use compile::{Constant, Names, compile};
pub use constant::Known;
pub use loosen::Loosened;
pub use program::{Fault, Program};
pub use run::{Outcome, Undetermined};
pub use types::Model;
