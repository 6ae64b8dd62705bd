//! `signature-digest`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::NonEmpty;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Digest, Field, SignatureAlgorithm};

/// The certificate's signature does not rest on a broken hash function.
///
/// A root's own signature is told apart (`own`), because nobody needs to trust it: a root is trusted as a
/// whole.
///
/// Fails: `refused: [md5, sha1]`, and the certificate is signed with sha1WithRSAEncryption.
/// Passes: it is signed with sha256WithRSAEncryption, or with Ed25519.
/// Source: RFC 9155; CA/Browser Forum Baseline Requirements §7.1.3.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureDigest {
    /// The hash functions refused.
    refused: NonEmpty<Digest>,
}

impl Parameters for SignatureDigest {
    const NAME: &'static str = "signature-digest";
    const OUTCOMES: Details = &[
        (
            "issued",
            "the signature of a certificate that somebody else issued",
        ),
        ("own", "a self-issued certificate's own signature"),
    ];
    const DETAILS: Details = &[
        ("algorithm", "the signature algorithm found"),
        ("digest", "its hash function"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for SignatureDigest {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let certificate = &subject.member.certificate;
        let algorithm = &certificate.signature_algorithm.value;
        let outcome = if certificate.is_self_issued() {
            "own"
        } else {
            "issued"
        };
        let at = Violation::at_field(
            subject.member,
            Field::SignatureAlgorithm,
            format_args!("signed with {algorithm}"),
        )
        .outcome(outcome)
        .with("algorithm", algorithm);
        if let SignatureAlgorithm::Other(oid) = algorithm {
            return Verdict::undetermined(at, format_args!("unknown signature algorithm {oid}"));
        }
        match algorithm.digest() {
            Some(digest) if self.refused.contains(&digest) => {
                Verdict::fail(at.with("digest", digest.as_str()))
            }
            Some(_) | None => Verdict::Pass,
        }
    }
}
