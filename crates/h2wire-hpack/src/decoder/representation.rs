//! What a field block consists of: the kinds of representations and their first octet. RFC 7541 §6.
//!
//! ```text
//!     7   6   5   4   3   2   1   0   bit
//!   +---+---+---+---+---+---+---+---+
//!   | 1 |         index (7+)        |  an indexed field, §6.1
//!   +---+---+---+---+---+---+---+---+
//!   | 0   1 |    name index (6+)    |  a literal that becomes an entry, §6.2.1
//!   +---+---+---+---+---+---+---+---+
//!   | 0   0   1 |     size (5+)     |  a dynamic table size update, §6.3
//!   +---+---+---+---+---+---+---+---+
//!   | 0   0   0   1 |name index (4+)|  a literal that must never be indexed, §6.2.3
//!   +---+---+---+---+---+---+---+---+
//!   | 0   0   0   0 |name index (4+)|  a literal that does not become an entry, §6.2.2
//!   +---+---+---+---+---+---+---+---+
//! ```
//! `(7+)` is an integer that starts in these 7 bits and may continue in the next octets (§5.1). After the name index
//! of a literal comes the name as a string, if the index is 0, and then the value as a string (§5.2):
//!
//! ```text
//!   +---+---+---+---+---+---+---+---+---+---+-- ~ --+---+
//!   | H |        length (7+)        |   length octets   |  Huffman-coded if H is 1
//!   +---+---+---+---+---+---+---+---+---+---+-- ~ --+---+
//! ```

/// How a field was encoded. RFC 7541 §6.
///
/// Indices from 1 to 61 are in the static table. Those above are in the dynamic table as it was before this field. A
/// `name_index` of 0 means that the name was a literal too.
///
/// This enum is closed: RFC 7541 §6 has these four and leaves no room for others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Representation {
    /// One index for name and value. §6.1.
    Indexed {
        /// The index, 1 or more.
        index: u32,
    },
    /// A literal that became an entry of the dynamic table, or emptied the table if it was larger (§4.4). §6.2.1.
    IncrementalIndexing {
        /// The index of the name.
        name_index: u32,
    },
    /// A literal that did not change the table. §6.2.2.
    WithoutIndexing {
        /// The index of the name.
        name_index: u32,
    },
    /// A literal that must not be indexed, not even by proxies that forward it. §6.2.3.
    NeverIndexed {
        /// The index of the name.
        name_index: u32,
    },
}

impl Representation {
    /// The kind of a literal, by its first octet. §6.2
    #[inline]
    pub(super) const fn of_literal(octet: u8, name_index: u32) -> Self {
        if octet & 0x40 != 0 {
            Self::IncrementalIndexing { name_index }
        } else if octet & 0x10 != 0 {
            Self::NeverIndexed { name_index }
        } else {
            Self::WithoutIndexing { name_index }
        }
    }
}
