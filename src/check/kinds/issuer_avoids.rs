//! `issuer-avoids`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Role;
use crate::check::NO_CERTIFICATE;
use crate::check::parameter::NonEmpty;
use crate::check::parameter::Pattern;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::{Attribute, AttributeType, Field, Name};

/// None of these issuers stands behind the chain.
///
/// Looks at every CA certificate of the file, at the issuer's name at the top of the path, and at the
/// hosts of CRL and AIA addresses; never at the leaf's subject. One matching pattern is enough.
///
/// Fails: `organization: ["Let's Encrypt"]`, and the intermediate is `CN=R11, O=Let's Encrypt, C=US`.
/// Passes: a chain of another issuer, even if its leaf is called "Let's Encrypt client".
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerAvoids {
    /// The issuers refused.
    issuers: NonEmpty<Issuer>,
}

impl Parameters for IssuerAvoids {
    const NAME: &'static str = "issuer-avoids";
    const DETAILS: Details = &[
        ("name", "what the policy calls the issuer"),
        ("found", "the text that matched"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        if let Some(issuer) = self.issuers.iter().find(|issuer| issuer.is_unknowable()) {
            let fields = "organization, organizational_unit, common_name or url_host";
            return Err(format!(
                "nothing says how `{}` is recognised: give {fields}",
                issuer.name
            ));
        }
        Ok(Check::Chain(Box::new(self)))
    }
}

/// An issuer, recognised by any one of these patterns (`*` for any run of characters, letter case does
/// not count).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// What to call it in messages.
    name: String,
    /// Patterns over the organization (O).
    #[serde(default)]
    organization: Vec<Pattern>,
    /// Patterns over the organizational unit (OU).
    #[serde(default)]
    organizational_unit: Vec<Pattern>,
    /// Patterns over the common name (CN).
    #[serde(default)]
    common_name: Vec<Pattern>,
    /// Patterns over the host in CRL and AIA addresses of any certificate of the file.
    #[serde(default)]
    url_host: Vec<Pattern>,
}

impl Issuer {
    /// Whether no pattern could recognise it.
    fn is_unknowable(&self) -> bool {
        let all = [
            &self.organization,
            &self.organizational_unit,
            &self.common_name,
            &self.url_host,
        ];
        all.into_iter().all(Vec::is_empty)
    }

    fn patterns(&self, kind: &AttributeType) -> &[Pattern] {
        match kind {
            AttributeType::Organization => &self.organization,
            AttributeType::OrganizationalUnit => &self.organizational_unit,
            AttributeType::CommonName => &self.common_name,
            AttributeType::Country
            | AttributeType::Locality
            | AttributeType::StateOrProvince
            | AttributeType::SerialNumber
            | AttributeType::OrganizationIdentifier
            | AttributeType::EmailAddress
            | AttributeType::DomainComponent
            | AttributeType::Other(_) => &[],
        }
    }

    /// The first attribute of a name that fits.
    fn named<'a>(&self, name: &'a Name) -> Option<&'a Attribute> {
        name.attributes.iter().find(|attribute| {
            let text = attribute.value.value.trim();
            self.patterns(&attribute.kind)
                .iter()
                .any(|pattern| pattern.matches(text))
        })
    }

    /// The first address whose host fits.
    fn hosted<'a>(&self, addresses: &'a [String]) -> Option<&'a str> {
        addresses
            .iter()
            .map(|address| host(address))
            .find(|host| self.url_host.iter().any(|pattern| pattern.matches(host)))
    }
}

/// The host of `scheme://host:port/path`; empty where there is none.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
}

impl ChainCheck for IssuerAvoids {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.members.is_empty() {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        }
        Verdict::from_violations(
            self.issuers
                .iter()
                .filter_map(|issuer| find(issuer, chain))
                .collect(),
        )
    }
}

/// Where an issuer shows, the clearest place first.
fn find(issuer: &Issuer, chain: &Chain) -> Option<Violation> {
    let stamp = |violation: Violation, found: &str| {
        violation.with("name", &issuer.name).with("found", found)
    };
    // Nearest the leaf first: that is the certificate that its holder has to replace.
    let above = chain
        .path_members()
        .chain(&chain.members)
        .filter(|member| member.role != Role::Leaf);
    for member in above {
        if let Some(attribute) = issuer.named(&member.certificate.subject.value) {
            let label = format!("{}={}", attribute.kind.short(), attribute.value.value);
            let at = Violation::at_der(member, Field::Subject, attribute.value.span, &label);
            return Some(stamp(at, &label));
        }
    }
    if let Some(top) = chain
        .top_member()
        .filter(|top| !top.certificate.is_self_issued())
        && let Some(attribute) = issuer.named(&top.certificate.issuer.value)
    {
        let label = format!("{}={}", attribute.kind.short(), attribute.value.value);
        let at = Violation::at_der(top, Field::Issuer, attribute.value.span, &label);
        return Some(stamp(at, &label));
    }
    chain.members.iter().find_map(|member| {
        let extensions = &member.certificate.extensions;
        [
            (
                Field::AuthorityInformationAccess,
                extensions.authority_information_access.value(),
            ),
            (
                Field::CrlDistributionPoints,
                extensions.crl_distribution_points.value(),
            ),
        ]
        .into_iter()
        .find_map(|(field, addresses)| {
            let host = issuer.hosted(addresses?)?;
            Some(stamp(
                Violation::at_field(member, field, format_args!("host {host}")),
                host,
            ))
        })
    })
}
