//! `purpose-beyond`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{NonEmpty, PurposeId};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field, purpose_name};

/// The certificate's extendedKeyUsage, where there is one, lists a purpose beyond these.
///
/// Fails: `purposes: [0.4.0.194115.1.0]`, and the certificate lists that purpose alone.
/// Passes: it lists clientAuth as well; it has no extendedKeyUsage.
/// Source: RFC 5280 §4.2.1.12.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PurposeBeyond {
    /// The purposes that are not enough alone: OIDs, dotted.
    purposes: NonEmpty<PurposeId>,
}

impl Parameters for PurposeBeyond {
    const NAME: &'static str = "purpose-beyond";
    const DETAILS: Details = &[("found", "the purposes found")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for PurposeBeyond {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let at =
            |label: String| Violation::at_field(subject.member, Field::ExtendedKeyUsage, label);
        match &subject.member.certificate.extensions.extended_key_usage {
            Extension::Absent => {
                Verdict::NotApplicable("the certificate does not restrict its purposes")
            }
            Extension::Malformed { why, .. } => Verdict::undetermined(at(why.clone()), why),
            Extension::Present { value, .. } => {
                if value
                    .value
                    .iter()
                    .any(|oid| self.purposes.iter().all(|known| known.oid() != oid))
                {
                    return Verdict::Pass;
                }
                let found = list(value.value.iter().map(|oid| purpose_name(oid)));
                Verdict::fail(at(format!("extendedKeyUsage: {found}")).with("found", found))
            }
        }
    }
}
