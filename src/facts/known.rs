//! Facts of certificates, worked out once however many files hold them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::certificate;
use super::view::value;
use crate::chain::Member;

/// Certificates whose facts are kept. A repository has thousands of leaves, each in one file, and a few CAs, in
/// all of them; the facts of one certificate take some 10 KB.
const MOST_KEPT: usize = 1024;

/// Facts of certificates, shared by the files of a run. The map is looked up, never walked, so that its order
/// shows nowhere.
#[derive(Debug, Default)]
pub struct Known(RwLock<HashMap<[u8; 32], Arc<Value>>>);

impl Known {
    /// The facts of a certificate but for those that it has from its file, which are those of the first file.
    pub(super) fn of(&self, member: &Member) -> Arc<Value> {
        let hash = &member.certificate.sha256;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known.get(hash) {
            return facts.clone();
        }
        drop(known);
        let facts = Arc::new(value(&certificate::facts(member)));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST_KEPT {
            known.insert(*hash, facts.clone());
        }
        facts
    }
}
