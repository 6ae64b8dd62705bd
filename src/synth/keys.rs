//! Keys made from a label; none is ever written to disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::der::asn1::ObjectIdentifier;
use dashu_int::UBig;
use md5::Md5;
use p256::ecdsa::signature::hazmat::PrehashSigner;

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::rsa::Rsa;
use super::{Stream, der};

/// A key pair that several certificates may share.
pub type Key = Arc<KeyPair>;

/// A key pair.
#[derive(Debug)]
pub enum KeyPair {
    /// RSA of any length and shape.
    Rsa(Rsa),
    /// RSA that says it is for RSASSA-PSS alone (RFC 4055 §1.2).
    RsaPss(Rsa),
    /// ECDSA over P-256.
    P256(p256::ecdsa::SigningKey),
    /// ECDSA over P-384.
    P384(p384::ecdsa::SigningKey),
    /// ECDSA over P-521.
    P521(p521::ecdsa::SigningKey),
    /// Ed25519.
    Ed25519(ed25519_dalek::SigningKey),
}

/// How a certificate is signed, beside the algorithm of the key. Ed25519 has one way alone, whatever is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Over an MD2 digest, as it says; RSA alone. No such digest is made, so it verifies nowhere.
    Md2,
    /// Over an MD5 digest; RSA alone.
    Md5,
    /// Over a SHA-1 digest.
    Sha1,
    /// Over a SHA-224 digest.
    Sha224,
    /// Over a SHA-256 digest.
    Sha256,
    /// Over a SHA-384 digest.
    Sha384,
    /// Over a SHA-512 digest.
    Sha512,
    /// RSASSA-PSS with SHA-256 and a salt of so many octets; RSA alone.
    Pss(u8),
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// A sound RSA key of so many bits (16 at least) with exponent 65537.
#[must_use]
pub fn rsa(bits: usize, label: &str) -> Key {
    pooled(&format!("rsa {bits} {label}"), |seed| {
        KeyPair::Rsa(Rsa::sound(bits.max(16), &mut Stream::new(seed)))
    })
}

/// A sound RSA key that says it is for RSASSA-PSS alone.
#[must_use]
pub fn rsa_pss(bits: usize, label: &str) -> Key {
    pooled(&format!("rsa-pss {bits} {label}"), |seed| {
        KeyPair::RsaPss(Rsa::sound(bits.max(16), &mut Stream::new(seed)))
    })
}

/// An RSA key with the modulus of a sound one of 2048 bits and another exponent, big-endian; it cannot sign.
#[must_use]
pub fn rsa_with_exponent(label: &str, exponent: &[u8]) -> Key {
    let seed = format!("rsa 2048 {label}");
    let sound = Rsa::sound(2048, &mut Stream::new(&seed));
    Arc::new(KeyPair::Rsa(
        sound.with_exponent(UBig::from_be_bytes(exponent)),
    ))
}

/// An RSA key of 2048 bits that Fermat's method factors in so many rounds.
#[must_use]
pub fn rsa_with_close_primes(rounds: u32) -> Key {
    pooled(&format!("close primes {rounds}"), |seed| {
        KeyPair::Rsa(Rsa::with_close_primes(rounds, &mut Stream::new(seed)))
    })
}

/// An RSA key of 2048 bits in the shape of ROCA (Nemec et al. 2017).
#[must_use]
pub fn rsa_in_the_shape_of_roca() -> Key {
    pooled("roca", |seed| {
        KeyPair::Rsa(Rsa::in_the_shape_of_roca(&mut Stream::new(seed)))
    })
}

/// An RSA "key" of 2048 bits, one of whose two prime factors is this small one; it cannot sign.
#[must_use]
pub fn rsa_with_factor(factor: u32) -> Key {
    pooled(&format!("factor {factor}"), |seed| {
        KeyPair::Rsa(Rsa::with_factor(factor, &mut Stream::new(seed)))
    })
}

/// A key over P-256.
#[must_use]
pub fn p256(label: &str) -> Key {
    let mut stream = Stream::new(&format!("p256 {label}"));
    loop {
        // All but one in 2^32 octet strings are a scalar of the curve.
        if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&stream.octets(32)) {
            return Arc::new(KeyPair::P256(key));
        }
    }
}

/// A key over P-384.
#[must_use]
pub fn p384(label: &str) -> Key {
    let mut stream = Stream::new(&format!("p384 {label}"));
    loop {
        // All but one in 2^32 octet strings are a scalar of the curve.
        if let Ok(key) = p384::ecdsa::SigningKey::from_slice(&stream.octets(48)) {
            return Arc::new(KeyPair::P384(key));
        }
    }
}

/// A key over P-521.
#[must_use]
pub fn p521(label: &str) -> Key {
    let mut stream = Stream::new(&format!("p521 {label}"));
    loop {
        // 521 bits fill one bit of the first octet; without it the number is below the order.
        let secret = der::concat([vec![0], stream.octets(65)]);
        if let Ok(key) = p521::ecdsa::SigningKey::from_slice(&secret) {
            return Arc::new(KeyPair::P521(key));
        }
    }
}

/// An Ed25519 key.
#[must_use]
pub fn ed25519(label: &str) -> Key {
    let mut secret = [0; 32];
    let octets = Stream::new(&format!("ed25519 {label}")).octets(32);
    for (to, from) in secret.iter_mut().zip(octets) {
        *to = from;
    }
    let key = ed25519_dalek::SigningKey::from_bytes(&secret);
    Arc::new(KeyPair::Ed25519(key))
}

impl KeyPair {
    /// `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        let ec =
            |curve: &ObjectIdentifier| der::sequence([der::oid(&EC_PUBLIC_KEY), der::oid(curve)]);
        let algorithm = match self {
            Self::Rsa(_) => der::sequence([der::oid(&RSA_ENCRYPTION), der::null()]),
            Self::RsaPss(_) => der::sequence([der::oid(&RSASSA_PSS)]),
            Self::P256(_) => ec(&PRIME256V1),
            Self::P384(_) => ec(&SECP384R1),
            Self::P521(_) => ec(&SECP521R1),
            Self::Ed25519(_) => der::sequence([der::oid(&ED25519)]),
        };
        der::sequence([algorithm, der::bit_string(self.public_bits())])
    }

    /// What stands in the BIT STRING of the public key.
    fn public_bits(&self) -> Vec<u8> {
        match self {
            Self::Rsa(rsa) | Self::RsaPss(rsa) => rsa.to_der(),
            Self::P256(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::P521(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::Ed25519(key) => key.verifying_key().as_bytes().to_vec(),
        }
    }

    /// SHA-1 of the public key's bits, the customary key identifier (RFC 5280 §4.2.1.2).
    #[must_use]
    pub fn identifier(&self) -> Vec<u8> {
        Sha1::digest(self.public_bits()).to_vec()
    }

    /// The scheme that is customary for such a key.
    #[must_use]
    pub fn customary_scheme(&self) -> Scheme {
        match self {
            Self::Rsa(_) | Self::P256(_) | Self::Ed25519(_) => Scheme::Sha256,
            Self::RsaPss(_) => Scheme::Pss(32),
            Self::P384(_) => Scheme::Sha384,
            Self::P521(_) => Scheme::Sha512,
        }
    }

    /// Whether there are signatures of this kind by such a key.
    #[must_use]
    pub fn signs(&self, scheme: Scheme) -> bool {
        match (self, scheme) {
            (Self::Rsa(_), _) | (Self::RsaPss(_), Scheme::Pss(_)) => true,
            (Self::P256(_) | Self::P384(_) | Self::P521(_), scheme) => match scheme {
                Scheme::Sha1
                | Scheme::Sha224
                | Scheme::Sha256
                | Scheme::Sha384
                | Scheme::Sha512 => true,
                Scheme::Md2 | Scheme::Md5 | Scheme::Pss(_) => false,
            },
            // It has one way alone, which has no name of its own here.
            (Self::RsaPss(_) | Self::Ed25519(_), _) => false,
        }
    }

    /// An RSA private key in DER, as OpenSSL writes it: PKCS#1. Nothing for other keys.
    #[must_use]
    pub fn private_pkcs1(&self) -> Vec<u8> {
        match self {
            Self::Rsa(rsa) => rsa.to_private_der(),
            Self::RsaPss(_) | Self::P256(_) | Self::P384(_) | Self::P521(_) | Self::Ed25519(_) => {
                Vec::new()
            }
        }
    }

    /// An RSA private key in DER: PKCS#8 (RFC 5958).
    #[must_use]
    pub fn private_pkcs8(&self) -> Vec<u8> {
        let algorithm = der::sequence([der::oid(&RSA_ENCRYPTION), der::null()]);
        let key = der::tlv(der::OCTET_STRING, self.private_pkcs1());
        der::sequence([der::small(0), algorithm, key])
    }

    /// The signature over a message. What the key cannot do gives a signature that verifies nowhere.
    #[must_use]
    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        let digest = scheme.digest(message);
        match (self, scheme) {
            (Self::Rsa(rsa) | Self::RsaPss(rsa), Scheme::Pss(salt)) => rsa.sign_pss(message, salt),
            (Self::RsaPss(_), _) => Vec::new(),
            (Self::Rsa(rsa), _) => {
                let algorithm = der::sequence([der::oid(&scheme.digest_oid()), der::null()]);
                rsa.sign_pkcs1(&der::sequence([
                    algorithm,
                    der::tlv(der::OCTET_STRING, digest),
                ]))
            }
            (Self::P256(key), _) => {
                let digest = padded(digest, 16);
                let signature: Result<p256::ecdsa::DerSignature, _> = key.sign_prehash(&digest);
                signature.map_or_else(|_| Vec::new(), |made| made.as_bytes().to_vec())
            }
            (Self::P384(key), _) => {
                let digest = padded(digest, 24);
                let signature: Result<p384::ecdsa::DerSignature, _> = key.sign_prehash(&digest);
                signature.map_or_else(|_| Vec::new(), |made| made.as_bytes().to_vec())
            }
            (Self::P521(key), _) => {
                let digest = padded(digest, 33);
                let signature: Result<p521::ecdsa::DerSignature, _> = key.sign_prehash(&digest);
                signature.map_or_else(|_| Vec::new(), |made| made.as_bytes().to_vec())
            }
            (Self::Ed25519(key), _) => {
                use p256::ecdsa::signature::Signer;
                key.sign(message).to_vec()
            }
        }
    }

    /// `AlgorithmIdentifier` in DER of this key's signatures.
    #[must_use]
    pub fn algorithm(&self, scheme: Scheme) -> Vec<u8> {
        let rsa = |last: u32| {
            let prefix = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1");
            let oid = prefix.push_arc(last).unwrap_or(RSA_ENCRYPTION);
            der::sequence([der::oid(&oid), der::null()])
        };
        let ecdsa = |last: &str| {
            let oid = ObjectIdentifier::new(&format!("1.2.840.10045.4.{last}"));
            der::sequence([der::oid(&oid.unwrap_or(EC_PUBLIC_KEY))])
        };
        match (self, scheme) {
            (Self::Rsa(_), Scheme::Md2) => rsa(2),
            (Self::Rsa(_), Scheme::Md5) => rsa(4),
            (Self::Rsa(_), Scheme::Sha1) => rsa(5),
            (Self::Rsa(_), Scheme::Sha224) => rsa(14),
            (Self::Rsa(_), Scheme::Sha256) => rsa(11),
            (Self::Rsa(_), Scheme::Sha384) => rsa(12),
            (Self::Rsa(_), Scheme::Sha512) => rsa(13),
            (Self::Rsa(_) | Self::RsaPss(_), Scheme::Pss(salt)) => pss(salt),
            (Self::RsaPss(_), _) => pss(32),
            (Self::Ed25519(_), _) => der::sequence([der::oid(&ED25519)]),
            (Self::P256(_) | Self::P384(_) | Self::P521(_), Scheme::Sha1) => ecdsa("1"),
            (Self::P256(_) | Self::P384(_) | Self::P521(_), Scheme::Sha224) => ecdsa("3.1"),
            (Self::P256(_) | Self::P384(_) | Self::P521(_), Scheme::Sha384) => ecdsa("3.3"),
            (Self::P256(_) | Self::P384(_) | Self::P521(_), Scheme::Sha512) => ecdsa("3.4"),
            (
                Self::P256(_) | Self::P384(_) | Self::P521(_),
                Scheme::Md2 | Scheme::Md5 | Scheme::Sha256 | Scheme::Pss(_),
            ) => ecdsa("3.2"),
        }
    }
}

/// A digest that is at least half as long as the curve's numbers, which `RustCrypto` wants; zeros before it change no
/// number (FIPS 186-5 §6.4.1).
fn padded(digest: Vec<u8>, length: usize) -> Vec<u8> {
    let mut octets = vec![0; length.saturating_sub(digest.len())];
    octets.extend(digest);
    octets
}

/// RSASSA-PSS with its parameters, all of SHA-256 (RFC 4055 §3.1).
fn pss(salt: u8) -> Vec<u8> {
    let sha256 = der::sequence([der::oid(&SHA_256), der::null()]);
    let mgf1 = der::sequence([der::oid(&MGF1), sha256.clone()]);
    let parameters = der::sequence([
        der::context(0, sha256),
        der::context(1, mgf1),
        der::context(2, der::small(salt)),
    ]);
    der::sequence([der::oid(&RSASSA_PSS), parameters])
}

impl Scheme {
    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Md2 => Vec::new(),
            Self::Md5 => Md5::digest(message).to_vec(),
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha224 => Sha224::digest(message).to_vec(),
            Self::Sha256 | Self::Pss(_) => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    fn digest_oid(self) -> ObjectIdentifier {
        match self {
            Self::Md2 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.2"),
            Self::Md5 => ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"),
            Self::Sha1 => ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
            Self::Sha224 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4"),
            Self::Sha256 | Self::Pss(_) => SHA_256,
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        }
    }
}

/// Makes each key once a run.
fn pooled(label: &str, make: impl FnOnce(&str) -> KeyPair) -> Key {
    static POOL: Mutex<BTreeMap<String, Key>> = Mutex::new(BTreeMap::new());
    // The pool is whole whenever its lock is free: an entry is one insertion.
    let pool = || POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(key) = pool().get(label) {
        return key.clone();
    }
    // Made without the lock: two threads may make the same key, and both get the same.
    let key = Arc::new(make(label));
    pool().insert(label.to_owned(), key.clone());
    key
}
