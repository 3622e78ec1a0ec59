//! The fields of a section in memory of their own.

use alloc::vec::Vec;
use core::fmt;

use h2wire_hpack::Indexing;

use crate::{ConnectionError, FieldLine, FieldStep, Fields};

/// Fields in their order, repeats included, in two allocations that are used again after [`clear`](Self::clear).
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
    places: Vec<Place>,
}

/// A field in `octets`: from the end of the one before.
#[derive(Clone, Copy)]
struct Place {
    name_end: usize,
    value_end: usize,
    indexing: Indexing,
}

impl FieldList {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { octets: Vec::new(), places: Vec::new() }
    }

    /// Takes all fields out and keeps the memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.places.clear();
    }

    /// Adds a field at the end.
    pub fn push(&mut self, field: &FieldLine<'_>) {
        self.octets.extend_from_slice(field.name);
        let name_end = self.octets.len();
        self.octets.extend_from_slice(field.value);
        self.places.push(Place { name_end, value_end: self.octets.len(), indexing: field.indexing });
    }

    /// The fields in their order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FieldLine<'_>> + Clone {
        let mut start = 0;
        self.places.iter().map(move |place| {
            let name = self.octets.get(start..place.name_end).unwrap_or_default();
            let value = self.octets.get(place.name_end..place.value_end).unwrap_or_default();
            start = place.value_end;
            FieldLine { name, value, indexing: place.indexing }
        })
    }

    /// The value of the first field of that name.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|field| field.name == name).map(|field| field.value)
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
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
        let pairs = self.iter().map(|field| (field.name.escape_ascii(), field.value.escape_ascii()));
        f.debug_list().entries(pairs.map(|(name, value)| alloc::format!("{name}: {value}"))).finish()
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

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fields<'_, '_, M> {
    /// Adds the fields to `list` until they end here, and tells how they end. The limits bound what is added. It is not
    /// cleared, as a section may come in several frames: clear it before the next one.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn read_into(&mut self, list: &mut FieldList) -> Result<FieldStep<'static>, ConnectionError> {
        loop {
            match self.next()? {
                FieldStep::Field(field) => list.push(&field.into()),
                FieldStep::FragmentEnd => return Ok(FieldStep::FragmentEnd),
                FieldStep::SectionEnd(end) => return Ok(FieldStep::SectionEnd(end)),
            }
        }
    }
}
