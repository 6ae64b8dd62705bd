//! The binary: exit code only.

use std::process::ExitCode;

fn main() -> ExitCode {
    chainlint::cli::run(std::env::args_os())
}
