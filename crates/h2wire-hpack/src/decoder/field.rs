//! A field as it is lent, and where its octets lie.

use core::fmt;

use super::representation::Representation;
use crate::Known;
use crate::dynamic_table::{Entry, slice, to_usize};
use crate::static_table::static_entry;

/// A decoded field, lent until the next call. Name and value are any bytes: HPACK does not restrict them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Field<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// The field must be [`Indexing::Never`](crate::Indexing::Never) if it is forwarded. RFC 7541 §6.2.3.
    pub never_indexed: bool,
    /// How it was encoded.
    pub representation: Representation,
    /// What is known of it. It is [`Known::Both`] unless the decoder has missed blocks.
    pub known: Known,
}

impl<'a> Field<'a> {
    #[inline(always)]
    pub(super) const fn indexed(index: u32, name: &'a [u8], value: &'a [u8], known: Known) -> Self {
        Self { name, value, never_indexed: false, representation: Representation::Indexed { index }, known }
    }
}

impl fmt::Debug for Field<'_> {
    /// Name and value as text, `:method: GET`; the value of a field that must not be indexed is hidden, as it is a
    /// secret: `authorization: <never indexed, 13 bytes>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known {
            Known::Both => write!(f, "{}: ", self.name.escape_ascii())?,
            Known::Value => f.write_str("<unknown>: ")?,
            Known::Neither => return f.write_str("<unknown>"),
        }
        if self.never_indexed {
            write!(f, "<never indexed, {} bytes>", self.value.len())
        } else {
            write!(f, "{}", self.value.escape_ascii())
        }
    }
}

/// Where a string lies.
#[derive(Clone, Copy)]
pub(super) enum StringRef<'i> {
    /// In the static table or the fragment.
    Borrowed(&'i [u8]),
    /// In the decoder's memory.
    Stored { start: usize, len: usize },
}

impl<'i> StringRef<'i> {
    #[inline]
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Borrowed(octets) => octets.len(),
            Self::Stored { len, .. } => len,
        }
    }

    #[inline]
    fn get<'a>(self, data: &'a [u8]) -> &'a [u8]
    where
        'i: 'a,
    {
        match self {
            Self::Borrowed(octets) => octets,
            Self::Stored { start, len } => slice(data, start, len),
        }
    }
}

/// A decoded field, as references that can be resolved when the memory is no longer borrowed.
#[derive(Clone, Copy)]
pub(super) struct FieldRef<'i> {
    pub(super) name: StringRef<'i>,
    pub(super) value: StringRef<'i>,
    pub(super) known: Known,
    pub(super) representation: Representation,
}

impl<'i> FieldRef<'i> {
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
            known: self.known,
        }
    }
}

/// The name of an entry: in the dynamic table, or in the static one.
#[inline]
pub(super) fn name_of<'i>(entry: Entry) -> StringRef<'i> {
    match static_entry(entry.static_name) {
        Some((name, _)) => StringRef::Borrowed(name),
        None => StringRef::Stored { start: entry.name_start(), len: to_usize(entry.name_len) },
    }
}

/// The value of an entry.
#[inline]
pub(super) fn value_of<'i>(entry: Entry) -> StringRef<'i> {
    StringRef::Stored { start: entry.value_start, len: to_usize(entry.value_len) }
}
