//! Labels under the lines of an excerpt: a piece for each line, and its text where there is room for it.

use super::Label;
use crate::source::Source;
use crate::span::Span;

/// Lines of one label that are drawn; of a longer one the first is, and how many follow is told.
const LABEL_LINES: usize = 6;

/// Lines of a label's text that are drawn; a longer text ends in a mark.
const TEXT_LINES: usize = 4;

/// Characters in a row beside a label for which it is worth to break its text into lines.
const NARROWEST: usize = 28;

/// Characters beside a line's number and before its text.
pub(super) const GUTTER: usize = 4;

/// Characters between the line that leads to a label's text and the text.
const LEADER: usize = 4;

/// A label for each line that it covers, so that the very characters are underlined; the last one
/// bears the text. Of a label over many lines, the first line alone.
pub(super) fn line_by_line(source: &Source, label: &Label) -> Vec<Label> {
    let first = source.position(label.span.start).line;
    let last = source
        .position(label.span.end.saturating_sub(1).max(label.span.start))
        .line;
    let covered = |line: usize| -> Option<Span> {
        let whole = source.line_span(line)?;
        let inside = Span::new(
            label.span.start.max(whole.start),
            label.span.end.min(whole.end).max(whole.start),
        );
        // A line's indentation encodes nothing.
        let text = source.text().get(inside.start..inside.end)?;
        let indent = text.len().saturating_sub(text.trim_start().len());
        Some(Span::new(inside.start.saturating_add(indent), inside.end))
    };
    let more = last.saturating_sub(first);
    if more >= LABEL_LINES {
        let text = format!("{} (and {more} lines more)", label.text);
        return covered(first)
            .map(|span| Label { span, text })
            .into_iter()
            .collect();
    }
    let mut labels: Vec<Label> = (first..=last)
        .filter_map(covered)
        .filter(|span| first == last || !span.is_empty())
        .map(|span| Label {
            span,
            text: String::new(),
        })
        .collect();
    if let Some(last) = labels.last_mut() {
        last.text.clone_from(&label.text);
    }
    labels
}

/// How a label's text is drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Below the middle of what is underlined.
    Middle(String),
    /// Below its first character, where there is more room.
    Start(String),
    /// There is no room for it beside the text.
    Aside,
}

/// Where a text goes below the characters `start..end` of a line, both counted from 0, in a terminal of that
/// width; `digits` is the width of line numbers.
pub(super) fn fit(text: &str, start: usize, end: usize, digits: usize, width: usize) -> Fit {
    let room = |column: usize| {
        let before = [digits, GUTTER, column, LEADER].into_iter().sum();
        width.saturating_sub(before)
    };
    let middle = start.midpoint(end.max(start.saturating_add(1)));
    if text.chars().count() <= room(middle) {
        return Fit::Middle(text.to_owned());
    }
    let room = room(start);
    if text.chars().count() <= room || room >= NARROWEST {
        Fit::Start(wrapped(text, room))
    } else {
        Fit::Aside
    }
}

/// A text in lines of at most so many characters.
fn wrapped(text: &str, most: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let line = lines.last().map_or("", String::as_str);
            let used = line.chars().count();
            let between = usize::from(used > 0);
            let fits = used.saturating_add(between).saturating_add(rest.len()) <= most;
            if used > 0 && !fits {
                lines.push(String::new());
                continue;
            }
            let part: String = rest.drain(..rest.len().min(most.max(1))).collect();
            if let Some(line) = lines.last_mut() {
                line.push_str(if between > 0 { " " } else { "" });
                line.push_str(&part);
            }
        }
    }
    if lines.len() > TEXT_LINES {
        lines.truncate(TEXT_LINES);
        lines.extend(["…".to_owned()]);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "valid for 1096 days: 2026-06-01T00:00:00Z to 2029-06-01T00:00:00Z";

    #[test]
    fn a_text_stands_below_the_middle_where_there_is_room() {
        assert_eq!(fit(TEXT, 10, 50, 2, 120), Fit::Middle(TEXT.to_owned()));
        assert_eq!(fit("short", 60, 64, 2, 80), Fit::Middle("short".to_owned()));
    }

    #[test]
    fn a_text_is_moved_to_the_start_and_broken_where_there_is_little_room() {
        assert_eq!(fit(TEXT, 0, 40, 2, 80), Fit::Start(TEXT.to_owned()));
        let Fit::Start(text) = fit(TEXT, 20, 60, 2, 80) else {
            panic!("not at the start");
        };
        assert_eq!(
            text,
            "valid for 1096 days: 2026-06-01T00:00:00Z to\n2029-06-01T00:00:00Z"
        );
        assert_eq!(fit(TEXT, 60, 64, 2, 80), Fit::Aside);
    }

    #[test]
    fn words_that_are_longer_than_a_line_are_broken_and_long_texts_end() {
        assert_eq!(wrapped("aaaa bb cccccccc", 4), "aaaa\nbb\ncccc\ncccc");
        let lines = wrapped(&"word ".repeat(100), 30);
        assert_eq!(lines.lines().count(), TEXT_LINES + 1);
        assert!(lines.ends_with("\n…"));
        assert_eq!(wrapped("", 30), "");
    }
}
