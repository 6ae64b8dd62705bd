//! Whether one key made one certificate's signature.
//!
//! ring does the common cases fast; `RustCrypto` does what ring does not take (short RSA keys, SHA-1,
//! odd PSS salts, P-521), so that no valid signature is ever called wrong.

use md5::Md5;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::traits::SignatureScheme;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::pss::{self, Parameters};
use crate::x509::{Certificate, Curve, Digest, KeyKind, RsaKey, SignatureAlgorithm};

/// RSA keys outside of these sizes, in bits, are not computed with: below, numbers are too short for
/// any padding; above, one check costs tens of milliseconds.
const RSA_BITS: std::ops::RangeInclusive<usize> = 256..=16_384;
const NO_MD2: &str = "MD2 signatures cannot be verified here";
/// Sizes that ring verifies with SHA-256 and longer digests, in bits.
const RING_RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// The outcome of checking a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signature {
    /// The key made it.
    Valid,
    /// Another key made it, or the certificate was altered.
    Invalid,
    /// It cannot be verified here, and this is why.
    Undetermined(&'static str),
}

impl From<bool> for Signature {
    fn from(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// Whether `issuer`'s key made `certificate`'s signature.
#[must_use]
pub fn verify(issuer: &Certificate, certificate: &Certificate) -> Signature {
    let key = &issuer.public_key.value;
    let bits = key.bits.of(&issuer.der);
    let message = certificate.tbs_bytes();
    let signature = certificate.signature_bytes();
    match (&certificate.signature_algorithm.value, &key.kind) {
        (SignatureAlgorithm::Other(_), _) => {
            Signature::Undetermined("the signature algorithm is not one that can be verified here")
        }
        (_, KeyKind::Unknown { .. }) => {
            Signature::Undetermined("the issuer's key is not of a kind that can be used here")
        }
        (SignatureAlgorithm::RsaPkcs1(Digest::Md2), KeyKind::Rsa(_)) => {
            Signature::Undetermined(NO_MD2)
        }
        (SignatureAlgorithm::RsaPkcs1(digest), KeyKind::Rsa(key)) => {
            pkcs1(key, bits, *digest, message, signature)
        }
        (
            SignatureAlgorithm::RsaPss {
                digest,
                mgf_digest,
                salt_len,
            },
            KeyKind::Rsa(key) | KeyKind::RsaPss(key),
        ) => {
            let parameters = Parameters {
                digest: *digest,
                mgf_digest: *mgf_digest,
                salt_len: *salt_len,
            };
            pss(key, parameters, message, signature)
        }
        (SignatureAlgorithm::Ecdsa(digest), KeyKind::Ec(curve)) => {
            ecdsa(curve, bits, *digest, message, signature)
        }
        (SignatureAlgorithm::Ed25519, KeyKind::Ed25519) => {
            let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, bits);
            key.verify(message, signature).is_ok().into()
        }
        // A key of another kind cannot have made it.
        (
            SignatureAlgorithm::RsaPkcs1(_)
            | SignatureAlgorithm::RsaPss { .. }
            | SignatureAlgorithm::Ecdsa(_)
            | SignatureAlgorithm::Ed25519,
            _,
        ) => Signature::Invalid,
    }
}

fn pkcs1(key: &RsaKey, bits: &[u8], digest: Digest, message: &[u8], signature: &[u8]) -> Signature {
    use ring::signature as ring;
    let algorithm = match digest {
        Digest::Sha256 => Some(&ring::RSA_PKCS1_2048_8192_SHA256),
        Digest::Sha384 => Some(&ring::RSA_PKCS1_2048_8192_SHA384),
        Digest::Sha512 => Some(&ring::RSA_PKCS1_2048_8192_SHA512),
        Digest::Md2 | Digest::Md5 | Digest::Sha1 | Digest::Sha224 => None,
    };
    if let Some(algorithm) = algorithm
        && RING_RSA_BITS.contains(&key.bits())
        && ring::UnparsedPublicKey::new(algorithm, bits)
            .verify(message, signature)
            .is_ok()
    {
        return Signature::Valid;
    }
    // What ring refuses may be beyond its bounds (an exponent above 33 bits, say), so its no is not
    // the last word.
    let key = match rsa_key(key) {
        Ok(key) => key,
        Err(why) => return Signature::Undetermined(why),
    };
    let hashed = hash(digest, message);
    let padding = match digest {
        Digest::Md2 => return Signature::Undetermined(NO_MD2),
        Digest::Md5 => Pkcs1v15Sign::new::<Md5>(),
        Digest::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Digest::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        Digest::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Digest::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Digest::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    padding.verify(&key, &hashed, signature).is_ok().into()
}

fn pss(key: &RsaKey, parameters: Parameters, message: &[u8], signature: &[u8]) -> Signature {
    let Parameters {
        digest,
        mgf_digest,
        salt_len: salt,
    } = parameters;
    if digest == Digest::Md2 || mgf_digest == Digest::Md2 {
        return Signature::Undetermined(NO_MD2);
    }
    let key = match rsa_key(key) {
        Ok(key) => key,
        Err(why) => return Signature::Undetermined(why),
    };
    let hashed = hash(digest, message);
    if digest != mgf_digest {
        return pss::verify(&key, parameters, &hashed, signature).into();
    }
    let verified = match digest {
        Digest::Md2 => return Signature::Undetermined(NO_MD2),
        Digest::Md5 => Pss::<Md5>::new_with_salt(salt).verify(&key, &hashed, signature),
        Digest::Sha1 => Pss::<Sha1>::new_with_salt(salt).verify(&key, &hashed, signature),
        Digest::Sha224 => Pss::<Sha224>::new_with_salt(salt).verify(&key, &hashed, signature),
        Digest::Sha256 => Pss::<Sha256>::new_with_salt(salt).verify(&key, &hashed, signature),
        Digest::Sha384 => Pss::<Sha384>::new_with_salt(salt).verify(&key, &hashed, signature),
        Digest::Sha512 => Pss::<Sha512>::new_with_salt(salt).verify(&key, &hashed, signature),
    };
    verified.is_ok().into()
}

fn rsa_key(key: &RsaKey) -> Result<PublicKey, &'static str> {
    if !RSA_BITS.contains(&key.bits()) {
        return Err("the issuer's RSA key has a size that is not computed with here");
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|octet| octet % 2 == 1);
    if !is_odd(&key.modulus) || !is_odd(&key.exponent) {
        return Err("the issuer's RSA key has an even modulus or exponent");
    }
    let number = |octets: &[u8]| BoxedUint::from_be_slice_vartime(octets);
    PublicKey::new_with_size_limits(number(&key.modulus), number(&key.exponent), RSA_BITS)
        .map_err(|_| "the issuer's RSA key is not one that can be computed with")
}

fn ecdsa(
    curve: &Curve,
    point: &[u8],
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> Signature {
    use ring::signature as ring;
    let algorithm = match (curve, digest) {
        (Curve::P256, Digest::Sha256) => Some(&ring::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Digest::Sha384) => Some(&ring::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, Digest::Sha256) => Some(&ring::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Digest::Sha384) => Some(&ring::ECDSA_P384_SHA384_ASN1),
        (Curve::P256 | Curve::P384 | Curve::P521 | Curve::Other(_), _) => None,
    };
    if let Some(algorithm) = algorithm
        && ring::UnparsedPublicKey::new(algorithm, point)
            .verify(message, signature)
            .is_ok()
    {
        return Signature::Valid;
    }
    let hashed = hash(digest, message);
    // A digest shorter than half the curve is refused by RustCrypto; FIPS 186-5 §6.4.2 pads it on
    // the left, which changes no number.
    let padded = |length: usize| {
        let mut octets = vec![0_u8; length.saturating_sub(hashed.len())];
        octets.extend_from_slice(&hashed);
        octets
    };
    match curve {
        Curve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()
            .zip(p256::ecdsa::Signature::from_der(signature).ok())
            .is_some_and(|(key, signature)| key.verify_prehash(&padded(32), &signature).is_ok())
            .into(),
        Curve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()
            .zip(p384::ecdsa::Signature::from_der(signature).ok())
            .is_some_and(|(key, signature)| key.verify_prehash(&padded(48), &signature).is_ok())
            .into(),
        Curve::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
            .ok()
            .zip(p521::ecdsa::Signature::from_der(signature).ok())
            .is_some_and(|(key, signature)| key.verify_prehash(&padded(66), &signature).is_ok())
            .into(),
        Curve::Other(_) => {
            Signature::Undetermined("the issuer's key is on a curve that is not known here")
        }
    }
}

/// Callers turn MD2 away.
pub(super) fn hash(digest: Digest, message: &[u8]) -> Vec<u8> {
    match digest {
        Digest::Md2 => Vec::new(),
        Digest::Md5 => Md5::digest(message).to_vec(),
        Digest::Sha1 => Sha1::digest(message).to_vec(),
        Digest::Sha224 => Sha224::digest(message).to_vec(),
        Digest::Sha256 => Sha256::digest(message).to_vec(),
        Digest::Sha384 => Sha384::digest(message).to_vec(),
        Digest::Sha512 => Sha512::digest(message).to_vec(),
    }
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
