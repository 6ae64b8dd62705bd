//! `psd2-statement`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::statements;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::x509::qc::{PSD2, Psd2FaultKind, QcInfo};

/// The PSD2 statement, where there is one, is encoded as its standard says.
///
/// Fails: several pairs of OID and name stand inside one role (`flat-roles`); a role without a name or an
/// OID, an empty nCAName, a text that is no `UTF8String` (`malformed`); two PSD2 statements (`repeated`).
/// Passes: each role is a pair of its own, then nCAName and nCAId.
/// Source: TS 119 495 §5.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psd2Statement {}

impl Parameters for Psd2Statement {
    const NAME: &'static str = "psd2-statement";
    const OUTCOMES: Details = &[
        (
            "flat-roles",
            "several pairs of OID and name stand flat inside one role",
        ),
        ("malformed", "a part is missing or is not what it should be"),
        ("repeated", "there is more than one PSD2 statement"),
    ];
    const DETAILS: Details = &[("problem", "what is wrong, a clause")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for Psd2Statement {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let statements = match statements(subject) {
            Ok(found) => &found.statements,
            Err(verdict) => return verdict,
        };
        let mut own = statements
            .iter()
            .filter(|statement| statement.value.id == PSD2);
        let Some(first) = own.next() else {
            return Verdict::NotApplicable("the certificate has no PSD2 statement");
        };
        let at = |span, outcome, problem: &str| {
            Violation::at_der(subject.member, Field::QcStatements, span, problem)
                .outcome(outcome)
                .with("problem", problem)
        };
        let mut violations = Vec::new();
        if let QcInfo::Psd2(statement) = &first.value.info {
            violations.extend(statement.faults.iter().map(|fault| {
                let outcome = match fault.kind {
                    Psd2FaultKind::FlatRoles => "flat-roles",
                    Psd2FaultKind::Form => "malformed",
                };
                at(fault.span, outcome, &fault.why)
            }));
        }
        violations.extend(own.map(|further| {
            at(
                further.span,
                "repeated",
                "PSD2 statement: it is there twice",
            )
        }));
        Verdict::from_violations(violations)
    }
}
