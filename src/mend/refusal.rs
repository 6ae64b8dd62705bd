//! What is better left to a person, and why.

use std::fmt;

use super::{Mend, Wish};
use crate::chain::{Chain, Gap};
use crate::pem::{self, FaultKind, Label};

/// Why a file is left as it is: a clause without a capital or full stop, with the line that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    why: String,
    /// Counts from 1.
    line: Option<usize>,
}

impl Refusal {
    /// About the file as a whole.
    pub(super) fn of_file(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            line: None,
        }
    }

    /// About the line of a file's text that an offset lies in.
    pub(super) fn at(bytes: &[u8], offset: usize, why: impl Into<String>) -> Self {
        let before = bytes.get(..offset).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count().saturating_add(1);
        Self {
            why: why.into(),
            line: Some(line),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.why)?;
        match self.line {
            Some(line) => write!(formatter, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

/// What is better left to a person.
pub(super) fn refuse(bytes: &[u8], chain: &Chain, wish: Wish<'_>) -> Result<(), Refusal> {
    refuse_keys(bytes, chain)?;
    refuse_damage(bytes, chain)?;
    refuse_text(bytes, chain, wish)?;
    refuse_doubt(bytes, chain, wish)
}

fn refuse_keys(bytes: &[u8], chain: &Chain) -> Result<(), Refusal> {
    let mut blocks = chain.document.blocks.iter();
    if let Some(key) = blocks.find(|block| block.label == Label::PrivateKey) {
        return Err(Refusal::at(
            bytes,
            key.begin.start,
            "it holds a private key",
        ));
    }
    if let Some(key) = chain.document.loose_keys.first() {
        let why = "it holds a private key, which no label announces";
        return Err(Refusal::at(bytes, key.start, why));
    }
    Ok(())
}

fn refuse_damage(bytes: &[u8], chain: &Chain) -> Result<(), Refusal> {
    let mut faults = chain.document.faults.iter();
    let fault = faults.find_map(|fault| Some((fault, reason(fault.kind)?)));
    if let Some((fault, why)) = fault {
        // Of these, nothing stands on a line.
        let is_whole = matches!(
            fault.kind,
            FaultKind::EmptyFile
                | FaultKind::NoPem
                | FaultKind::Utf16
                | FaultKind::Der
                | FaultKind::Pkcs7
                | FaultKind::Pkcs12
                | FaultKind::JavaKeyStore
        );
        return Err(if is_whole {
            Refusal::of_file(why)
        } else {
            Refusal::at(bytes, fault.span.start, why)
        });
    }
    if let Some(damaged) = chain.unreadable.first() {
        let block = chain.document.blocks.get(damaged.block);
        let at = block.map_or(0, |block| block.begin.start);
        let why = "a certificate in it is damaged";
        return Err(Refusal::at(bytes, at, why));
    }
    if chain.members.is_empty() {
        return Err(Refusal::of_file("it holds no certificate"));
    }
    Ok(())
}

fn refuse_text(bytes: &[u8], chain: &Chain, wish: Wish<'_>) -> Result<(), Refusal> {
    if !wish.is_chain_file
        && let Some(foreign) = pem::foreign_text(bytes, &chain.document)
    {
        let why =
            "by its name it is no chain file, and what else stands in it may be what it is for";
        return Err(Refusal::at(bytes, foreign.start, why));
    }
    let touches_text = wish.wants(Mend::Text) || wish.wants(Mend::Order);
    if touches_text && let Some(text) = pem::doubtful_text(bytes, &chain.document) {
        let why = "nobody can tell that the text in it is no secret";
        return Err(Refusal::at(bytes, text.start, why));
    }
    if wish.wants(Mend::Format)
        && let Some(header) = pem::doubtful_header(bytes, &chain.document)
    {
        let why = "nobody can tell that the headers of a block in it are no secret";
        return Err(Refusal::at(bytes, header.start, why));
    }
    Ok(())
}

fn refuse_doubt(bytes: &[u8], chain: &Chain, wish: Wish<'_>) -> Result<(), Refusal> {
    let place = |at: usize| {
        let member = chain.members.get(at);
        let block = member.and_then(|member| chain.document.blocks.get(member.block));
        block.map_or(0, |block| block.begin.start)
    };
    if let Some(second) = chain
        .leaves
        .iter()
        .copied()
        .max()
        .filter(|_| chain.leaves.len() > 1)
    {
        let why = "it holds several leaves, and which of them is meant is not for a program to say";
        return Err(Refusal::at(bytes, place(second), why));
    }
    if !wish.wants(Mend::Order) && !wish.wants(Mend::Strangers) {
        return Ok(());
    }
    let first = chain.path.first().and_then(|at| chain.members.get(*at));
    if chain.members.len() > 1
        && first
            .is_some_and(|member| member.certificate.is_self_issued() && member.certificate.is_ca())
    {
        let why = "it holds CA certificates alone, of which none is a stranger to the others";
        return Err(Refusal::of_file(why));
    }
    if chain.exhausted {
        let why = "it holds so many certificates of one name that its path is not certain";
        return Err(Refusal::of_file(why));
    }
    if let Some(Gap::Intermediate { below, .. }) = chain.gap() {
        let why = "a certificate is missing between the leaf and the root, above this one";
        return Err(Refusal::at(bytes, place(below), why));
    }
    if let Some(spare) = chain.spares.first() {
        let why = "two certificates in it could take each other's place, and which of them is meant is not for a \
                   program to say";
        return Err(Refusal::at(bytes, place(*spare), why));
    }
    Ok(())
}

/// Why a fault keeps a file from being mended; `None` where writing the block anew cures it without a doubt about
/// what was meant.
fn reason(fault: FaultKind) -> Option<&'static str> {
    Some(match fault {
        FaultKind::GluedBoundaries
        | FaultKind::X509CertificateLabel
        | FaultKind::Headers
        | FaultKind::IndentedBoundary
        | FaultKind::CarriageReturns
        | FaultKind::BlankLine
        | FaultKind::ByteOrderMark => return None,
        FaultKind::UnterminatedBlock => "a block in it has no END",
        FaultKind::StrayEnd => "an END in it has no BEGIN",
        FaultKind::LabelMismatch => "BEGIN and END of a block in it have different labels",
        FaultKind::MalformedBoundary => {
            "a BEGIN or END in it is not written as one, or has other text on its line"
        }
        FaultKind::NotBase64(_) => "a certificate in it is damaged: a character is not base64",
        FaultKind::BadPadding => {
            "a certificate in it is damaged: its base64 does not end as it should"
        }
        FaultKind::EmptyBlock => "a block in it is empty",
        FaultKind::TrustedCertificateLabel => {
            "a certificate in it has OpenSSL's trust settings, which would be lost"
        }
        FaultKind::Pkcs7Block => "a PKCS#7 container stands beside something else in it",
        FaultKind::CertificateRequestBlock => "it holds a certificate request",
        FaultKind::CrlBlock => "it holds a revocation list",
        FaultKind::PublicKeyBlock => "it holds a public key",
        FaultKind::ParametersBlock => "it holds key parameters",
        FaultKind::UnknownBlock => "it holds a block of another kind",
        FaultKind::Utf16 => "it is UTF-16, and damaged",
        FaultKind::Der => "its DER is damaged",
        FaultKind::Pkcs7 => "its PKCS#7 container is damaged, or not in DER",
        FaultKind::Pkcs12 => "it is a PKCS#12 container, which may hold a private key",
        FaultKind::JavaKeyStore => "it is a Java key store, which may hold a private key",
        FaultKind::EmptyFile => "it is empty",
        FaultKind::NoPem => "it holds no PEM",
        FaultKind::TooManyBlocks => "it holds more blocks than are read",
    })
}
