//! The class of a chain: who stands behind it.

use std::sync::Arc;

use super::{Member, Session, Signature, Top};
use crate::trust::{Anchors, KnownRoot, Listing, Origin};
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

/// How the top of a path stands to the trust anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It is a known root (its key is known), or the path goes through a certificate that the user names.
    KnownRoot(KnownRoot),
    /// A known root issued it, which is not in the file; the signature verifies with the root's key.
    IssuedByKnownRoot(KnownRoot),
    /// It is self-issued and bears a known root's name, over another key.
    Impostor {
        /// The name.
        name: String,
    },
    /// None of these.
    Unknown,
}

impl Ending {
    /// The root that it ends in, in the file or not.
    #[must_use]
    pub fn root(&self) -> Option<&KnownRoot> {
        match self {
            Self::KnownRoot(root) | Self::IssuedByKnownRoot(root) => Some(root),
            Self::Impostor { .. } | Self::Unknown => None,
        }
    }
}

/// How a path's top stands to the trust anchors. `path` is in order, leaf first.
pub(super) fn ending(path: &[&Member], how: &Top, session: &Session, anchors: &Anchors) -> Ending {
    let Some(certificate) = path.last().map(|top| &top.certificate) else {
        return Ending::Unknown;
    };
    if let Some(root) = anchors.known(certificate) {
        return Ending::KnownRoot(root);
    }
    // An anchor need not be a root: trusted lists name issuing CAs.
    let authorities = path.iter().skip(1).rev();
    let mut given = authorities.filter_map(|member| anchors.given(&member.certificate));
    if let Some(anchor) = given.next() {
        return Ending::KnownRoot(anchor);
    }
    let issuer = &certificate.issuer.value;
    match how {
        Top::Nothing => Ending::Unknown,
        Top::SelfIssued(_) if anchors.bears_known_name(issuer) => Ending::Impostor {
            name: issuer.to_string(),
        },
        Top::SelfIssued(_) => Ending::Unknown,
        Top::IssuerMissing => {
            let issued =
                |root: &Certificate| session.signature(root, certificate) == Signature::Valid;
            let mut roots = anchors.named(issuer).filter(|(root, _)| issued(root));
            roots.next().map_or(Ending::Unknown, |(root, origin)| {
                let subject = root.subject.value.to_string();
                Ending::IssuedByKnownRoot(KnownRoot { subject, origin })
            })
        }
    }
}

/// How a QWAC's path stands to the EU trusted lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListStatus {
    /// A listed service issued it.
    Listed(Arc<Listing>),
    /// The user names its root, or another CA of its path, without a list.
    Anchored,
    /// No list that the user names has its issuers.
    NotListed,
    /// The user names no list.
    NotChecked,
}

impl ListStatus {
    /// The word for it in reports and facts.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Listed(_) => "listed",
            Self::Anchored => "trust_anchor",
            Self::NotListed => "not_listed",
            Self::NotChecked => "not_checked",
        }
    }
}

/// How a path stands to the trusted lists. `path` is in order, leaf first.
pub(super) fn list_status(
    path: &[&Member],
    ending: &Ending,
    session: &Session,
    anchors: &Anchors,
) -> ListStatus {
    let authorities = path.iter().skip(1);
    let mut listed = authorities.filter_map(|member| anchors.listed(&member.certificate));
    if let Some(listing) = listed.next() {
        return ListStatus::Listed(Arc::new(listing));
    }
    // The issuer of the top may be listed and not in the file.
    if let Some(top) = path.last() {
        let mut issuers = anchors.named(&top.certificate.issuer.value);
        let issuer = issuers.find_map(|(issuer, origin)| match origin {
            Origin::Listed(listing)
                if session.signature(issuer, &top.certificate) == Signature::Valid =>
            {
                Some(listing)
            }
            Origin::Listed(_) | Origin::Given(_) | Origin::Mozilla | Origin::Legacy => None,
        });
        if let Some(listing) = issuer {
            return ListStatus::Listed(listing);
        }
    }
    match ending.root().map(|root| &root.origin) {
        Some(Origin::Given(_)) => ListStatus::Anchored,
        _ if anchors.lists().next().is_some() => ListStatus::NotListed,
        _ => ListStatus::NotChecked,
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
    let public = |root: &KnownRoot| match root.origin {
        Origin::Mozilla | Origin::Legacy => true,
        // Whom a user trusts is not thereby a public CA.
        Origin::Given(_) | Origin::Listed(_) => false,
    };
    if ending.root().is_some_and(public) || looks_public(leaf) {
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
