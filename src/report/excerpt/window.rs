//! The part of a long line that is shown.

use crate::span::Span;

/// Characters before a label that are kept where a line is cut.
const LEAD: usize = 24;

/// The part of a line that is shown, on character boundaries. Looks no farther than that: the line may be
/// the whole file.
pub(super) fn window(line: &str, focus: Option<usize>, most: usize) -> Span {
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
    let mut rest = behind.char_indices().skip(most.saturating_sub(shown));
    if let Some((end, _)) = rest.next() {
        return Span::new(lead, focus.saturating_add(end));
    }
    // Near the end of the line there is room for more in front.
    Span::new(back(line, most), line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: usize = 100;

    fn shown(line: &str, focus: usize) -> &str {
        let span = window(line, Some(focus), WINDOW);
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
