//! A look at an expression before it is parsed: how large it is, and which brackets belong together.
//!
//! The parser and all that follows it recurse; the limits here and in `compile` keep the depth of
//! that far below what the smallest stack holds.

use std::ops::Range;

use super::program::Fault;

/// Longest expression, in bytes.
pub(super) const MAX_LENGTH: usize = 8192;
/// Deepest nesting of brackets, and most `?` of an expression.
pub(super) const MAX_NESTING: usize = 24;
/// Most characters of operators, points and brackets; each may nest the tree one level deeper.
pub(super) const MAX_OPERATORS: usize = 600;

/// Brackets that belong together: the bytes at which they open and close.
#[derive(Debug, Default)]
pub(super) struct Brackets(Vec<(usize, usize)>);

/// What a look at an expression found.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) brackets: Brackets,
    /// The bytes of comments, without the line breaks that end them.
    pub(super) comments: Vec<Range<usize>>,
}

impl Brackets {
    /// The range with the brackets that it cuts in two taken in whole.
    pub(super) fn whole(&self, range: Range<usize>) -> Range<usize> {
        let mut whole = range;
        for (open, close) in &self.0 {
            if whole.contains(close) && *open < whole.start {
                whole.start = *open;
            }
            if whole.contains(open) && *close >= whole.end {
                whole.end = close.saturating_add(1);
            }
        }
        whole
    }
}

/// Finds the brackets and the comments.
///
/// # Errors
/// When the expression is too large.
pub(super) fn scan(text: &str) -> Result<Scanned, Fault> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression has {} bytes", text.len());
        let help = format!("at most {MAX_LENGTH} are read: split it into several rules");
        return Err(Fault::new(0..0, message, "too long").help(help));
    }
    let mut scanner = Scanner::default();
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let end = at.saturating_add(character.len_utf8());
        let rest = text.get(at..).unwrap_or_default();
        at = match character {
            '\'' | '"' => at.saturating_add(string_length(rest, character, raw_before(text, at))),
            '/' if rest.starts_with("//") => {
                let end = at.saturating_add(rest.find('\n').unwrap_or(rest.len()));
                comments.push(at..end);
                end
            }
            _ => {
                scanner.character(character, at..end)?;
                end
            }
        };
    }
    let brackets = Brackets(scanner.pairs);
    Ok(Scanned { brackets, comments })
}

#[derive(Default)]
struct Scanner {
    pairs: Vec<(usize, usize)>,
    open: Vec<usize>,
    conditions: usize,
    operators: usize,
}

impl Scanner {
    fn character(&mut self, character: char, at: Range<usize>) -> Result<(), Fault> {
        match character {
            '(' | '[' | '{' => self.open.push(at.start),
            ')' | ']' | '}' => {
                if let Some(open) = self.open.pop() {
                    self.pairs.push((open, at.start));
                }
            }
            '?' => self.conditions = self.conditions.saturating_add(1),
            _ => {}
        }
        if character.is_ascii_punctuation() && !"_,".contains(character) {
            self.operators = self.operators.saturating_add(1);
        }
        if self.open.len() > MAX_NESTING || self.conditions > MAX_NESTING {
            let help = format!("at most {MAX_NESTING} levels are read");
            let fault = Fault::new(at, "the expression is nested too deeply", "too deep");
            return Err(fault.help(help));
        }
        if self.operators > MAX_OPERATORS {
            let help = "a long list of texts is best a variable: `x in vars.NAME`";
            let fault = Fault::new(at, "the expression has too many operators", "too many");
            return Err(fault.help(help));
        }
        Ok(())
    }
}

fn raw_before(text: &str, at: usize) -> bool {
    let head = text.get(..at).unwrap_or_default();
    head.ends_with(['r', 'R'])
}

/// How many bytes the string literal at the start of `text` has.
fn string_length(text: &str, quote: char, is_raw: bool) -> usize {
    let triple = [quote; 3].iter().collect::<String>();
    let end = if text.starts_with(&triple) {
        triple
    } else {
        quote.to_string()
    };
    let mut at = end.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(&end) {
            return at.saturating_add(end.len());
        }
        let mut characters = rest.chars();
        let first = characters.next().map_or(1, char::len_utf8);
        let skipped = if rest.starts_with('\\') && !is_raw {
            characters.next().map_or(0, char::len_utf8)
        } else {
            0
        };
        at = at.saturating_add(first).saturating_add(skipped);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_and_comments_are_none() {
        let pairs = |text| scan(text).unwrap().brackets.0;
        assert_eq!(pairs("(')' + \"(\" )"), [(0, 11)]);
        assert_eq!(pairs("[r'\\' ] // ("), [(0, 6)]);
        assert_eq!(pairs("('''a'b(''')"), [(0, 11)]);
        assert_eq!(pairs("'never closed ("), []);
        assert_eq!(pairs(")("), []);
    }

    #[test]
    fn comments_end_with_their_line() {
        let comments = |text| scan(text).unwrap().comments;
        assert_eq!(comments("a // b\n'//' // c"), [2..6, 12..16]);
    }

    #[test]
    fn what_is_too_large_is_refused_on_the_character() {
        let at = |text: &str| scan(text).err().map(|fault| fault.range.start);
        let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(at(&nested(MAX_NESTING)), None);
        assert_eq!(at(&nested(MAX_NESTING + 1)), Some(MAX_NESTING));
        assert_eq!(at(&format!("1{}", "+1".repeat(MAX_OPERATORS))), None);
        assert_eq!(
            at(&format!("1{}", "+1".repeat(MAX_OPERATORS + 1))),
            Some(MAX_OPERATORS * 2 + 1)
        );
        assert_eq!(at(&" ".repeat(MAX_LENGTH)), None);
        assert_eq!(at(&" ".repeat(MAX_LENGTH + 1)), Some(0));
    }

    #[test]
    fn a_range_takes_in_the_brackets_it_cuts() {
        let text = "(a + b).c";
        let brackets = scan(text).unwrap().brackets;
        assert_eq!(brackets.whole(1..9), 0..9);
        assert_eq!(brackets.whole(1..6), 1..6);
    }
}
