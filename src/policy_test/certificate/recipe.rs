//! From what a case says of a certificate to its recipe.

use std::sync::Arc;

use ::der::asn1::ObjectIdentifier;
use data_encoding::HEXLOWER_PERMISSIVE;
use time::{Duration, OffsetDateTime};

use super::{CertificateDocument, Kind};
use crate::policy_test::read::read_instant;
use crate::source::{Source, escape};
use crate::span::Span;
use crate::synth::certificate::Recipe;
use crate::synth::keys::{self, Key};
use crate::synth::name::Name;
use crate::x509::AttributeType;
use crate::yaml::{Located, Node, Problem, Problems, Value, one_of};

/// The longest RSA key; one takes tenths of a second.
const MAX_RSA_BITS: usize = 16_384;
/// The shortest: two different primes of eight bits.
const MIN_RSA_BITS: usize = 16;

/// Finds the certificate of that name.
pub(in crate::policy_test) type Find<'a> =
    &'a dyn Fn(&str) -> Option<(&'a str, &'a CertificateDocument)>;

/// What certificates are read with.
pub(in crate::policy_test) struct Reading<'a> {
    pub(in crate::policy_test) source: &'a Arc<Source>,
    /// The case's instant.
    pub(in crate::policy_test) now: OffsetDateTime,
}

impl Reading<'_> {
    /// The recipe of the certificate of that name; without it, `problems` has grown.
    pub(in crate::policy_test) fn recipe(
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
        let made = reader.extensions(made, document, node);
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

pub(super) struct Reader<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) problems: &'a mut Problems,
}

impl Reader<'_> {
    pub(super) fn say(&mut self, span: Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }

    fn key(&mut self, name: &str, document: &CertificateDocument, find: Find<'_>) -> Key {
        if let Some(other) = &document.key_of {
            let own = document.key.as_ref().map(|key| key.span);
            let own = own.or(document.rsa_exponent.as_ref().map(|exponent| exponent.span));
            if let Some(span) = own {
                let message = "`key_of` says already what the key is".to_owned();
                self.say(span, message, "key", "give one of them");
            }
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
        if let Some(exponent) = &document.rsa_exponent {
            return keys::rsa_with_exponent(name, &exponent.value.to_be_bytes());
        }
        let Some(kind) = &document.key else {
            return keys::rsa(2048, name);
        };
        let (bits, for_pss) = match kind.value.strip_prefix("rsa-pss-") {
            Some(bits) => (Some(bits), true),
            None => (kind.value.strip_prefix("rsa-"), false),
        };
        if let Some(bits) = bits.and_then(|bits| bits.parse::<usize>().ok()) {
            if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
                let message = format!("no RSA key of {bits} bits can be made");
                let help = format!("from {MIN_RSA_BITS} to {MAX_RSA_BITS} bits");
                self.say(kind.span, message, "key", &help);
                return keys::rsa(2048, name);
            }
            return if for_pss {
                keys::rsa_pss(bits, name)
            } else {
                keys::rsa(bits, name)
            };
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
                    "rsa-pss-2048",
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
        if let Some(end) = &document.not_after {
            let counted = [
                ("days", document.days.as_ref().map(|days| days.span)),
                (
                    "seconds",
                    document.seconds.as_ref().map(|seconds| seconds.span),
                ),
            ];
            for (name, span) in counted {
                let Some(span) = span else { continue };
                let message = format!("`{name}` and `not_after` both say when it ends");
                self.say(span, message, name, "give one of them");
            }
            made.not_after = self.instant(end).unwrap_or(made.not_after);
            return made;
        }
        let days = document.days.as_ref().map_or(usual, |days| days.value);
        let seconds = document.seconds.as_ref().map_or(0, |seconds| seconds.value);
        let seconds = days
            .checked_mul(86_400)
            .and_then(|days| days.checked_add(seconds));
        let end =
            seconds.and_then(|seconds| made.not_before.checked_add(Duration::seconds(seconds)));
        if let Some(end) = end.filter(|end| end.year() >= 0) {
            made.not_after = end;
        } else {
            let given = document.days.as_ref().map(|days| days.span);
            let given = given.or(document.seconds.as_ref().map(|seconds| seconds.span));
            let message = "it would end outside of the years 0 to 9999".to_owned();
            let help = "certificates write years in four digits";
            self.say(given.unwrap_or_default(), message, "not a time", help);
        }
        made
    }

    fn instant(&mut self, text: &Located<String>) -> Option<OffsetDateTime> {
        read_instant(text, self.source, self.problems)
    }

    fn rest(&mut self, mut made: Recipe, document: &CertificateDocument, node: &Node) -> Recipe {
        if let Some(issuer) = &document.issuer {
            made.issuer = Some(self.name(issuer));
        }
        if let Some(serial) = &document.serial_number {
            let octets = self.octets(serial);
            if octets.as_ref().is_some_and(Vec::is_empty) {
                let message = "a serial number has an octet at least".to_owned();
                self.say(
                    serial.span,
                    message,
                    "serial number",
                    "write `\"00\"` for zero",
                );
            }
            made.serial = octets.unwrap_or_default();
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
        let signature = document.signature.as_ref();
        made.scheme = signature.map(|signature| signature.value.scheme());
        made.break_signature = document.broken_signature;
        if let Some(trailing) = &document.trailing {
            made.trailing = self.octets(trailing).unwrap_or_default();
        }
        made
    }

    /// Object identifiers, given dotted or by one of these names.
    pub(super) fn oids(
        &mut self,
        given: &[Located<String>],
        names: &[(&str, &str)],
    ) -> Vec<ObjectIdentifier> {
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

    pub(super) fn octets(&mut self, text: &Located<String>) -> Option<Vec<u8>> {
        let octets = HEXLOWER_PERMISSIVE.decode(text.value.as_bytes()).ok();
        if octets.is_none() {
            let message = format!("`{}` is no hexadecimal", escape(&text.value));
            self.say(
                text.span,
                message,
                "octets",
                "two digits an octet, in quotes, as in \"0a1b\"",
            );
        }
        octets
    }
}
