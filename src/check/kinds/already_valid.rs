//! `already-valid`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Field, SECONDS_A_DAY};

/// The certificate's first instant of validity has come.
///
/// Clocks differ: a certificate made "now" on one machine is refused on another whose clock is behind.
///
/// Fails: `notBefore` is 2026-11-23T00:00:01Z, judged at 2026-11-23T00:00:00Z.
/// Passes: the same certificate judged at 2026-11-23T00:00:01Z.
/// Source: RFC 5280 §4.1.2.5.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlreadyValid {}

impl Parameters for AlreadyValid {
    const NAME: &'static str = "already-valid";
    const DETAILS: Details = &[
        ("not_before", "the first valid instant"),
        ("days", "whole days until then"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for AlreadyValid {
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict {
        let not_before = subject.member.certificate.not_before.value;
        let wait = not_before.seconds_since(context.now);
        if wait <= 0 {
            return Verdict::Pass;
        }
        Verdict::fail(
            Violation::at_field(
                subject.member,
                Field::NotBefore,
                format_args!("notBefore: {not_before}"),
            )
            .with("not_before", not_before)
            .with("days", wait / SECONDS_A_DAY),
        )
    }
}
