//! `qc-statement-present`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::Oid;
use crate::check::qualified::{missing, statements_or_none};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict,
};
use crate::x509::qc::statement_name;

/// The certificate's qcStatements has a statement.
///
/// Fails: `id: 0.4.0.1862.1.1` (`QcCompliance`), and the certificate states `QcType` alone, or nothing.
/// Passes: it states `QcCompliance`.
/// Source: RFC 3739 §3.2.6; EN 319 412-5 lists the statements.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QcStatementPresent {
    /// The statement's OID, dotted.
    id: Oid,
}

impl Parameters for QcStatementPresent {
    const NAME: &'static str = "qc-statement-present";
    const DETAILS: Details = &[
        ("statement", "the statement asked for"),
        ("found", "the statements found"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for QcStatementPresent {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = |oid: &str| statement_name(oid).unwrap_or(oid).to_owned();
        let statements = match statements_or_none(subject) {
            Ok(statements) => statements,
            Err(verdict) => return verdict,
        };
        if statements.is_some_and(|statements| statements.get(&self.id).is_some()) {
            return Verdict::Pass;
        }
        let stated = statements.map(|statements| statements.statements.iter());
        let found = list(
            stated
                .into_iter()
                .flatten()
                .map(|found| name(&found.value.id)),
        );
        let label = format!("states {found}");
        Verdict::fail(
            missing(subject, &label)
                .with("statement", name(&self.id))
                .with("found", found),
        )
    }
}
