//! The fields of a section, owned.

use alloc::vec::Vec;
use core::fmt;

use h2wire_hpack::{Indexing, Known};

use crate::FieldLine;

/// The fields of a section in order, repeats included. Two allocations hold them and are reused after
/// [`clear`](Self::clear).
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
    octets: Vec<u8>,
    places: Vec<LinePlace>,
}

/// A field in `octets`: from the end of the one before.
#[derive(Clone, Copy, Debug)]
struct LinePlace {
    name_end: usize,
    value_end: usize,
    indexing: Indexing,
    known: Known,
}

impl FieldList {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { octets: Vec::new(), places: Vec::new() }
    }

    /// Removes all fields and keeps the memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.places.clear();
    }

    /// Adds a field at the end.
    pub fn push(&mut self, field: &FieldLine<'_>) {
        self.octets.extend_from_slice(field.name);
        let name_end = self.octets.len();
        self.octets.extend_from_slice(field.value);
        let FieldLine { indexing, known, .. } = *field;
        self.places.push(LinePlace { name_end, value_end: self.octets.len(), indexing, known });
    }

    /// The fields in their order.
    #[must_use]
    pub fn iter(&self) -> FieldListIter<'_> {
        FieldListIter { octets: &self.octets, places: self.places.iter(), start: 0 }
    }

    /// The number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The value of the first field of that name. Fields whose name is not known are not looked at.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|field| field.name == name && field.known == Known::Both).map(|field| field.value)
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// Iterates over the fields of a [`FieldList`].
#[derive(Clone)]
pub struct FieldListIter<'a> {
    octets: &'a [u8],
    places: core::slice::Iter<'a, LinePlace>,
    start: usize,
}

impl<'a> Iterator for FieldListIter<'a> {
    type Item = FieldLine<'a>;

    fn next(&mut self) -> Option<FieldLine<'a>> {
        let place = self.places.next()?;
        let name = self.octets.get(self.start..place.name_end).unwrap_or_default();
        let value = self.octets.get(place.name_end..place.value_end).unwrap_or_default();
        self.start = place.value_end;
        Some(FieldLine { name, value, indexing: place.indexing, known: place.known })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
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
