//! One waiver as it is written.

use super::{Edit, Unedited, layout};
use crate::policy::emit;
use crate::policy::waiver::Entry;
use crate::span::Span;
use crate::yaml::{Node, Value};

/// A waiver as an item of a list.
pub(super) fn written(entry: &Entry, indent: usize) -> String {
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

/// The edits that give a waiver another end, reason and owner; its other lines and its comments stay.
pub(super) fn renewed(text: &str, item: &Node, given: &Entry) -> Result<Vec<Edit>, Unedited> {
    let mut edits = vec![
        replaced(text, item, "reason", &emit::scalar(&given.reason))?,
        replaced(text, item, "expires", &given.last_day())?,
    ];
    let Some(owner) = &given.owner else {
        return Ok(edits);
    };
    let owner = emit::scalar(owner);
    if item.get("owner").is_some() {
        edits.push(replaced(text, item, "owner", &owner)?);
        return Ok(edits);
    }
    let entries = item.entries().unwrap_or_default();
    let key = entries.iter().find(|(key, _)| key.name == "expires");
    let key = key.map(|(key, _)| key.span.start).ok_or(Unedited::Odd)?;
    let is_flow = text.as_bytes().get(item.span.start) == Some(&b'{');
    let before = text
        .get(layout::line_start(text, key)..key)
        .unwrap_or_default();
    let next = if is_flow {
        ", ".to_owned()
    } else {
        // The key may be the one behind the `-`.
        let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
        format!("{line_break}{:width$}", "", width = before.len())
    };
    edits.push((Span::new(key, key), format!("owner: {owner}{next}")));
    Ok(edits)
}

/// The edit that puts a scalar behind a key.
fn replaced(text: &str, item: &Node, key: &str, scalar: &str) -> Result<Edit, Unedited> {
    let entries = item.entries().unwrap_or_default();
    let entry = entries.iter().find(|(known, _)| known.name == key);
    let (key, old) = entry.ok_or(Unedited::Odd)?;
    let colon = layout::behind_colon(text, key).ok_or(Unedited::Odd)?;
    // A block scalar begins behind its `|`; nothing at all stands at its key.
    let end = old.span.end.max(colon);
    let between = text.get(colon..old.span.start.max(colon));
    if between.is_none_or(|between| between.contains('#')) {
        return Err(Unedited::Odd);
    }
    Ok((Span::new(colon, end), format!(" {scalar}")))
}
