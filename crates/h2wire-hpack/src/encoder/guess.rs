//! Sections repeat: after a field the same one follows as the last time, and so its entry. A guess that is right costs no hash.

use super::field::FieldToEncode;
use super::index::live;
use super::tables::{Tables, dynamic};
use super::{Encoder, policy};
use crate::hash;

/// Which entry the next field probably is, by its sequence number. Whether it is will be seen.
#[derive(Clone, Copy, Default)]
pub(super) struct Guess {
    next: u32,
    /// The first entry of the last block that used one.
    first: u32,
    /// No entry was used in this block.
    is_start: bool,
}

impl Guess {
    /// A block begins.
    #[inline(always)]
    pub(super) const fn begin(&mut self) {
        (self.next, self.is_start) = (self.first, true);
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

impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    /// The index and the mark of a field, if it is the entry that is expected.
    #[inline(always)]
    pub(super) fn guess(&mut self, field: &FieldToEncode<'_>) -> Option<(u32, u8)> {
        let sequence = self.guess.next;
        let place = live(&self.table, sequence)?;
        let Tables { table, data, rest, .. } = self.tables();
        let entry = table.entry(rest, sequence)?;
        let is_same = hash::same(entry.value(data), field.value) && hash::same(entry.name(data), field.name);
        if !is_same || policy::never(field.indexing, entry.static_name, field.value) {
            return None;
        }
        self.guess.used(sequence);
        Some((dynamic(place), entry.mark))
    }
}

#[cfg(all(test, feature = "alloc", not(feature = "small-huffman")))]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::Indexing;

    type Line<'a> = (&'a [u8], &'a [u8]);

    fn encode(encoder: &mut Encoder<Vec<u8>>, fields: &[Line<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        encoder.encode_block(fields.iter().map(|(name, value)| (*name, *value, Indexing::Auto)), &mut out);
        out
    }

    fn guesses(encoder: &mut Encoder<Vec<u8>>, (name, value): Line<'_>, indexing: Indexing) -> Option<u32> {
        encoder.guess(&FieldToEncode { name, value, indexing }).map(|(index, _)| index)
    }

    #[test]
    fn a_section_that_repeats_is_guessed_from_its_first_entry() {
        let fields: [Line<'_>; 4] = [(b":status", b"200"), (b"a", b"1"), (b"server", b"x"), (b"c", b"3")];
        let mut encoder = Encoder::new(4096);
        encode(&mut encoder, &fields);
        for _ in 0..3 {
            encoder.guess.begin();
            let found = fields[1..].iter().map(|field| guesses(&mut encoder, *field, Indexing::Auto));
            assert!(found.eq([Some(64), Some(63), Some(62)]));
            assert_eq!(encode(&mut encoder, &fields), [0x88, 0xc0, 0xbf, 0xbe]);
        }
    }

    #[test]
    fn what_differs_is_found_all_the_same() {
        let mut encoder = Encoder::new(4096);
        let all: [Line<'_>; 4] = [(b"a", b"1"), (b"b", b"2"), (b"c", b"3"), (b"d", b"4")];
        encode(&mut encoder, &all);
        for first in 0..4 {
            for second in 0..4 {
                let octets = encode(&mut encoder, &[all[first], all[second]]);
                let index = |at: usize| 0xc1 - u8::try_from(at).unwrap();
                assert_eq!(octets, [index(first), index(second)]);
            }
        }
    }

    #[test]
    fn an_entry_that_is_gone_or_must_not_be_used_is_no_guess() {
        let mut encoder = Encoder::new(64);
        let line: Line<'_> = (b"cookie", b"short");
        encoder.encode_block([(line.0, line.1, Indexing::Incremental)], &mut Vec::new());
        encoder.guess.begin();
        // RFC 7541 §7.1.3
        assert_eq!(guesses(&mut encoder, line, Indexing::Auto), None);
        assert_eq!(guesses(&mut encoder, line, Indexing::Never), None);
        assert_eq!(guesses(&mut encoder, (b"cookie", b"other"), Indexing::Incremental), None);
        assert_eq!(guesses(&mut encoder, line, Indexing::Incremental), Some(62));
        encode(&mut encoder, &[(b"name", b"takes its place")]);
        encoder.guess.begin();
        assert_eq!(guesses(&mut encoder, line, Indexing::Incremental), None);
    }
}
