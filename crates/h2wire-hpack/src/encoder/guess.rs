//! Sections repeat: after a field the same one follows as the last time, and so its entry. A guess that is right costs no hash.

/// Which entry the next field probably is, by its sequence number. Whether it is will be seen.
#[derive(Clone, Copy, Default)]
pub(super) struct Guess {
    pub(super) next: u32,
    /// The first entry of the last block that used one.
    first: u32,
    /// No entry was used in this block.
    is_start: bool,
}

/// An entry that a field is found to be without a search.
#[derive(Clone, Copy)]
pub(super) struct Likely {
    pub(super) index: u32,
    pub(super) mark: u8,
    /// Its sequence number, if it is in the dynamic table.
    pub(super) sequence: Option<u32>,
}

impl Likely {
    /// The field, if it is one octet. §6.1
    #[inline(always)]
    pub(super) fn octet(&self) -> Option<u8> {
        u8::try_from(self.index).ok().filter(|index| *index < 0x7f).map(|index| 0x80 | index)
    }
}

impl Guess {
    /// A block begins.
    #[inline(always)]
    pub(super) const fn begin(&mut self) {
        (self.next, self.is_start) = (self.first, true);
    }

    /// The entries have moved to a table where their sequence numbers are larger by this.
    #[cfg(feature = "alloc")]
    pub(super) const fn moved(self, by: u32) -> Self {
        Self { next: self.next.wrapping_add(by), first: self.first.wrapping_add(by), ..self }
    }

    /// A field is this entry, or has become it.
    #[inline(always)]
    pub(super) const fn used(&mut self, sequence: u32) {
        if self.is_start {
            (self.first, self.is_start) = (sequence, false);
        }
        self.next = sequence.wrapping_add(1);
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;

    /// What is expected at the start of a block and next are the same entries as before, by their new numbers.
    #[test]
    fn moves_with_the_entries() {
        let mut guess = Guess::default();
        guess.begin();
        guess.used(7);
        guess.used(11);
        let mut moved = guess.moved(100);
        assert_eq!(moved.next, 112);
        moved.begin();
        assert_eq!(moved.next, 107);
    }
}
