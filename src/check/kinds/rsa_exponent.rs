//! `rsa-exponent`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// An RSA key's public exponent is odd, at least 3, and not small.
///
/// An even exponent, or 1, is no RSA key at all. A small one is legal, but makes implementation mistakes
/// in padding exploitable. Not applicable to keys that are not RSA.
///
/// Fails: the exponent is 4 (`invalid`), or 3 where `min: 65537` (`small`).
/// Passes: the exponent is 65537.
/// Source: RFC 8017 §3.1; NIST FIPS 186-5 §5.1 for the bound of 65537.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RsaExponent {
    /// The smallest exponent that is not called small.
    min: u32,
}

impl Parameters for RsaExponent {
    const NAME: &'static str = "rsa-exponent";
    const OUTCOMES: Details = &[
        ("invalid", "even, or below 3"),
        ("small", "odd and at least 3, but below min"),
    ];
    const DETAILS: Details = &[
        ("exponent", "the exponent found"),
        ("min", "the smallest one that is not called small"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for RsaExponent {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let Some(key) = subject.member.certificate.public_key.value.rsa() else {
            return Verdict::NotApplicable("the key is not RSA");
        };
        let odd = key.exponent.last().is_some_and(|octet| octet % 2 == 1);
        // An exponent of more than four octets is above any bound that fits `min`.
        let small = key.exponent.len() <= 4;
        let value = key
            .exponent
            .iter()
            .take(4)
            .fold(0_u32, |sum, octet| (sum << 8) | u32::from(*octet));
        let outcome = if !odd || (small && value < 3) {
            "invalid"
        } else if small && value < self.min {
            "small"
        } else {
            return Verdict::Pass;
        };
        let shown = if small {
            value.to_string()
        } else {
            format!("a number of {} octets", key.exponent.len())
        };
        Verdict::fail(
            Violation::at_der(
                subject.member,
                Field::PublicKey,
                key.exponent_span,
                format_args!("public exponent: {shown}"),
            )
            .outcome(outcome)
            .with("exponent", shown)
            .with("min", self.min),
        )
    }
}
