//! `pem-format`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::mend::Mend;
use crate::span::Span;

/// The file is strict PEM of certificate blocks and nothing that pretends to be one.
///
/// Each fault is an outcome of its own, so that a rule can give it a help of its own.
///
/// Fails: a missing line break between END and BEGIN; a PKCS#12 container; a block that never ends.
/// Passes: certificate blocks with LF or CRLF line ends and lines of any width.
/// Source: RFC 7468.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PemFormat {}

impl Parameters for PemFormat {
    const NAME: &'static str = "pem-format";
    const OUTCOMES: Details = &[
        (
            "glued-boundaries",
            "the line break between END and BEGIN is missing",
        ),
        ("unterminated-block", "the block has no END line"),
        ("stray-end", "the END line has no BEGIN"),
        ("label-mismatch", "the label of END is not that of BEGIN"),
        (
            "malformed-boundary",
            "the line is not exactly five dashes, the label, and five dashes",
        ),
        ("not-base64", "a character is not base64"),
        ("bad-padding", "the base64 does not end as it should"),
        ("empty-block", "the block is empty"),
        ("headers", "the block has header lines"),
        (
            "trusted-certificate-label",
            "the label is TRUSTED CERTIFICATE, which OpenSSL alone reads",
        ),
        (
            "x509-certificate-label",
            "the label is X509 CERTIFICATE, an old name of CERTIFICATE",
        ),
        ("pkcs7-block", "the block is a PKCS#7 container"),
        (
            "certificate-request-block",
            "the block is a certificate request, not a certificate",
        ),
        (
            "crl-block",
            "the block is a revocation list, not a certificate",
        ),
        (
            "public-key-block",
            "the block is a bare public key, not a certificate",
        ),
        (
            "parameters-block",
            "the block holds key parameters, not a certificate",
        ),
        ("unknown-block", "the block is none that a chain file has"),
        (
            "indented-boundary",
            "white space stands before a BEGIN or an END, which OpenSSL passes over then",
        ),
        (
            "carriage-returns",
            "lines end with CR alone, which OpenSSL takes for no end",
        ),
        (
            "blank-line",
            "a blank line stands inside a block, which OpenSSL takes for damage",
        ),
        ("byte-order-mark", "the file begins with a byte order mark"),
        ("utf-16", "the file is UTF-16, not ASCII"),
        ("der", "the file is DER, not PEM"),
        ("pkcs7", "the file is a PKCS#7 container in DER, not PEM"),
        (
            "pkcs12",
            "the file is a PKCS#12 container, which most often holds a private key as well",
        ),
        ("java-key-store", "the file is a Java key store"),
        ("empty-file", "the file is empty"),
        ("no-pem", "nothing in the file looks like PEM"),
        (
            "too-many-blocks",
            "the file has more blocks than any chain; the rest was not read",
        ),
        ("no-certificate", "the file holds no certificate"),
    ];
    const DETAILS: Details = &[
        ("fault", "what is wrong, in words"),
        ("mend", "how to put it right"),
        ("name", "the fault's name"),
    ];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Format);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for PemFormat {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let document = &chain.document;
        let mut violations: Vec<Violation> = document
            .faults
            .iter()
            .map(|fault| {
                let what = fault.kind.describe();
                Violation::at(Place::File(fault.span), &what)
                    .outcome(fault.kind.name())
                    .with("fault", what)
                    .with("mend", fault.kind.mend())
                    .with("name", fault.kind.name())
            })
            .collect();
        if violations.is_empty()
            && !document
                .blocks
                .iter()
                .any(|block| block.label.is_certificate())
        {
            violations.push(
                Violation::at(
                    Place::File(Span::new(0, document.len)),
                    "no certificate here",
                )
                .outcome("no-certificate")
                .with("fault", "the file holds no certificate")
                .with("mend", "Put the chain into it: leaf first, root last.")
                .with("name", "no-certificate"),
            );
        }
        Verdict::from_violations(violations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::FaultKind;

    #[test]
    fn every_fault_is_an_outcome() {
        let faults = [
            FaultKind::GluedBoundaries,
            FaultKind::UnterminatedBlock,
            FaultKind::StrayEnd,
            FaultKind::LabelMismatch,
            FaultKind::MalformedBoundary,
            FaultKind::NotBase64('!'),
            FaultKind::BadPadding,
            FaultKind::EmptyBlock,
            FaultKind::Headers,
            FaultKind::TrustedCertificateLabel,
            FaultKind::X509CertificateLabel,
            FaultKind::Pkcs7Block,
            FaultKind::CertificateRequestBlock,
            FaultKind::CrlBlock,
            FaultKind::PublicKeyBlock,
            FaultKind::ParametersBlock,
            FaultKind::UnknownBlock,
            FaultKind::IndentedBoundary,
            FaultKind::CarriageReturns,
            FaultKind::BlankLine,
            FaultKind::ByteOrderMark,
            FaultKind::Utf16,
            FaultKind::Der,
            FaultKind::Pkcs7,
            FaultKind::Pkcs12,
            FaultKind::JavaKeyStore,
            FaultKind::EmptyFile,
            FaultKind::NoPem,
            FaultKind::TooManyBlocks,
        ];
        let outcomes = PemFormat::OUTCOMES.iter().map(|(name, _)| *name);
        let named: Vec<&str> = faults
            .iter()
            .map(|fault| fault.name())
            .chain(["no-certificate"])
            .collect();
        assert_eq!(outcomes.collect::<Vec<_>>(), named);
    }
}
