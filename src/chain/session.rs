//! What the files of a run share: equal certificates are parsed once, each signature is checked once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest, Sha256};

use super::{Signature, signature};
use crate::x509::{self, Certificate};

/// SHA-256 of something.
type Hash = [u8; 32];
/// An issuer's key and a certificate.
type Pair = (Hash, Hash);

/// Shared by all threads of a run. Its maps are looked up, never walked, so that their order shows
/// nowhere.
#[derive(Debug, Default)]
pub struct Session {
    certificates: RwLock<HashMap<Hash, Arc<Certificate>>>,
    signatures: RwLock<HashMap<Pair, Signature>>,
}

impl Session {
    /// The certificate, parsed once a run.
    ///
    /// # Errors
    /// As [`Certificate::parse`].
    pub fn certificate(&self, der: &[u8]) -> Result<Arc<Certificate>, x509::Error> {
        let hash: Hash = Sha256::digest(der).into();
        let known = self
            .certificates
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .cloned();
        if let Some(certificate) = known {
            return Ok(certificate);
        }
        let certificate = Arc::new(Certificate::parse(der)?);
        let mut certificates = self
            .certificates
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(certificates.entry(hash).or_insert(certificate).clone())
    }

    /// Whether `issuer`'s key made `certificate`'s signature, checked once a run for each pair of
    /// key and certificate.
    #[must_use]
    pub fn signature(&self, issuer: &Certificate, certificate: &Certificate) -> Signature {
        let pair = (issuer.public_key.value.spki_sha256, certificate.sha256);
        let known = self
            .signatures
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&pair)
            .copied();
        known.unwrap_or_else(|| {
            let outcome = signature::verify(issuer, certificate);
            let mut signatures = self
                .signatures
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            signatures.insert(pair, outcome);
            outcome
        })
    }
}
