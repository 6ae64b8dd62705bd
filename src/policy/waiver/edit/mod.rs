//! Adding, renewing and removing waivers in YAML that people have written: every other byte stays as it is, or
//! nothing is changed.

mod item;
mod layout;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::{read, refuse_twice};
use super::{Entry, MAX_BYTES, Subject, Waiver, path};
use crate::source::Source;
use crate::span::Span;
use crate::yaml::{self, Node};
use layout::{Block, KEY, Layout};

/// A file with other waivers in it.
#[derive(Debug)]
pub struct Rewritten {
    /// The new text.
    pub text: String,
    /// How many waivers it has that it had not.
    pub added: usize,
    /// How many have another end.
    pub renewed: usize,
    /// How many it has no more.
    pub removed: usize,
}

/// Why a file was not changed; each a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unedited {
    /// It cannot be read.
    #[error("{0}")]
    Unread(String),
    /// Its list of waivers is `[…]`.
    #[error(
        "its waivers stand in brackets, where none can be put in or taken out line by line: {BY_LINES}"
    )]
    Brackets,
    /// It is `{…}` as a whole.
    #[error(
        "it stands in braces as a whole, where nothing can be put in or taken out line by line: {BY_LINES}"
    )]
    Braces,
    /// Something else than a waiver would have changed.
    #[error("its waivers are written in a way in which more than they would change: {BY_LINES}")]
    Odd,
}

const BY_LINES: &str = "write each waiver on lines of its own that begin with `- rule: …`, or keep new ones in a file \
                        of their own (`waivers add --to FILE`)";

/// The text with these waivers: what it has already gets the end and the reason that are given here, and the others
/// stand at the end of its list. An empty text becomes a file of its own.
///
/// # Errors
/// Why nothing was changed.
pub fn put(text: &str, entries: &[Entry]) -> Result<Rewritten, Unedited> {
    let before = Document::of(text)?;
    let mut new: BTreeMap<Subject, &Entry> = BTreeMap::new();
    for entry in entries {
        new.entry(entry.subject()).or_insert(entry);
    }
    let mut wanted: Vec<Entry> = Vec::with_capacity(before.waivers.len());
    let mut edits = Vec::new();
    let mut renewed: usize = 0;
    for (waiver, node) in before.waivers.iter().zip(before.items()) {
        let given = new.remove(&waiver.subject());
        wanted.push(match given {
            Some(given) if given.expires != waiver.entry.expires => {
                edits.extend(item::renewed(text, node, given)?);
                renewed = renewed.saturating_add(1);
                waiver.entry.renewed(given)
            }
            Some(_) | None => waiver.entry.clone(),
        });
    }
    // In the order in which they were given.
    let new: Vec<&Entry> = entries
        .iter()
        .filter(|entry| new.remove(&entry.subject()).is_some())
        .collect();
    if !new.is_empty() {
        edits.extend(appended(text, &before, &new)?);
        wanted.extend(new.iter().map(|entry| (*entry).clone()));
    }
    Ok(Rewritten {
        text: before.checked(text, edits, &wanted)?,
        added: new.len(),
        renewed,
        removed: 0,
    })
}

/// The text without the waivers that are `gone`, and without the comments that are theirs: those right above, and
/// those behind that stand further in.
///
/// # Errors
/// Why nothing was changed.
pub fn remove(text: &str, gone: &dyn Fn(&Waiver) -> bool) -> Result<Rewritten, Unedited> {
    let before = Document::of(text)?;
    let is_gone: Vec<bool> = before.waivers.iter().map(gone).collect();
    let removed = is_gone.iter().filter(|is_gone| **is_gone).count();
    let mut edits = Vec::new();
    if removed > 0 {
        let Layout::Block(block) = Layout::of(text, before.root.as_ref())? else {
            return Err(Unedited::Odd);
        };
        if removed == before.waivers.len() {
            edits.push((Span::new(block.colon, block.colon), " []".to_owned()));
        }
        let lines = block.items.iter().zip(&is_gone);
        let lines = lines.filter(|(_, is_gone)| **is_gone);
        edits.extend(lines.map(|(lines, _)| (*lines, String::new())));
    }
    let kept = before.waivers.iter().zip(&is_gone);
    let kept: Vec<Entry> = kept
        .filter(|(_, is_gone)| !**is_gone)
        .map(|(waiver, _)| waiver.entry.clone())
        .collect();
    Ok(Rewritten {
        text: before.checked(text, edits, &kept)?,
        added: 0,
        renewed: 0,
        removed,
    })
}

/// The path of a file as a waiver names it.
#[must_use]
pub fn named(path: &str) -> String {
    path::escaped(path)
}

impl Entry {
    /// The same waiver with another end, and why; whoever answers for it does so until somebody else is named.
    fn renewed(&self, given: &Self) -> Self {
        Self {
            reason: given.reason.clone(),
            owner: given.owner.clone().or(self.owner.clone()),
            expires: given.expires,
            ..self.clone()
        }
    }
}

/// A text in the place of a range.
type Edit = (Span, String);

/// A config or a file of waivers.
struct Document {
    root: Option<Node>,
    waivers: Vec<Waiver>,
}

impl Document {
    fn of(text: &str) -> Result<Self, Unedited> {
        let source = Arc::new(Source::new(KEY, text));
        let mut problems = Vec::new();
        let root = if text.trim().is_empty() {
            None
        } else {
            yaml::read_up_to(MAX_BYTES, text, &source, &mut problems)
        };
        let list = root.as_ref().and_then(|root| root.get(KEY));
        let waivers = match list.filter(|list| !list.is_null()) {
            Some(list) => read(list, &source, &mut problems),
            None => Vec::new(),
        };
        refuse_twice(&waivers, &mut problems);
        match problems.into_iter().next() {
            None => Ok(Self { root, waivers }),
            Some(problem) => Err(Unedited::Unread(problem.message)),
        }
    }

    /// The waivers as they are written.
    fn items(&self) -> &[Node] {
        let list = self.root.as_ref().and_then(|root| root.get(KEY));
        list.and_then(Node::items).unwrap_or_default()
    }

    /// The edited text, where it holds these waivers and everything else that it held before.
    fn checked(&self, text: &str, edits: Vec<Edit>, wanted: &[Entry]) -> Result<String, Unedited> {
        if edits.is_empty() {
            return Ok(text.to_owned());
        }
        let text = edited(text, edits).ok_or(Unedited::Odd)?;
        let after = Self::of(&text).map_err(|_| Unedited::Odd)?;
        let is_whole = after.waivers.iter().map(|waiver| &waiver.entry).eq(wanted)
            && is_same_but_waivers(self.root.as_ref(), after.root.as_ref());
        is_whole.then_some(text).ok_or(Unedited::Odd)
    }
}

/// Whether two documents say the same beside their waivers. One that said nothing has a version afterwards.
fn is_same_but_waivers(before: Option<&Node>, after: Option<&Node>) -> bool {
    let others = |root: Option<&Node>| -> Vec<(String, Node)> {
        let entries = root.and_then(Node::entries).unwrap_or_default();
        let others = entries.iter().filter(|(key, _)| key.name != KEY);
        others
            .map(|(key, node)| (key.name.clone(), node.moved_to(Span::default())))
            .collect()
    };
    let (mut now, then) = (others(after), others(before));
    if before.is_none_or(Node::is_null) {
        now.retain(|(key, _)| key != "version");
    }
    now == then
}

/// The text with each range replaced; `None` where two of them overlap.
fn edited(text: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|(span, _)| *span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(text.get(at..span.start)?);
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The edits that put waivers at the end of the list.
fn appended(text: &str, before: &Document, new: &[&Entry]) -> Result<Vec<Edit>, Unedited> {
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let written =
        |indent: usize| -> String { new.iter().map(|new| item::written(new, indent)).collect() };
    let at = |at: usize, lines: String| {
        let head = text.get(..at).unwrap_or_default();
        let begun = !head.is_empty() && !head.ends_with('\n');
        let lead = if begun { line_break } else { "" };
        let lines = lines.replace('\n', line_break);
        (Span::new(at, at), format!("{lead}{lines}"))
    };
    let key = |indent: usize| {
        format!(
            "{:indent$}{KEY}:\n{}",
            "",
            written(indent.saturating_add(2))
        )
    };
    Ok(match Layout::of(text, before.root.as_ref())? {
        Layout::Nothing => vec![at(text.len(), format!("version: 1\n{}", key(0)))],
        Layout::NoKey { indent } => {
            let end = before.root.as_ref();
            let end = end.map_or(text.len(), |root| layout::end_of_document(text, root));
            vec![at(end, key(indent))]
        }
        Layout::Empty {
            nothing,
            at: line,
            indent,
        } => vec![
            (nothing, String::new()),
            at(line, written(indent.saturating_add(2))),
        ],
        Layout::Block(Block { indent, items, .. }) => {
            let end = items.last().map_or(text.len(), |last| last.end);
            vec![at(end, written(indent))]
        }
    })
}

#[cfg(test)]
mod tests;
