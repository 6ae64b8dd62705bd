//! The elements of a trusted list as a tree, each with its place.
//!
//! Read as a stream, and bounded: no document type, hence no entities but those of XML itself;
//! nesting, elements and namespace declarations are limited. Elements of other namespaces (the
//! signature, extensions) are passed over with all that is in them, and of the attributes only the
//! language of a text is kept.

use quick_xml::NsReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::error::{Error, Refusal};
use crate::source::escape;
use crate::span::Span;

/// The namespace of trusted lists (TS 119 612, annex C).
const NAMESPACE: Namespace<'static> = Namespace("http://uri.etsi.org/02231/v2#");
/// Deepest nesting, in levels; a trusted list with its signature needs some twenty.
const MAX_DEPTH: usize = 64;
/// Most elements; a service has about thirty, with its history a few times as many.
const MAX_ELEMENTS: usize = 1_000_000;

/// An element of a trusted list.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// `xml:lang`, as written.
    pub(super) language: Option<String>,
    /// The text right inside it, without that of its children.
    pub(super) text: String,
    /// The elements right inside it that belong to the namespace of trusted lists.
    pub(super) children: Vec<Element>,
    /// Its start tag.
    pub(super) tag: Span,
    /// What stands between its start tag and its end tag.
    pub(super) content: Span,
}

impl Element {
    /// The children of a name.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first descendant at a path of names.
    pub(super) fn at(&self, path: &[&'static str]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |here, name| here.all(name).next())
    }

    /// The text without white space around it.
    pub(super) fn value(&self) -> &str {
        self.text.trim()
    }
}

/// Reads a text of XML into its outermost element.
pub(super) fn read(text: &str) -> Result<Element, Error> {
    // A byte order mark is no part of the document (XML 1.0 §4.3.3).
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let body = text.get(start..).unwrap_or_default();
    Builder {
        reader: NsReader::from_str(body),
        start,
        end: text.len(),
        open: Vec::new(),
        foreign: 0,
        elements: 0,
        root: None,
    }
    .read()
}

struct Builder<'a> {
    reader: NsReader<&'a [u8]>,
    /// Bytes before what the reader reads.
    start: usize,
    /// Length of the whole text, in bytes.
    end: usize,
    /// The elements whose end tag has not come yet, the outermost one first.
    open: Vec<Element>,
    /// How many elements of other namespaces are open above those.
    foreign: usize,
    elements: usize,
    root: Option<Element>,
}

impl Builder<'_> {
    fn read(mut self) -> Result<Element, Error> {
        loop {
            let before = self.position(self.reader.buffer_position());
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.refused(&error)),
            };
            let span = Span::new(before, self.position(self.reader.buffer_position()));
            match event {
                Event::Start(tag) => self.opened(&tag, span)?,
                Event::Empty(tag) => {
                    self.opened(&tag, span)?;
                    self.closed(Span::new(span.end, span.end));
                }
                Event::End(_) => self.closed(span),
                Event::Text(piece) => self.text(&piece, span)?,
                Event::CData(piece) => self.text(&piece, span)?,
                Event::GeneralRef(reference) => {
                    let character = character(&reference).ok_or_else(|| malformed(span))?;
                    self.text(&character, span)?;
                }
                Event::DocType(kind) => return Err(document_type(&kind).at(span)),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    fn finish(self) -> Result<Element, Error> {
        let end = Span::new(self.end.saturating_sub(1), self.end);
        match (self.open.last(), self.root) {
            (Some(open), _) => Err(Refusal::Truncated(shown(&open.name)).at(end)),
            (None, Some(root)) => Ok(root),
            (None, None) => Err(Refusal::Malformed("it has no element".to_owned()).at(end)),
        }
    }

    fn opened(&mut self, tag: &BytesStart<'_>, span: Span) -> Result<(), Error> {
        self.elements = self.elements.saturating_add(1);
        if self.elements > MAX_ELEMENTS {
            return Err(Refusal::TooManyElements(MAX_ELEMENTS).at(span));
        }
        if self.open.len().saturating_add(self.foreign) >= MAX_DEPTH {
            return Err(Refusal::TooDeep(MAX_DEPTH).at(span));
        }
        if self.root.is_some() {
            let what = "a second element follows the outermost one".to_owned();
            return Err(Refusal::Malformed(what).at(span));
        }
        let (namespace, name) = self.reader.resolver().resolve_element(tag.name());
        let listed = namespace == ResolveResult::Bound(NAMESPACE);
        if self.open.is_empty() && !listed {
            return Err(other(tag, name.into_inner()).at(span));
        }
        if self.foreign > 0 || !listed {
            self.foreign = self.foreign.saturating_add(1);
            return Ok(());
        }
        self.open.push(Element {
            name: name.into_inner().to_owned(),
            language: language(tag),
            text: String::new(),
            children: Vec::new(),
            tag: span,
            content: Span::new(span.end, span.end),
        });
        Ok(())
    }

    fn closed(&mut self, end_tag: Span) {
        if self.foreign > 0 {
            self.foreign = self.foreign.saturating_sub(1);
            return;
        }
        let Some(mut element) = self.open.pop() else {
            return;
        };
        element.content = Span::new(element.content.start, end_tag.start);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str, span: Span) -> Result<(), Error> {
        if self.foreign > 0 {
            return Ok(());
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                let what = "there is text outside of the outermost element".to_owned();
                return Err(Refusal::Malformed(what).at(span));
            }
        }
        Ok(())
    }

    /// What the library found wrong.
    fn refused(&self, error: &quick_xml::Error) -> Error {
        let at = self.position(self.reader.error_position());
        let span = Span::new(at, at.saturating_add(1).min(self.end));
        let open = self.open.last().map(|open| shown(&open.name));
        let what = match (error, open) {
            // All errors of syntax are markup that has no end.
            (quick_xml::Error::Syntax(_), Some(open)) => return Refusal::Truncated(open).at(span),
            (quick_xml::Error::Syntax(error), None) => error.to_string(),
            (quick_xml::Error::IllFormed(error), _) => error.to_string(),
            (quick_xml::Error::Namespace(error), _) => error.to_string(),
            (quick_xml::Error::InvalidAttr(error), _) => error.to_string(),
            (
                quick_xml::Error::Io(_)
                | quick_xml::Error::Encoding(_)
                | quick_xml::Error::Escape(_),
                _,
            ) => error.to_string(),
        };
        Refusal::Malformed(shown(&what)).at(span)
    }

    fn position(&self, offset: u64) -> usize {
        // An offset in a text that is in memory fits.
        usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .saturating_add(self.start)
            .min(self.end)
    }
}

/// A name or a message from the file, short and safe to print.
pub(super) fn shown(text: &str) -> String {
    /// Characters that tell what it is.
    const LENGTH: usize = 120;
    let mut short: String = text.chars().take(LENGTH).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    escape(&short)
}

fn malformed(span: Span) -> Error {
    Refusal::Malformed("it refers to an entity, and none is defined".to_owned()).at(span)
}

/// The text that a reference stands for: a character by number, or one of the five entities that
/// XML itself has.
fn character(reference: &BytesRef<'_>) -> Option<String> {
    if reference.is_char_ref() {
        let character = reference.resolve_char_ref().ok().flatten();
        return character.map(String::from);
    }
    resolve_xml_entity(reference).map(str::to_owned)
}

fn document_type(kind: &str) -> Refusal {
    if begins_with_html(kind) {
        Refusal::Html
    } else {
        Refusal::DocumentType
    }
}

fn begins_with_html(text: &str) -> bool {
    let word = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    word.into_iter()
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("html"))
}

/// What an outermost element says that is none of a trusted list.
fn other(tag: &BytesStart<'_>, local_name: &str) -> Refusal {
    if begins_with_html(local_name) {
        Refusal::Html
    } else {
        Refusal::OtherXml(shown(tag.name().into_inner()))
    }
}

/// `xml:lang`; the prefix `xml` is bound to one namespace for good, so the name is enough.
fn language(tag: &BytesStart<'_>) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.into_inner() == "xml:lang")?;
    Some(found.value.into_owned())
}
