//! `serial-number`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The serial number is positive, short enough to encode, and hard to guess.
///
/// A gateway that tells certificates apart by serial number needs one that nobody else drew. The roots of
/// public stores are not asked for a long one: they are what they are.
///
/// Fails: the serial is 0, negative, or longer than 20 octets (`invalid`); or `min_bits: 64`, and it is 1 (`short`).
/// Passes: a random positive number of 128 bits.
/// Source: RFC 5280 §4.1.2.2; CA/Browser Forum Baseline Requirements §7.1 for 64 bits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SerialNumber {
    /// The most octets allowed, as encoded.
    max_octets: u32,
    /// The fewest bits that are not called short.
    min_bits: u32,
}

impl Parameters for SerialNumber {
    const NAME: &'static str = "serial-number";
    const OUTCOMES: Details = &[
        ("invalid", "zero, negative or too long"),
        ("short", "fewer bits than min_bits"),
    ];
    const DETAILS: Details = &[
        ("serial", "the serial number, hexadecimal"),
        ("reason", "what is wrong with it"),
        ("bits", "its length in bits"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for SerialNumber {
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict {
        let certificate = &subject.member.certificate;
        let bound = |bound: u32| usize::try_from(bound).unwrap_or(usize::MAX);
        let octets = certificate.serial.value.len();
        let bits = certificate.serial_bits();
        let (outcome, reason) = if certificate.serial_is_negative() {
            ("invalid", "it is negative".to_owned())
        } else if bits == 0 {
            ("invalid", "it is zero".to_owned())
        } else if octets > bound(self.max_octets) {
            (
                "invalid",
                format!(
                    "it takes {octets} octets, and {} are allowed",
                    self.max_octets
                ),
            )
        } else if bits < bound(self.min_bits)
            && context
                .anchors
                .known_key(&certificate.public_key.value.spki_sha256)
                .is_none()
        {
            (
                "short",
                format!(
                    "its length is {bits} of the {} bits asked for",
                    self.min_bits
                ),
            )
        } else {
            return Verdict::Pass;
        };
        let serial = certificate.serial_hex();
        Verdict::fail(
            Violation::at_field(
                subject.member,
                Field::SerialNumber,
                format_args!("serial number: {serial}"),
            )
            .outcome(outcome)
            .with("serial", serial)
            .with("reason", reason)
            .with("bits", bits),
        )
    }
}
