//! Other limits under way, or for one block.

use super::limits::DecoderLimits;
use super::{Decoder, Fragment};
use crate::{MemoryTooSmall, SetLimitsError};

impl<M: AsRef<[u8]>> Decoder<M> {
    /// Changes the limits, between two blocks. The entries of the table stay. A `max_table_size` that is lower than before changes
    /// nothing, because [`set_table_limit`](Self::set_table_limit) says what the peer may use.
    ///
    /// # Errors
    /// [`SetLimitsError::FieldBlockOpen`] inside a block. [`SetLimitsError::Memory`] if `max_list_size` or `max_table_size` needs
    /// more than the memory of [`new_in`](Self::new_in). That of [`new`](Decoder::new) grows when it is needed.
    pub fn set_limits(&mut self, limits: &DecoderLimits) -> Result<(), SetLimitsError> {
        if self.state.open {
            return Err(SetLimitsError::FieldBlockOpen);
        }
        let made_for = self.state.limits.max_table_size;
        let limits = limits.with_max_table_size(limits.max_table_size.max(made_for));
        #[cfg(feature = "alloc")]
        if self.make_memory.is_some() {
            (self.growing, self.state.limits) = (true, limits);
            return Ok(());
        }
        let needed = limits.memory_len();
        if limits.max_table_size > made_for || self.memory.as_ref().len() < needed {
            return Err(MemoryTooSmall { needed }.into());
        }
        self.state.limits = limits;
        Ok(())
    }
}

impl<M> Fragment<'_, '_, M> {
    /// Lowers the limits for this block: fields above `max_list_size` or `max_fields` are decoded and discarded. Call it before
    /// the first [`next`](Self::next) of the block. Limits above those of the decoder change nothing, and after the end of the
    /// block nothing is changed.
    pub const fn limit_block(&mut self, max_list_size: u32, max_fields: u32) {
        if !self.decoder.state.open {
            return;
        }
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
