//! Keys for test certificates: made from a label, so that the same label gives the same key on every
//! machine. None is ever written to disk.
//!
//! RSA is done here, over plain numbers, because tests need keys that no library would make: even
//! exponents, close primes, the shape of ROCA, odd sizes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, SquareRoot};
use md5::Md5;
use p256::ecdsa::signature::Signer;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::der;

pub(crate) type Key = Arc<KeyPair>;

#[derive(Debug)]
pub(crate) enum KeyPair {
    Rsa(Rsa),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// A modulus, its exponent, and the prime factors where the key has to sign.
#[derive(Debug, Clone)]
pub(crate) struct Rsa {
    n: UBig,
    e: UBig,
    primes: Option<(UBig, UBig)>,
}

/// How a certificate is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Md5Rsa,
    Sha1Rsa,
    Sha256Rsa,
    Sha384Rsa,
    Sha512Rsa,
    /// RSASSA-PSS with SHA-256 and a salt of so many octets.
    Pss(u8),
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Ed25519,
}

/// A sound RSA key of so many bits with exponent 65537.
pub(crate) fn rsa(bits: usize, label: &str) -> Key {
    pooled(&format!("rsa {bits} {label}"), |seed| {
        let mut stream = Stream::new(seed);
        let high = bits.div_ceil(2);
        let (p, q) = loop {
            let (p, q) = (stream.prime(high), stream.prime(bits - high));
            if (&p * &q).bit_len() == bits && p != q {
                break (p, q);
            }
        };
        KeyPair::Rsa(Rsa::from_primes(p, q))
    })
}

/// An RSA key with the modulus of a sound one and another exponent; it cannot sign.
pub(crate) fn rsa_with_exponent(label: &str, exponent: &UBig) -> Key {
    let KeyPair::Rsa(sound) = &*rsa(2048, label) else {
        unreachable!()
    };
    let e = exponent.clone();
    Arc::new(KeyPair::Rsa(Rsa {
        n: sound.n.clone(),
        e,
        primes: None,
    }))
}

/// An RSA key of 2048 bits that Fermat's method factors in so many rounds.
pub(crate) fn rsa_with_close_primes(rounds: u32) -> Key {
    pooled(&format!("close primes {rounds}"), |seed| {
        let p = Stream::new(seed).prime(1024);
        // With primes x - d and x + d the method takes about d²/2x rounds, so d = √(2·x·rounds); half a
        // round less lands amid the wanted one.
        let half_rounds = UBig::from(2 * rounds - 1);
        let q = next_prime(&p + UBig::from(2_u32) * (&p * half_rounds).sqrt());
        KeyPair::Rsa(Rsa::from_primes(p, q))
    })
}

/// An RSA key of 2048 bits in the shape of ROCA: primes k·M + (65537^a mod M), M the product of the
/// first 126 primes (Nemec et al. 2017, table 1).
pub(crate) fn rsa_in_the_shape_of_roca() -> Key {
    pooled("roca", |seed| {
        let mut stream = Stream::new(seed);
        let m = small_primes()
            .take(126)
            .fold(UBig::ONE, |product, p| product * p);
        let ring = ConstDivisor::new(m.clone());
        let mut prime = || loop {
            let a = stream.number(62);
            let k = stream.number(1024 - m.bit_len());
            let candidate = k * &m + ring.reduce(65_537_u32).pow(&a).residue();
            if candidate.bit_len() == 1024 && is_prime(&candidate) {
                break candidate;
            }
        };
        let (p, q) = (prime(), prime());
        KeyPair::Rsa(Rsa::from_primes(p, q))
    })
}

/// An RSA "key" of 2048 bits, one of whose two prime factors is this small one; it cannot sign.
pub(crate) fn rsa_with_factor(factor: u32) -> Key {
    pooled(&format!("factor {factor}"), |seed| {
        let mut stream = Stream::new(seed);
        let factor = UBig::from(factor);
        let n = next_prime(stream.number(2048) / &factor) * &factor;
        KeyPair::Rsa(Rsa {
            n,
            e: UBig::from(65_537_u32),
            primes: None,
        })
    })
}

pub(crate) fn p256(label: &str) -> Key {
    let secret = &Stream::new(&format!("p256 {label}")).octets(32);
    Arc::new(KeyPair::P256(
        p256::ecdsa::SigningKey::from_slice(secret).unwrap(),
    ))
}

pub(crate) fn p384(label: &str) -> Key {
    let secret = &Stream::new(&format!("p384 {label}")).octets(48);
    Arc::new(KeyPair::P384(
        p384::ecdsa::SigningKey::from_slice(secret).unwrap(),
    ))
}

pub(crate) fn p521(label: &str) -> Key {
    let mut secret = Stream::new(&format!("p521 {label}")).octets(66);
    // 521 bits fill one bit of the first octet; without it the number is below the order.
    secret[0] = 0;
    Arc::new(KeyPair::P521(
        p521::ecdsa::SigningKey::from_slice(&secret).unwrap(),
    ))
}

pub(crate) fn ed25519(label: &str) -> Key {
    let secret = Stream::new(&format!("ed25519 {label}")).octets(32);
    let secret: [u8; 32] = secret.try_into().unwrap();
    Arc::new(KeyPair::Ed25519(ed25519_dalek::SigningKey::from_bytes(
        &secret,
    )))
}

impl Rsa {
    fn from_primes(p: UBig, q: UBig) -> Self {
        Self {
            n: &p * &q,
            e: UBig::from(65_537_u32),
            primes: Some((p, q)),
        }
    }

    fn octets(&self) -> usize {
        self.n.bit_len().div_ceil(8)
    }

    fn private_exponent(&self) -> UBig {
        let (p, q) = self.primes.as_ref().expect("this key cannot sign");
        let phi = (p - UBig::ONE) * (q - UBig::ONE);
        inverse(&self.e, &phi)
    }

    /// `message^d mod n`, by way of the primes (RFC 8017 §5.1.2).
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let (p, q) = self.primes.as_ref().expect("this key cannot sign");
        let message = UBig::from_be_bytes(message);
        let d = self.private_exponent();
        let power = |prime: &UBig| {
            let ring = ConstDivisor::new(prime.clone());
            ring.reduce(message.clone())
                .pow(&(&d % (prime - UBig::ONE)))
                .residue()
        };
        let (left, right) = (power(p), power(q));
        let difference = (&left + p * q - &right) % p;
        let signature = &right + q * (difference * inverse(&(q % p), p) % p);
        padded(&signature, self.octets())
    }

    /// `RSAPrivateKey` (RFC 8017 §A.1.2).
    fn to_pkcs1(&self) -> Vec<u8> {
        let (p, q) = self.primes.as_ref().expect("this key has no known factors");
        let d = self.private_exponent();
        let (d_p, d_q) = (&d % (p - UBig::ONE), &d % (q - UBig::ONE));
        let coefficient = inverse(&(q % p), p);
        let numbers = [
            &UBig::ZERO,
            &self.n,
            &self.e,
            &d,
            p,
            q,
            &d_p,
            &d_q,
            &coefficient,
        ];
        der::sequence(numbers.map(|number| der::unsigned(&number.to_be_bytes())))
    }
}

impl KeyPair {
    /// `SubjectPublicKeyInfo` in DER.
    pub(crate) fn spki(&self) -> Vec<u8> {
        let ec = |curve: &str, point: &[u8]| {
            let algorithm = der::sequence([der::oid("1.2.840.10045.2.1"), der::oid(curve)]);
            der::sequence([algorithm, der::bit_string(point)])
        };
        match self {
            Self::Rsa(rsa) => {
                let algorithm = der::sequence([der::oid("1.2.840.113549.1.1.1"), der::null()]);
                der::sequence([algorithm, der::bit_string(self.public_key_or(rsa))])
            }
            Self::P256(key) => ec("1.2.840.10045.3.1.7", &key.verifying_key().to_sec1_bytes()),
            Self::P384(key) => ec("1.3.132.0.34", &key.verifying_key().to_sec1_bytes()),
            Self::P521(key) => ec("1.3.132.0.35", &key.verifying_key().to_sec1_bytes()),
            Self::Ed25519(key) => {
                let algorithm = der::sequence([der::oid("1.3.101.112")]);
                der::sequence([algorithm, der::bit_string(key.verifying_key().as_bytes())])
            }
        }
    }

    fn public_key_or(&self, rsa: &Rsa) -> Vec<u8> {
        let number = |number: &UBig| der::unsigned(&number.to_be_bytes());
        der::sequence([number(&rsa.n), number(&rsa.e)])
    }

    /// SHA-1 of the public key's bits, the customary key identifier (RFC 5280 §4.2.1.2).
    pub(crate) fn identifier(&self) -> Vec<u8> {
        let bits = match self {
            Self::Rsa(rsa) => self.public_key_or(rsa),
            Self::P256(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::P521(key) => key.verifying_key().to_sec1_bytes().to_vec(),
            Self::Ed25519(key) => key.verifying_key().as_bytes().to_vec(),
        };
        Sha1::digest(bits).to_vec()
    }

    /// The scheme that is customary for such a key.
    pub(crate) fn customary_scheme(&self) -> Scheme {
        match self {
            Self::Rsa(_) => Scheme::Sha256Rsa,
            Self::P256(_) => Scheme::EcdsaSha256,
            Self::P384(_) => Scheme::EcdsaSha384,
            Self::P521(_) => Scheme::EcdsaSha512,
            Self::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// The private key in DER, as OpenSSL writes it: PKCS#1. For tests that plant one.
    pub(crate) fn private_pkcs1(&self) -> Vec<u8> {
        match self {
            Self::Rsa(rsa) => rsa.to_pkcs1(),
            _ => panic!("PKCS#1 is for RSA alone"),
        }
    }

    /// The private key in DER: PKCS#8 (RFC 5958).
    pub(crate) fn private_pkcs8(&self) -> Vec<u8> {
        let algorithm = der::sequence([der::oid("1.2.840.113549.1.1.1"), der::null()]);
        let key = der::tlv(der::OCTET_STRING, self.private_pkcs1());
        der::sequence([der::small(0), algorithm, key])
    }

    pub(crate) fn sign(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        match (self, scheme) {
            (Self::Rsa(rsa), Scheme::Pss(salt)) => rsa.sign(&pss(rsa, message, salt)),
            (Self::Rsa(rsa), _) => rsa.sign(&pkcs1(rsa.octets(), scheme, message)),
            (Self::P256(key), Scheme::EcdsaSha256) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            (Self::P384(key), Scheme::EcdsaSha384) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            (Self::P521(key), Scheme::EcdsaSha512) => {
                let signature: p521::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            (Self::Ed25519(key), Scheme::Ed25519) => key.sign(message).to_vec(),
            _ => panic!("{scheme:?} is not for this key"),
        }
    }
}

impl Scheme {
    /// `AlgorithmIdentifier` in DER.
    pub(crate) fn algorithm(self) -> Vec<u8> {
        let rsa = |last: &str| {
            der::sequence([der::oid(&format!("1.2.840.113549.1.1.{last}")), der::null()])
        };
        let bare = |oid: &str| der::sequence([der::oid(oid)]);
        match self {
            Self::Md5Rsa => rsa("4"),
            Self::Sha1Rsa => rsa("5"),
            Self::Sha256Rsa => rsa("11"),
            Self::Sha384Rsa => rsa("12"),
            Self::Sha512Rsa => rsa("13"),
            Self::Pss(salt) => {
                let sha256 = der::sequence([der::oid("2.16.840.1.101.3.4.2.1"), der::null()]);
                let mgf1 = der::sequence([der::oid("1.2.840.113549.1.1.8"), sha256.clone()]);
                let parameters = der::sequence([
                    der::context(0, sha256),
                    der::context(1, mgf1),
                    der::context(2, der::small(salt)),
                ]);
                der::sequence([der::oid("1.2.840.113549.1.1.10"), parameters])
            }
            Self::EcdsaSha256 => bare("1.2.840.10045.4.3.2"),
            Self::EcdsaSha384 => bare("1.2.840.10045.4.3.3"),
            Self::EcdsaSha512 => bare("1.2.840.10045.4.3.4"),
            Self::Ed25519 => bare("1.3.101.112"),
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
fn pkcs1(length: usize, scheme: Scheme, message: &[u8]) -> Vec<u8> {
    let (oid, digest) = match scheme {
        Scheme::Md5Rsa => ("1.2.840.113549.2.5", Md5::digest(message).to_vec()),
        Scheme::Sha1Rsa => ("1.3.14.3.2.26", Sha1::digest(message).to_vec()),
        Scheme::Sha256Rsa => ("2.16.840.1.101.3.4.2.1", Sha256::digest(message).to_vec()),
        Scheme::Sha384Rsa => ("2.16.840.1.101.3.4.2.2", Sha384::digest(message).to_vec()),
        Scheme::Sha512Rsa => ("2.16.840.1.101.3.4.2.3", Sha512::digest(message).to_vec()),
        _ => panic!("{scheme:?} is not PKCS#1 v1.5"),
    };
    let algorithm = der::sequence([der::oid(oid), der::null()]);
    let info = der::sequence([algorithm, der::tlv(der::OCTET_STRING, digest)]);
    let mut out = vec![0, 1];
    out.resize(length - info.len() - 1, 0xFF);
    out.push(0);
    out.extend(info);
    out
}

/// EMSA-PSS with SHA-256 (RFC 8017 §9.1.1); the salt comes from the message, so that the signature is
/// the same every time.
fn pss(rsa: &Rsa, message: &[u8], salt: u8) -> Vec<u8> {
    let bits = rsa.n.bit_len() - 1;
    let length = bits.div_ceil(8);
    let digest = Sha256::digest(message);
    let salt = Stream::new(&format!("salt {digest:x?}")).octets(usize::from(salt));
    let hash = Sha256::digest(der::concat([&[0; 8][..], &digest, &salt]));
    let mut block = vec![0; length - hash.len() - salt.len() - 2];
    block.push(1);
    block.extend(&salt);
    let mask = (0_u32..).flat_map(|counter| {
        Sha256::digest(der::concat([&hash[..], &counter.to_be_bytes()])).to_vec()
    });
    let mut out: Vec<u8> = block
        .iter()
        .zip(mask)
        .map(|(octet, mask)| octet ^ mask)
        .collect();
    out[0] &= 0xFF >> (8 * length - bits);
    out.extend(hash);
    out.push(0xBC);
    out
}

fn padded(number: &UBig, length: usize) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let mut out = vec![0; length - octets.len()];
    out.extend(octets.iter());
    out
}

/// Makes each key once a run.
fn pooled(label: &str, make: impl FnOnce(&str) -> KeyPair) -> Key {
    static POOL: Mutex<BTreeMap<String, Key>> = Mutex::new(BTreeMap::new());
    if let Some(key) = POOL.lock().unwrap().get(label) {
        return key.clone();
    }
    // Made without the lock: two tests may make the same key, and both get the same.
    let key = Arc::new(make(label));
    POOL.lock().unwrap().insert(label.to_owned(), key.clone());
    key
}

/// Octets that look random and depend on the label alone: SHA-256 over label and counter.
pub(crate) struct Stream {
    label: String,
    counter: u64,
    rest: Vec<u8>,
}

impl Stream {
    pub(crate) fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            counter: 0,
            rest: Vec::new(),
        }
    }

    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        while self.rest.len() < count {
            let block = format!("{} {}", self.label, self.counter);
            self.rest.extend(Sha256::digest(block.as_bytes()));
            self.counter += 1;
        }
        self.rest.drain(..count).collect()
    }

    /// A number of exactly so many bits.
    fn number(&mut self, bits: usize) -> UBig {
        let octets = self.octets(bits.div_ceil(8));
        let low = UBig::from_be_bytes(&octets) % (UBig::ONE << (bits - 1));
        low + (UBig::ONE << (bits - 1))
    }

    fn prime(&mut self, bits: usize) -> UBig {
        loop {
            // The two highest bits set: the product of two such primes has all the bits wanted.
            let prime = next_prime(self.number(bits) | (UBig::ONE << (bits - 2)));
            let fits = prime.bit_len() == bits;
            if fits && (&prime - UBig::ONE) % 65_537_u32 != 0 {
                return prime;
            }
        }
    }
}

fn next_prime(from: UBig) -> UBig {
    let mut candidate = from | UBig::ONE;
    while !is_prime(&candidate) {
        candidate += 2_u32;
    }
    candidate
}

fn small_primes() -> impl Iterator<Item = u32> {
    (2_u32..).filter(|number| {
        (2..*number)
            .take_while(|d| d * d <= *number)
            .all(|d| number % d != 0)
    })
}

/// Miller–Rabin with the first 12 primes; candidates here are not chosen by an adversary.
fn is_prime(candidate: &UBig) -> bool {
    static SIEVE: std::sync::OnceLock<Vec<u32>> = std::sync::OnceLock::new();
    let sieve = SIEVE.get_or_init(|| small_primes().take(600).collect());
    if sieve.iter().any(|prime| candidate % *prime == 0) {
        return false;
    }
    let ring = ConstDivisor::new(candidate.clone());
    let minus_one = candidate - UBig::ONE;
    let twos = minus_one.trailing_zeros().unwrap_or(0);
    let odd = &minus_one >> twos;
    sieve.iter().take(12).all(|base| {
        let mut power = ring.reduce(*base).pow(&odd);
        if power.residue() == UBig::ONE || power.residue() == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = power.sqr();
            power.residue() == minus_one
        })
    })
}

/// The inverse of a number modulo another, both coprime (extended Euclid, kept non-negative).
fn inverse(number: &UBig, modulus: &UBig) -> UBig {
    let (mut old, mut new) = (UBig::ZERO, UBig::ONE);
    let (mut old_rest, mut rest) = (modulus.clone(), number % modulus);
    while rest != UBig::ZERO {
        let quotient = &old_rest / &rest;
        let next = (&old + modulus - (&quotient * &new) % modulus) % modulus;
        (old, new) = (new, next);
        let next_rest = &old_rest % &rest;
        (old_rest, rest) = (rest, next_rest);
    }
    assert!(old_rest == UBig::ONE, "no inverse");
    old
}
