//! The next field of a block, by the fast path or the resumable one.

use super::field::{Field, FoundField};
use super::limits::BlockEnd;
use super::state::State;
use crate::HpackError;
use crate::dynamic_table::{Entry, to_usize};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};

/// What an indexed field stands for.
pub(super) enum Indexed {
    Static { index: u32, fixed: (&'static [u8], &'static [u8]) },
    Dynamic { index: u32, entry: Entry },
}

impl State {
    /// The most frequent case: an indexed field of one octet. `None` is anything else, or a field to discard.
    #[inline(always)]
    pub(super) fn next_indexed(&mut self, memory: &[u8], rest: &mut &[u8]) -> Option<Indexed> {
        let (octet, behind) = rest.split_first()?;
        let index = octet.checked_sub(0x80).filter(|index| *index < 0x7f && self.ready)?;
        let index = u32::from(index);
        let (indexed, name, value) = if let Some(fixed) = static_entry(index) {
            (Indexed::Static { index, fixed }, fixed.0.len(), fixed.1.len())
        } else {
            let slots = memory.get(self.table.data_len..).unwrap_or_default();
            let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
            (Indexed::Dynamic { index, entry }, to_usize(entry.name_len), to_usize(entry.value_len))
        };
        *rest = behind;
        self.updates.closed = true;
        self.counts.count(&self.limits, name, value).then_some(indexed)
    }

    /// Decodes until there is a field to lend, or the fragment is used up.
    pub(super) fn next<'a, 'i: 'a>(
        &mut self,
        memory: &'a mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<Field<'a>>, HpackError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let (data, slots) = self.table.split(memory);
        let found = loop {
            let Some(octet) = rest.first() else { return Ok(None) };
            let fast = if self.ready { self.fast(*octet, data, slots, rest) } else { None };
            let found = match fast {
                Some(found) => Some(found?),
                None => self.other(data, slots, rest)?,
            };
            if let Some(found) = found
                && self.counts.count(&self.limits, found.name.len(), found.value.len())
            {
                break found;
            }
        };
        Ok(Some(found.lend(memory)))
    }

    /// Whatever the fast paths leave; `None` if it is no field, or not complete.
    #[cold]
    fn other<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<FoundField<'i>>, HpackError> {
        let field = rest.first().is_some_and(|octet| octet & 0xe0 != 0x20);
        if field && !self.updates.closed && self.partial.between_fields() {
            self.updates.close()?;
        }
        let found = self.resume(data, slots, rest)?;
        self.set_ready();
        Ok(found)
    }

    /// Ends the block.
    pub(super) fn end(&mut self) -> Result<BlockEnd, HpackError> {
        // §6
        if !self.partial.between_fields() {
            return Err(HpackError::TruncatedBlock);
        }
        self.updates.close()?;
        self.updates.next_block();
        self.open = false;
        self.unfinished = false;
        self.set_ready();
        Ok(core::mem::take(&mut self.counts).end())
    }
}
