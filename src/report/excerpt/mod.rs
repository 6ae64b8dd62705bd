//! The lines of a source that a diagnostic shows: those with labels and what lies close between, the place that
//! it is about before all others, long lines cut to a window around the label.

mod label;
mod window;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::Source;
use crate::span::Span;
use label::{Fit, fit, line_by_line};
use window::window;

/// Characters of a line that are shown at most, however wide the terminal.
const WINDOW: usize = 100;
/// Lines between two labels up to which a label is drawn; one farther off is told in words.
const REACH: usize = 120;
/// Lines between two labels that are drawn with them.
const JOINED: usize = 2;

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
    /// In the order in which they are drawn: the one with the primary label, then the others as they stand.
    blocks: Vec<Block>,
    labels: Vec<LabeledSpan>,
    /// For each of `labels`, by place in the excerpt: the number of the label that it is a piece of.
    pub(super) owners: Vec<usize>,
    /// Labels that are too far off to draw: line, column and text.
    afar: Vec<(usize, usize, String)>,
    /// Texts of labels for which there is no room beside the lines.
    aside: Vec<String>,
}

/// Lines that follow each other.
#[derive(Debug)]
struct Block {
    /// Where it stands in the excerpt.
    span: Span,
    /// The number of its first line, from 0.
    first_line: usize,
    /// The column of its first label in the source, from 0.
    column: usize,
}

/// A line of the excerpt and where its kept part begins and ends in the source.
struct Kept {
    whole: Span,
    kept: Span,
    /// Where the line begins in the excerpt.
    at: usize,
    /// Bytes of the mark for what was cut at its beginning.
    mark: usize,
}

/// A piece of a label on one line.
struct Piece {
    owner: usize,
    line: usize,
    label: Label,
}

const CUT: &str = "…";

impl Excerpt {
    /// The lines around these labels, the primary one first, for a terminal of that width.
    pub(super) fn new(source: &Source, labels: &[Label], width: usize) -> Option<Self> {
        let (primary, others) = labels.split_first()?;
        let line_of = |offset: usize| source.position(offset).line;
        let home = line_of(primary.span.start);
        let is_near = |label: &&Label| line_of(label.span.start).abs_diff(home) <= REACH;
        let (near, far): (Vec<&Label>, Vec<&Label>) = others.iter().partition(is_near);
        let shown = std::iter::once(primary).chain(near).enumerate();
        let mut pieces: Vec<Piece> = shown
            .flat_map(|(owner, label)| {
                let pieces = line_by_line(source, label).into_iter();
                pieces.map(move |label| (owner, label))
            })
            .map(|(owner, label)| Piece {
                owner,
                line: line_of(label.span.start),
                label,
            })
            .collect();
        let mut excerpt = Self {
            name: source.name().to_string(),
            text: String::new(),
            blocks: Vec::new(),
            labels: Vec::new(),
            owners: Vec::new(),
            afar: far
                .into_iter()
                .map(|label| {
                    let position = source.position(label.span.start);
                    (position.line, position.column, label.text.clone())
                })
                .collect(),
            aside: Vec::new(),
        };
        for lines in blocks(&pieces, source.line_count()) {
            excerpt.push_block(source, &mut pieces, lines, width);
        }
        Some(excerpt)
    }

    /// What the labels say that is not drawn, a line each.
    pub(super) fn notes(&self) -> Vec<String> {
        let aside = self.aside.iter().map(|text| format!("underlined: {text}"));
        let name = &self.name;
        let afar = self.afar.iter();
        let afar = afar.map(|(line, column, text)| format!("see {name}:{line}:{column}: {text}"));
        aside.chain(afar).collect()
    }

    pub(super) fn labels(&self) -> Vec<LabeledSpan> {
        self.labels.clone()
    }

    /// Draws lines, from the first to the last, with their labels.
    fn push_block(
        &mut self,
        source: &Source,
        pieces: &mut Vec<Piece>,
        (first, last): (usize, usize),
        width: usize,
    ) {
        let is_here = |piece: &mut Piece| (first..=last).contains(&piece.line);
        let mut here: Vec<Piece> = pieces.extract_if(.., is_here).collect();
        let column_of = |piece: &Piece| source.position(piece.label.span.start).column;
        let column = here.first().map_or(1, column_of).saturating_sub(1);
        here.sort_by_key(|piece| piece.label.span.start);
        let digits = last.to_string().len();
        let most = WINDOW.min(width.saturating_sub(digits.saturating_add(label::GUTTER)));
        let start = self.text.len();
        let lines: Vec<Kept> = (first..=last)
            .filter_map(|line| source.line_span(line))
            .map(|line| self.push_line(source, line, &here, most))
            .collect();
        self.blocks.push(Block {
            span: Span::new(start, self.text.len()),
            first_line: first.saturating_sub(1),
            column,
        });
        for piece in here {
            self.push_label(&lines, piece, digits, width);
        }
    }

    fn push_line(&mut self, source: &Source, line: Span, pieces: &[Piece], most: usize) -> Kept {
        let text = source.text();
        let whole = text.get(line.start..line.end).unwrap_or_default();
        let ends = |piece: &Piece| [piece.label.span.start, piece.label.span.end];
        let focus = pieces
            .iter()
            .flat_map(ends)
            .find(|offset| line.start <= *offset && *offset <= line.end);
        let focus = focus.map(|offset| offset.saturating_sub(line.start));
        // Where it is cut, the marks take room too.
        let is_cut = whole.chars().nth(most).is_some();
        let marks = if is_cut {
            CUT.chars().count().saturating_mul(2)
        } else {
            0
        };
        let kept = window(whole, focus, most.saturating_sub(marks));
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
        let mut starts = pieces.iter().map(|piece| piece.label.span.start);
        let stands_at_end = starts.any(|start| start == line.end);
        self.text.push_str(if stands_at_end { " \n" } else { "\n" });
        Kept {
            whole: line,
            kept,
            at,
            mark,
        }
    }

    fn push_label(&mut self, lines: &[Kept], piece: Piece, digits: usize, width: usize) {
        let Label { span, text } = piece.label;
        let start = place(lines, span.start);
        let end = place(lines, span.end).max(start.saturating_add(1));
        let is_primary = piece.owner == 0;
        let mut push = |start: usize, end: usize, text: Option<String>| {
            let span = SourceSpan::from((start, end.saturating_sub(start)));
            self.owners.push(piece.owner);
            self.labels.push(if is_primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        };
        if text.is_empty() {
            push(start, end, None);
            return;
        }
        let line = lines.iter().rev().find(|line| line.at <= start);
        let line = line.map_or(0, |line| line.at);
        let characters = |end: usize| {
            let before = self.text.get(line..end);
            before.map_or(0, |before| before.chars().count())
        };
        let first = self.text.get(start..).and_then(|rest| rest.chars().next());
        let second = start.saturating_add(first.map_or(1, char::len_utf8));
        match fit(&text, characters(start), characters(end), digits, width) {
            Fit::Middle(text) => push(start, end, Some(text)),
            Fit::Start(text) => {
                push(start, second, Some(text));
                if second < end {
                    push(second, end, None);
                }
            }
            Fit::Aside => {
                push(start, end, None);
                self.aside.push(text);
            }
        }
    }
}

/// The lines to draw, from the first to the last of each block: the block with the primary label, then the others
/// in order. A line of context on either side tells where one is.
fn blocks(pieces: &[Piece], count: usize) -> Vec<(usize, usize)> {
    let mut lines: Vec<(usize, bool)> = pieces
        .iter()
        .map(|piece| (piece.line, piece.owner == 0))
        .collect();
    lines.sort_unstable();
    let mut blocks: Vec<(usize, usize, bool)> = Vec::new();
    for (line, is_primary) in lines {
        // Two lines of context and those between.
        let reach = JOINED.saturating_add(1);
        match blocks.last_mut() {
            Some((_, last, primary)) if line <= last.saturating_add(reach) => {
                *last = line;
                *primary |= is_primary;
            }
            Some(_) | None => blocks.push((line, line, is_primary)),
        }
    }
    blocks.sort_by_key(|(.., is_primary)| !is_primary);
    let with_context = |(first, last, _): (usize, usize, bool)| {
        let first = first.saturating_sub(1).max(1);
        (first, last.saturating_add(1).min(count))
    };
    blocks.into_iter().map(with_context).collect()
}

/// Where a source offset stands in the excerpt; what was cut away counts as the cut's place.
fn place(lines: &[Kept], offset: usize) -> usize {
    let line = lines
        .iter()
        .rev()
        .find(|line| line.whole.start <= offset)
        .or(lines.first());
    line.map_or(0, |line| {
        let inside = offset
            .clamp(line.kept.start, line.kept.end)
            .saturating_sub(line.kept.start);
        line.at.saturating_add(line.mark).saturating_add(inside)
    })
}

impl SourceCode for Excerpt {
    /// Blocks are drawn apart from each other: nothing reaches from one into the next.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset().saturating_add(span.len()));
        let mut blocks = self.blocks.iter();
        let block = blocks.find(|block| block.span.start <= start && end <= block.span.end);
        let block = block.ok_or(MietteError::OutOfBounds)?;
        let text = self.text.get(block.span.start..block.span.end);
        let text = text.ok_or(MietteError::OutOfBounds)?;
        let inner = SourceSpan::from((start.saturating_sub(block.span.start), span.len()));
        let inner = text.read_span(&inner, before, after)?;
        let at = inner.span().offset().saturating_add(block.span.start);
        // Without context, miette asks for the place that it puts over the block.
        let is_heading = before == 0 && after == 0;
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            SourceSpan::from((at, inner.span().len())),
            inner.line().saturating_add(block.first_line),
            if is_heading {
                block.column
            } else {
                inner.column()
            },
            inner.line_count(),
        );
        Ok(Box::new(contents))
    }
}
