//! RSASSA-PSS where the mask is made with another hash function than the message's (RFC 8017 §8.1.2).
//!
//! Some programs leave the mask at its default, SHA-1, beside SHA-256 for the message. The RSA library
//! knows one hash function for both, so the padding is read here; the arithmetic stays the library's.
//! Only public values are handled, so nothing here has to take constant time.

use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PublicKey};

use super::signature::hash;
use crate::x509::Digest;

/// What a certificate says of its PSS signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    /// Hash of the message.
    pub(super) digest: Digest,
    /// Hash of the mask.
    pub(super) mgf_digest: Digest,
    /// Octets.
    pub(super) salt_len: usize,
}

/// Whether the key made this signature of a message with the hash `hashed`.
pub(super) fn verify(
    key: &PublicKey,
    parameters: Parameters,
    hashed: &[u8],
    signature: &[u8],
) -> bool {
    let Ok(number) = BoxedUint::from_be_slice(signature, key.n_bits_precision()) else {
        return false;
    };
    if signature.len() != key.size() || number >= *key.n().as_ref() {
        return false;
    }
    let bits = usize::try_from(key.n().bit_width()).unwrap_or_default();
    let encoded = rsa_encrypt(key, &number).map(|encoded| encoded.to_be_bytes_trimmed_vartime());
    encoded.is_ok_and(|encoded| {
        is_padded(&encoded, bits.saturating_sub(1), parameters, hashed).unwrap_or(false)
    })
}

/// EMSA-PSS-VERIFY (§9.1.2) of a number of at most `bits` bits, given without leading zeros; `None`
/// where it is too short for its parts.
fn is_padded(number: &[u8], bits: usize, parameters: Parameters, hashed: &[u8]) -> Option<bool> {
    let length = bits.div_ceil(8);
    let mut encoded = vec![0; length.checked_sub(number.len())?];
    encoded.extend_from_slice(number);

    let (trailer, encoded) = encoded.split_last()?;
    let (masked, seal) = encoded.split_at_checked(encoded.len().checked_sub(hashed.len())?)?;
    // Bits beyond the number's length have to be clear, before and after the mask is taken off.
    let spare = u32::try_from(length.saturating_mul(8).saturating_sub(bits)).ok()?;
    let kept = 0xFF_u8.checked_shr(spare)?;
    let clear = masked.first()? & !kept == 0;

    let mask = mask(seal, masked.len(), parameters.mgf_digest);
    let mut block: Vec<u8> = masked
        .iter()
        .zip(mask)
        .map(|(left, right)| left ^ right)
        .collect();
    *block.first_mut()? &= kept;
    let (filling, salt) = block.split_at_checked(block.len().checked_sub(parameters.salt_len)?)?;
    let (separator, zeros) = filling.split_last()?;

    let sealed = hash(parameters.digest, &[&[0; 8], hashed, salt].concat());
    Some(
        *trailer == 0xBC
            && clear
            && *separator == 1
            && zeros.iter().all(|octet| *octet == 0)
            && sealed == seal,
    )
}

/// MGF1 (§B.2.1).
fn mask(seed: &[u8], length: usize, digest: Digest) -> Vec<u8> {
    (0_u32..)
        .flat_map(|counter| hash(digest, &[seed, &counter.to_be_bytes()].concat()))
        .take(length)
        .collect()
}
