//! Certificates made to order: what a case says of one, and the recipe that comes of it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ::der::asn1::ObjectIdentifier;
use data_encoding::HEXLOWER_PERMISSIVE;
use schemars::JsonSchema;
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::document::instant;
use super::schema;
use crate::source::{Source, escape};
use crate::span::Span;
use crate::synth::certificate::{Authority, Recipe};
use crate::synth::extension::{
    AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES, EXTENDED_KEY_USAGE,
    Extension, GeneralName, KEY_USAGE, NAME_CONSTRAINTS, SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
};
use crate::synth::keys::{self, Key, Scheme};
use crate::synth::name::Name;
use crate::synth::qc::{self, QC_STATEMENTS};
use crate::x509::{AttributeType, KeyUsageBit};
use crate::yaml::{Located, Node, Problem, Problems, Value, one_of};

/// A certificate made to order. What is not given is as in a certificate that nothing is wrong with: leaves live
/// for 750 days, CAs for 3650, from 30 days before the case's instant on; keys are RSA with 2048 bits.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Certificate")]
pub(super) struct CertificateDocument {
    /// Whether it is an end entity or a CA; what its name does not tell.
    kind: Option<Kind>,
    /// The certificate of this chain that signs it, by name; itself, where that is its own name. Without it, the
    /// next CA of the chain.
    pub(super) issued_by: Option<Located<String>>,
    /// The subject's attributes in order, by their names in facts (`common_name`) or their OIDs; a list for several
    /// of one type.
    #[serde(default)]
    #[schemars(schema_with = "schema::name")]
    subject: Option<Node>,
    /// The issuer's name, where it is not the subject of who signs.
    #[serde(default)]
    #[schemars(schema_with = "schema::name")]
    issuer: Option<Node>,
    /// The key: `rsa-BITS`, `p-256`, `p-384`, `p-521`, `ed25519`, and RSA keys of 2048 bits that are weak:
    /// `roca`, `close-primes`, `small-factor`. Without it, `rsa-2048`.
    key: Option<Located<String>>,
    /// The public exponent of an RSA key with 2048 bits; with another one than 65537 it cannot sign.
    rsa_exponent: Option<u64>,
    /// The certificate of this chain whose key it shares, by name.
    key_of: Option<Located<String>>,
    /// The first instant: a day, or RFC 3339.
    not_before: Option<Located<String>>,
    /// The last instant: a day, or RFC 3339.
    not_after: Option<Located<String>>,
    /// How many days it lives, instead of `not_after`.
    days: Option<Located<i64>>,
    /// How many seconds more than `days`; less, where it is negative.
    seconds: Option<i64>,
    /// The serial number's octets, in hexadecimal, sign and all.
    serial_number: Option<Located<String>>,
    /// The version of X.509: 1, 2 or 3.
    version: Option<Located<u8>>,
    /// Whether it is a CA, and how many CAs may stand below it.
    basic_constraints: Option<BasicConstraints>,
    /// Key usages.
    key_usage: Option<Vec<KeyUsageBit>>,
    /// Purposes: `server_auth`, `client_auth`, `any`, or OIDs.
    extended_key_usage: Option<Vec<Located<String>>>,
    /// Names beside the subject.
    subject_alternative_name: Option<AlternativeNames>,
    /// Hosts that names below this CA may or may not have.
    name_constraints: Option<NameConstraints>,
    /// Policies, as OIDs.
    certificate_policies: Option<Vec<Located<String>>>,
    /// Statements of a qualified certificate.
    qc_statements: Option<Statements>,
    /// The identifier of its key, in hexadecimal, where it is not the customary one.
    subject_key_identifier: Option<Located<String>>,
    /// The identifier of the issuer's key, in hexadecimal, where it is not the one that the issuer has.
    authority_key_identifier: Option<Located<String>>,
    /// The address of a revocation list.
    crl_distribution_point: Option<String>,
    /// The address of the issuer's certificate.
    authority_information_access: Option<String>,
    /// Extensions as they stand, by OID: the value's DER in hexadecimal.
    extensions: Option<BTreeMap<String, Located<String>>>,
    /// Extensions that are left out, by the names above or their OIDs.
    without: Option<Vec<Located<String>>>,
    /// Extensions that are critical, by the names above or their OIDs.
    critical: Option<Vec<Located<String>>>,
    /// Extensions that are not critical.
    not_critical: Option<Vec<Located<String>>>,
    /// How it is signed; without it, as is customary for the signer's key. `pss` is RSASSA-PSS with SHA-256 and a
    /// salt of 32 octets.
    signature: Option<Signature>,
    /// The signature is damaged.
    #[serde(default)]
    broken_signature: bool,
    /// Octets behind the certificate inside of its block, in hexadecimal.
    trailing: Option<Located<String>>,
}

/// An end entity or a CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// An end entity.
    Leaf,
    /// A CA.
    Ca,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::partial)]
struct BasicConstraints {
    /// Whether it is a CA.
    ca: bool,
    /// How many CAs may stand below it.
    path_length: Option<u8>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AlternativeNames {
    /// Hosts.
    dns: Vec<String>,
    /// URIs.
    uris: Vec<String>,
    /// Mail addresses.
    emails: Vec<String>,
    /// IP addresses.
    ips: Vec<Located<String>>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct NameConstraints {
    /// Hosts that names may be below.
    permitted: Vec<String>,
    /// Hosts that they may not be below.
    excluded: Vec<String>,
}

/// Statements of EN 319 412-5 and TS 119 495.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Statements {
    /// QcCompliance.
    compliance: bool,
    /// QcSSCD.
    sscd: bool,
    /// QcType: `web`, `esign`, `eseal`, or OIDs.
    types: Vec<Located<String>>,
    /// QcPDS: languages with the addresses of their disclosure statements.
    disclosures: BTreeMap<String, String>,
    /// QcCClegislation: countries.
    legislation: Vec<String>,
    /// The statement of PSD2.
    psd2: Option<Psd2>,
    /// A statement without information, by its OID.
    others: Vec<Located<String>>,
}

/// The statement of TS 119 495, 5.1.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::partial)]
struct Psd2 {
    /// Roles by name (`PSP_AI`); a role of another name or OID is written `NAME OID`.
    roles: Vec<Located<String>>,
    /// The authority's name.
    #[serde(default = "Psd2::nca_name")]
    nca_name: String,
    /// The authority's identifier.
    #[serde(default = "Psd2::nca_id")]
    nca_id: String,
    /// Roles are written flat, as some software does: one SEQUENCE around all of them, instead of one around each.
    #[serde(default)]
    flat_roles: bool,
}

impl Psd2 {
    fn nca_name() -> String {
        "Lietuvos bankas".to_owned()
    }

    fn nca_id() -> String {
        "LT-BL".to_owned()
    }
}

/// How a certificate is signed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Signature {
    /// Over MD2, as it says; the signature verifies nowhere. RSA alone.
    Md2,
    /// Over MD5; RSA alone.
    Md5,
    /// Over SHA-1.
    Sha1,
    /// Over SHA-256.
    Sha256,
    /// Over SHA-384.
    Sha384,
    /// Over SHA-512.
    Sha512,
    /// RSASSA-PSS with SHA-256.
    Pss,
}

impl Signature {
    fn scheme(self) -> Scheme {
        match self {
            Self::Md2 => Scheme::Md2,
            Self::Md5 => Scheme::Md5,
            Self::Sha1 => Scheme::Sha1,
            Self::Sha256 => Scheme::Sha256,
            Self::Sha384 => Scheme::Sha384,
            Self::Sha512 => Scheme::Sha512,
            Self::Pss => Scheme::Pss(32),
        }
    }
}

/// The longest RSA key; one takes tenths of a second.
const MAX_RSA_BITS: usize = 16_384;

/// Extensions by the names that they have here.
const EXTENSIONS: [(&str, ObjectIdentifier); 9] = [
    ("basic_constraints", BASIC_CONSTRAINTS),
    ("key_usage", KEY_USAGE),
    ("extended_key_usage", EXTENDED_KEY_USAGE),
    ("subject_alternative_name", SUBJECT_ALTERNATIVE_NAME),
    ("name_constraints", NAME_CONSTRAINTS),
    ("certificate_policies", CERTIFICATE_POLICIES),
    ("qc_statements", QC_STATEMENTS),
    ("subject_key_identifier", SUBJECT_KEY_IDENTIFIER),
    ("authority_key_identifier", AUTHORITY_KEY_IDENTIFIER),
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

/// Finds the certificate of that name.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Option<(&'a str, &'a CertificateDocument)>;

/// What certificates are read with.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Arc<Source>,
    /// The case's instant.
    pub(super) now: OffsetDateTime,
}

impl Reading<'_> {
    /// The recipe of the certificate of that name; without it, `problems` has grown.
    pub(super) fn recipe(
        &self,
        name: &str,
        document: &CertificateDocument,
        node: &Node,
        find: Find<'_>,
        problems: &mut Problems,
    ) -> Option<Recipe> {
        let mut reader = Reader {
            source: self.source,
            problems,
        };
        let before = reader.problems.len();
        let key = reader.key(name, document, find);
        let subject = match &document.subject {
            Some(subject) => reader.name(subject),
            None => Name::new(&usual_name(name), "Acme Payments"),
        };
        let is_leaf = match document.kind {
            Some(kind) => kind == Kind::Leaf,
            None => name == "leaf",
        };
        let made = if is_leaf {
            Recipe::leaf(subject, key)
        } else {
            Recipe::ca(subject, key)
        };
        let made = reader.period(made, document, name, self.now);
        let made = reader.extensions(made, document);
        let made = reader.rest(made, document, node);
        (reader.problems.len() == before).then_some(made)
    }
}

fn usual_name(name: &str) -> String {
    match name {
        "leaf" => "acme-payments-prod".to_owned(),
        "intermediate" => "Acme Payments Issuing CA".to_owned(),
        "root" => "Acme Payments Root CA".to_owned(),
        other => format!("Acme Payments {other}"),
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn say(&mut self, span: Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }

    fn key(&mut self, name: &str, document: &CertificateDocument, find: Find<'_>) -> Key {
        if let Some(other) = &document.key_of {
            match find(&other.value) {
                // One step alone: a key that is itself another's is that certificate's to name.
                Some((of, found)) if found.key_of.is_none() => return self.own_key(of, found),
                Some(_) => {
                    let message =
                        format!("`{}` has its key from another one", escape(&other.value));
                    self.say(other.span, message, "no key of its own", "name that one");
                }
                None => {
                    let message =
                        format!("the chain has no certificate `{}`", escape(&other.value));
                    let help = "the names are `leaf`, `intermediate`, `root` and those of `others`";
                    self.say(other.span, message, "unknown certificate", help);
                }
            }
        }
        self.own_key(name, document)
    }

    fn own_key(&mut self, name: &str, document: &CertificateDocument) -> Key {
        if let Some(exponent) = document.rsa_exponent {
            return keys::rsa_with_exponent(name, &exponent.to_be_bytes());
        }
        let Some(kind) = &document.key else {
            return keys::rsa(2048, name);
        };
        let bits = kind.value.strip_prefix("rsa-");
        if let Some(bits) = bits.and_then(|bits| bits.parse::<usize>().ok()) {
            if !(16..=MAX_RSA_BITS).contains(&bits) {
                let message = format!("no RSA key of {bits} bits can be made");
                let help = format!("from 16 to {MAX_RSA_BITS} bits");
                self.say(kind.span, message, "key", &help);
                return keys::rsa(2048, name);
            }
            return keys::rsa(bits, name);
        }
        match kind.value.as_str() {
            "p-256" => keys::p256(name),
            "p-384" => keys::p384(name),
            "p-521" => keys::p521(name),
            "ed25519" => keys::ed25519(name),
            "roca" => keys::rsa_in_the_shape_of_roca(),
            "close-primes" => keys::rsa_with_close_primes(50),
            "small-factor" => keys::rsa_with_factor(751),
            other => {
                let message = format!("`{}` is no kind of key", escape(other));
                let kinds = [
                    "rsa-2048",
                    "p-256",
                    "p-384",
                    "p-521",
                    "ed25519",
                    "roca",
                    "close-primes",
                    "small-factor",
                ];
                self.say(kind.span, message, "kind of key", &one_of(other, kinds));
                keys::rsa(2048, name)
            }
        }
    }

    /// A name of attributes in written order.
    fn name(&mut self, node: &Node) -> Name {
        let mut name = Name(Vec::new());
        let Some(entries) = node.entries() else {
            let found = node.describe();
            let message = format!("expected a map of attributes, found {found}");
            self.say(
                node.span,
                message,
                &found,
                "write `{ common_name: …, organization: … }`",
            );
            return name;
        };
        for (key, value) in entries {
            let oid = AttributeType::parse(&key.name)
                .and_then(|kind| ObjectIdentifier::new(kind.dotted()).ok());
            let Some(oid) = oid else {
                let message = format!("`{}` is no attribute of a name", escape(&key.name));
                let help = one_of(&key.name, AttributeType::names());
                self.say(key.span, message, "attribute", &help);
                continue;
            };
            let one = [value.clone()];
            for item in value.items().unwrap_or(&one) {
                match &item.value {
                    Value::String(text) => name = name.with(oid, text),
                    Value::Null
                    | Value::Bool(_)
                    | Value::Integer(_)
                    | Value::Float(_)
                    | Value::Sequence(_)
                    | Value::Map(_) => {
                        let found = item.describe();
                        let message = format!("an attribute is a text, found {found}");
                        self.say(item.span, message, &found, "put it into quotes");
                    }
                }
            }
        }
        name
    }

    fn period(
        &mut self,
        mut made: Recipe,
        document: &CertificateDocument,
        name: &str,
        now: OffsetDateTime,
    ) -> Recipe {
        made.not_before = now.saturating_sub(Duration::days(30));
        if let Some(start) = &document.not_before {
            made.not_before = self.instant(start).unwrap_or(made.not_before);
        }
        let usual = match name {
            "leaf" => 750,
            "intermediate" => 1825,
            _ => 3650,
        };
        let days = document.days.as_ref().map_or(usual, |days| days.value);
        let seconds = Duration::seconds(document.seconds.unwrap_or_default());
        made = made.lasting(Duration::seconds(days.saturating_mul(86_400)).saturating_add(seconds));
        if let Some(end) = &document.not_after {
            if let Some(days) = &document.days {
                let message = "`days` and `not_after` say the same thing twice".to_owned();
                self.say(days.span, message, "days", "give one of them");
            }
            made.not_after = self.instant(end).unwrap_or(made.not_after);
        }
        made
    }

    fn instant(&mut self, text: &Located<String>) -> Option<OffsetDateTime> {
        let found = instant(&text.value);
        if found.is_none() {
            let message = format!("`{}` is no instant", escape(&text.value));
            let help = "a day, as in 2026-11-23, or RFC 3339, as in 2026-11-23T12:00:00Z";
            self.say(text.span, message, "instant", help);
        }
        found
    }

    fn extensions(&mut self, mut made: Recipe, document: &CertificateDocument) -> Recipe {
        if let Some(given) = &document.basic_constraints {
            made = made.with(if given.ca {
                Extension::ca(given.path_length)
            } else {
                Extension::not_ca()
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
            let identifier = self.octets(identifier);
            made = made.with(Extension::subject_key_identifier(&identifier));
        }
        if let Some(identifier) = &document.authority_key_identifier {
            made.authority = Authority::Named(self.octets(identifier));
        }
        if let Some(address) = &document.crl_distribution_point {
            made = made.with(Extension::crl(address));
        }
        if let Some(address) = &document.authority_information_access {
            made = made.with(Extension::ca_issuers(address));
        }
        for (oid, value) in document.extensions.iter().flatten() {
            let octets = self.octets(value);
            let named = Located {
                value: oid.clone(),
                span: value.span,
            };
            for oid in self.oids(&[named], &[]) {
                made = made.with(Extension::new(oid, octets.clone()));
            }
        }
        self.flags(made, document)
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
        let flags = [(&document.critical, true), (&document.not_critical, false)];
        for (listed, critical) in flags {
            for named in listed.iter().flatten() {
                for oid in self.oids(std::slice::from_ref(named), &names) {
                    let mut all = made.extensions.iter_mut();
                    if let Some(extension) = all.find(|extension| extension.oid == oid) {
                        extension.critical = critical;
                    } else {
                        let name = escape(&named.value);
                        let message = format!("the certificate has no extension `{name}`");
                        self.say(
                            named.span,
                            message,
                            "extension",
                            "give it by its own key first",
                        );
                    }
                }
            }
        }
        made
    }

    fn rest(&mut self, mut made: Recipe, document: &CertificateDocument, node: &Node) -> Recipe {
        if let Some(issuer) = &document.issuer {
            made.issuer = Some(self.name(issuer));
        }
        if let Some(serial) = &document.serial_number {
            made.serial = self.octets(serial);
            if made.serial.is_empty() {
                let message = "a serial number has an octet at least".to_owned();
                self.say(
                    serial.span,
                    message,
                    "serial number",
                    "write `\"00\"` for zero",
                );
            }
        }
        if let Some(version) = &document.version {
            made.version = match version.value {
                1 => None,
                2 => Some(1),
                3 => Some(2),
                other => {
                    let message = format!("X.509 has no version {other}");
                    self.say(version.span, message, "version", "write 1, 2 or 3");
                    None
                }
            };
        }
        if document.rsa_exponent.is_some() && document.key.is_some() {
            let message = "`key` and `rsa_exponent` both say what the key is".to_owned();
            self.say(node.span, message, "key", "give one of them");
        }
        made.scheme = document.signature.map(Signature::scheme);
        made.break_signature = document.broken_signature;
        if let Some(trailing) = &document.trailing {
            made.trailing = self.octets(trailing);
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
            qc::PSP_AS,
            qc::PSP_PI,
            qc::PSP_AI,
            qc::PSP_CB,
            qc::PSP_PA,
            qc::VOP_RS,
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

    /// Object identifiers, given dotted or by one of these names.
    fn oids(&mut self, given: &[Located<String>], names: &[(&str, &str)]) -> Vec<ObjectIdentifier> {
        let mut all = Vec::new();
        for text in given {
            let named = names.iter().find(|(name, _)| *name == text.value);
            let dotted = named.map_or(text.value.as_str(), |(_, oid)| oid);
            if let Ok(oid) = ObjectIdentifier::new(dotted) {
                all.push(oid);
                continue;
            }
            let message = format!("`{}` is no object identifier", escape(&text.value));
            let help = if names.is_empty() {
                "numbers with dots between them, as in 2.23.140.1.2.2".to_owned()
            } else {
                let names = names.iter().map(|(name, _)| *name);
                let names = one_of(&text.value, names);
                format!("{names} (or numbers with dots between them)")
            };
            self.say(text.span, message, "object identifier", &help);
        }
        all
    }

    fn octets(&mut self, text: &Located<String>) -> Vec<u8> {
        let octets = HEXLOWER_PERMISSIVE.decode(text.value.as_bytes());
        if octets.is_err() {
            let message = format!("`{}` is no hexadecimal", escape(&text.value));
            self.say(
                text.span,
                message,
                "octets",
                "two digits an octet, in quotes, as in \"0a1b\"",
            );
        }
        octets.unwrap_or_default()
    }
}
