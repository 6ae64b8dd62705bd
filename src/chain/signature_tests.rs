//! Signatures of every kind, good and altered, and the two libraries against each other.

use std::convert::Infallible;

use p256::ecdsa::signature::hazmat::PrehashSigner;
use rsa::PrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;

use super::super::testing::{integer, leaf, oid, sequence, spki, tlv};
use super::*;

/// Numbers that only look random: the same ones in every run.
struct Seeded(u64);

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_be_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for chunk in octets.chunks_mut(32) {
            self.0 += 1;
            let digest = Sha256::digest(self.0.to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

fn rsa_private(bits: usize) -> PrivateKey {
    let exponent = BoxedUint::from(65_537_u32);
    let mut rng = Seeded(u64::try_from(bits).unwrap());
    // "Unchecked" allows keys that are too short to be safe.
    PrivateKey::new_with_exp_unchecked(&mut rng, bits, exponent).unwrap()
}

const RSA: &str = "1.2.840.113549.1.1.1";
const PSS: &str = "1.2.840.113549.1.1.10";
const NULL: &[u8] = &[0x05, 0x00];

/// A `SubjectPublicKeyInfo` of an RSA key.
fn rsa_spki(kind: &str, modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = sequence(&[&integer(modulus), &integer(exponent)]);
    spki(&sequence(&[&oid(kind), NULL]), &key)
}

fn public(kind: &str, key: &PrivateKey) -> Vec<u8> {
    rsa_spki(kind, &key.n_bytes(), &key.e_bytes())
}

const DIGESTS: [Digest; 6] = [
    Digest::Md5,
    Digest::Sha1,
    Digest::Sha224,
    Digest::Sha256,
    Digest::Sha384,
    Digest::Sha512,
];

fn pkcs1_oid(digest: Digest) -> &'static str {
    match digest {
        Digest::Md2 => "1.2.840.113549.1.1.2",
        Digest::Md5 => "1.2.840.113549.1.1.4",
        Digest::Sha1 => "1.2.840.113549.1.1.5",
        Digest::Sha224 => "1.2.840.113549.1.1.14",
        Digest::Sha256 => "1.2.840.113549.1.1.11",
        Digest::Sha384 => "1.2.840.113549.1.1.12",
        Digest::Sha512 => "1.2.840.113549.1.1.13",
    }
}

fn digest_oid(digest: Digest) -> &'static str {
    match digest {
        Digest::Md2 => "1.2.840.113549.2.2",
        Digest::Md5 => "1.2.840.113549.2.5",
        Digest::Sha1 => "1.3.14.3.2.26",
        Digest::Sha224 => "2.16.840.1.101.3.4.2.4",
        Digest::Sha256 => "2.16.840.1.101.3.4.2.1",
        Digest::Sha384 => "2.16.840.1.101.3.4.2.2",
        Digest::Sha512 => "2.16.840.1.101.3.4.2.3",
    }
}

fn ecdsa_oid(digest: Digest) -> Option<&'static str> {
    match digest {
        Digest::Md2 | Digest::Md5 => None,
        Digest::Sha1 => Some("1.2.840.10045.4.1"),
        Digest::Sha224 => Some("1.2.840.10045.4.3.1"),
        Digest::Sha256 => Some("1.2.840.10045.4.3.2"),
        Digest::Sha384 => Some("1.2.840.10045.4.3.3"),
        Digest::Sha512 => Some("1.2.840.10045.4.3.4"),
    }
}

/// `AlgorithmIdentifier` of RSASSA-PSS (RFC 4055 §3.1).
fn pss_algorithm(digest: Digest, mgf: Digest, salt: u8) -> Vec<u8> {
    let hash = |digest| sequence(&[&oid(digest_oid(digest)), NULL]);
    let mask = sequence(&[&oid("1.2.840.113549.1.1.8"), &hash(mgf)]);
    let parameters = sequence(&[
        &tlv(0xA0, &hash(digest)),
        &tlv(0xA1, &mask),
        &tlv(0xA2, &integer(&[salt])),
    ]);
    sequence(&[&oid(PSS), &parameters])
}

fn sign_pkcs1(key: &PrivateKey, digest: Digest, message: &[u8]) -> Vec<u8> {
    let hashed = hash(digest, message);
    let padding = match digest {
        Digest::Md2 => panic!("nobody signs with MD2"),
        Digest::Md5 => Pkcs1v15Sign::new::<Md5>(),
        Digest::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Digest::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        Digest::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Digest::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Digest::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    padding.sign(None::<&mut Seeded>, key, &hashed).unwrap()
}

fn sign_pss(key: &PrivateKey, digest: Digest, salt: usize, message: &[u8]) -> Vec<u8> {
    let hashed = hash(digest, message);
    let rng = Some(&mut Seeded(7));
    match digest {
        Digest::Md2 => panic!("nobody signs with MD2"),
        Digest::Md5 => Pss::<Md5>::new_with_salt(salt).sign(rng, key, &hashed),
        Digest::Sha1 => Pss::<Sha1>::new_with_salt(salt).sign(rng, key, &hashed),
        Digest::Sha224 => Pss::<Sha224>::new_with_salt(salt).sign(rng, key, &hashed),
        Digest::Sha256 => Pss::<Sha256>::new_with_salt(salt).sign(rng, key, &hashed),
        Digest::Sha384 => Pss::<Sha384>::new_with_salt(salt).sign(rng, key, &hashed),
        Digest::Sha512 => Pss::<Sha512>::new_with_salt(salt).sign(rng, key, &hashed),
    }
    .unwrap()
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) and the private operation.
fn sign_pss_masked(
    key: &PrivateKey,
    (digest, mask): (Digest, Digest),
    salt_len: usize,
    message: &[u8],
) -> Vec<u8> {
    let bits = usize::try_from(key.n().bit_width()).unwrap() - 1;
    let length = bits.div_ceil(8);
    let salt = vec![0xA5; salt_len];
    let hashed = hash(digest, message);
    let seal = hash(digest, &[&[0; 8], hashed.as_slice(), &salt].concat());
    let mut block = vec![0; length - seal.len() - salt_len - 2];
    block.push(1);
    block.extend(&salt);
    let stream = (0_u32..).flat_map(|at| hash(mask, &[&seal[..], &at.to_be_bytes()].concat()));
    for (octet, with) in block.iter_mut().zip(stream) {
        *octet ^= with;
    }
    block[0] &= 0xFF >> (length * 8 - bits);
    let encoded = [&block[..], &seal, &[0xBC]].concat();
    let number = BoxedUint::from_be_slice(&encoded, key.n_bits_precision()).unwrap();
    let signed = rsa::hazmat::rsa_decrypt::<Seeded>(None, key, &number).unwrap();
    let signed = signed.to_be_bytes_trimmed_vartime();
    [vec![0; key.size() - signed.len()], signed.to_vec()].concat()
}

/// What is seen of a certificate signed so, under a key; and what of it with its last octet altered.
fn outcomes(
    key: &[u8],
    algorithm: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> (Signature, Signature) {
    let issuer = leaf("issuer", "root").spki(key.to_vec()).certificate();
    let mut der = leaf("subject", "issuer").signed(algorithm, sign);
    let good = verify(&issuer, &Certificate::parse(&der).unwrap());
    *der.last_mut().unwrap() ^= 1;
    (good, verify(&issuer, &Certificate::parse(&der).unwrap()))
}

const RIGHT: (Signature, Signature) = (Signature::Valid, Signature::Invalid);

#[test]
fn rsa_signatures_with_pkcs1_padding_are_verified_for_every_digest_and_size() {
    for bits in [768, 1024, 2048] {
        let key = rsa_private(bits);
        for digest in DIGESTS {
            let algorithm = sequence(&[&oid(pkcs1_oid(digest)), NULL]);
            let seen = outcomes(&public(RSA, &key), &algorithm, |tbs| {
                sign_pkcs1(&key, digest, tbs)
            });
            assert_eq!(seen, RIGHT, "{bits} bits, {}", digest.as_str());
        }
    }
}

#[test]
fn rsa_signatures_with_pss_padding_are_verified_for_every_digest_and_salt() {
    let key = rsa_private(2048);
    for kind in [RSA, PSS] {
        for digest in DIGESTS {
            for salt in [0, 20, 33, 64] {
                let algorithm = pss_algorithm(digest, digest, salt);
                let seen = outcomes(&public(kind, &key), &algorithm, |tbs| {
                    sign_pss(&key, digest, usize::from(salt), tbs)
                });
                assert_eq!(seen, RIGHT, "{}, salt {salt}", digest.as_str());
            }
        }
    }
}

#[test]
fn pss_with_another_hash_function_for_the_mask_is_verified() {
    // 1025 bits: the encoded number is an octet shorter than the modulus.
    for bits in [1024, 1025, 1026, 1031] {
        let key = rsa_private(bits);
        for (digest, mask, salt) in [
            (Digest::Sha256, Digest::Sha1, 32),
            (Digest::Sha256, Digest::Sha1, 0),
            (Digest::Sha1, Digest::Sha512, 20),
        ] {
            let algorithm = pss_algorithm(digest, mask, salt);
            let seen = outcomes(&public(RSA, &key), &algorithm, |tbs| {
                sign_pss_masked(&key, (digest, mask), usize::from(salt), tbs)
            });
            assert_eq!(seen, RIGHT, "{bits} bits");
            let other = pss_algorithm(digest, Digest::Sha384, salt);
            let (seen, _) = outcomes(&public(RSA, &key), &other, |tbs| {
                sign_pss_masked(&key, (digest, mask), usize::from(salt), tbs)
            });
            assert_eq!(seen, Signature::Invalid, "{bits} bits");
        }
    }
}

#[test]
fn our_reading_of_pss_padding_and_the_librarys_agree() {
    for bits in [1024, 1025, 1027] {
        let key = rsa_private(bits);
        let made = sign_pss(&key, Digest::Sha256, 20, b"message");
        let hashed = hash(Digest::Sha256, b"message");
        for at in 0..=made.len() {
            for salt_len in [20, 21, 1000] {
                let mut altered = made.clone();
                if let Some(octet) = altered.get_mut(at) {
                    *octet ^= 0x10;
                }
                let parameters = Parameters {
                    digest: Digest::Sha256,
                    mgf_digest: Digest::Sha256,
                    salt_len,
                };
                let theirs = Pss::<Sha256>::new_with_salt(salt_len)
                    .verify(key.as_public_key(), &hashed, &altered)
                    .is_ok();
                let ours = pss::verify(key.as_public_key(), parameters, &hashed, &altered);
                assert_eq!(ours, theirs, "{bits} bits, octet {at}, salt {salt_len}");
                assert_eq!(ours, altered == made && salt_len == 20);
            }
        }
    }
}

#[test]
fn a_pss_salt_of_another_length_than_the_certificate_says_is_wrong() {
    let key = rsa_private(2048);
    let algorithm = pss_algorithm(Digest::Sha256, Digest::Sha256, 32);
    let (seen, _) = outcomes(&public(RSA, &key), &algorithm, |tbs| {
        sign_pss(&key, Digest::Sha256, 20, tbs)
    });
    assert_eq!(seen, Signature::Invalid);
}

#[test]
fn ecdsa_signatures_are_verified_for_every_curve_and_digest() {
    let p256 = p256::ecdsa::SigningKey::from_slice(&[1; 32]).unwrap();
    let p384 = p384::ecdsa::SigningKey::from_slice(&[1; 48]).unwrap();
    let p521 =
        p521::ecdsa::SigningKey::from_slice(&[[0; 2].as_slice(), &[1; 64]].concat()).unwrap();
    let ec = |curve: &str, point: &[u8]| {
        let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid(curve)]);
        spki(&algorithm, point)
    };
    for compress in [false, true] {
        let keys = [
            ec(
                "1.2.840.10045.3.1.7",
                p256.verifying_key().to_sec1_point(compress).as_bytes(),
            ),
            ec(
                "1.3.132.0.34",
                p384.verifying_key().to_sec1_point(compress).as_bytes(),
            ),
            ec(
                "1.3.132.0.35",
                p521.verifying_key().to_sec1_point(compress).as_bytes(),
            ),
        ];
        for digest in DIGESTS {
            let Some(algorithm) = ecdsa_oid(digest) else {
                continue;
            };
            let algorithm = sequence(&[&oid(algorithm)]);
            let padded = |tbs: &[u8], size: usize| {
                let mut octets = hash(digest, tbs);
                while octets.len() < size {
                    octets.insert(0, 0);
                }
                octets
            };
            let one = outcomes(&keys[0], &algorithm, |tbs| {
                let made: p256::ecdsa::Signature = p256.sign_prehash(&padded(tbs, 32)).unwrap();
                made.to_der().as_bytes().to_vec()
            });
            let two = outcomes(&keys[1], &algorithm, |tbs| {
                let made: p384::ecdsa::Signature = p384.sign_prehash(&padded(tbs, 48)).unwrap();
                made.to_der().as_bytes().to_vec()
            });
            let three = outcomes(&keys[2], &algorithm, |tbs| {
                let made: p521::ecdsa::Signature = p521.sign_prehash(&padded(tbs, 66)).unwrap();
                made.to_der().as_bytes().to_vec()
            });
            assert_eq!([one, two, three], [RIGHT; 3], "{}", digest.as_str());
        }
    }
}

#[test]
fn ed25519_signatures_are_verified() {
    let issuer = leaf("issuer", "root").certificate();
    let right = leaf("subject", "issuer").certificate();
    let wrong = leaf("subject", "issuer").signer("another").certificate();
    assert_eq!(verify(&issuer, &right), Signature::Valid);
    assert_eq!(verify(&issuer, &wrong), Signature::Invalid);
}

#[test]
fn what_ring_takes_the_other_libraries_judge_alike() {
    let key = rsa_private(2048);
    let message = b"message".as_slice();
    let body = sequence(&[&integer(&key.n_bytes()), &integer(&key.e_bytes())]);
    let padding = Pkcs1v15Sign::new::<Sha256>();
    let public = key.as_public_key();
    let made = sign_pkcs1(&key, Digest::Sha256, message);
    for at in (0..=made.len()).step_by(16) {
        let mut altered = made.clone();
        if let Some(octet) = altered.get_mut(at) {
            *octet ^= 0x40;
        }
        let ring = ring::signature::UnparsedPublicKey::new(
            &ring::signature::RSA_PKCS1_2048_8192_SHA256,
            &body,
        );
        let hashed = hash(Digest::Sha256, message);
        assert_eq!(
            ring.verify(message, &altered).is_ok(),
            padding.clone().verify(public, &hashed, &altered).is_ok(),
            "octet {at}"
        );
        assert_eq!(ring.verify(message, &altered).is_ok(), altered == made);
    }

    let signer = p256::ecdsa::SigningKey::from_slice(&[3; 32]).unwrap();
    let point = signer.verifying_key().to_sec1_point(false);
    let ring = ring::signature::UnparsedPublicKey::new(
        &ring::signature::ECDSA_P256_SHA256_ASN1,
        point.as_bytes(),
    );
    let hashed = hash(Digest::Sha256, message);
    let made: p256::ecdsa::Signature = signer.sign_prehash(&hashed).unwrap();
    let made = made.to_der().as_bytes().to_vec();
    for at in 0..=made.len() {
        let mut altered = made.clone();
        if let Some(octet) = altered.get_mut(at) {
            *octet ^= 1;
        }
        let other = p256::ecdsa::Signature::from_der(&altered).is_ok_and(|read| {
            signer
                .verifying_key()
                .verify_prehash(&hashed, &read)
                .is_ok()
        });
        assert_eq!(ring.verify(message, &altered).is_ok(), other, "octet {at}");
    }
}

#[test]
fn a_key_of_another_kind_cannot_have_signed() {
    let key = rsa_private(1024);
    let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
    let (seen, _) = outcomes(&public(RSA, &key), &algorithm, |_| vec![0; 70]);
    assert_eq!(seen, Signature::Invalid);
}

#[test]
fn what_cannot_be_verified_is_undetermined_and_never_wrong() {
    let sound = rsa_private(1024);
    let sha256 = sequence(&[&oid(pkcs1_oid(Digest::Sha256)), NULL]);
    let undetermined = |key: &[u8], algorithm: &[u8]| {
        let (seen, _) = outcomes(key, algorithm, |_| vec![1; 128]);
        matches!(seen, Signature::Undetermined(why) if !why.is_empty())
    };
    // Algorithms.
    let rsa = public(RSA, &sound);
    for unknown in [
        "1.3.101.113",
        "1.2.840.10040.4.3",
        "2.16.840.1.101.3.4.3.18",
    ] {
        assert!(undetermined(&rsa, &sequence(&[&oid(unknown)])), "{unknown}");
    }
    let md2 = sequence(&[&oid(pkcs1_oid(Digest::Md2)), NULL]);
    assert!(undetermined(&rsa, &md2));
    // RSA numbers that are not computed with.
    let odd = [0xFF; 128];
    let mut even = odd;
    even[127] = 0xFE;
    let huge = [0xFF; 2049];
    let long = [0xFF; 6];
    for (modulus, exponent) in [
        (odd.as_slice(), [2].as_slice()),
        (&odd, &[1]),
        (&odd, &long),
        (&even, &[3]),
        (&odd[..31], &[3]),
        (&huge, &[3]),
    ] {
        let key = rsa_spki(RSA, modulus, exponent);
        assert!(undetermined(&key, &sha256), "{} octets", modulus.len());
    }
    // A curve that is not known here (secp256k1).
    let curve = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.3.132.0.10")]);
    let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
    assert!(undetermined(&spki(&curve, &[4; 65]), &algorithm));
}
