//! What the caller keeps of entries.

/// Finds a byte for each entry of the tables, which a [`Decoder`](crate::Decoder) or [`Encoder`](crate::Encoder) keeps with the
/// entry: what the caller wants to know of the field and does not want to find again each time. HPACK does not know what it means.
/// 0 means that nothing is known, and is the mark of entries that were not asked about.
///
/// A decoder or encoder keeps one kind of marks: pass the same type to each [`Fragment::next_with`](crate::Fragment::next_with), or
/// [`BlockWriter::encode_if`](crate::BlockWriter::encode_if).
pub trait Marks: Copy {
    /// Whether there are marks at all.
    const KEPT: bool = true;

    /// The mark of an entry of the static table, by its index of 1 to 61.
    fn fixed(self, index: u32) -> u8;

    /// The mark of a literal, which may become an entry. `static_name` is the index of its name in the static table; 0 if it was not
    /// sent as such.
    fn literal(self, static_name: u32, name: &[u8], value: &[u8]) -> u8;
}

/// No marks: all are 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NoMarks;

impl Marks for NoMarks {
    const KEPT: bool = false;

    #[inline(always)]
    fn fixed(self, _: u32) -> u8 {
        0
    }

    #[inline(always)]
    fn literal(self, _: u32, _: &[u8], _: &[u8]) -> u8 {
        0
    }
}
