//! RSA over plain numbers, because tests need keys that no library would make: even exponents, close primes,
//! the shape of ROCA, odd sizes.

use std::sync::OnceLock;

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, SquareRoot};
use sha2::{Digest, Sha256};

use super::Stream;
use super::der;

/// The public exponent of sound keys.
const EXPONENT: u32 = 65_537;

/// The longest prime factor of a sound key, in bits. Many short primes are found a hundred times as fast as
/// two long ones (RFC 8017 §3.1 allows any number), and who holds the public key cannot tell.
const PRIME_BITS: usize = 256;

/// A modulus, its exponent, and the prime factors where the key can sign.
#[derive(Debug, Clone)]
pub struct Rsa {
    n: UBig,
    e: UBig,
    primes: Vec<UBig>,
}

impl Rsa {
    /// A sound key of so many bits, 16 at least.
    pub(super) fn sound(bits: usize, stream: &mut Stream) -> Self {
        let count = bits.div_ceil(PRIME_BITS).max(2);
        loop {
            let mut left = bits;
            let mut primes = Vec::with_capacity(count);
            for remaining in (1..=count).rev() {
                let share = left.div_ceil(remaining);
                left -= share;
                primes.push(stream.prime(share));
            }
            let key = Self::of_primes(primes);
            if key.n.bit_len() == bits && key.has_distinct_primes() {
                return key;
            }
        }
    }

    /// A key of 2048 bits that Fermat's method factors in so many rounds, one at least.
    pub(super) fn with_close_primes(rounds: u32, stream: &mut Stream) -> Self {
        let p = stream.prime(1024);
        // With primes x - d and x + d the method takes about d²/2x rounds, so d = √(2·x·rounds); half a
        // round less lands amid the wanted one.
        let half_rounds = UBig::from((2 * rounds).saturating_sub(1));
        let q = next_prime(&p + UBig::from(2_u32) * (&p * half_rounds).sqrt());
        Self::of_primes(vec![p, q])
    }

    /// A key of 2048 bits in the shape of ROCA: primes k·M + (65537^a mod M), M the product of the first
    /// 126 primes (Nemec et al. 2017, table 1).
    pub(super) fn in_the_shape_of_roca(stream: &mut Stream) -> Self {
        let m = small_primes()
            .take(126)
            .fold(UBig::ONE, |product, p| product * p);
        let ring = ConstDivisor::new(m.clone());
        let mut prime = || loop {
            let a = stream.number(62);
            let k = stream.number(1024 - m.bit_len());
            let candidate = k * &m + ring.reduce(EXPONENT).pow(&a).residue();
            if candidate.bit_len() == 1024 && is_prime(&candidate) {
                break candidate;
            }
        };
        let primes = vec![prime(), prime()];
        Self::of_primes(primes)
    }

    /// A "key" of 2048 bits, one of whose two prime factors is this small one; it cannot sign.
    pub(super) fn with_factor(factor: u32, stream: &mut Stream) -> Self {
        let factor = UBig::from(factor.max(1));
        Self {
            n: next_prime(stream.number(2048) / &factor) * &factor,
            e: UBig::from(EXPONENT),
            primes: Vec::new(),
        }
    }

    /// The same modulus with another exponent; it cannot sign.
    pub(super) fn with_exponent(&self, e: UBig) -> Self {
        Self {
            n: self.n.clone(),
            e,
            primes: Vec::new(),
        }
    }

    fn of_primes(primes: Vec<UBig>) -> Self {
        Self {
            n: primes.iter().fold(UBig::ONE, |n, prime| n * prime),
            e: UBig::from(EXPONENT),
            primes,
        }
    }

    fn has_distinct_primes(&self) -> bool {
        let mut primes = self.primes.clone();
        primes.sort();
        primes.dedup();
        primes.len() == self.primes.len()
    }

    /// `RSAPublicKey` (RFC 8017 §A.1.1).
    pub(super) fn to_der(&self) -> Vec<u8> {
        let number = |number: &UBig| der::unsigned(&number.to_be_bytes());
        der::sequence([number(&self.n), number(&self.e)])
    }

    /// `RSAPrivateKey` (RFC 8017 §A.1.2).
    pub(super) fn to_private_der(&self) -> Vec<u8> {
        let integer = |number: &UBig| der::unsigned(&number.to_be_bytes());
        let d = self.private_exponent();
        let reduced = |prime: &UBig| integer(&(&d % (prime - UBig::ONE)));
        let [p, q, others @ ..] = self.primes.as_slice() else {
            return der::sequence([integer(&self.n), integer(&self.e)]);
        };
        let version = der::small(u8::from(!others.is_empty()));
        let mut parts = vec![version, integer(&self.n), integer(&self.e), integer(&d)];
        parts.extend([integer(p), integer(q), reduced(p), reduced(q)]);
        parts.push(integer(&inverse(&(q % p), p)));
        let mut product = p * q;
        let mut infos = Vec::new();
        for prime in others {
            let coefficient = integer(&inverse(&(&product % prime), prime));
            infos.push(der::sequence([integer(prime), reduced(prime), coefficient]));
            product *= prime;
        }
        if !infos.is_empty() {
            parts.push(der::sequence(infos));
        }
        der::sequence(parts)
    }

    /// How long the modulus is, in octets.
    fn octets(&self) -> usize {
        self.n.bit_len().div_ceil(8)
    }

    fn private_exponent(&self) -> UBig {
        let primes = self.primes.iter();
        let phi = primes.fold(UBig::ONE, |phi, prime| phi * (prime - UBig::ONE));
        inverse(&self.e, &phi)
    }

    /// `message^d mod n`, prime by prime (RFC 8017 §5.1.2). Zeros, which verify nowhere, where the key
    /// cannot sign.
    fn power(&self, message: &[u8]) -> Vec<u8> {
        if self.primes.is_empty() {
            return vec![0; self.octets()];
        }
        let message = UBig::from_be_bytes(message);
        let d = self.private_exponent();
        let (mut signature, mut product) = (UBig::ZERO, UBig::ONE);
        for prime in &self.primes {
            let ring = ConstDivisor::new(prime.clone());
            let power = ring
                .reduce(message.clone())
                .pow(&(&d % (prime - UBig::ONE)))
                .residue();
            let missing = (power + prime - &signature % prime) % prime;
            let factor = missing * inverse(&(&product % prime), prime) % prime;
            signature += factor * &product;
            product *= prime;
        }
        padded(&signature, self.octets())
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1) over a `DigestInfo`.
    pub(super) fn sign_pkcs1(&self, digest_info: &[u8]) -> Vec<u8> {
        let mut block = vec![0, 1];
        let filled = self.octets().saturating_sub(digest_info.len() + 1);
        block.resize(filled.max(2), 0xFF);
        block.push(0);
        block.extend(digest_info);
        self.power(&block)
    }

    /// RSASSA-PSS with SHA-256 (RFC 8017 §9.1.1); the salt comes from the message, so that the signature is
    /// the same every time.
    pub(super) fn sign_pss(&self, message: &[u8], salt: u8) -> Vec<u8> {
        let bits = self.n.bit_len().saturating_sub(1);
        let length = bits.div_ceil(8);
        let digest = Sha256::digest(message);
        let salt = Stream::new(&format!("salt {digest:x?}")).octets(usize::from(salt));
        let hash = Sha256::digest(der::concat([&[0; 8][..], &digest, &salt]));
        let mut block = vec![0; length.saturating_sub(hash.len() + salt.len() + 2)];
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
        if let Some(first) = out.first_mut() {
            *first &= 0xFF >> (8 * length - bits);
        }
        out.extend(hash);
        out.push(0xBC);
        self.power(&out)
    }
}

impl Stream {
    /// A prime of exactly so many bits, for which 65537 is an exponent.
    fn prime(&mut self, bits: usize) -> UBig {
        loop {
            // The highest bits set: a product of dozens of such primes has all the bits wanted.
            let ones = (bits / 4).clamp(1, 8);
            let high = ((UBig::ONE << ones) - UBig::ONE) << bits.saturating_sub(ones);
            let prime = next_prime(self.number(bits) | high);
            let fits = prime.bit_len() == bits;
            if fits && (&prime - UBig::ONE) % EXPONENT != 0 {
                return prime;
            }
        }
    }
}

fn padded(number: &UBig, length: usize) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let mut out = vec![0; length.saturating_sub(octets.len())];
    out.extend(octets.iter());
    out
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
    static SIEVE: OnceLock<Vec<u32>> = OnceLock::new();
    let sieve = SIEVE.get_or_init(|| small_primes().take(600).collect());
    let divides = |prime: &&u32| candidate % **prime == 0;
    if let Some(prime) = sieve.iter().find(divides) {
        // A prime divides itself.
        return *candidate == UBig::from(*prime);
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
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_keys_have_the_bits_that_they_should() {
        for bits in (16..=64).chain([511, 512, 1025]) {
            let key = Rsa::sound(bits, &mut Stream::new("short"));
            assert_eq!(key.n.bit_len(), bits);
        }
    }

    #[test]
    fn small_numbers_are_prime_where_they_are() {
        let found: Vec<u32> = (0..60_u32)
            .filter(|number| *number > 1 && is_prime(&UBig::from(*number)))
            .collect();
        let primes = [
            2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59,
        ];
        assert_eq!(found, primes);
    }
}
