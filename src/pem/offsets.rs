//! From DER offsets to file offsets.
//!
//! Base64 characters stand in lines; the lines of nearly every file are equally long and equally
//! far apart. So the table keeps one entry for a sequence of equal lines, not one for each line.

use crate::span::{DerSpan, Span};

/// Where each base64 character of a block stands.
#[derive(Debug, Clone, Default)]
pub struct OffsetMap {
    /// In the order of `index`, which is also the order in the file.
    segments: Vec<Segment>,
    /// Characters that the segments hold.
    characters: usize,
}

/// Runs of characters of the same length and distance; the last of them may be shorter.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// How many characters of the block stand before the segment.
    index: usize,
    /// Where its first character stands in the file.
    offset: usize,
    /// Characters a run, at least 1.
    run: usize,
    /// Bytes from the start of a run to the start of the next; 0 while there is one run alone.
    stride: usize,
}

impl OffsetMap {
    /// See [`super::Content::locate`]. An empty range gives the one character that would carry
    /// its first bit; the result is empty only where the block is.
    #[must_use]
    pub fn locate(&self, der: DerSpan) -> Span {
        let first = characters_before(der.start);
        let last = if der.is_empty() {
            first
        } else {
            characters_through(der.end).saturating_sub(1)
        };
        self.characters(first, last)
    }

    /// The file bytes from the `first` character to the `last`, both inclusive, counted from 0.
    /// A number past the end means the last character.
    pub(super) fn characters(&self, first: usize, last: usize) -> Span {
        match (self.offset_of(first), self.offset_of(last)) {
            (Some(first), Some(last)) => Span::new(first, last.saturating_add(1)),
            (None, _) | (_, None) => Span::default(),
        }
    }

    /// Adds `length` characters that stand side by side from `offset` on.
    pub(super) fn push(&mut self, offset: usize, length: usize) {
        if length == 0 {
            return;
        }
        let index = self.characters;
        self.characters = index.saturating_add(length);
        if let Some(last) = self.segments.last_mut()
            && last.takes(index, offset, length)
        {
            return;
        }
        self.segments.push(Segment {
            index,
            offset,
            run: length,
            stride: 0,
        });
    }

    /// Forgets the characters from number `keep` on.
    pub(super) fn truncate(&mut self, keep: usize) {
        self.characters = self.characters.min(keep);
        self.segments.retain(|segment| segment.index < keep);
    }

    /// Where a character stands; `None` for an empty table.
    fn offset_of(&self, character: usize) -> Option<usize> {
        let character = character.min(self.characters.checked_sub(1)?);
        let after = self
            .segments
            .partition_point(|segment| segment.index <= character);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let inside = character.checked_sub(segment.index)?;
        let runs = inside.checked_div(segment.run)?;
        let rest = inside.checked_rem(segment.run)?;
        let start = segment
            .offset
            .saturating_add(runs.saturating_mul(segment.stride));
        Some(start.saturating_add(rest))
    }
}

impl Segment {
    /// Takes up a run that continues the sequence; says whether it did.
    fn takes(&mut self, index: usize, offset: usize, length: usize) -> bool {
        let held = index.saturating_sub(self.index);
        let (Some(runs), Some(0)) = (held.checked_div(self.run), held.checked_rem(self.run)) else {
            return false; // the last run is a short one, so the sequence is over
        };
        if length > self.run {
            return false;
        }
        if runs == 1 {
            self.stride = offset.saturating_sub(self.offset);
            return true;
        }
        let expected = self.offset.saturating_add(runs.saturating_mul(self.stride));
        expected == offset
    }
}

/// How many characters stand wholly before a byte: ⌊4·byte/3⌋.
pub(super) fn characters_before(byte: usize) -> usize {
    byte.saturating_mul(4) / 3
}

/// How many characters it takes to encode this many bytes: ⌈4·bytes/3⌉.
pub(super) fn characters_through(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(runs: &[(usize, usize)]) -> OffsetMap {
        let mut map = OffsetMap::default();
        for (offset, length) in runs {
            map.push(*offset, *length);
        }
        map
    }

    #[test]
    fn equal_lines_cost_one_entry() {
        let runs: Vec<_> = (0..1000).map(|line| (28 + line * 65, 64)).collect();
        let mut map = map(&runs);
        map.push(28 + 1000 * 65, 12);
        assert_eq!(map.segments.len(), 1);
        assert_eq!(map.offset_of(0), Some(28));
        assert_eq!(map.offset_of(64), Some(93));
        assert_eq!(map.offset_of(64_011), Some(28 + 65_011));
        assert_eq!(map.offset_of(usize::MAX), Some(28 + 65_011));
    }

    #[test]
    fn uneven_lines_are_found_too() {
        let runs = [
            (10, 4),
            (20, 8),
            (30, 8),
            (39, 8),
            (50, 2),
            (53, 2),
            (60, 1),
        ];
        let map = map(&runs);
        let wanted: Vec<usize> = runs
            .iter()
            .flat_map(|(offset, length)| *offset..offset + length)
            .collect();
        for (index, offset) in wanted.iter().enumerate() {
            assert_eq!(map.offset_of(index), Some(*offset), "character {index}");
        }
    }

    #[test]
    fn a_byte_is_located_by_the_characters_that_carry_it() {
        let map = map(&[(100, 4), (105, 4)]);
        assert_eq!(map.locate(DerSpan::new(0, 1)), Span::new(100, 102));
        assert_eq!(map.locate(DerSpan::new(1, 2)), Span::new(101, 103));
        assert_eq!(map.locate(DerSpan::new(2, 3)), Span::new(102, 104));
        assert_eq!(map.locate(DerSpan::new(2, 4)), Span::new(102, 107));
    }

    #[test]
    fn an_empty_range_still_gives_a_character() {
        let map = map(&[(100, 4), (105, 4)]);
        assert_eq!(map.locate(DerSpan::new(3, 3)), Span::new(105, 106));
        assert_eq!(map.locate(DerSpan::new(6, 6)), Span::new(108, 109));
        assert_eq!(map.locate(DerSpan::new(900, 900)), Span::new(108, 109));
        assert!(OffsetMap::default().locate(DerSpan::new(0, 1)).is_empty());
    }

    #[test]
    fn truncation_forgets_the_padding() {
        let mut map = map(&[(0, 4), (5, 2), (8, 2)]);
        map.truncate(6);
        assert_eq!(map.characters, 6);
        assert_eq!(map.offset_of(7), Some(6));
    }
}
