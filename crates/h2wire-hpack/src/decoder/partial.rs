//! What is kept of a representation of which only the first octets have arrived.

use crate::huffman::Pieces;
use crate::integer::Integer;

/// A representation of which some octets were read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Partial {
    pub(super) part: Part,
    /// The integer that is being read, after its first octet.
    pub(super) integer: Option<Integer>,
    /// The first octet of the representation.
    pub(super) octet: u8,
    pub(super) name_index: u32,
    /// The index of the name in the static table, also if it was found there through an entry; 0 if it is not there.
    pub(super) static_name: u32,
    /// The string that is being read is Huffman-coded.
    pub(super) huffman: bool,
    /// Octets of it that have not arrived.
    pub(super) missing: u32,
    /// The bits of a code that is cut.
    pub(super) pieces: Pieces,
    /// Decoded lengths so far.
    pub(super) name_len: u32,
    pub(super) value_len: u32,
    /// How many octets of name and value are stored, after the newest entry of the table. The rest of a field that is
    /// too large for the table and for the caller is dropped.
    pub(super) stored: usize,
}

/// The part of a representation that the next octet belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Part {
    #[default]
    Index,
    NameLength,
    Name,
    ValueLength,
    Value,
}

impl Partial {
    /// No octet of the next representation was read.
    #[inline]
    pub(super) fn between_fields(&self) -> bool {
        self.part == Part::Index && self.integer.is_none()
    }
}
