//! Adding and removing waivers in YAML that people have written: every other byte stays as it is.

use std::sync::Arc;

use super::read::read;
use super::{Entry, MAX_BYTES, Waiver, path};
use crate::policy::emit;
use crate::source::Source;
use crate::span::Span;
use crate::yaml::{self, Node, Value};

/// A file with other waivers in it.
#[derive(Debug)]
pub struct Rewritten {
    /// The new text.
    pub text: String,
    /// How many waivers were added or removed.
    pub count: usize,
}

/// The text with these waivers at the end of its list; those that it has already are left out. An empty text
/// becomes a file of its own.
///
/// # Errors
/// A sentence: what the file is, that nothing could be added to it.
pub fn append(text: &str, entries: &[Entry]) -> Result<Rewritten, String> {
    let before = waivers(text)?;
    let is_new = |entry: &&Entry| {
        before
            .iter()
            .all(|known| known.entry.subject() != entry.subject())
    };
    let mut new: Vec<&Entry> = Vec::new();
    for entry in entries.iter().filter(is_new) {
        if new.iter().all(|known| known.subject() != entry.subject()) {
            new.push(entry);
        }
    }
    if new.is_empty() {
        return Ok(Rewritten {
            text: text.to_owned(),
            count: 0,
        });
    }
    let changed = appended(text, &before, &new)?;
    let after = waivers(&changed).map_err(|_| BY_HAND.to_owned())?;
    let is_whole = after.len() == before.len().saturating_add(new.len())
        && before
            .iter()
            .zip(&after)
            .all(|(old, now)| old.entry == now.entry)
        && new
            .iter()
            .zip(after.iter().skip(before.len()))
            .all(|(new, now)| **new == now.entry);
    if !is_whole {
        return Err(BY_HAND.to_owned());
    }
    Ok(Rewritten {
        text: changed,
        count: new.len(),
    })
}

/// The text without the waivers at these positions of its list. Comments stay.
///
/// # Errors
/// A sentence: what the file is, that nothing could be removed from it.
pub fn remove(text: &str, positions: &[usize]) -> Result<Rewritten, String> {
    let before = waivers(text)?;
    let lines = Lines::of(text);
    let gone: Vec<(usize, usize)> = positions
        .iter()
        .filter_map(|position| before.get(*position))
        .map(|waiver| lines.of_span(text, waiver.whole))
        .collect();
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if !gone
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&number))
        {
            out.push_str(line);
        }
    }
    let kept: Vec<&Waiver> = before
        .iter()
        .enumerate()
        .filter(|(position, _)| !positions.contains(position))
        .map(|(_, waiver)| waiver)
        .collect();
    if kept.is_empty() && !before.is_empty() {
        out = emptied(&out);
    }
    let after = waivers(&out).map_err(|_| BY_HAND.to_owned())?;
    let is_whole = after.len() == kept.len()
        && kept
            .iter()
            .zip(&after)
            .all(|(old, now)| old.entry == now.entry);
    if !is_whole {
        return Err(BY_HAND.to_owned());
    }
    Ok(Rewritten {
        count: before.len().saturating_sub(after.len()),
        text: out,
    })
}

const BY_HAND: &str = "its list of waivers is written in a way that cannot be edited safely: write each waiver on lines \
                       of its own that begin with `- rule: …`";

/// The waivers of a config or of a waiver file.
fn waivers(text: &str) -> Result<Vec<Waiver>, String> {
    let source = Arc::new(Source::new("waivers", text));
    let mut problems = Vec::new();
    let list = list(text, &source, &mut problems)?;
    let waivers = list.map_or_else(Vec::new, |node| read(&node, &source, &mut problems));
    match problems.first() {
        None => Ok(waivers),
        Some(problem) => Err(problem.message.clone()),
    }
}

/// The list itself, where there is one.
fn list(
    text: &str,
    source: &Arc<Source>,
    problems: &mut yaml::Problems,
) -> Result<Option<Node>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let node = yaml::read_up_to(MAX_BYTES, text, source, problems);
    let Some(node) = node else {
        let first = problems.first().map(|problem| problem.message.clone());
        return Err(first.unwrap_or_else(|| "it is no YAML".to_owned()));
    };
    Ok(node.get("waivers").filter(|list| !list.is_null()).cloned())
}

fn appended(text: &str, before: &[Waiver], new: &[&Entry]) -> Result<String, String> {
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = Lines::of(text);
    let written = |indent: usize| {
        let items: String = new.iter().map(|entry| item(entry, indent)).collect();
        items.replace('\n', line_break)
    };
    let Some(last) = before.last() else {
        let text = without_empty_list(text);
        let mut out = if text.trim().is_empty() {
            format!("version: 1{line_break}")
        } else {
            ended(&text, line_break)
        };
        if !out.lines().any(|line| line.trim_end() == "waivers:") {
            out.push_str("waivers:");
            out.push_str(line_break);
            return Ok(out + &written(2));
        }
        // The key stands there with nothing under it.
        let mut whole = String::new();
        for line in out.split_inclusive('\n') {
            whole.push_str(line);
            if line.trim_end() == "waivers:" {
                whole.push_str(&written(2));
            }
        }
        return Ok(whole);
    };
    let (first_line, last_line) = lines.of_span(text, last.whole);
    let Some(begin) = lines.line(text, first_line) else {
        return Err(BY_HAND.to_owned());
    };
    let indent = begin.len().saturating_sub(begin.trim_start().len());
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        out.push_str(line);
        if number == last_line {
            if !line.ends_with('\n') {
                out.push_str(line_break);
            }
            out.push_str(&written(indent));
        }
    }
    Ok(out)
}

/// One waiver as an item of a list.
fn item(entry: &Entry, indent: usize) -> String {
    let text = |text: &str| Node {
        span: Span::default(),
        value: Value::String(text.to_owned()),
    };
    let certificate = entry
        .certificate
        .as_ref()
        .map(|hash| format!("sha256:{hash}"));
    let last_day = entry.last_day();
    let fields = [
        ("id", entry.id.as_deref()),
        ("rule", Some(entry.rule.as_str())),
        ("certificate", certificate.as_deref()),
        ("path", entry.path.as_deref()),
        ("reason", Some(entry.reason.as_str())),
        ("owner", entry.owner.as_deref()),
        ("expires", Some(last_day.as_str())),
    ];
    let mut out = String::new();
    for (key, value) in fields {
        let Some(value) = value else { continue };
        let mut line = String::new();
        if key == "expires" {
            // A day needs no quotes for a reader that knows no dates.
            line = format!("{key}: {value}");
        } else {
            emit::entry(&mut line, 0, key, &text(value));
        }
        let lead = if out.is_empty() { "- " } else { "  " };
        for (at, line) in line.lines().enumerate() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(if at == 0 { lead } else { "  " });
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The text with `waivers: []` instead of `waivers:` with nothing under it.
fn emptied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("waivers:") {
            Some(rest) if rest.trim().is_empty() || rest.trim_start().starts_with('#') => {
                out.push_str("waivers: []");
                out.push_str(rest);
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// The reverse.
fn without_empty_list(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_empty = line
            .strip_prefix("waivers:")
            .is_some_and(|rest| rest.trim() == "[]" || rest.trim() == "null");
        if is_empty {
            let line_break = line.trim_end_matches(['\r', '\n']).len();
            out.push_str("waivers:");
            out.push_str(line.get(line_break..).unwrap_or("\n"));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// The text with a line break at its end.
fn ended(text: &str, line_break: &str) -> String {
    let mut out = text.to_owned();
    if !out.ends_with('\n') {
        out.push_str(line_break);
    }
    out
}

/// Where lines start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    /// The first and the last line of a span, from 0.
    fn of_span(&self, text: &str, span: Span) -> (usize, usize) {
        let line = |at: usize| {
            self.0
                .partition_point(|start| *start <= at)
                .saturating_sub(1)
        };
        // A span may take in the white space behind a block scalar.
        let inside = text.get(span.start..span.end).unwrap_or_default();
        let end = span.start.saturating_add(inside.trim_end().len());
        (
            line(span.start),
            line(end.saturating_sub(1).max(span.start)),
        )
    }

    fn line<'a>(&self, text: &'a str, number: usize) -> Option<&'a str> {
        let start = *self.0.get(number)?;
        text.get(start..)?.lines().next()
    }
}

/// The path of a file as a waiver names it.
#[must_use]
pub fn named(path: &str) -> String {
    path::escaped(path)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn entry(path: &str) -> Entry {
        Entry {
            id: None,
            rule: "some-rule".to_owned(),
            certificate: None,
            path: Some(path.to_owned()),
            reason: "a reason: with a colon, and # no comment".to_owned(),
            owner: None,
            expires: date!(2027 - 02 - 01),
        }
    }

    fn paths(text: &str) -> Vec<String> {
        let found = waivers(text).unwrap();
        found
            .into_iter()
            .filter_map(|waiver| waiver.entry.path)
            .collect()
    }

    #[test]
    fn what_is_appended_stands_at_the_end_of_the_list_wherever_that_is() {
        let item = "- { rule: some-rule, path: a, reason: b, expires: 2027-01-01 }";
        let texts = [
            String::new(),
            "version: 1\n".to_owned(),
            "version: 1".to_owned(),
            "version: 1\nwaivers:\n".to_owned(),
            "version: 1\nwaivers: []\nfail_on: error\n".to_owned(),
            "version: 1\nwaivers: # none yet\n  []\n".to_owned(),
            format!("version: 1\nwaivers:\n{item}\n# end\nfail_on: error\n"),
            format!("version: 1\nwaivers:\n    {item}"),
            "version: 1\nwaivers:\n  - rule: some-rule\n    path: a\n    expires: 2027-01-01\n    reason: >-\n      one\n\n      two\n\n\nfail_on: error\n".to_owned(),
        ];
        for text in texts {
            let before = if text.is_empty() {
                Vec::new()
            } else {
                paths(&text)
            };
            let Ok(written) = append(&text, &[entry("x y"), entry("*.pem"), entry("x y")]) else {
                assert!(text.contains("none yet"), "{text}");
                continue;
            };
            assert_eq!(written.count, 2, "{text}");
            let wanted: Vec<String> = before
                .into_iter()
                .chain(["x y".into(), "*.pem".into()])
                .collect();
            assert_eq!(paths(&written.text), wanted, "{}", written.text);
            assert_eq!(append(&written.text, &[entry("x y")]).unwrap().count, 0);
        }
    }

    #[test]
    fn a_baseline_of_thousands_is_written_and_read_again() {
        let entries: Vec<Entry> = (0..4200)
            .map(|number| entry(&format!("{number}.pem")))
            .collect();
        let written = append("version: 1\n", &entries).unwrap();
        assert_eq!(written.count, 4200);
        assert_eq!(remove(&written.text, &[7]).unwrap().count, 1);
    }

    #[test]
    fn what_cannot_be_edited_line_by_line_is_refused_and_not_spoilt() {
        let flow = "version: 1\nwaivers: [{ rule: r, path: a, reason: b, expires: 2027-01-01 }, { rule: r, path: b, reason: b, expires: 2027-01-01 }]\n";
        assert!(append(flow, &[entry("c")]).is_err());
        assert!(remove(flow, &[0]).is_err());
        assert!(append("waivers: 3\n", &[entry("c")]).is_err());
        assert!(append("waivers: [\n", &[entry("c")]).is_err());
    }

    #[test]
    fn removing_takes_the_lines_of_a_waiver_and_no_other() {
        let text = "waivers:\n  # one\n  - rule: r\n    path: a\n    reason: |\n      x\n\n      y\n    expires: 2027-01-01\n\n  # two\n  - { rule: r, path: b, reason: b, expires: 2027-01-01 } # same line\n";
        assert_eq!(
            remove(text, &[0]).unwrap().text,
            "waivers:\n  # one\n\n  # two\n  - { rule: r, path: b, reason: b, expires: 2027-01-01 } # same line\n"
        );
        assert_eq!(remove(text, &[1]).unwrap().count, 1);
        assert_eq!(remove(text, &[]).unwrap().text, text);
        let none = remove(text, &[0, 1]).unwrap();
        assert_eq!(
            (none.count, none.text.as_str()),
            (2, "waivers: []\n  # one\n\n  # two\n")
        );
    }
}
