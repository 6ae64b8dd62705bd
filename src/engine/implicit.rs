//! Findings that no rule makes: a file that is there and cannot be read or parsed is told whatever the
//! policy and the selection of rules say.

use super::PlannedFile;
use super::stamp::{Stamp, fingerprint};
use crate::chain::Unreadable;
use crate::check::kinds::encoding::Encoding;
use crate::check::kinds::pem_format::PemFormat;
use crate::check::{Parameters, Place};
use crate::finding::{CertificateRef, Finding, Origin, Severity};
use crate::input::Text;
use crate::repository;
use crate::source::escape;
use crate::span::Span;
use crate::x509::Field;

/// What these findings call their rule; a policy may have a rule of that name, and need not.
pub const READABLE: &str = "readable";

/// The finding for a file that could not be read under a policy that has no words for it.
pub(super) fn unreadable(
    file: &PlannedFile,
    lies: &repository::Place,
    text: &Text,
    why: &str,
) -> Finding {
    let message = format!("the file cannot be read: {why}");
    told(file, lies, text, Span::default(), &message, why)
}

impl Stamp<'_> {
    /// The certificates of the file that cannot be read, or that it has none at all, where no rule about the text
    /// or the encoding of certificates tells so.
    pub(super) fn untold(&self, findings: &[Finding]) -> Vec<Finding> {
        if self.chain.members.is_empty() && self.chain.unreadable.is_empty() {
            let whole = Span::new(0, self.text.len());
            if self.is_told(whole, findings) {
                return Vec::new();
            }
            let (start, what) = (
                Span::default(),
                "the file holds no certificate that can be read",
            );
            let none = told(
                self.file,
                self.lies,
                self.text,
                start,
                what,
                "no certificate",
            );
            return vec![none];
        }
        let span = |unreadable: &Unreadable| {
            let block = self.chain.document.blocks.get(unreadable.block);
            block.map_or_else(Span::default, |block| block.span)
        };
        let unreadable = self.chain.unreadable.iter();
        let untold = unreadable.filter(|unreadable| !self.is_told(span(unreadable), findings));
        untold.map(|unreadable| self.broken(unreadable)).collect()
    }

    /// Whether a rule about the text or the encoding of certificates speaks of a place.
    fn is_told(&self, span: Span, findings: &[Finding]) -> bool {
        let speaks = |finding: &&Finding| {
            let rule = self.file.policy.rule(&finding.rule);
            rule.is_some_and(|rule| [PemFormat::NAME, Encoding::NAME].contains(&rule.check_name))
        };
        let mut spoken = findings.iter().filter(speaks);
        spoken.any(|finding| finding.start.offset <= span.end && span.start <= finding.end.offset)
    }

    fn broken(&self, unreadable: &Unreadable) -> Finding {
        let block = unreadable.block;
        let (place, why, field) = match &unreadable.error {
            Some(error) => {
                let field = Field::Certificate;
                let span = error.span;
                let place = Place::Der { block, field, span };
                (place, error.to_string(), Some(field.as_str()))
            }
            None => (Place::Block(block), self.fault_of(block), None),
        };
        let message = format!("certificate {} cannot be read: {why}", unreadable.index);
        Finding {
            certificate: Some(CertificateRef {
                index: unreadable.index,
                sha256: String::new(),
                subject: String::new(),
            }),
            field,
            ..told(
                self.file,
                self.lies,
                self.text,
                self.locate(place),
                &message,
                &why,
            )
        }
    }

    /// What is wrong with the PEM of a block that does not decode.
    fn fault_of(&self, block: usize) -> String {
        let document = &self.chain.document;
        let span = document.blocks.get(block).map(|block| block.span);
        let within =
            |at: Span| span.is_some_and(|span| span.start <= at.start && at.end <= span.end);
        let fault = document.faults.iter().find(|fault| within(fault.span));
        fault.map_or_else(
            || "its block does not decode".to_owned(),
            |fault| fault.kind.describe(),
        )
    }
}

fn told(
    file: &PlannedFile,
    lies: &repository::Place,
    text: &Text,
    span: Span,
    message: &str,
    label: &str,
) -> Finding {
    Finding {
        rule: READABLE.into(),
        severity: Severity::Error,
        message: escape(message),
        help: None,
        reference: None,
        policy: file.policy.name.clone(),
        path: text.name().clone(),
        start: text.source().position(span.start),
        end: text.source().position(span.end),
        label: escape(label),
        certificate: None,
        field: None,
        related: Vec::new(),
        fingerprint: fingerprint(READABLE, "", lies),
        waived: None,
        origin: Origin::Always,
    }
}
