//! `key-identifiers`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;
use data_encoding::HEXLOWER;

/// Where a certificate names its issuer's key, the issuer bears that name.
///
/// The authorityKeyIdentifier of a certificate and the subjectKeyIdentifier of its issuer are hints for
/// those who build paths; some gateways take them for more.
///
/// Fails: they differ.
/// Passes: they are equal, or one of them is absent.
/// Source: RFC 5280 §4.2.1.1 and §4.2.1.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyIdentifiers {}

impl Parameters for KeyIdentifiers {
    const NAME: &'static str = "key-identifiers";
    const DETAILS: Details = &[
        (
            "authority",
            "the identifier that the certificate names, hexadecimal",
        ),
        (
            "subject_key",
            "the identifier that the issuer bears, hexadecimal",
        ),
        ("issuer", "the issuer's subject"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for KeyIdentifiers {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let pairs = chain.path_members().zip(chain.path_members().skip(1));
        let own = chain
            .top_member()
            .filter(|top| top.certificate.is_self_issued());
        let pairs = pairs.chain(own.map(|top| (top, top)));
        let mut violations = Vec::new();
        for (certificate, issuer) in pairs {
            let named = certificate
                .certificate
                .extensions
                .authority_key_identifier
                .value();
            let named = named.and_then(|identifier| identifier.key_identifier.as_ref());
            let borne = issuer.certificate.extensions.subject_key_identifier.value();
            let (Some(named), Some(borne)) = (named, borne) else {
                continue;
            };
            if named == borne {
                continue;
            }
            let (named, borne) = (HEXLOWER.encode(named), HEXLOWER.encode(borne));
            let field = Field::AuthorityKeyIdentifier;
            violations.push(
                Violation::at_field(certificate, field, format_args!("issuer's key: {named}"))
                    .related(
                        Place::field(issuer, Field::SubjectKeyIdentifier),
                        format_args!("the issuer calls it {borne}"),
                    )
                    .with("authority", named)
                    .with("subject_key", borne)
                    .with("issuer", &issuer.certificate.subject.value),
            );
        }
        Verdict::from_violations(violations)
    }
}
