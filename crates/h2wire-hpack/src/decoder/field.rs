//! A field as it is lent, and where its octets are.

use crate::dynamic_table::slice;

/// A field, lent until the next call. Names and values are octets; nothing was checked but HPACK.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Field<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// The field must not be indexed when it is passed on. RFC 7541 §6.2.3.
    pub never_indexed: bool,
    /// How it was encoded.
    pub representation: Representation,
}

impl<'a> Field<'a> {
    #[inline(always)]
    pub(super) const fn indexed(index: u32, name: &'a [u8], value: &'a [u8]) -> Self {
        Self { name, value, never_indexed: false, representation: Representation::Indexed { index } }
    }
}

/// How a field was encoded. RFC 7541 §6.
///
/// Indices up to 61 are in the static table, those above are in the dynamic table as it was before the field.
/// A `name_index` of 0 says that the name was a literal too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Representation {
    /// An index for name and value. §6.1.
    Indexed {
        /// 1 or more.
        index: u32,
    },
    /// A literal that became an entry of the dynamic table, or emptied it when it was larger (§4.4). §6.2.1.
    IncrementalIndexing {
        /// Index of the name.
        name_index: u32,
    },
    /// A literal that left the table alone. §6.2.2.
    WithoutIndexing {
        /// Index of the name.
        name_index: u32,
    },
    /// A literal that must not be indexed by anyone. §6.2.3.
    NeverIndexed {
        /// Index of the name.
        name_index: u32,
    },
}

impl Representation {
    /// The kind of a literal, by its first byte. §6.2
    #[inline]
    pub(super) const fn from_literal(octet: u8, name_index: u32) -> Self {
        if octet & 0x40 != 0 {
            Self::IncrementalIndexing { name_index }
        } else if octet & 0x10 != 0 {
            Self::NeverIndexed { name_index }
        } else {
            Self::WithoutIndexing { name_index }
        }
    }
}

/// Where octets are.
#[derive(Clone, Copy)]
pub(super) enum TextPlace<'i> {
    /// In the static table or the fragment.
    Octets(&'i [u8]),
    /// In the decoder's memory.
    Data { start: usize, len: usize },
}

impl<'i> TextPlace<'i> {
    #[inline]
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Octets(octets) => octets.len(),
            Self::Data { len, .. } => len,
        }
    }

    #[inline]
    fn get<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        'i: 'a,
    {
        match self {
            Self::Octets(octets) => octets,
            Self::Data { start, len } => slice(data, start, len),
        }
    }
}

/// A field that was found.
#[derive(Clone, Copy)]
pub(super) struct FoundField<'i> {
    pub(super) name: TextPlace<'i>,
    pub(super) value: TextPlace<'i>,
    pub(super) representation: Representation,
}

impl<'i> FoundField<'i> {
    #[inline]
    pub(super) fn lend<'a>(self, data: &'a [u8]) -> Field<'a>
    where
        'i: 'a,
    {
        Field {
            name: self.name.get(data),
            value: self.value.get(data),
            never_indexed: matches!(self.representation, Representation::NeverIndexed { .. }),
            representation: self.representation,
        }
    }
}
