//! Where the characters of a text stand in the YAML that writes it.
//!
//! The scalar is decoded a second time, character by character with its place, as each of YAML's
//! five styles would have it. A decoding counts only where it gives the very text that the parser
//! gave; so a place is right or it is the whole scalar, and never merely near.

use std::ops::Range;

use super::Node;
use crate::source::Source;
use crate::span::Span;

/// The bytes in the file that write a piece (bytes) of a node's text. An empty piece, such as the
/// end of the text, gets the character that stands there. Where the file does not write the text
/// character by character (a variable's value), it is the whole node.
#[must_use]
pub fn locate(source: &Source, node: &Node, piece: &Range<usize>) -> Span {
    exact(source, node, piece).unwrap_or(node.span)
}

fn exact(source: &Source, node: &Node, piece: &Range<usize>) -> Option<Span> {
    let text = node.text()?;
    let raw = source.text().get(node.span.start..node.span.end)?;
    // A block scalar's last line breaks are not within its range.
    let wanted = text.trim_end_matches('\n');
    let indent = indent(source.text(), node.span.start);
    let decoded = decodings(raw, indent).find(|decoded| decoded.text == wanted)?;
    let first = decoded.places.get(piece.start).cloned();
    let place = if piece.is_empty() {
        first.unwrap_or_else(|| decoded.after(raw))
    } else {
        let last = decoded.places.get(piece.end.checked_sub(1)?)?;
        first?.start..last.end
    };
    let at = |offset: usize| node.span.start.saturating_add(offset);
    Some(Span::new(at(place.start), at(place.end)))
}

/// How far the line of `start` is indented, where nothing but spaces stands before it.
fn indent(text: &str, start: usize) -> Option<usize> {
    let head = text.get(..start)?;
    let line = head.rsplit('\n').next()?;
    line.bytes().all(|byte| byte == b' ').then_some(line.len())
}

/// A text with the raw bytes of each of its bytes.
#[derive(Default)]
struct Decoded {
    text: String,
    places: Vec<Range<usize>>,
}

impl Decoded {
    fn push(&mut self, character: char, place: &Range<usize>) {
        self.text.push(character);
        let places = std::iter::repeat_n(place.clone(), character.len_utf8());
        self.places.extend(places);
    }

    /// What stands after the text: the closing quote, or the last character once more.
    fn after(&self, raw: &str) -> Range<usize> {
        let last = self.places.last().cloned().unwrap_or(0..0);
        if last.end < raw.len() {
            last.end..last.end.saturating_add(1)
        } else {
            last
        }
    }
}

/// A line of a scalar: where it starts, and what it says.
type Line<'a> = (usize, &'a str);

fn decodings(raw: &str, indent: Option<usize>) -> impl Iterator<Item = Decoded> {
    let quote = raw.chars().next().filter(|first| "'\"".contains(*first));
    let inner = quote.and_then(|quote| raw.get(1..)?.strip_suffix(quote));
    let flow = move || match (quote, inner) {
        (Some('"'), Some(inner)) => Some(double_quoted(inner)),
        (Some(_), Some(inner)) => Some(single_quoted(inner)),
        (Some(_), None) => None,
        (None, _) => Some(plain(raw)),
    };
    // In the printable form of a file, the CR of a line's end is a space.
    let blocks = indent.into_iter().flat_map(move |indent| {
        [false, true].map(move |returns| block_lines(raw, indent, returns))
    });
    let blocks = blocks.flat_map(|lines| [literal(&lines), folded(&lines)]);
    flow().into_iter().chain(blocks)
}

fn lines(text: &str, start: usize) -> Vec<Line<'_>> {
    let mut at = start;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        lines.push((at, line));
        at = at.saturating_add(line.len()).saturating_add(1);
    }
    lines
}

fn block_lines(raw: &str, indent: usize, returns: bool) -> Vec<Line<'_>> {
    let mut lines = lines(raw, 0);
    for (number, (at, line)) in lines.iter_mut().enumerate() {
        if returns {
            *line = line.strip_suffix(' ').unwrap_or(line);
        }
        if number > 0 {
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            let cut = spaces.min(indent);
            *at = at.saturating_add(cut);
            *line = line.get(cut..).unwrap_or_default();
        }
    }
    lines
}

fn literal(lines: &[Line<'_>]) -> Decoded {
    let mut out = Decoded::default();
    for (number, (at, line)) in lines.iter().enumerate() {
        if number > 0 {
            out.push('\n', &(at.saturating_sub(1)..*at));
        }
        characters(&mut out, *at, line);
    }
    out
}

fn characters(out: &mut Decoded, at: usize, text: &str) {
    for (offset, character) in text.char_indices() {
        let start = at.saturating_add(offset);
        out.push(
            character,
            &(start..start.saturating_add(character.len_utf8())),
        );
    }
}

/// Folds lines: one break is a space, of several the first is dropped; around lines that are
/// indented further all breaks stay (YAML 1.2.2 §8.1.3).
fn fold(
    lines: &[Line<'_>],
    is_kept: impl Fn(&str) -> bool,
    mut write: impl FnMut(&mut Decoded, usize, &str) -> bool,
) -> Decoded {
    let mut out = Decoded::default();
    let mut breaks: Vec<Range<usize>> = Vec::new();
    let mut before: Option<&str> = None;
    // The line before ended in a backslash: its break is not there.
    let mut is_joined = false;
    for (number, (at, line)) in lines.iter().enumerate() {
        if number > 0 {
            let start = at.saturating_sub(1);
            breaks.push(start..*at);
        }
        let is_edge = number == 0 || number.saturating_add(1) == lines.len();
        if line.is_empty() && !is_edge {
            continue;
        }
        let keeps = before.is_some_and(&is_kept) || is_kept(line);
        match breaks.as_slice() {
            [_] if is_joined => {}
            [one] if !keeps => out.push(' ', one),
            [_, others @ ..] if !keeps => others.iter().for_each(|one| out.push('\n', one)),
            all => all.iter().for_each(|one| out.push('\n', one)),
        }
        breaks.clear();
        is_joined = write(&mut out, *at, line);
        before = Some(line);
    }
    out
}

fn folded(lines: &[Line<'_>]) -> Decoded {
    let is_indented = |line: &str| line.starts_with([' ', '\t']);
    fold(lines, is_indented, |out, at, line| {
        characters(out, at, line);
        false
    })
}

/// The lines of a scalar in the flow of the text: indentation and what trails do not count.
fn flow_lines(text: &str, start: usize) -> Vec<Line<'_>> {
    let mut lines = lines(text, start);
    let last = lines.len().saturating_sub(1);
    for (number, (at, line)) in lines.iter_mut().enumerate() {
        if number > 0 {
            let trimmed = line.trim_start_matches([' ', '\t']);
            *at = at.saturating_add(line.len().saturating_sub(trimmed.len()));
            *line = trimmed;
        }
        if number < last {
            *line = line.trim_end_matches([' ', '\t']);
        }
    }
    lines
}

fn plain(raw: &str) -> Decoded {
    fold(
        &flow_lines(raw, 0),
        |_| false,
        |out, at, line| {
            characters(out, at, line);
            false
        },
    )
}

fn single_quoted(inner: &str) -> Decoded {
    fold(
        &flow_lines(inner, 1),
        |_| false,
        |out, at, line| {
            let mut rest = line.char_indices();
            while let Some((offset, character)) = rest.next() {
                let start = at.saturating_add(offset);
                let mut end = start.saturating_add(character.len_utf8());
                if character == '\'' && rest.next().is_some() {
                    end = end.saturating_add(1);
                }
                out.push(character, &(start..end));
            }
            false
        },
    )
}

fn double_quoted(inner: &str) -> Decoded {
    fold(&flow_lines(inner, 1), |_| false, escaped_line)
}

/// Writes a line of a double-quoted scalar; whether it ends in a backslash.
fn escaped_line(out: &mut Decoded, at: usize, line: &str) -> bool {
    let mut rest = line.char_indices().peekable();
    while let Some((offset, character)) = rest.next() {
        let start = at.saturating_add(offset);
        if character != '\\' {
            let end = start.saturating_add(character.len_utf8());
            out.push(character, &(start..end));
            continue;
        }
        let Some((_, escape)) = rest.next() else {
            return true;
        };
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let code = rest.clone().take(digits).fold(0_u32, |code, (_, digit)| {
            let digit = digit.to_digit(16).unwrap_or_default();
            code.wrapping_mul(16).wrapping_add(digit)
        });
        (0..digits).for_each(|_| {
            rest.next();
        });
        let meant = if digits > 0 {
            char::from_u32(code)
        } else {
            Some(meaning(escape))
        };
        let end = rest.peek().map_or(line.len(), |(offset, _)| *offset);
        out.push(
            meant.unwrap_or(char::REPLACEMENT_CHARACTER),
            &(start..at.saturating_add(end)),
        );
    }
    false
}

/// YAML 1.2.2 §5.7.
fn meaning(escape: char) -> char {
    match escape {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// What the file says at the place of `piece` in the text under `a`, with line and column.
    fn found(file: &str, piece: &str) -> String {
        let source = Arc::new(Source::new("t", file));
        let file_node = yaml::parse(file, &source).unwrap();
        let node = file_node.get("a").unwrap();
        let start = node.text().unwrap().find(piece).unwrap();
        let span = locate(&source, node, &(start..start + piece.len()));
        assert_ne!(span, node.span, "the whole scalar");
        let at = source.position(span.start);
        let text = source.text().get(span.start..span.end).unwrap();
        format!("{}:{} {text}", at.line, at.column)
    }

    #[test]
    fn plain_scalars_fold_their_lines() {
        assert_eq!(found("a: one two", "two"), "1:8 two");
        assert_eq!(found("a: one\n  two\n\n  é three\n", "three"), "4:5 three");
        assert_eq!(found("a:\n  one # two\n", "ne"), "2:4 ne");
    }

    #[test]
    fn single_quotes_are_written_twice() {
        assert_eq!(found("a: 'it''s x'", "x"), "1:11 x");
        assert_eq!(found("a: 'it''s x'", "'"), "1:7 ''");
        assert_eq!(found("a: 'it''s\n\n   x  \n   y'", "y"), "4:4 y");
        assert_eq!(found("{ a: ' x', b: 1 }", "x"), "1:8 x");
    }

    #[test]
    fn double_quotes_have_escapes() {
        assert_eq!(found(r#"a: "\"\u00e9\x41 x""#, "x"), "1:18 x");
        assert_eq!(found(r#"a: "\"\u00e9 x""#, "é"), "1:7 \\u00e9");
        assert_eq!(found("a: \"one \\\n   two\n   x\"", "x"), "3:4 x");
        assert_eq!(found("a: \"one \\\n   two\n   x\"", "two"), "2:4 two");
    }

    #[test]
    fn blocks_keep_or_fold_their_lines() {
        assert_eq!(found("a: |\n  one\n    two\n\n  x\nb: 1\n", "x"), "5:3 x");
        assert_eq!(found("a: |\n  one\n    two\n\n  x\n", "two"), "3:5 two");
        assert_eq!(found("a: >-\n  one\n  two\n    m\n\n  x\n", "x"), "6:3 x");
        assert_eq!(found("a: >\n  one\n  two\n\n  x\n  y\n", "y"), "6:3 y");
        assert_eq!(found("a: |2-\n   one\n  x\n", "x"), "3:3 x");
    }

    #[test]
    fn line_ends_of_windows_change_nothing() {
        assert_eq!(found("a: |\r\n  one\r\n  x\r\nb: 1\r\n", "x"), "3:3 x");
        assert_eq!(found("a: >\r\n  one\r\n  x\r\nb: 1\r\n", "x"), "3:3 x");
        assert_eq!(found("a: 'one\r\n  x'\r\n", "x"), "2:3 x");
    }

    #[test]
    fn the_end_of_the_text_is_the_closing_quote_or_the_last_character() {
        for (file, wanted) in [
            ("a: 'ab'", (1, 7)),
            ("a: ab", (1, 5)),
            ("a: |\n  ab\n", (2, 4)),
        ] {
            let source = Arc::new(Source::new("t", file));
            let file_node = yaml::parse(file, &source).unwrap();
            let node = file_node.get("a").unwrap();
            let span = locate(&source, node, &(2..2));
            let at = source.position(span.start);
            assert_eq!((at.line, at.column), wanted, "{file}");
        }
    }

    #[test]
    fn a_text_that_is_not_written_there_is_the_whole_scalar() {
        let source = Arc::new(Source::new("t", "a: 'ab'"));
        let span = Span::new(3, 7);
        let value = yaml::Value::String("from a variable".to_owned());
        let node = Node { span, value };
        assert_eq!(locate(&source, &node, &(1..2)), span);
    }

    proptest! {
        /// Every style, any text that it can write: each character is found where it was written.
        #[test]
        fn every_character_is_found_in_every_style(
            words in prop::collection::vec("[a-zé'\"\\\\:#]{1,4}", 1..6),
            style in 0..5_usize,
        ) {
            let text = words.join(" ");
            let lines = words.join("\n  ");
            let file = match style {
                0 => format!("a: '{}'\n", lines.replace('\'', "''")),
                1 => format!("a: \"{}\"\n", lines.replace('\\', "\\\\").replace('"', "\\\"")),
                2 => format!("a: >-\n  {lines}\n"),
                3 => format!("a: |-\n  {lines}\n"),
                _ => format!("a: x{}\n", lines.replace([':', '#', '\'', '"'], "y")),
            };
            let source = Arc::new(Source::new("t", &file));
            let parsed = yaml::parse(&file, &source);
            prop_assume!(parsed.is_ok());
            let parsed = parsed.unwrap();
            let node = parsed.get("a").unwrap();
            let decoded = node.text().unwrap();
            prop_assert!(style == 4 || decoded.replace('\n', " ") == text);
            for (at, character) in decoded.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
                let span = locate(&source, node, &(at..at + character.len_utf8()));
                let mut encoded = [0; 4];
                let wanted: &str = character.encode_utf8(&mut encoded);
                prop_assert_eq!(source.text().get(span.start..span.end), Some(wanted));
            }
        }
    }
}
