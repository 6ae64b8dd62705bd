//! `rsa-key-size`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// An RSA key's modulus has a size within bounds.
///
/// Not applicable to keys that are not RSA.
///
/// Fails: `min_bits: 2048`, and the modulus has 2047 bits.
/// Passes: `min_bits: 2048`, and the modulus has 2048 bits or more.
/// Source: NIST SP 800-131A Rev. 2 §3 for the customary lower bound.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RsaKeySize {
    /// The fewest bits allowed.
    min_bits: Option<u32>,
    /// The most bits allowed.
    max_bits: Option<u32>,
}

impl Parameters for RsaKeySize {
    const NAME: &'static str = "rsa-key-size";
    const DETAILS: Details = &[
        ("bits", "the size found"),
        ("bounds", "what is asked for, in words"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        if self.min_bits.is_none() && self.max_bits.is_none() {
            return Err("give min_bits or max_bits".to_owned());
        }
        if self
            .min_bits
            .zip(self.max_bits)
            .is_some_and(|(least, most)| least > most)
        {
            return Err("min_bits is above max_bits, so no key passes".to_owned());
        }
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for RsaKeySize {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let Some(key) = subject.member.certificate.public_key.value.rsa() else {
            return Verdict::NotApplicable("the key is not RSA");
        };
        let bits = key.bits();
        let fits = |bound: u32| usize::try_from(bound).unwrap_or(usize::MAX);
        let too_small = self.min_bits.is_some_and(|least| bits < fits(least));
        let too_large = self.max_bits.is_some_and(|most| bits > fits(most));
        if !too_small && !too_large {
            return Verdict::Pass;
        }
        let bounds = match (self.min_bits, self.max_bits) {
            (Some(least), Some(most)) if least == most => format!("{least} bits"),
            (Some(least), Some(most)) => format!("{least} to {most} bits"),
            (Some(least), None) => format!("at least {least} bits"),
            (None, Some(most)) => format!("at most {most} bits"),
            (None, None) => String::new(),
        };
        Verdict::fail(
            Violation::at_der(
                subject.member,
                Field::PublicKey,
                key.modulus_span,
                format_args!("RSA modulus of {bits} bits"),
            )
            .with("bits", bits)
            .with("bounds", bounds),
        )
    }
}
