//! Texts of policies in Markdown (GFM): they show as they are written, and no more than that.
//!
//! What stands between backticks is code, as everywhere in a policy's texts; everything else is text, whatever
//! Markdown or HTML would make of it. An address that is written out leads where it says, and may be a link.

use crate::source::escape;

/// A text on one line; line breaks in it show as line breaks.
pub(super) fn line(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(inline).collect();
    lines.join("<br>")
}

/// A text of paragraphs.
pub(super) fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.trim().split("\n\n").enumerate() {
        out.push_str(if at == 0 { "" } else { "\n\n" });
        out.push_str(&line(part));
    }
    out
}

/// A text in a cell of a table: there a `|` ends the cell, even in code.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::new();
    for character in line(text).chars() {
        // Outside of code it has its `\` already.
        if character == '|' && !out.ends_with('\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// A text as code on one line.
pub(super) fn code(text: &str) -> String {
    let text = escape(&text.replace('\n', " "));
    let fence = "`".repeat(longest_run(&text).saturating_add(1));
    // A space on both sides is taken off again.
    let is_bare = !text.is_empty() && !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    let space = if is_bare { "" } else { " " };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A block of code that no line of it ends.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).saturating_add(1).max(3));
    format!("{fence}{language}\n{text}{fence}\n")
}

/// How many backticks stand together at the most.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or_default()
}

/// One line.
fn inline(text: &str) -> String {
    let text = escape(text);
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        literal(&mut out, before);
        let inside = from.trim_start_matches('`');
        let run = from.len().saturating_sub(inside.len());
        if let Some((span, behind)) = closed(inside, run) {
            out.push_str(&code(span.trim()));
            rest = behind;
        } else {
            out.extend(std::iter::repeat_n("\\`", run));
            rest = inside;
        }
    }
    literal(&mut out, rest);
    out
}

/// What stands before the next run of exactly so many backticks, and what behind it.
fn closed(text: &str, run: usize) -> Option<(&str, &str)> {
    let mut from: usize = 0;
    loop {
        let at = from.saturating_add(text.get(from..)?.find('`')?);
        let found = text.get(at..)?;
        let behind = found.trim_start_matches('`');
        let length = found.len().saturating_sub(behind.len());
        if length == run && !text.get(..at)?.trim().is_empty() {
            return Some((text.get(..at)?, behind));
        }
        from = at.saturating_add(length);
    }
}

/// Text that is no code: each character stands for itself.
fn literal(out: &mut String, text: &str) {
    let mut before = out.chars().next_back();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let begins_a_line = before.is_none_or(char::is_whitespace) && out.trim().is_empty();
        let is_word = |other: Option<char>| other.is_some_and(char::is_alphanumeric);
        let means_something = match character {
            '\\' | '*' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' => true,
            // Between letters it is a letter.
            '_' => !(is_word(before) && is_word(characters.peek().copied())),
            '#' | '-' | '+' | '=' | ':' => begins_a_line,
            '.' | ')' => {
                let head = out.trim_start();
                let ends = characters.peek().is_none_or(|next| next.is_whitespace());
                ends && !head.is_empty() && head.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        };
        if means_something {
            out.push('\\');
        }
        out.push(character);
        before = Some(character);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// What a reader sees of a page, and what it is made of.
    fn shown(page: &str) -> (String, Vec<String>) {
        let (mut text, mut parts) = (String::new(), Vec::new());
        let of_github = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        for event in Parser::new_ext(page, of_github) {
            match event {
                Event::Text(seen) | Event::Code(seen) => text.push_str(&seen),
                Event::InlineHtml(html) if &*html == "<br>" => text.push('\n'),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                Event::Start(Tag::Item) | Event::End(TagEnd::Item) => {}
                other @ (Event::Start(_)
                | Event::End(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::Rule
                | Event::TaskListMarker(_)) => parts.push(format!("{other:?}")),
            }
        }
        (text, parts)
    }

    #[test]
    fn texts_show_as_they_are_written() {
        for (text, wanted) in [
            (
                "it has {cert.subject.common_name}",
                "it has {cert.subject.common_name}",
            ),
            ("run `a | b` or `` a`b ``", "run `a | b` or ``a`b``"),
            ("a ` alone", "a \\` alone"),
            ("```", "\\`\\`\\`"),
            ("<script>&amp;", "\\<script\\>\\&amp;"),
            ("*a* _b_ c_d [e](f)", "\\*a\\* \\_b\\_ c_d \\[e\\](f)"),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("1. no item", "1\\. no item"),
            ("version 1. of it", "version 1. of it"),
            ("0.4.0 is no item", "0.4.0 is no item"),
            ("one\ntwo", "one<br>two"),
            ("a\u{1b}[2J\u{202e}b\r", "a\\\\u{1b}\\[2J\\\\u{202e}b"),
        ] {
            assert_eq!(line(text), wanted);
        }
        assert_eq!(cell("a|b `c|d`"), "a\\|b `c\\|d`");
        assert_eq!(paragraphs("a\nb\n\nc"), "a<br>b\n\nc");
    }

    #[test]
    fn code_is_fenced_by_more_than_it_holds() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(
            block("yaml", "a: |\n  ```\n"),
            "````yaml\na: |\n  ```\n````\n"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_text_shows_every_character_and_makes_nothing_else(text in "[-a-c1#*_~`<>&|\\\\\\[\\](){}!+=.:$\"' ]{0,16}(\n[-a#*`<>1.]{1,6})?") {
            let squeezed = |text: &str| {
                let lines: Vec<String> = text
                    .lines()
                    .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                    .collect();
                lines.join("\n").trim().replace('`', "")
            };
            // Backticks around code are no part of what shows.
            prop_assume!(!squeezed(&text).is_empty());
            let page = format!("- {}\n\nbehind\n", line(&text));
            let (seen, parts) = shown(&page);
            let seen = seen.strip_suffix("behind").unwrap();
            prop_assert_eq!(squeezed(seen).replace(' ', ""), squeezed(&text).replace(' ', ""), "{}", page);
            let allowed = ["Start(List", "End(List", "Start(Paragraph", "End(Paragraph"];
            prop_assert!(parts.iter().all(|part| allowed.iter().any(|allowed| part.starts_with(allowed))), "{:?} {}", parts, page);
        }

        #[test]
        fn a_cell_stays_in_its_row(text in "[-a-c#*_`<>&|\\\\\\[\\] \n]{0,16}") {
            let page = format!("| a | b |\n|---|---|\n| {} | last |\n", cell(&text));
            let (_, parts) = shown(&page);
            let cells = parts.iter().filter(|part| part.starts_with("Start(TableCell")).count();
            prop_assert_eq!(cells, 4, "{}", page);
        }

        #[test]
        fn code_shows_as_it_is(text in "[a`|<\\\\ ]{1,10}") {
            prop_assume!(!text.trim().is_empty());
            let page = format!("x {} y", code(&text));
            let (seen, _) = shown(&page);
            prop_assert_eq!(seen, format!("x {text} y"));
        }

        #[test]
        fn a_block_ends_where_it_should(text in "([a`~]{0,5}\n){1,4}") {
            let (seen, _) = shown(&format!("{}\nbehind\n", block("yaml", &text)));
            prop_assert_eq!(seen, format!("{text}behind"));
        }
    }
}
