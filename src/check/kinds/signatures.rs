//! `signatures`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Signature;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// Each certificate of the path carries a signature that its issuer's key made.
///
/// Fails: the root was made anew under the same name, and the leaf still carries the old one's signature.
/// Passes: every signature verifies: RSA (PKCS#1 v1.5 and PSS), ECDSA on P-256, P-384 and P-521, Ed25519.
/// Source: RFC 5280 §6.1.3 (a)(1).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signatures {}

impl Parameters for Signatures {
    const NAME: &'static str = "signatures";
    const DETAILS: Details = &[
        ("subject", "the certificate whose signature is wrong"),
        ("issuer", "who should have signed it"),
        ("algorithm", "the signature algorithm"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for Signatures {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.path.len() < 2 {
            return Verdict::NotApplicable("there is no pair of certificates");
        }
        let mut violations = Vec::new();
        let pairs = chain.path_members().zip(chain.path_members().skip(1));
        for ((certificate, issuer), link) in pairs.zip(&chain.links) {
            let subject = &certificate.certificate.subject.value;
            let at = |label: &str| {
                Violation::at_field(certificate, Field::Signature, label)
                    .with("subject", subject)
                    .with("issuer", &issuer.certificate.subject.value)
                    .with(
                        "algorithm",
                        &certificate.certificate.signature_algorithm.value,
                    )
                    .related(
                        Place::field(issuer, Field::PublicKey),
                        "the key it was held against",
                    )
            };
            match link {
                Signature::Valid => {}
                Signature::Invalid => violations.push(at("another key made this signature")),
                Signature::Undetermined(why) => {
                    violations.push(at("not verified").undetermined(why));
                }
            }
        }
        Verdict::from_violations(violations)
    }
}
