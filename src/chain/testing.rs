//! Certificates for this layer's tests, written out octet by octet.
//!
//! By hand, since generators refuse much of what has to be tested (version 1, SHA-1, wrong signers),
//! and with keys made of their names, so that every run makes the same octets.

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Chain, Session, build};
use crate::pem;
use crate::trust::Anchors;
use crate::x509::Certificate;

/// The instant at which chains are judged.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-23 0:00 UTC);

/// An element of DER.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let mut out = vec![tag];
    match content.len() {
        0..0x80 => out.push(length[3]),
        0x80..0x100 => out.extend([0x81, length[3]]),
        0x100..0x1_0000 => out.extend([0x82, length[2], length[3]]),
        _ => out.extend([0x84, length[0], length[1], length[2], length[3]]),
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// A non-negative INTEGER of big-endian octets.
pub(super) fn integer(octets: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = octets.iter().copied().skip_while(|o| *o == 0).collect();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    tlv(0x02, &content)
}

pub(super) fn bit_string(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content].concat())
}

/// An OBJECT IDENTIFIER of its dotted form.
pub(super) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in [&[arcs[0] * 40 + arcs[1]], &arcs[2..]].concat() {
        let mut octets = vec![arc & 0x7F];
        let mut rest = arc >> 7;
        while rest > 0 {
            octets.insert(0, rest & 0x7F | 0x80);
            rest >>= 7;
        }
        content.extend(octets.iter().map(|octet| u8::try_from(*octet).unwrap()));
    }
    tlv(0x06, &content)
}

/// A name of one attribute a part: `CN=a` (and `C`, `O`, `OU`, `E`), or a bare common name; "" is the empty name.
pub(super) fn name(text: &str) -> Vec<u8> {
    let attributes = text.split(',').filter(|part| !part.is_empty());
    let rdns = attributes.map(|part| {
        let (kind, value) = part.split_once('=').unwrap_or(("CN", part));
        let (kind, tag) = match kind {
            "CN" => ("2.5.4.3", 0x0C),
            "C" => ("2.5.4.6", 0x13),
            "O" => ("2.5.4.10", 0x0C),
            "OU" => ("2.5.4.11", 0x0C),
            "E" => ("1.2.840.113549.1.9.1", 0x16),
            other => panic!("no attribute {other} here"),
        };
        tlv(0x31, &sequence(&[&oid(kind), &tlv(tag, value.as_bytes())]))
    });
    tlv(0x30, &rdns.collect::<Vec<_>>().concat())
}

fn ed25519(name: &str) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&Sha256::digest(name)).unwrap()
}

/// A `SubjectPublicKeyInfo`.
pub(super) fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[algorithm, &bit_string(key)])
}

/// A certificate in the making. Keys are named, and are their owner's name unless said otherwise.
#[derive(Clone)]
pub(super) struct Made {
    subject: String,
    issuer: String,
    key: Vec<u8>,
    signer: String,
    serial: u8,
    /// Two of `UTCTime`.
    validity: [&'static str; 2],
    extensions: Vec<Vec<u8>>,
}

/// An end-entity certificate.
pub(super) fn leaf(subject: &str, issuer: &str) -> Made {
    Made {
        subject: subject.to_owned(),
        issuer: issuer.to_owned(),
        key: Vec::new(),
        signer: issuer.to_owned(),
        serial: 1,
        validity: ["260101000000Z", "360101000000Z"],
        extensions: Vec::new(),
    }
    .key(subject)
}

/// A CA certificate.
pub(super) fn ca(subject: &str, issuer: &str) -> Made {
    leaf(subject, issuer).extension("2.5.29.19", true, &sequence(&[&tlv(0x01, &[0xFF])]))
}

/// A CA certificate with a path length.
pub(super) fn ca_of_length(subject: &str, issuer: &str, length: u8) -> Made {
    let value = sequence(&[&tlv(0x01, &[0xFF]), &integer(&[length])]);
    leaf(subject, issuer).extension("2.5.29.19", true, &value)
}

impl Made {
    /// Another key than that of the subject's name.
    pub(super) fn key(self, name: &str) -> Self {
        let public = ed25519(name);
        let key = spki(
            &sequence(&[&oid("1.3.101.112")]),
            public.public_key().as_ref(),
        );
        self.spki(key)
    }

    pub(super) fn spki(self, key: Vec<u8>) -> Self {
        Self { key, ..self }
    }

    /// Another signer than the key of the issuer's name.
    pub(super) fn signer(self, name: &str) -> Self {
        let signer = name.to_owned();
        Self { signer, ..self }
    }

    pub(super) fn serial(self, serial: u8) -> Self {
        Self { serial, ..self }
    }

    /// It has expired before [`NOW`].
    pub(super) fn expired(self) -> Self {
        self.valid(["200101000000Z", "261122235959Z"])
    }

    pub(super) fn valid(self, validity: [&'static str; 2]) -> Self {
        Self { validity, ..self }
    }

    pub(super) fn extension(mut self, kind: &str, critical: bool, value: &[u8]) -> Self {
        let critical = if critical {
            tlv(0x01, &[0xFF])
        } else {
            Vec::new()
        };
        self.extensions
            .push(sequence(&[&oid(kind), &critical, &tlv(0x04, value)]));
        self
    }

    /// subjectAltName with general names as they are encoded: context tag and content.
    pub(super) fn names(self, names: &[(u8, &[u8])]) -> Self {
        let names: Vec<Vec<u8>> = names
            .iter()
            .map(|(tag, content)| tlv(*tag, content))
            .collect();
        self.extension("2.5.29.17", false, &tlv(0x30, &names.concat()))
    }

    /// nameConstraints with general names as they are encoded.
    pub(super) fn constraints(self, permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> Self {
        let subtrees = |tag: u8, names: &[(u8, &[u8])]| {
            let all: Vec<Vec<u8>> = names
                .iter()
                .map(|(tag, content)| sequence(&[&tlv(*tag, content)]))
                .collect();
            if all.is_empty() {
                Vec::new()
            } else {
                tlv(tag, &all.concat())
            }
        };
        let value = sequence(&[&subtrees(0xA0, permitted), &subtrees(0xA1, excluded)]);
        self.extension("2.5.29.30", true, &value)
    }

    /// Signed by a named Ed25519 key.
    pub(super) fn der(&self) -> Vec<u8> {
        let signer = ed25519(&self.signer);
        self.signed(&sequence(&[&oid("1.3.101.112")]), |tbs| {
            signer.sign(tbs).as_ref().to_vec()
        })
    }

    /// Signed by anything.
    pub(super) fn signed(&self, algorithm: &[u8], sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let [from, to] = self.validity.map(|time| tlv(0x17, time.as_bytes()));
        let validity = sequence(&[&from, &to]);
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            tlv(0xA3, &tlv(0x30, &self.extensions.concat()))
        };
        let version = if extensions.is_empty() {
            Vec::new()
        } else {
            tlv(0xA0, &integer(&[2]))
        };
        let tbs = sequence(&[
            &version,
            &integer(&[self.serial]),
            algorithm,
            &name(&self.issuer),
            &validity,
            &name(&self.subject),
            &self.key,
            &extensions,
        ]);
        let signature = sign(&tbs);
        sequence(&[&tbs, algorithm, &bit_string(&signature)])
    }

    pub(super) fn certificate(&self) -> Certificate {
        Certificate::parse(&self.der()).unwrap()
    }

    pub(super) fn pem(&self) -> String {
        block(&self.der())
    }
}

/// A PEM block of whatever octets.
pub(super) fn block(der: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

/// The chain of a file.
pub(super) fn read(text: &str) -> Chain {
    let document = pem::scan(text.as_bytes(), pem::Limits::default());
    build(document, &Session::default(), &Anchors::embedded(), NOW)
}

/// The chain of a file of these certificates.
pub(super) fn chain(certificates: &[&Made]) -> Chain {
    read(
        &certificates
            .iter()
            .map(|made| made.pem())
            .collect::<String>(),
    )
}
