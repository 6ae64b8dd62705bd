//! Help, and mistakes in the arguments, as the parser of arguments tells them.

use std::path::Path;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::environment::Environment;
use crate::source::escape;

/// Prints what the parser has to say; the exit status.
pub(super) fn tell(mut error: clap::Error, environment: &mut Environment) -> ExitCode {
    suggest_check(&mut error, environment);
    let is_mistake = error.use_stderr();
    let style = if is_mistake {
        environment.style_for_notes()
    } else {
        environment.style_for_output(false)
    };
    let text = error.render();
    let text = if style.color {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    if is_mistake {
        environment.draw(&text);
        return ExitCode::from(2);
    }
    // Help and version are no errors.
    match environment.output(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            environment.note(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// `chainlint chain.pem` means `chainlint check chain.pem`.
fn suggest_check(error: &mut clap::Error, environment: &Environment) {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return;
    }
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    if environment.current.join(name).exists() || Path::new(name).extension().is_some() {
        let tip = format!("did you mean `chainlint check {}`?", escape(name));
        let tips = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tips);
    }
}
