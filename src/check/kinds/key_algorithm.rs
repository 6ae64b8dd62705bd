//! `key-algorithm`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{KeyAlgorithmName, NonEmpty};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The public key is of one of these algorithms.
///
/// Fails: `allowed: [rsa]`, and the key is on the curve P-256.
/// Passes: `allowed: [rsa]`, and the key is RSA.
/// Source: RFC 3279, RFC 5480 and RFC 8410 name the algorithms.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyAlgorithm {
    /// The algorithms allowed: rsa, rsa-pss, ec, ed25519, ed448, dsa, or a dotted OID.
    allowed: NonEmpty<KeyAlgorithmName>,
}

impl Parameters for KeyAlgorithm {
    const NAME: &'static str = "key-algorithm";
    const DETAILS: Details = &[
        ("key", "the key found"),
        ("allowed", "the algorithms allowed"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for KeyAlgorithm {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let key = &subject.member.certificate.public_key.value;
        let name = key.algorithm_name();
        if self.allowed.iter().any(|allowed| **allowed == *name) {
            return Verdict::Pass;
        }
        Verdict::fail(
            Violation::at_field(subject.member, Field::PublicKey, format_args!("key: {key}"))
                .with("key", key)
                .with("allowed", list(&self.allowed)),
        )
    }
}
