//! What comes next in a fragment.

use super::fast::Indexed;
use super::field::Field;
use super::limits::BlockEnd;
use super::{Decoded, Decoder, Fragment};
use crate::{HpackError, Known};

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fragment<'_, '_, M> {
    /// Returns the next field, or the end of the fragment or block. After an end every call returns it again.
    ///
    /// # Errors
    /// An [`HpackError`] ends the connection: every later call returns it again.
    #[inline]
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Result<Decoded<'_>, HpackError> {
        self.next_with(
            (),
            |(), field| Ok(Decoded::Field(field)),
            |(), ended| match ended {
                Ok(Some(end)) => Ok(Decoded::BlockEnd(end)),
                Ok(None) => Ok(Decoded::FragmentEnd),
                Err(error) => Err(error),
            },
        )
    }

    /// As [`next`](Self::next), but makes something of the field where it is found: a [`Decoded`] that is handed on goes through
    /// memory, and the processor waits for it.
    ///
    /// Calls `field`, or `ended` with what [`next`](Self::next) returns for an end: the totals at the end of the block, `None` at
    /// the end of the fragment, or the error. Either one gets the `context`.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits};
    ///
    /// let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
    /// let mut fragment = decoder.feed(b"\x82\x84", true);
    /// let mut octets = 0;
    /// while fragment.next_with(
    ///     &mut octets,
    ///     |octets, field| {
    ///         *octets += field.value.len();
    ///         true
    ///     },
    ///     |_, _end| false,
    /// ) {}
    /// assert_eq!(octets, 4); // `GET` and `/`
    /// ```
    #[inline(always)]
    pub fn next_with<'f, C, T>(
        &'f mut self,
        context: C,
        field: impl FnOnce(C, Field<'f>) -> T,
        ended: impl FnOnce(C, Result<Option<BlockEnd>, HpackError>) -> T,
    ) -> T {
        let Decoder { memory, state, .. } = &mut *self.decoder;
        match state.fast_indexed(memory.as_mut(), &mut self.rest) {
            Some(Indexed::Static { index, fixed: (name, value) }) => {
                return field(context, Field::indexed(index, name, value, Known::Both));
            }
            Some(Indexed::Dynamic { index, entry }) => {
                let data = &*self.decoder.memory.as_mut();
                let (name, value) = (entry.name(data), entry.value(data));
                return field(context, Field::indexed(index, name, value, entry.known()));
            }
            None => {}
        }
        match self.decoder.next_field(&mut self.rest) {
            Ok(Some(found)) => field(context, found.lend(self.decoder.memory.as_mut())),
            Ok(None) => ended(context, self.end()),
            Err(error) => ended(context, Err(self.decoder.state.fail(error))),
        }
    }

    /// The fragment is used up.
    #[inline(never)]
    fn end(&mut self) -> Result<Option<BlockEnd>, HpackError> {
        let state = &mut self.decoder.state;
        if !self.last {
            state.unfinished = false;
            return Ok(None);
        }
        if !state.open {
            return Ok(Some(state.counts.end()));
        }
        state.end().map(Some).map_err(|error| state.fail(error))
    }
}

impl<M> Fragment<'_, '_, M> {
    /// Whether [`next`](Self::next) has returned an end, and returns it again.
    #[must_use]
    #[inline]
    pub const fn has_ended(&self) -> bool {
        !self.decoder.state.unfinished
    }
}
