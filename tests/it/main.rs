//! The one integration-test binary: the program from outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::doc_markdown,
    clippy::format_collect,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "a test that goes wrong may stop at once"
)]

mod acme;
mod anchors;
mod cases;
mod commands;
mod configs;
mod corpus;
mod examples;
mod expressions;
mod formats;
mod golden;
mod inputs;
mod layers;
mod mending;
mod openssl;
mod pages;
mod places;
mod policy_check;
mod policy_mutants;
mod policy_tests;
mod readme;
mod recipes;
mod secrets;
mod shell;
mod staged;
mod support;
mod trust;
mod waiver_edits;
mod waivers;
