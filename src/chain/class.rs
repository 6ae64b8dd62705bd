//! The class of a chain: who stands behind it.

use super::{Member, Session, Signature, Top};
use crate::x509::{Certificate, qc};

/// QcType "web" (EN 319 412-5 §4.2.3).
const QC_TYPE_WEB: &str = "0.4.0.1862.1.6.3";
/// Policies of the CA/Browser Forum begin so.
const CABF_POLICIES: &str = "2.23.140.1.";
/// Embedded signed certificate timestamps (RFC 6962 §3.3).
const SCT_LIST: &str = "1.3.6.1.4.1.11129.2.4.2";

/// Who issued a chain, decided before any rule runs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// An eIDAS website certificate: the leaf has the PSD2 QcStatement or the QcType "web".
    Qwac,
    /// Issued under a public CA: the root's key is known, or the leaf says so (CA/B Forum policy, SCTs).
    Public,
    /// Everything else: an organisation's own root.
    Private,
}

impl Class {
    /// The name in reports and policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qwac => "qwac",
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// How the top of a path stands to the known roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It is a known root: its key is known.
    KnownRoot {
        /// The root's subject.
        name: String,
    },
    /// A known root issued it; the signature verifies with the root's key.
    IssuedByKnownRoot {
        /// The root's subject.
        name: String,
    },
    /// It is self-issued and bears a known root's name, over another key.
    Impostor {
        /// The name.
        name: String,
    },
    /// None of these.
    Unknown,
}

/// How a path's top stands to the known roots.
pub(super) fn ending(top: Option<&Member>, how: &Top, session: &Session) -> Ending {
    let Some(certificate) = top.map(|top| &top.certificate) else {
        return Ending::Unknown;
    };
    let anchors = session.anchors();
    if let Some(root) = anchors.known_key(&certificate.public_key.value.spki_sha256) {
        return Ending::KnownRoot {
            name: root.subject.clone(),
        };
    }
    let issuer = &certificate.issuer.value;
    match how {
        Top::Nothing => Ending::Unknown,
        Top::SelfIssued(_) if anchors.bears_known_name(issuer) => Ending::Impostor {
            name: issuer.to_string(),
        },
        Top::SelfIssued(_) => Ending::Unknown,
        Top::IssuerMissing => anchors
            .named(issuer)
            .find(|root| session.signature(root, certificate) == Signature::Valid)
            .map_or(Ending::Unknown, |root| Ending::IssuedByKnownRoot {
                name: root.subject.value.to_string(),
            }),
    }
}

/// The class of a chain by its leaf (or what stands lowest) and its ending.
pub(super) fn classify(lowest: Option<&Member>, ending: &Ending) -> Class {
    let Some(leaf) = lowest.map(|lowest| &lowest.certificate) else {
        return Class::Private;
    };
    if is_qwac(leaf) {
        return Class::Qwac;
    }
    let known = matches!(
        ending,
        Ending::KnownRoot { .. } | Ending::IssuedByKnownRoot { .. }
    );
    if known || looks_public(leaf) {
        Class::Public
    } else {
        Class::Private
    }
}

fn is_qwac(leaf: &Certificate) -> bool {
    leaf.extensions
        .qc_statements
        .value()
        .is_some_and(|statements| {
            statements.get(qc::PSD2).is_some()
                || statements.types().any(|oid| oid.value == QC_TYPE_WEB)
        })
}

fn looks_public(leaf: &Certificate) -> bool {
    let extensions = &leaf.extensions;
    let policies = extensions.certificate_policies.value();
    policies.is_some_and(|policies| policies.iter().any(|oid| oid.starts_with(CABF_POLICIES)))
        || extensions
            .all
            .iter()
            .any(|extension| extension.oid == SCT_LIST)
}
