//! The fields of a section, owned.

use alloc::vec::Vec;
use core::fmt;

use h2wire_hpack::{Indexing, Known};

use crate::{FieldLine, SectionKind};

/// The fields of a section in order, repeats included. One allocation holds them and is reused after [`clear`](Self::clear).
///
/// ```
/// use h2wire::{FieldLine, FieldList};
///
/// let mut fields = FieldList::new();
/// fields.push(&FieldLine::new(b":method", b"GET"));
/// fields.push(&FieldLine::never_indexed(b"authorization", b"secret"));
/// assert_eq!(fields.get(b":method"), Some(b"GET".as_slice()));
/// assert_eq!(fields.iter().len(), 2);
/// ```
#[derive(Clone, Default)]
pub struct FieldList {
    /// The head, name and value of each field.
    octets: Vec<u8>,
    len: usize,
    /// What a reader has found it to be, by all rules.
    pub(crate) checked: Option<SectionKind>,
}

impl FieldList {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { octets: Vec::new(), len: 0, checked: None }
    }

    /// An empty list with memory: a field takes its name, its value and 16 bytes.
    #[must_use]
    pub fn with_capacity(octets: usize) -> Self {
        Self { octets: Vec::with_capacity(octets), len: 0, checked: None }
    }

    /// The bytes that the fields take: what [`with_capacity`](Self::with_capacity) needs for as many.
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        self.octets.len()
    }

    /// The bytes of memory that there are.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.octets.capacity()
    }

    /// Removes all fields and keeps the memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        (self.len, self.checked) = (0, None);
    }

    /// Adds a field at the end.
    #[inline(always)]
    pub fn push(&mut self, field: &FieldLine<'_>) {
        let FieldLine { name, value, indexing, known } = *field;
        let head = LineHead { name_len: name.len(), value_len: value.len(), indexing, known }.encode();
        // No memory is so large that this is more than a word has.
        self.octets.reserve(head.len().wrapping_add(name.len()).wrapping_add(value.len()));
        self.octets.extend_from_slice(&head);
        self.octets.extend_from_slice(name);
        self.octets.extend_from_slice(value);
        (self.len, self.checked) = (self.len.saturating_add(1), None);
    }

    /// All of it.
    #[cfg(feature = "http")]
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The same, in its memory.
    #[cfg(feature = "http")]
    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// The fields in their order.
    #[must_use]
    pub const fn iter(&self) -> FieldListIter<'_> {
        FieldListIter { rest: self.octets.as_slice(), len: self.len }
    }

    /// The number of fields.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The value of the first field of that name. Fields whose name is not known are not looked at.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|field| field.name == name && field.known == Known::Both).map(|field| field.value)
    }

    /// Whether there is no field.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// What stands in front of a name.
struct LineHead {
    name_len: usize,
    value_len: usize,
    indexing: Indexing,
    known: Known,
}

impl LineHead {
    const LEN: usize = 16;
    /// The octet above the length of a name. No memory is so large that a length reaches it.
    const KIND: u32 = 56;

    #[inline]
    fn encode(&self) -> [u8; Self::LEN] {
        let known = match self.known {
            Known::Both => 0,
            Known::Value => 0b0001,
            Known::Neither => 0b0010,
        };
        let indexing = match self.indexing {
            Indexing::Incremental => 0b0100,
            Indexing::Without => 0b1000,
            Indexing::Never => 0b1100,
            _ => 0,
        };
        let [name, value] = [self.name_len, self.value_len].map(|len| u64::try_from(len).unwrap_or_default());
        let kind: u64 = known | indexing;
        let name = name | kind << Self::KIND;
        (u128::from(name) | u128::from(value) << u64::BITS).to_le_bytes()
    }

    #[inline]
    fn parse(octets: [u8; Self::LEN]) -> Self {
        let both = u128::from_le_bytes(octets);
        let [name, value] = [both & u128::from(u64::MAX), both >> u64::BITS]
            .map(|half| u64::try_from(half).unwrap_or_default());
        let kind = name >> Self::KIND;
        let known = match kind & 0b0011 {
            0 => Known::Both,
            1 => Known::Value,
            _ => Known::Neither,
        };
        let indexing = match kind & 0b1100 {
            0b0100 => Indexing::Incremental,
            0b1000 => Indexing::Without,
            0b1100 => Indexing::Never,
            _ => Indexing::Auto,
        };
        let name = name & ((1 << Self::KIND) - 1);
        let [name_len, value_len] = [name, value].map(|len| usize::try_from(len).unwrap_or_default());
        Self { name_len, value_len, indexing, known }
    }
}

/// Iterates over the fields of a [`FieldList`].
#[derive(Clone)]
pub struct FieldListIter<'a> {
    rest: &'a [u8],
    len: usize,
}

#[cfg(feature = "http")]
impl<'a> FieldListIter<'a> {
    /// The fields in the memory of a list, which is known to have as many.
    pub(crate) const fn new(octets: &'a [u8], len: usize) -> Self {
        Self { rest: octets, len }
    }
}

impl<'a> Iterator for FieldListIter<'a> {
    type Item = FieldLine<'a>;

    #[inline]
    fn next(&mut self) -> Option<FieldLine<'a>> {
        let (head, rest) = self.rest.split_first_chunk()?;
        let LineHead { name_len, value_len, indexing, known } = LineHead::parse(*head);
        let (name, rest) = rest.split_at_checked(name_len)?;
        let (value, rest) = rest.split_at_checked(value_len)?;
        (self.rest, self.len) = (rest, self.len.saturating_sub(1));
        Some(FieldLine { name, value, indexing, known })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len, Some(self.len))
    }
}

impl ExactSizeIterator for FieldListIter<'_> {}

impl fmt::Debug for FieldListIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl PartialEq for FieldList {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for FieldList {}

impl fmt::Debug for FieldList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a> FromIterator<FieldLine<'a>> for FieldList {
    fn from_iter<T: IntoIterator<Item = FieldLine<'a>>>(fields: T) -> Self {
        let mut list = Self::new();
        list.extend(fields);
        list
    }
}

impl<'a> Extend<FieldLine<'a>> for FieldList {
    fn extend<T: IntoIterator<Item = FieldLine<'a>>>(&mut self, fields: T) {
        fields.into_iter().for_each(|field| self.push(&field));
    }
}

impl<'a> IntoIterator for &'a FieldList {
    type Item = FieldLine<'a>;
    type IntoIter = FieldListIter<'a>;

    fn into_iter(self) -> FieldListIter<'a> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_shown_as_its_fields() {
        let list: FieldList = [("a", "b"), ("c", "d")].into_iter().map(FieldLine::from).collect();
        assert_eq!(
            (format!("{list:?}"), format!("{:?}", list.iter())),
            ("[a: b, c: d]".into(), "[a: b, c: d]".into())
        );
    }

    #[test]
    fn a_field_comes_back_as_it_went_in() {
        let mut list = FieldList::new();
        let mut fields = Vec::new();
        for indexing in [Indexing::Auto, Indexing::Incremental, Indexing::Without, Indexing::Never] {
            for known in [Known::Both, Known::Value, Known::Neither] {
                for (name, value) in [("", ""), ("a", ""), ("", "b"), ("name", "value")] {
                    let field = FieldLine::new(name.as_bytes(), value.as_bytes());
                    fields.push(FieldLine { indexing, known, ..field });
                }
            }
        }
        let long = vec![b'x'; 70_000];
        fields.push(FieldLine::new(&long, &long[1..]));
        list.extend(fields.iter().copied());
        assert_eq!((list.len(), list.iter().len()), (fields.len(), fields.len()));
        assert!(list.iter().eq(fields.iter().copied()));
        let needed = fields.iter().map(|field| field.name.len() + field.value.len() + 16).sum();
        assert_eq!(list.memory_len(), needed);
        let same: FieldList = list.iter().collect();
        assert_eq!(same, list);
        list.clear();
        assert!(list.is_empty() && list.iter().next().is_none() && list.capacity() >= needed);
        assert!(FieldList::with_capacity(100).capacity() >= 100);
    }
}
