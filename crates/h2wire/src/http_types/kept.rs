//! What was made of the entries of a table.

use alloc::vec::Vec;

use super::made::{Made, NoPlace};
use crate::hpack::EntryCount;

/// What was made of entries, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// A power of two, or none.
    made: Vec<Option<Made>>,
    /// The number of the oldest one that is kept.
    oldest: u32,
}

impl Kept {
    const LEAST: usize = 32;
    const MOST: usize = 128;

    #[inline]
    pub(super) fn place(&mut self, number: u32) -> Option<&mut Option<Made>> {
        let last = self.made.len().checked_sub(1)?;
        self.made.get_mut(usize::try_from(number).unwrap_or_default() & last)
    }

    pub(super) fn keep(&mut self, number: u32, made: &Result<Made, NoPlace>) {
        if self.made.is_empty() {
            self.made.resize_with(Self::LEAST, || None);
        }
        if let (Ok(made), Some(place)) = (made, self.place(number)) {
            *place = Some(made.clone());
        }
    }

    /// Forgets the entries that are gone. If there are more than are kept, more are kept from then on.
    pub(super) fn evict(&mut self, entries: EntryCount) {
        let present = usize::try_from(entries.present).unwrap_or(usize::MAX);
        if present > self.made.len() && self.made.len() < Self::MOST && !self.made.is_empty() {
            let len = self.made.len().saturating_mul(2);
            self.made.clear();
            self.made.resize_with(len, || None);
        }
        let oldest = entries.added.wrapping_sub(entries.present);
        let gone = oldest.wrapping_sub(self.oldest);
        let gone = gone.min(u32::try_from(self.made.len()).unwrap_or(u32::MAX));
        for number in 0..gone {
            if let Some(place) = self.place(oldest.wrapping_sub(number).wrapping_sub(1)) {
                *place = None;
            }
        }
        self.oldest = oldest;
    }
}

#[cfg(test)]
mod tests {
    use ::http::Method;

    use super::*;
    use crate::hpack::{Decoder, DecoderLimits};

    #[test]
    fn more_are_kept_when_the_table_has_more() {
        let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
        let mut entries = decoder.feed(b"", true).entries();
        let mut kept = Kept::default();
        entries.present = 1_000;
        kept.evict(entries);
        assert_eq!(kept.made.len(), 0, "nothing is kept yet");
        for (present, room) in [(1, 32), (32, 32), (33, 64), (64, 64), (65, 128), (1_000, 128)] {
            (entries.added, entries.present) = (present, present);
            kept.keep(present, &Ok(Made::Method(Method::GET)));
            kept.evict(entries);
            assert_eq!(kept.made.len(), room, "{present}");
        }
    }
}
