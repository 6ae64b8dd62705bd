//! Certificates out of containers: DER, PKCS#7, and text in UTF-16.
//!
//! A container is unpacked whole or not at all: whatever else it holds would be lost.

use data_encoding::BASE64;
use der::{Reader, SliceReader, Tag, TagNumber};

use super::{Refusal, certificate};
use crate::pem::{self, Document, FaultKind, Label, Shape};
use crate::span::Span;
use crate::x509::Certificate;

/// `signedData` (RFC 5652 §5.1).
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// Certificates a container; chains have a handful.
const MAX_CERTIFICATES: usize = 1000;

/// The bytes as PEM of certificates, where they are a container of them; `None` where they are PEM, or
/// anything else that is not to be unpacked.
///
/// # Errors
/// When a container of certificates cannot be taken apart, or holds anything but certificates.
pub fn unpack(bytes: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
    if let Some(text) = pem::from_utf16(bytes) {
        return Ok(Some(match pkcs7_block(&text)? {
            Some(der) => pkcs7(&der)?,
            None => text,
        }));
    }
    match pem::shape(bytes) {
        Shape::Certificate => all_of(bytes).map(Some),
        Shape::Pkcs7 => pkcs7(bytes).map(Some),
        Shape::Pkcs12
        | Shape::PrivateKey
        | Shape::CertificateRequest
        | Shape::Crl
        | Shape::Unknown => match pkcs7_block(bytes)? {
            Some(der) => pkcs7(&der).map(Some),
            None => Ok(None),
        },
    }
}

fn no<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::of_file(why))
}

/// One certificate after another.
fn all_of(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut rest = bytes;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let read = SliceReader::new(rest).and_then(|mut reader| reader.tlv_bytes());
        let Ok(one) = read else {
            return match all.len() {
                0 => no("its DER is damaged"),
                count => no(format!(
                    "what follows certificate {count} in it is no certificate"
                )),
            };
        };
        all.push(one);
        rest = rest.get(one.len()..).unwrap_or_default();
    }
    blocks(&all)
}

/// Certificates as PEM blocks: what reads as none, a private key above all, is never called one.
fn blocks(all: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    let damaged = all.iter().position(|der| Certificate::parse(der).is_err());
    if let Some(at) = damaged {
        let number = at.saturating_add(1);
        return no(format!("certificate {number} in it is damaged, or is none"));
    }
    let blocks = all.iter().map(|der| certificate(der, b"\n"));
    Ok(blocks.flatten().collect())
}

/// The certificates of a PKCS#7 container that holds nothing else.
fn pkcs7(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let Ok(read) = Container::read(bytes) else {
        return no("its PKCS#7 container is damaged, or not in DER");
    };
    let Some(container) = read else {
        return no("its PKCS#7 container is of a kind that no chain stands in");
    };
    if let Some(what) = container.other {
        return no(what);
    }
    match container.certificates.as_slice() {
        [] => no("its PKCS#7 container holds no certificate"),
        many if many.len() > MAX_CERTIFICATES => no(format!(
            "its PKCS#7 container holds more than {MAX_CERTIFICATES} certificates"
        )),
        all => blocks(all),
    }
}

/// What a `SignedData` holds (RFC 5652 §5.1), certificates in encoded order:
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OID, [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo,
///                           [0] IMPLICIT certificates, [1] IMPLICIT crls, signerInfos }
/// ```
#[derive(Default)]
struct Container<'a> {
    certificates: Vec<&'a [u8]>,
    /// That there is something beside them, a clause.
    other: Option<&'static str>,
}

const TRAILING: &str = "something follows its PKCS#7 container";
const CONTENT: &str = "its PKCS#7 container holds signed content";
const CRLS: &str = "its PKCS#7 container holds revocation lists";
const SIGNERS: &str = "its PKCS#7 container holds signatures";
const FOREIGN: &str = "its PKCS#7 container holds something else than certificates";

impl<'a> Container<'a> {
    /// `None` where the container is of another type.
    fn read(bytes: &'a [u8]) -> der::Result<Option<Self>> {
        let mut found = Self::default();
        let mut outer = SliceReader::new(bytes)?;
        let mut info = SliceReader::new(content(outer.tlv_bytes()?, Tag::Sequence)?)?;
        found.note(!outer.is_finished(), TRAILING);
        if content(info.tlv_bytes()?, Tag::ObjectIdentifier)? != SIGNED_DATA {
            return Ok(None);
        }
        let mut wrapped = SliceReader::new(content(info.tlv_bytes()?, context(0))?)?;
        found.note(!info.is_finished(), FOREIGN);
        let mut signed = SliceReader::new(content(wrapped.tlv_bytes()?, Tag::Sequence)?)?;
        found.note(!wrapped.is_finished(), FOREIGN);
        content(signed.tlv_bytes()?, Tag::Integer)?;
        content(signed.tlv_bytes()?, Tag::Set)?;
        let mut encapsulated = SliceReader::new(content(signed.tlv_bytes()?, Tag::Sequence)?)?;
        encapsulated.tlv_bytes()?;
        found.note(!encapsulated.is_finished(), CONTENT);
        while !signed.is_finished() {
            let tag = Tag::peek(&signed)?;
            let mut set = SliceReader::new(content(signed.tlv_bytes()?, tag)?)?;
            if tag == context(0) {
                while !set.is_finished() {
                    let one = set.tlv_bytes()?;
                    found.certificates.push(one);
                    // Other choices, attribute certificates among them, are context-tagged.
                    found.note(content(one, Tag::Sequence).is_err(), FOREIGN);
                }
            } else if tag == context(1) {
                found.note(!set.is_finished(), CRLS);
            } else if tag == Tag::Set {
                found.note(!set.is_finished(), SIGNERS);
            } else {
                found.note(true, FOREIGN);
            }
        }
        Ok(Some(found))
    }

    fn note(&mut self, is_there: bool, what: &'static str) {
        if is_there {
            self.other.get_or_insert(what);
        }
    }
}

const fn context(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The content of a value that has this tag.
fn content(tlv: &[u8], tag: Tag) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(tlv)?;
    let header = <der::Header as der::Decode>::decode(&mut reader)?;
    header.tag().assert_eq(tag)?;
    reader.read_slice(header.length())
}

/// The DER of a file whose only block is one of PKCS#7.
fn pkcs7_block(bytes: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
    let document = pem::scan(bytes, pem::Limits::default());
    let [block] = document.blocks.as_slice() else {
        return Ok(None);
    };
    if block.label != Label::Pkcs7 || !is_sound(&document) {
        return Ok(None);
    }
    if let Some(text) = document.texts.first() {
        let why = "text stands beside its PKCS#7 container";
        return Err(Refusal::at(bytes, text.start, why));
    }
    let body = Span::new(block.begin.end, block.span.end);
    let body = bytes.get(body.start..body.end).unwrap_or_default();
    let base64: Vec<u8> = body
        .iter()
        .copied()
        .take_while(|byte| *byte != b'-')
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    match BASE64.decode(&base64) {
        Ok(der) => Ok(Some(der)),
        Err(_) => no("its PKCS#7 container is damaged: it is no base64"),
    }
}

/// Whether nothing is wrong with a file's PEM but that it holds a container.
fn is_sound(document: &Document) -> bool {
    document
        .faults
        .iter()
        .all(|fault| matches!(fault.kind, FaultKind::Pkcs7Block | FaultKind::ByteOrderMark))
}
