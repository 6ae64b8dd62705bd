//! Issuers as policies name them: by patterns over what stands in certificates.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Violation;
use super::parameter::Pattern;
use crate::chain::{Chain, Member, Role};
use crate::x509::{Attribute, AttributeType, Field, Name};

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
    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether whatever is recognised as this one is recognised as `other` too, as far as the patterns tell.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let fields = [
            (&self.organization, &other.organization),
            (&self.organizational_unit, &other.organizational_unit),
            (&self.common_name, &other.common_name),
            (&self.url_host, &other.url_host),
        ];
        // A star of a narrower pattern is one more character to the wider one: only its own stars fit it.
        let within = |narrow: &Pattern, wide: &[Pattern]| {
            wide.iter().any(|wide| wide.matches(narrow.text()))
        };
        let mut fields = fields.into_iter();
        fields.all(|(narrow, wide)| narrow.iter().all(|narrow| within(narrow, wide)))
    }

    /// That nothing says how it is recognised.
    pub(super) fn unknowable(&self) -> String {
        let fields = "organization, organizational_unit, common_name or url_host";
        format!(
            "nothing says how `{}` is recognised: give {fields}",
            self.name
        )
    }

    /// Whether no pattern could recognise it.
    pub(super) fn is_unknowable(&self) -> bool {
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

impl Issuer {
    /// Where it shows in these certificates and in the name above the path, the clearest place first.
    pub(super) fn find<'a>(
        &self,
        chain: &Chain,
        members: impl Iterator<Item = &'a Member> + Clone,
    ) -> Option<Violation> {
        let in_names = self.in_names(chain, members.clone());
        in_names.or_else(|| self.in_addresses(members))
    }

    fn in_names<'a>(
        &self,
        chain: &Chain,
        members: impl Iterator<Item = &'a Member>,
    ) -> Option<Violation> {
        for member in members.filter(|member| member.role != Role::Leaf) {
            if let Some(attribute) = self.named(&member.certificate.subject.value) {
                return Some(self.at(member, Field::Subject, attribute));
            }
        }
        let top = chain.top_member()?;
        if top.certificate.is_self_issued() {
            return None;
        }
        let attribute = self.named(&top.certificate.issuer.value)?;
        Some(self.at(top, Field::Issuer, attribute))
    }

    fn at(&self, member: &Member, field: Field, attribute: &Attribute) -> Violation {
        let label = format!("{}={}", attribute.kind.short(), attribute.value.value);
        let at = Violation::at_der(member, field, attribute.value.span, &label);
        at.with("name", &self.name).with("found", label)
    }

    fn in_addresses<'a>(&self, mut members: impl Iterator<Item = &'a Member>) -> Option<Violation> {
        members.find_map(|member| {
            let extensions = &member.certificate.extensions;
            let fields = [
                (
                    Field::AuthorityInformationAccess,
                    extensions.authority_information_access.value(),
                ),
                (
                    Field::CrlDistributionPoints,
                    extensions.crl_distribution_points.value(),
                ),
            ];
            fields.into_iter().find_map(|(field, addresses)| {
                let host = self.hosted(addresses?)?;
                let at = Violation::at_field(member, field, format_args!("host {host}"));
                Some(at.with("name", &self.name).with("found", host))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(organization: &[&str], common_name: &[&str]) -> Issuer {
        let texts = serde_json::json!({
            "name": "x", "organization": organization, "common_name": common_name,
        });
        serde_json::from_value(texts).unwrap()
    }

    #[test]
    fn an_issuer_lies_within_one_whose_patterns_take_in_all_of_its_own() {
        let is_within = |narrow: Issuer, wide: Issuer| narrow.is_within(&wide);
        assert!(is_within(
            issuer(&["Acme"], &[]),
            issuer(&["acme"], &["R*"])
        ));
        assert!(is_within(issuer(&["Acme*"], &[]), issuer(&["*a*"], &[])));
        assert!(!is_within(issuer(&["Acme*"], &[]), issuer(&["Acme"], &[])));
        assert!(!is_within(
            issuer(&["Acme", "Other"], &[]),
            issuer(&["Acme"], &[])
        ));
        // By a common name it is recognised without the other's organization.
        assert!(!is_within(
            issuer(&["Acme"], &["R1"]),
            issuer(&["Acme"], &[])
        ));
    }
}
