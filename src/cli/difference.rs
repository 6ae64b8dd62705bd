//! What differs between two texts, line by line, for people to read.

use similar::TextDiff;

use crate::pem;
use crate::source::escape;

/// The difference in unified form. A private key in one of the texts is not shown, and nothing of them steers a
/// terminal.
pub(super) fn unified(name: &str, before: &str, after: &str) -> String {
    let (before, after) = (shown(before), shown(after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .header(name, name)
        .to_string()
}

fn shown(text: &str) -> String {
    let concealed = pem::conceal(text);
    let lines = concealed.split('\n').map(|line| {
        // The end of a line may be CR and LF.
        match line.strip_suffix('\r') {
            Some(line) => escape(line) + "\r",
            None => escape(line),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_no_key_and_steers_no_terminal() {
        let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
        let before = format!("{key}\u{1b}[2J same\r\nold\n");
        let after = "\u{1b}[2J same\r\nnew\n";
        let told = unified("a", &before, after);
        assert!(
            !told.contains("c2VjcmV0") && told.contains("-********\n"),
            "{told}"
        );
        assert!(told.contains(" \\u{1b}[2J same\r\n-old\n+new\n"), "{told}");
    }
}
