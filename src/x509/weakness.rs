//! Weak keys that a public key betrays, each looked for at a bounded cost.
//!
//! Says nothing about keys that share a prime with another key: that takes more than one key.

#![cfg_attr(
    not(test),
    expect(
        clippy::arithmetic_side_effects,
        reason = "big integers grow as they need to, and no divisor here is zero"
    )
)]

use std::fmt;

use dashu_int::UBig;
use dashu_int::ops::SquareRoot;

use super::{PublicKey, RsaKey};

/// Rounds of Fermat's method (CA/Browser Forum BR §6.1.1.3: 100).
const FERMAT_ROUNDS: u32 = 100;
/// Factors below this bound are looked for (CA/Browser Forum BR §6.1.6).
const FACTOR_BOUND: u32 = 752;
/// Larger moduli are not tested: OpenSSL refuses to use them, and each test costs time with the square
/// of the size.
const MAX_BITS: usize = 16_384;
/// The primes modulo which ROCA keys show their shape (Nemec et al. 2017, the primes of the public
/// detector).
const ROCA_PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// A weakness of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    /// The ROCA fingerprint (CVE-2017-15361).
    Roca,
    /// The primes are so close that Fermat's method finds them; the number of rounds it took.
    ClosePrimes(u32),
    /// A prime factor below 752.
    SmallFactor(u32),
}

impl fmt::Display for Weakness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Roca => formatter.write_str("it has the fingerprint of ROCA (CVE-2017-15361)"),
            Self::ClosePrimes(1) => formatter
                .write_str("its primes are so close that one round of Fermat's method finds them"),
            Self::ClosePrimes(rounds) => write!(
                formatter,
                "its primes are so close that {rounds} rounds of Fermat's method find them"
            ),
            Self::SmallFactor(factor) => write!(formatter, "its modulus is divisible by {factor}"),
        }
    }
}

/// All weaknesses of a key; empty for keys that are not RSA.
#[must_use]
pub fn find(key: &PublicKey) -> Vec<Weakness> {
    key.rsa().map_or_else(Vec::new, find_in_rsa)
}

fn find_in_rsa(key: &RsaKey) -> Vec<Weakness> {
    let modulus = UBig::from_be_bytes(&key.modulus);
    if key.bits() > MAX_BITS || modulus <= UBig::from(FACTOR_BOUND) {
        return Vec::new();
    }
    if let Some(factor) = small_factor(&modulus) {
        // The other tests presume a product of two large primes.
        return vec![Weakness::SmallFactor(factor)];
    }
    let roca = has_roca_fingerprint(&modulus).then_some(Weakness::Roca);
    let close = fermat(&modulus).map(Weakness::ClosePrimes);
    roca.into_iter().chain(close).collect()
}

fn remainder(modulus: &UBig, divisor: u32) -> u32 {
    modulus % divisor
}

fn small_factor(modulus: &UBig) -> Option<u32> {
    // The smallest divisor above 1 is a prime.
    (2..FACTOR_BOUND).find(|divisor| remainder(modulus, *divisor) == 0)
}

/// Whether the modulus lies, modulo each of the primes, among the powers of 65537: ROCA primes have
/// the form k·M + (65537^a mod M), and so has their product.
fn has_roca_fingerprint(modulus: &UBig) -> bool {
    ROCA_PRIMES.iter().all(|prime| {
        let wanted = remainder(modulus, *prime);
        let base = 65_537 % prime;
        let mut power = 1;
        for _ in 0..*prime {
            if power == wanted {
                return true;
            }
            // Both are below 167, so the product fits easily.
            power = power.saturating_mul(base) % prime;
        }
        false
    })
}

/// How many rounds of Fermat's method factor the modulus, if few enough do.
fn fermat(modulus: &UBig) -> Option<u32> {
    let floor = modulus.sqrt();
    let one = UBig::from(1_u32);
    let mut a = if &floor * &floor == *modulus {
        floor
    } else {
        floor + &one
    };
    for round in 1..=FERMAT_ROUNDS {
        let rest = &a * &a - modulus;
        // Three squares in four are told from others by their last bits, for nothing.
        if is_square(&rest) {
            return Some(round);
        }
        a += &one;
    }
    None
}

fn is_square(number: &UBig) -> bool {
    // Squares are 0, 1, 4 or 9 modulo 16.
    if !matches!(remainder(number, 16), 0 | 1 | 4 | 9) {
        return false;
    }
    let root = number.sqrt();
    &root * &root == *number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::DerSpan;

    fn weaknesses(modulus: &UBig) -> Vec<Weakness> {
        let key = RsaKey {
            modulus: modulus.to_be_bytes().into_vec(),
            exponent: vec![1, 0, 1],
            modulus_span: DerSpan::default(),
            exponent_span: DerSpan::default(),
        };
        find_in_rsa(&key)
    }

    /// 2^521 - 1 and 2^607 - 1 are Mersenne primes.
    fn mersenne(exponent: usize) -> UBig {
        (UBig::from(1_u32) << exponent) - UBig::from(1_u32)
    }

    #[test]
    fn a_product_of_two_distant_primes_is_not_weak() {
        assert_eq!(weaknesses(&(mersenne(521) * mersenne(607))), []);
    }

    #[test]
    fn factors_below_752_are_found_and_751_is_the_last() {
        let large = mersenne(1279);
        assert_eq!(
            weaknesses(&(&large * UBig::from(2_u32))),
            [Weakness::SmallFactor(2)]
        );
        assert_eq!(
            weaknesses(&(&large * UBig::from(751_u32))),
            [Weakness::SmallFactor(751)]
        );
        assert_eq!(weaknesses(&(&large * UBig::from(757_u32))), []);
    }

    /// (x - d)(x + d) is found when Fermat's method reaches x, which is then the mean.
    fn close(distance: &UBig) -> UBig {
        let mean = mersenne(521) * UBig::from(6_u32) * UBig::from(5_040_u32) + UBig::from(1_u32);
        (&mean - distance) * (&mean + distance)
    }

    #[test]
    fn close_primes_are_found() {
        let found = fermat(&close(&UBig::from(1_000_000_u32)));
        assert_eq!(found, Some(1));
        assert_eq!(fermat(&(mersenne(521) * mersenne(521))), Some(1));
    }

    #[test]
    fn the_hundredth_round_still_finds_and_the_next_does_not() {
        // With p = x - d and q = x + d, sqrt(x² - d²) ≈ x - d²/2x, so d² = 2·x·k takes about k rounds.
        let rounds = |distance: UBig| fermat(&close(&distance));
        let mean = mersenne(521) * UBig::from(30_240_u32) + UBig::from(1_u32);
        let distance = |k: u32| (UBig::from(2_u32) * &mean * UBig::from(k)).sqrt();
        assert_eq!(rounds(distance(100)), Some(100));
        assert_eq!(rounds(distance(101)), None);
    }

    #[test]
    fn the_shape_of_roca_is_recognised() {
        let m = ROCA_PRIMES
            .iter()
            .fold(UBig::from(1_u32), |product, p| product * UBig::from(*p));
        let member = |k: u32, a: usize| UBig::from(k) * &m + UBig::from(65_537_u32).pow(a) % &m;
        assert!(has_roca_fingerprint(
            &(member(12_345, 77) * member(67_890, 1_234))
        ));
        assert!(!has_roca_fingerprint(&(mersenne(521) * mersenne(607))));
    }
}
