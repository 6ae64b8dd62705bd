//! What expressions mean, and what is said of those that mean nothing.

mod constant;
mod loosen;
mod meaning;
mod mistakes;
mod properties;

use std::cell::Cell;

use time::OffsetDateTime;
use time::macros::datetime;

use super::{Constant, Fault, Model, Names, Outcome, Program, compile};
use crate::chain::Chain;
use crate::check::STEPS_A_RULE;
use crate::facts::{FileLabels, View};
use crate::pem::Document;

const NOW: OffsetDateTime = datetime!(2026-11-23 0:00 UTC);

fn variables() -> Vec<(&'static str, Constant)> {
    let list = vec!["a".to_owned(), "b".to_owned()];
    vec![
        ("company", Constant::Text(Some("Acme".to_owned()))),
        ("days", Constant::Int(Some(398))),
        ("strict", Constant::Bool(Some(true))),
        ("names", Constant::List(Some(list))),
        ("unset", Constant::Text(None)),
        ("broken", Constant::Broken),
    ]
}

fn compiled(text: &str, has_certificate: bool) -> Result<Program, Vec<Fault>> {
    let names = Names {
        has_certificate,
        variables: &variables(),
        is_complete: true,
        model: &Model::default(),
    };
    compile(text, names)
}

/// What an expression says of a file without certificates.
fn run(text: &str) -> Outcome {
    run_within(text, &Cell::new(STEPS_A_RULE))
}

fn run_within(text: &str, steps: &Cell<u32>) -> Outcome {
    let program = compiled(text, false).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let chain = Chain::empty(Document::default());
    let labels = FileLabels {
        path: "a.pem",
        environment: Some("production"),
        app: None,
    };
    program.run(&View::new(&chain, labels), None, NOW, steps)
}
