//! Certificates out of containers: DER, PKCS#7, and text in UTF-16.

use data_encoding::BASE64;
use der::{Reader, SliceReader, Tag, TagNumber};

use super::{Refusal, certificate};
use crate::pem::{self, Label, Shape};
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
    if let Some(text) = utf16(bytes) {
        let document = pem::scan(&text, pem::Limits::default());
        let mut labels = document.blocks.iter().map(|block| block.label);
        return if labels.any(|label| label == Label::PrivateKey) {
            Err(Refusal("it holds a private key".to_owned()))
        } else {
            Ok(Some(text))
        };
    }
    match pem::shape(bytes) {
        Shape::Certificate => Ok(Some(all_of(bytes)?)),
        Shape::Pkcs7 => pkcs7(bytes).map(Some),
        Shape::Pkcs12
        | Shape::PrivateKey
        | Shape::CertificateRequest
        | Shape::Crl
        | Shape::Unknown => pkcs7_block(bytes).map(pkcs7_of).transpose(),
    }
}

fn pkcs7_of(der: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    pkcs7(&der)
}

fn broken(what: &str) -> Refusal {
    Refusal(format!("{what} cannot be taken apart"))
}

/// One certificate after another.
fn all_of(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let fail = |_| broken("its DER");
    let mut reader = SliceReader::new(bytes).map_err(fail)?;
    let mut all = Vec::new();
    while !reader.is_finished() {
        all.push(reader.tlv_bytes().map_err(fail)?);
    }
    blocks(&all)
}

/// The certificates of `SignedData`, in encoded order:
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OID, [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, [0] IMPLICIT certificates, … }
/// ```
fn pkcs7(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let certificates = certificates(bytes)
        .ok()
        .flatten()
        .ok_or_else(|| broken("its PKCS#7 container"))?;
    if certificates.is_empty() {
        return Err(Refusal(
            "its PKCS#7 container holds no certificate".to_owned(),
        ));
    }
    blocks(&certificates)
}

/// Certificates as PEM blocks: what reads as none, a private key above all, is never called one.
fn blocks(all: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    if all.iter().any(|der| Certificate::parse(der).is_err()) {
        let why = "it holds something that cannot be read as a certificate";
        return Err(Refusal(why.to_owned()));
    }
    let blocks = all.iter().map(|der| certificate(der, b"\n"));
    Ok(blocks.flatten().collect())
}

/// `None` where the container is of another type.
fn certificates(bytes: &[u8]) -> der::Result<Option<Vec<&[u8]>>> {
    let mut outer = SliceReader::new(bytes)?;
    let mut info = SliceReader::new(content(outer.tlv_bytes()?, Tag::Sequence)?)?;
    if content(info.tlv_bytes()?, Tag::ObjectIdentifier)? != SIGNED_DATA {
        return Ok(None);
    }
    let mut wrapped = SliceReader::new(content(info.tlv_bytes()?, context(true))?)?;
    let mut signed = SliceReader::new(content(wrapped.tlv_bytes()?, Tag::Sequence)?)?;
    for _ in 0..3 {
        signed.tlv_bytes()?;
    }
    let mut found = Vec::new();
    if signed.is_finished() || Tag::peek(&signed)? != context(true) {
        return Ok(Some(found));
    }
    let mut set = SliceReader::new(content(signed.tlv_bytes()?, context(true))?)?;
    while !set.is_finished() && found.len() < MAX_CERTIFICATES {
        let one = set.tlv_bytes()?;
        // Other choices (attribute certificates) are context-tagged.
        if content(one, Tag::Sequence).is_ok() {
            found.push(one);
        }
    }
    Ok(Some(found))
}

const fn context(constructed: bool) -> Tag {
    Tag::ContextSpecific {
        constructed,
        number: TagNumber(0),
    }
}

/// The content of a value that has this tag.
fn content(tlv: &[u8], tag: Tag) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(tlv)?;
    let header = <der::Header as der::Decode>::decode(&mut reader)?;
    header.tag().assert_eq(tag)?;
    reader.read_slice(header.length())
}

/// The DER of a file that is one PEM block of PKCS#7 and nothing else.
fn pkcs7_block(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let mut lines = text.lines();
    let label = lines
        .next()?
        .strip_prefix("-----BEGIN ")?
        .strip_suffix("-----")?;
    let end = lines.next_back()?;
    let known = label == "PKCS7" || label == "CMS";
    if !known || end != format!("-----END {label}-----") {
        return None;
    }
    let base64: String = lines.map(str::trim).collect();
    BASE64.decode(base64.as_bytes()).ok()
}

/// Text in UTF-16 with a byte order mark, as UTF-8.
fn utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (big, rest) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        _ => return None,
    };
    let units = rest.chunks_exact(2).map(|pair| {
        let pair = [
            pair.first().copied().unwrap_or_default(),
            pair.last().copied().unwrap_or_default(),
        ];
        if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().map(String::into_bytes)
}
