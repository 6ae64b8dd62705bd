//! The lines of a source that a diagnostic shows: those with labels and what lies between, long ones
//! cut to a window around the label.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::Source;
use crate::span::Span;

/// Characters of a line that are shown at most.
const WINDOW: usize = 100;
/// Characters before a label that are kept where a line is cut.
const LEAD: usize = 24;
/// Lines of one label that are drawn; of a longer one the first is, and how many follow is told.
const LABEL_LINES: usize = 6;
/// Lines between two labels that are kept; a label farther off is told in words.
const REACH: usize = 120;

/// A label in the source's own offsets.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) span: Span,
    pub(super) text: String,
}

/// A part of a source with its labels, as miette draws it.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The number of the excerpt's first line, from 0.
    first_line: usize,
    labels: Vec<LabeledSpan>,
    /// Where the primary label stands, for the header: line and column from 0.
    column: usize,
    /// Labels that are too far off to draw: line, column and text.
    pub(super) afar: Vec<(usize, usize, String)>,
}

/// A line of the excerpt and where its kept part begins and ends in the source.
struct Kept {
    kept: Span,
    /// Where the line begins in the excerpt.
    at: usize,
    /// Bytes of the mark for what was cut at its beginning.
    mark: usize,
}

const CUT: &str = "…";

impl Excerpt {
    /// The lines around these labels, the primary one first.
    pub(super) fn new(source: &Source, labels: &[Label]) -> Option<Self> {
        let (primary, others) = labels.split_first()?;
        let line_of = |offset: usize| source.position(offset).line;
        let home = line_of(primary.span.start);
        let (near, far): (Vec<&Label>, Vec<&Label>) = others
            .iter()
            .partition(|label| line_of(label.span.start).abs_diff(home) <= REACH);
        let shown: Vec<Label> = std::iter::once(primary)
            .chain(near)
            .flat_map(|label| line_by_line(source, label))
            .collect();
        let first = shown.iter().map(|label| line_of(label.span.start)).min()?;
        let last = shown.iter().map(|label| line_of(label.span.end)).max()?;
        // A line of context on either side tells where one is.
        let first = first.saturating_sub(1).max(1);
        let last = last.saturating_add(1).min(source.line_count());

        let mut excerpt = Self {
            name: source.name().to_string(),
            text: String::new(),
            first_line: first.saturating_sub(1),
            labels: Vec::new(),
            column: source.position(primary.span.start).column.saturating_sub(1),
            afar: far
                .into_iter()
                .map(|label| {
                    let position = source.position(label.span.start);
                    (position.line, position.column, label.text.clone())
                })
                .collect(),
        };
        let lines: Vec<Kept> = (first..=last)
            .filter_map(|line| source.line_span(line))
            .map(|line| excerpt.push_line(source, line, &shown))
            .collect();
        for (at, label) in shown.iter().enumerate() {
            let start = place(&lines, label.span.start);
            let end = place(&lines, label.span.end).max(start.saturating_add(1));
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            let span = SourceSpan::from((start, end.saturating_sub(start)));
            excerpt.labels.push(if at == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        }
        Some(excerpt)
    }

    pub(super) fn labels(&self) -> Vec<LabeledSpan> {
        self.labels.clone()
    }

    fn push_line(&mut self, source: &Source, line: Span, labels: &[Label]) -> Kept {
        let text = source.text();
        let whole = text.get(line.start..line.end).unwrap_or_default();
        let focus = labels
            .iter()
            .flat_map(|label| [label.span.start, label.span.end])
            .find(|offset| line.start <= *offset && *offset <= line.end);
        let kept = window(whole, focus.map(|offset| offset.saturating_sub(line.start)));
        let kept = Span::new(
            line.start.saturating_add(kept.start),
            line.start.saturating_add(kept.end),
        );
        let at = self.text.len();
        let mark = if kept.start > line.start {
            CUT.len()
        } else {
            0
        };
        if mark > 0 {
            self.text.push_str(CUT);
        }
        self.text
            .push_str(text.get(kept.start..kept.end).unwrap_or_default());
        if kept.end < line.end {
            self.text.push_str(CUT);
        }
        // A label at the very end of a line needs something to stand on.
        let stands_at_end = labels.iter().any(|label| label.span.start == line.end);
        self.text.push_str(if stands_at_end { " \n" } else { "\n" });
        Kept { kept, at, mark }
    }
}

/// A label for each line that it covers, so that the very characters are underlined; the last one
/// bears the text. Of a label over many lines, the first line alone.
fn line_by_line(source: &Source, label: &Label) -> Vec<Label> {
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

/// The part of a line that is shown, on character boundaries. Looks no farther than that: the line may be
/// the whole file.
fn window(line: &str, focus: Option<usize>) -> Span {
    let mut focus = focus.unwrap_or(0).min(line.len());
    while !line.is_char_boundary(focus) {
        focus = focus.saturating_sub(1);
    }
    let (before, behind) = line.split_at_checked(focus).unwrap_or((line, ""));
    // Steps of so many characters back from an offset, and forth.
    let back = |text: &str, count: usize| {
        let from = text.char_indices().rev().take(count).last();
        from.map_or(text.len(), |(at, _)| at)
    };
    let lead = back(before, LEAD);
    let shown = before.get(lead..).unwrap_or_default().chars().count();
    let mut rest = behind.char_indices().skip(WINDOW.saturating_sub(shown));
    if let Some((end, _)) = rest.next() {
        return Span::new(lead, focus.saturating_add(end));
    }
    // Near the end of the line there is room for more in front.
    Span::new(back(line, WINDOW), line.len())
}

/// Where a source offset stands in the excerpt; what was cut away counts as the cut's place.
fn place(lines: &[Kept], offset: usize) -> usize {
    let line = lines
        .iter()
        .rev()
        .find(|line| line.kept.start <= offset)
        .or(lines.first());
    line.map_or(0, |line| {
        let inside = offset
            .clamp(line.kept.start, line.kept.end)
            .saturating_sub(line.kept.start);
        line.at.saturating_add(line.mark).saturating_add(inside)
    })
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line().saturating_add(self.first_line),
            // miette names the place of the context; people look for the place of the label.
            if self
                .text
                .get(..span.offset())
                .is_some_and(|head| head.lines().count() <= 2)
            {
                self.column
            } else {
                inner.column()
            },
            inner.line_count(),
        );
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, focus: usize) -> &str {
        let span = window(line, Some(focus));
        line.get(span.start..span.end).unwrap()
    }

    #[test]
    fn a_line_is_cut_to_a_window_around_its_label() {
        let line: String = ('a'..='z').cycle().take(300).collect();
        let from = |start: usize| line.get(start..start + WINDOW).unwrap();
        for (focus, start) in [
            (0, 0),
            (LEAD, 0),
            (150, 150 - LEAD),
            (290, 300 - WINDOW),
            (300, 300 - WINDOW),
        ] {
            assert_eq!(shown(&line, focus), from(start));
        }
        assert_eq!(shown(from(0), 50), from(0));
        assert_eq!(shown("", 0), "");
    }

    #[test]
    fn a_window_counts_characters_and_cuts_none() {
        let line = "aé€".repeat(200);
        for focus in 0..line.len() {
            assert_eq!(shown(&line, focus).chars().count(), WINDOW, "{focus}");
        }
    }
}
