//! Which of the fields that matter were seen, and where.

use super::breach::FieldIndex;

/// Bits of [`Seen`].
pub(super) const METHOD: u8 = 1;
pub(super) const SCHEME: u8 = 2;
pub(super) const PATH: u8 = 4;
pub(super) const AUTHORITY: u8 = 8;
pub(super) const PROTOCOL: u8 = 16;
pub(super) const STATUS: u8 = 32;
pub(super) const HOST: u8 = 64;
pub(super) const CONTENT_LENGTH: u8 = 128;

/// Which fields were seen, and the index of the first of each name.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    fields: u8,
    indexes: [FieldIndex; 8],
}

impl Seen {
    pub(super) const fn new() -> Self {
        Self { fields: 0, indexes: [FieldIndex::NONE; 8] }
    }

    pub(super) const fn has(&self, field: u8) -> bool {
        self.fields & field != 0
    }

    /// Whether of the fields `among` these were seen, and no others.
    #[cfg(not(feature = "small-huffman"))]
    pub(super) const fn only(&self, fields: u8, among: u8) -> bool {
        self.fields & among == fields
    }

    /// Records a field at its index.
    pub(super) fn record(&mut self, field: u8, index: FieldIndex) {
        if let Some(place) = self.indexes.get_mut(place(field)) {
            *place = index;
        }
        self.fields |= field;
    }

    /// Where a field stands, if there is one.
    pub(super) fn index(&self, field: u8) -> FieldIndex {
        self.indexes.get(place(field)).copied().unwrap_or(FieldIndex::NONE)
    }
}

fn place(field: u8) -> usize {
    usize::try_from(field.trailing_zeros()).unwrap_or_default()
}
