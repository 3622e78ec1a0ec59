//! What a decoder remembers, and the steps that both paths share.

use super::field::{FoundField, Representation, TextPlace};
use super::limits::{Counts, DecoderLimits};
use super::partial::Partial;
use super::size_update::SizeUpdates;
use crate::dynamic_table::{DynamicTable, Entry, to_usize};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{HpackError, INITIAL_TABLE_LIMIT};

/// Everything but the memory.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) limits: DecoderLimits,
    pub(super) table: DynamicTable,
    pub(super) updates: SizeUpdates,
    pub(super) counts: Counts,
    pub(super) partial: Partial,
    /// A block was started and not ended yet.
    pub(super) open: bool,
    /// A fragment was not read to its end yet.
    pub(super) unfinished: bool,
    pub(super) failed: Option<HpackError>,
    /// A field may come next, and nothing speaks against it: not failed, not inside a field, no size update missing.
    pub(super) ready: bool,
}

impl State {
    pub(super) fn new(limits: DecoderLimits, memory_len: usize) -> Self {
        let limit = INITIAL_TABLE_LIMIT.min(limits.max_table_size);
        Self {
            limits,
            table: DynamicTable::new(limits.max_table_size, limit, limits.data_len(memory_len)),
            updates: SizeUpdates::new(limit),
            counts: Counts::default(),
            partial: Partial::default(),
            open: false,
            unfinished: false,
            failed: None,
            ready: true,
        }
    }

    #[cold]
    pub(super) const fn fail(&mut self, error: HpackError) {
        self.failed = Some(error);
        self.ready = false;
    }

    #[inline]
    pub(super) fn set_ready(&mut self) {
        self.ready = self.failed.is_none() && self.partial.between_fields() && !self.updates.missing();
    }

    /// An indexed field. §6.1
    #[inline]
    pub(super) fn indexed<'i>(&self, slots: &[u8], index: u32) -> Result<FoundField<'i>, HpackError> {
        let representation = Representation::Indexed { index };
        if let Some((name, value)) = static_entry(index) {
            return Ok(FoundField {
                name: TextPlace::Octets(name),
                value: TextPlace::Octets(value),
                representation,
            });
        }
        // §6.1
        let Some(index) = index.checked_sub(STATIC_TABLE_LEN) else { return Err(HpackError::IndexZero) };
        // §2.3.3
        let entry = self.table.get(slots, index.wrapping_sub(1)).ok_or(HpackError::IndexOutOfRange)?;
        Ok(FoundField { name: name_of(entry), value: value_of(entry), representation })
    }

    /// A size update. §6.3
    pub(super) fn size_update(&mut self, slots: &[u8], size: u32) -> Result<(), HpackError> {
        self.updates.update(size)?;
        self.table.set_capacity(slots, size);
        Ok(())
    }
}

/// The name of an entry, in the table or lent from the static one.
#[inline]
pub(super) fn name_of<'i>(entry: Entry) -> TextPlace<'i> {
    match static_entry(entry.static_name) {
        Some((name, _)) => TextPlace::Octets(name),
        None => TextPlace::Data { start: entry.name_start(), len: to_usize(entry.name_len) },
    }
}

#[inline]
fn value_of<'i>(entry: Entry) -> TextPlace<'i> {
    TextPlace::Data { start: entry.value_start, len: to_usize(entry.value_len) }
}
