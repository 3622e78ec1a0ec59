//! Other limits under way, or for one block.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::limits::DecoderLimits;
use super::{Decoder, Fragment};
#[cfg(feature = "alloc")]
use crate::TableLimitError;
use crate::{MemoryTooSmall, SetLimitsError};

impl<M: AsRef<[u8]>> Decoder<M> {
    /// Changes the limits, between two blocks. The table and its memory stay: `max_table_size` may be lower than before, which
    /// changes nothing, because [`set_table_limit`](Self::set_table_limit) says what the peer may use.
    ///
    /// # Errors
    /// [`SetLimitsError::FieldBlockOpen`] inside a block. [`SetLimitsError::Memory`] if `max_list_size` or `max_table_size` needs
    /// more memory than there is.
    pub fn set_limits(&mut self, limits: &DecoderLimits) -> Result<(), SetLimitsError> {
        if self.state.open {
            return Err(SetLimitsError::FieldBlockOpen);
        }
        let made_for = self.state.limits.max_table_size;
        let needed = limits.with_max_table_size(limits.max_table_size.max(made_for)).memory_len();
        if limits.max_table_size > made_for || self.memory.as_ref().len() < needed {
            return Err(MemoryTooSmall { needed }.into());
        }
        self.state.limits = limits.with_max_table_size(made_for);
        Ok(())
    }
}

#[cfg(feature = "alloc")]
impl Decoder<Vec<u8>> {
    /// Changes the limits, between two blocks, and allocates what they need. The entries of the table stay.
    ///
    /// # Errors
    /// [`SetLimitsError::FieldBlockOpen`] inside a block.
    ///
    /// # Panics
    /// Panics if that much memory cannot be allocated, as `Vec` does.
    pub fn grow_to(&mut self, limits: &DecoderLimits) -> Result<(), SetLimitsError> {
        match self.set_limits(limits) {
            Err(SetLimitsError::Memory(_)) => {
                let open = |_: TableLimitError| SetLimitsError::FieldBlockOpen;
                self.state.grow_to(&mut self.memory, *limits).map_err(open)
            }
            done => done,
        }
    }
}

impl<M> Fragment<'_, '_, M> {
    /// Lowers the limits for this block: fields above `max_list_size` or `max_fields` are decoded and discarded. Call it before
    /// the first [`next`](Self::next) of the block. Limits above those of the decoder change nothing.
    pub const fn limit_block(&mut self, max_list_size: u32, max_fields: u32) {
        let state = &mut self.decoder.state;
        let DecoderLimits { max_list_size: list_size, max_fields: fields, .. } = state.limits;
        if state.restore.is_none() {
            state.restore = Some([list_size, fields]);
        }
        if max_list_size < list_size {
            state.limits.max_list_size = max_list_size;
        }
        if max_fields < fields {
            state.limits.max_fields = max_fields;
        }
    }
}
