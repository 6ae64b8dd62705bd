//! From DER offsets to file offsets.

use crate::span::{DerSpan, Span};

/// Where each base64 character of a block stands: the contiguous runs of characters, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OffsetMap {
    runs: Vec<Run>,
    /// How many characters there are in all.
    characters: usize,
}

/// Characters that follow each other without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Counts the block's characters from 0.
    character: usize,
    /// Where that character stands in the file.
    offset: usize,
}

impl OffsetMap {
    /// Adds `length` characters that stand at `offset` and after it.
    pub(super) fn push(&mut self, offset: usize, length: usize) {
        if length == 0 {
            return;
        }
        self.runs.push(Run {
            character: self.characters,
            offset,
        });
        self.characters = self.characters.saturating_add(length);
    }

    /// Where a character stands; the last one's place for those behind it.
    pub(super) fn offset(&self, character: usize) -> usize {
        let character = character.min(self.characters.saturating_sub(1));
        let after = self.runs.partition_point(|run| run.character <= character);
        let Some(run) = after.checked_sub(1).and_then(|at| self.runs.get(at)) else {
            return 0;
        };
        run.offset
            .saturating_add(character.saturating_sub(run.character))
    }

    /// See [`super::Content::locate`]. An empty range gives the character that would carry it.
    #[must_use]
    pub fn locate(&self, der: DerSpan) -> Span {
        let first = der.start.saturating_mul(4) / 3;
        let end = der
            .end
            .saturating_mul(4)
            .div_ceil(3)
            .max(first.saturating_add(1));
        let last = end.saturating_sub(1);
        Span::new(self.offset(first), self.offset(last).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_the_characters_that_carry_their_bits() {
        let mut map = OffsetMap::default();
        map.push(10, 4);
        map.push(16, 4);
        // Three bytes are four characters.
        assert_eq!(map.locate(DerSpan::new(0, 3)), Span::new(10, 14));
        assert_eq!(map.locate(DerSpan::new(0, 1)), Span::new(10, 12));
        assert_eq!(map.locate(DerSpan::new(1, 2)), Span::new(11, 13));
        assert_eq!(map.locate(DerSpan::new(2, 4)), Span::new(12, 18));
        assert_eq!(map.locate(DerSpan::new(3, 3)), Span::new(16, 17));
    }

    #[test]
    fn ranges_behind_the_end_give_the_last_character() {
        let mut map = OffsetMap::default();
        map.push(5, 4);
        assert_eq!(map.locate(DerSpan::new(90, 91)), Span::new(8, 9));
    }
}
