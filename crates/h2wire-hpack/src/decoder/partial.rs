//! What is kept of a representation of which only the first octets have arrived.

use crate::huffman::Pieces;
use crate::integer::Integer;

/// A representation of which some octets were seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Partial {
    pub(super) part: Part,
    /// The integer being read, from its second octet on.
    pub(super) integer: Option<Integer>,
    /// The first octet of the representation.
    pub(super) octet: u8,
    pub(super) name_index: u32,
    /// The name's index in the static table, its own or that of the entry it is from; 0 if it is not from there.
    pub(super) static_name: u32,
    /// The string being read: coded how, how many octets are missing, the bits of a code that is cut.
    pub(super) huffman: bool,
    pub(super) missing: u32,
    pub(super) pieces: Pieces,
    /// Octets of name and value.
    pub(super) name_len: u32,
    pub(super) value_len: u32,
    /// How many of them are stored behind the newest entry of the table.
    pub(super) stored: usize,
    /// Not all of them are: the field is too large for the table and for the caller.
    pub(super) dropped: bool,
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
    /// No octet of the next representation was seen.
    #[inline]
    pub(super) fn between_fields(&self) -> bool {
        self.part == Part::Index && self.integer.is_none()
    }
}
