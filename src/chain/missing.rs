//! What lies above a path that breaks off, among the certificates that are known.

use std::sync::Arc;

use time::OffsetDateTime;

use super::{Chain, Session, Signature, Top};
use crate::trust::Anchors;
use crate::x509::Certificate;

/// Certificates that are looked for above a path; real chains have one or two.
const LONGEST: usize = 8;
/// Known certificates that are looked at: one name may be borne by many.
const LOOKED_AT: usize = 256;

/// Why there is nothing to put above a path; a clause without a capital or full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// It does not break off.
    #[error("no issuer is missing")]
    Nothing,
    /// Nobody who is known issued its top.
    #[error("no known certificate is the one that issued it, of {0}")]
    Unknown(String),
    /// Who issued it is known, and no certificate of him is valid.
    #[error("the known certificate of {0}, who issued it, is not valid at this time")]
    NotValid(String),
    /// Who issued it is known, and no root above him.
    #[error("{0}, who issued it, is known, but no root above")]
    NoRoot(String),
}

/// What was met on the way.
#[derive(Default)]
struct Search {
    looked_at: usize,
    not_valid: bool,
    valid: bool,
}

impl Chain {
    /// The certificates that are missing above the path, from its top up to a root that signed itself: known
    /// ones, all valid at the instant.
    ///
    /// # Errors
    /// Why there are none.
    pub fn missing_issuers(
        &self,
        session: &Session,
        anchors: &Anchors,
        now: OffsetDateTime,
    ) -> Result<Vec<Arc<Certificate>>, Missing> {
        let top = self.top_member().ok_or(Missing::Nothing)?;
        if self.top != Top::IssuerMissing {
            return Err(Missing::Nothing);
        }
        let mut search = Search::default();
        let mut path = Vec::new();
        if search.climb(&top.certificate, &mut path, session, anchors, now) {
            return Ok(path);
        }
        let issuer = top.certificate.issuer.value.to_string();
        Err(match search {
            Search { valid: true, .. } => Missing::NoRoot(issuer),
            Search {
                not_valid: true, ..
            } => Missing::NotValid(issuer),
            Search { .. } => Missing::Unknown(issuer),
        })
    }
}

impl Search {
    /// Adds the issuers of `below` to `path`; whether they end in a root.
    fn climb(
        &mut self,
        below: &Certificate,
        path: &mut Vec<Arc<Certificate>>,
        session: &Session,
        anchors: &Anchors,
        now: OffsetDateTime,
    ) -> bool {
        let mut found: Vec<Arc<Certificate>> = Vec::new();
        for (issuer, _) in anchors.named(&below.issuer.value) {
            self.looked_at = self.looked_at.saturating_add(1);
            if self.looked_at > LOOKED_AT {
                break;
            }
            let again = path.iter().any(|other| other.sha256 == issuer.sha256);
            if again || session.signature(issuer, below) != Signature::Valid {
                continue;
            }
            // What is said of nobody valid is said of the top's own issuer.
            if !issuer.is_valid_at(now) {
                self.not_valid |= path.is_empty();
                continue;
            }
            found.push(issuer.clone());
        }
        self.valid |= !found.is_empty();
        // The shortest way is the one that people expect.
        found.sort_by_key(|issuer| !issuer.is_self_issued());
        for issuer in found {
            let is_root =
                issuer.is_self_issued() && session.signature(&issuer, &issuer) == Signature::Valid;
            let deeper = path.len() < LONGEST && !is_root;
            path.push(issuer.clone());
            if is_root || (deeper && self.climb(&issuer, path, session, anchors, now)) {
                return true;
            }
            path.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::build;
    use super::super::testing::{Made, NOW, ca, leaf};
    use super::*;
    use crate::pem::{Limits, scan};
    use crate::trust::{Anchor, Given};

    /// The subjects of what is missing above a leaf of `low`, where these are known.
    fn above(known: &[&Made]) -> Result<Vec<String>, Missing> {
        let given = known.iter().map(|made| Anchor {
            certificate: Arc::new(made.certificate()),
            file: "anchors.pem".into(),
        });
        let anchors = Anchors::embedded().with(Given {
            anchors: given.collect(),
            lists: Vec::new(),
        });
        let text = leaf("leaf", "low").pem();
        let session = Session::default();
        let document = scan(text.as_bytes(), Limits::default());
        let chain = build(document, &session, &anchors, NOW);
        let found = chain.missing_issuers(&session, &anchors, NOW)?;
        Ok(found
            .iter()
            .map(|one| one.subject.value.to_string())
            .collect())
    }

    #[test]
    fn known_certificates_are_joined_up_to_a_root() {
        let (low, high, root) = (ca("low", "high"), ca("high", "root"), ca("root", "root"));
        let all = ["CN=low", "CN=high", "CN=root"].map(str::to_owned).to_vec();
        assert_eq!(above(&[&low, &high, &root]), Ok(all.clone()));
        assert_eq!(above(&[&root, &high, &low]), Ok(all));
        assert_eq!(above(&[&low, &high]), Err(Missing::NoRoot("CN=low".into())));
        assert_eq!(
            above(&[&high, &root]),
            Err(Missing::Unknown("CN=low".into()))
        );
    }

    #[test]
    fn of_several_certificates_of_a_name_the_valid_root_is_taken() {
        let root = ca("low", "low");
        let expired = ca("low", "low").serial(2).expired();
        let cross = ca("low", "high").serial(3);
        let other = ca("low", "low").key("other").signer("other");
        assert_eq!(
            above(&[&expired, &cross, &other, &root]),
            Ok(vec!["CN=low".into()])
        );
        assert_eq!(above(&[&expired]), Err(Missing::NotValid("CN=low".into())));
        assert_eq!(above(&[&other]), Err(Missing::Unknown("CN=low".into())));
        let elder = ca("high", "high");
        assert_eq!(
            above(&[&expired, &cross, &elder]),
            Ok(vec!["CN=low".into(), "CN=high".into()])
        );
    }

    #[test]
    fn certificates_in_a_circle_end_somewhere() {
        let (low, high) = (ca("low", "high"), ca("high", "low"));
        assert_eq!(above(&[&low, &high]), Err(Missing::NoRoot("CN=low".into())));
    }
}
