//! `key-strength`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The public key does not betray its private key.
///
/// Looks for the fingerprint of ROCA (CVE-2017-15361), for primes so close that Fermat's method finds
/// them within 100 rounds, and for prime factors below 752. The cost is bounded; keys that are not RSA
/// are not looked at.
///
/// Fails: a key of an Infineon smart card of 2012 to 2017; a modulus divisible by 3.
/// Passes: a key from a sound generator.
/// Source: Nemec et al., "The Return of Coppersmith's Attack" (2017); Böck, "Fermat attack on RSA" (2022);
/// CA/Browser Forum Baseline Requirements §6.1.1.3 and §6.1.6.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyStrength {}

impl Parameters for KeyStrength {
    const NAME: &'static str = "key-strength";
    const DETAILS: Details = &[("weakness", "what is wrong with the key")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for KeyStrength {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let certificate = &subject.member.certificate;
        let span = certificate.public_key.value.rsa().map_or_else(
            || certificate.span_of(Field::PublicKey),
            |key| key.modulus_span,
        );
        Verdict::from_violations(
            certificate
                .weaknesses()
                .iter()
                .map(|weakness| {
                    Violation::at_der(subject.member, Field::PublicKey, span, weakness)
                        .with("weakness", weakness)
                })
                .collect(),
        )
    }
}
