//! The extensions of a certificate made to order.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ::der::asn1::ObjectIdentifier;

use super::recipe::Reader;
use super::{AlternativeNames, CertificateDocument, Psd2, Statements};
use crate::source::escape;
use crate::span::Span;
use crate::synth::certificate::{Authority, Recipe};
use crate::synth::extension::{
    AUTHORITY_INFO_ACCESS, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS, EXTENDED_KEY_USAGE, Extension, GeneralName, KEY_USAGE,
    NAME_CONSTRAINTS, SUBJECT_ALTERNATIVE_NAME, SUBJECT_KEY_IDENTIFIER,
};
use crate::synth::qc::{self, QC_STATEMENTS};
use crate::yaml::{Located, Node, Problem, one_of};

/// Extensions by the names that they have here.
const EXTENSIONS: [(&str, ObjectIdentifier); 11] = [
    ("basic_constraints", BASIC_CONSTRAINTS),
    ("key_usage", KEY_USAGE),
    ("extended_key_usage", EXTENDED_KEY_USAGE),
    ("subject_alternative_name", SUBJECT_ALTERNATIVE_NAME),
    ("name_constraints", NAME_CONSTRAINTS),
    ("certificate_policies", CERTIFICATE_POLICIES),
    ("qc_statements", QC_STATEMENTS),
    ("subject_key_identifier", SUBJECT_KEY_IDENTIFIER),
    ("authority_key_identifier", AUTHORITY_KEY_IDENTIFIER),
    ("crl_distribution_point", CRL_DISTRIBUTION_POINTS),
    ("authority_information_access", AUTHORITY_INFO_ACCESS),
];

/// Purposes by the names that they have here.
const PURPOSES: [(&str, &str); 3] = [
    ("server_auth", "1.3.6.1.5.5.7.3.1"),
    ("client_auth", "1.3.6.1.5.5.7.3.2"),
    ("any", "2.5.29.37.0"),
];

/// Types of QcType by the names that they have here.
const QC_TYPES: [(&str, &str); 3] = [
    ("esign", "0.4.0.1862.1.6.1"),
    ("eseal", "0.4.0.1862.1.6.2"),
    ("web", "0.4.0.1862.1.6.3"),
];

impl Reader<'_> {
    /// The extensions as they are given; `node` is what `document` was read from.
    pub(super) fn extensions(
        &mut self,
        made: Recipe,
        document: &CertificateDocument,
        node: &Node,
    ) -> Recipe {
        let made = self.named_extensions(made, document);
        let made = self.other_extensions(made, document, node);
        let made = self.flags(made, document);
        let without = document
            .version
            .as_ref()
            .filter(|version| version.value < 3);
        if let Some(version) = without {
            let names = EXTENSIONS.iter().map(|(name, _)| *name);
            for name in names.chain(["extensions"]) {
                let Some(given) = node.get(name).filter(|given| !given.is_null()) else {
                    continue;
                };
                let message = format!("X.509 has no extensions before version 3: `{name}`");
                let problem = Problem::new(self.source, given.span, message, "extension");
                let problem = problem.related(self.source, version.span, "the version");
                self.problems
                    .push(problem.help(format!("leave it out, or write `{name}: null`")));
            }
        }
        made
    }

    /// Those that have a key of their own.
    fn named_extensions(&mut self, mut made: Recipe, document: &CertificateDocument) -> Recipe {
        if let Some(given) = &document.basic_constraints {
            made = made.with(if given.ca {
                Extension::ca(given.path_length)
            } else {
                Extension::not_ca_with(given.path_length)
            });
        }
        if let Some(usages) = &document.key_usage {
            let bits: Vec<usize> = usages.iter().map(|usage| usage.number()).collect();
            made = made.with(Extension::key_usage(&bits));
        }
        if let Some(purposes) = &document.extended_key_usage {
            let purposes = self.oids(purposes, &PURPOSES);
            made = made.with(Extension::extended_key_usage(&purposes));
        }
        if let Some(names) = &document.subject_alternative_name {
            let names = self.alternative_names(names);
            made = made.with(Extension::names(&names));
        }
        if let Some(given) = &document.name_constraints {
            made = made.with(Extension::name_constraints(
                &given.permitted,
                &given.excluded,
            ));
        }
        if let Some(policies) = &document.certificate_policies {
            let policies = self.oids(policies, &[]);
            made = made.with(Extension::policies(&policies));
        }
        if let Some(statements) = &document.qc_statements {
            let statements = self.statements(statements);
            made = made.with(qc::extension(&statements));
        }
        if let Some(identifier) = &document.subject_key_identifier {
            let identifier = self.octets(identifier).unwrap_or_default();
            made = made.with(Extension::subject_key_identifier(&identifier));
        }
        if let Some(identifier) = &document.authority_key_identifier {
            made.authority = Authority::Named(self.octets(identifier).unwrap_or_default());
        }
        if let Some(address) = &document.crl_distribution_point {
            made = made.with(Extension::crl(address));
        }
        if let Some(address) = &document.authority_information_access {
            made = made.with(Extension::ca_issuers(address));
        }
        made
    }

    /// Those that are given by OID.
    fn other_extensions(
        &mut self,
        mut made: Recipe,
        document: &CertificateDocument,
        node: &Node,
    ) -> Recipe {
        for (oid, value) in document.extensions.iter().flatten() {
            let octets = self.octets(value).unwrap_or_default();
            let dotted = Located {
                value: oid.clone(),
                span: value.span,
            };
            for oid in self.oids(&[dotted], &[]) {
                let named = EXTENSIONS.iter().find(|(_, known)| *known == oid);
                let given = named.and_then(|(name, _)| Some((*name, node.get(name)?)));
                if let Some((name, given)) = given.filter(|(_, given)| !given.is_null()) {
                    let message = format!("`{name}` gives this extension already");
                    let problem = Problem::new(self.source, value.span, message, "given again");
                    let problem = problem.related(self.source, given.span, "given here");
                    let help =
                        format!("give one of them: `{name}: null` leaves out what `like` brings");
                    self.problems.push(problem.help(help));
                }
                made = made.with(Extension::new(oid, octets.clone()));
            }
        }
        made
    }

    /// What is left out, critical, or not.
    fn flags(&mut self, mut made: Recipe, document: &CertificateDocument) -> Recipe {
        let names: Vec<(&str, String)> = EXTENSIONS
            .iter()
            .map(|(name, oid)| (*name, oid.to_string()))
            .collect();
        let names: Vec<(&str, &str)> = names
            .iter()
            .map(|(name, oid)| (*name, oid.as_str()))
            .collect();
        for oid in self.oids(document.without.as_deref().unwrap_or_default(), &names) {
            if oid == AUTHORITY_KEY_IDENTIFIER {
                made.authority = Authority::Absent;
            }
            made = made.without(oid);
        }
        let mut marked: BTreeMap<ObjectIdentifier, Span> = BTreeMap::new();
        let flags = [(&document.critical, true), (&document.not_critical, false)];
        for (listed, critical) in flags {
            for named in listed.iter().flatten() {
                for oid in self.oids(std::slice::from_ref(named), &names) {
                    let name = escape(&named.value);
                    if let Some(first) = marked.insert(oid, named.span) {
                        let message = format!("`{name}` is critical or it is not");
                        let problem = Problem::new(self.source, named.span, message, "named again");
                        let problem = problem.related(self.source, first, "named here");
                        self.problems.push(problem.help("name it once"));
                    }
                    let mut all = made.extensions.iter_mut();
                    if let Some(extension) = all.find(|extension| extension.oid == oid) {
                        extension.critical = critical;
                    } else {
                        let message = format!("the certificate has no extension `{name}`");
                        let help = "give it by its own key first";
                        self.say(named.span, message, "extension", help);
                    }
                }
            }
        }
        made
    }

    fn alternative_names(&mut self, names: &AlternativeNames) -> Vec<GeneralName> {
        let mut all: Vec<GeneralName> = Vec::new();
        all.extend(names.dns.iter().cloned().map(GeneralName::Dns));
        all.extend(names.uris.iter().cloned().map(GeneralName::Uri));
        all.extend(names.emails.iter().cloned().map(GeneralName::Email));
        for address in &names.ips {
            match address.value.parse() {
                Ok(IpAddr::V4(address)) => all.push(GeneralName::Ip(address.octets().to_vec())),
                Ok(IpAddr::V6(address)) => all.push(GeneralName::Ip(address.octets().to_vec())),
                Err(_) => {
                    let message = format!("`{}` is no IP address", escape(&address.value));
                    self.say(
                        address.span,
                        message,
                        "address",
                        "as in 192.0.2.1 or 2001:db8::1",
                    );
                }
            }
        }
        all
    }

    fn statements(&mut self, given: &Statements) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        if given.compliance {
            all.push(qc::compliance());
        }
        if given.sscd {
            all.push(qc::sscd());
        }
        if !given.types.is_empty() {
            all.push(qc::types(&self.oids(&given.types, &QC_TYPES)));
        }
        if !given.disclosures.is_empty() {
            let found: Vec<(&str, &str)> = given
                .disclosures
                .iter()
                .map(|(language, url)| (url.as_str(), language.as_str()))
                .collect();
            all.push(qc::disclosures(&found));
        }
        if !given.legislation.is_empty() {
            let countries: Vec<&str> = given.legislation.iter().map(String::as_str).collect();
            all.push(qc::legislation(&countries));
        }
        if let Some(psd2) = &given.psd2 {
            all.push(self.psd2(psd2));
        }
        all.extend(self.oids(&given.others, &[]).iter().map(qc::bare));
        all
    }

    fn psd2(&mut self, given: &Psd2) -> Vec<u8> {
        let known = [
            qc::UNSPECIFIED,
            qc::PSP_AS,
            qc::PSP_PI,
            qc::PSP_AI,
            qc::PSP_IC,
            qc::PSP_CB,
            qc::PSP_PA,
            qc::VOP_RS,
            qc::VOP_VS,
        ];
        let mut roles: Vec<(ObjectIdentifier, String)> = Vec::new();
        for role in &given.roles {
            let name = role.value.as_str();
            if let Some((oid, name)) = known.iter().find(|(_, known)| *known == name) {
                roles.push((*oid, (*name).to_owned()));
            } else if let Some((name, oid)) = name.split_once(' ') {
                let value = oid.to_owned();
                let named = Located {
                    value,
                    span: role.span,
                };
                roles.extend(
                    self.oids(&[named], &[])
                        .into_iter()
                        .map(|oid| (oid, name.to_owned())),
                );
            } else {
                let message = format!("`{}` is no role", escape(name));
                let names = known.map(|(_, name)| name);
                let help = format!(
                    "{} (another one is written `NAME OID`)",
                    one_of(name, names)
                );
                self.say(role.span, message, "role", &help);
            }
        }
        let roles: Vec<qc::Role<'_>> = roles
            .iter()
            .map(|(oid, name)| (*oid, name.as_str()))
            .collect();
        let statement = qc::Psd2::of(&roles).nca(&given.nca_name, &given.nca_id);
        let statement = if given.flat_roles {
            statement.flat(&roles)
        } else {
            statement
        };
        statement.statement()
    }
}
