//! Octets that look random and depend on a label alone.

use dashu_int::UBig;
use sha2::{Digest, Sha256};

/// SHA-256 over the label and a counter.
#[derive(Debug)]
pub struct Stream {
    label: String,
    counter: u64,
    rest: Vec<u8>,
}

impl Stream {
    /// The stream of a label, from its start.
    #[must_use]
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            counter: 0,
            rest: Vec::new(),
        }
    }

    /// The next octets.
    pub fn octets(&mut self, count: usize) -> Vec<u8> {
        while self.rest.len() < count {
            let block = format!("{} {}", self.label, self.counter);
            self.rest.extend(Sha256::digest(block.as_bytes()));
            self.counter += 1;
        }
        self.rest.drain(..count).collect()
    }

    /// A number of exactly so many bits, one at least.
    pub(super) fn number(&mut self, bits: usize) -> UBig {
        let highest = UBig::ONE << bits.saturating_sub(1);
        let octets = self.octets(bits.div_ceil(8));
        UBig::from_be_bytes(&octets) % &highest + highest
    }
}
