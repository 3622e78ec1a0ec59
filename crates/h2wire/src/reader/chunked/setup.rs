//! How a reader in pieces is made, and how it learns settings and limits.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use h2wire_frame::{PayloadLength, SettingList};

use super::gathered::{Gathered, MOST_SETTINGS};
use super::{ChunkStage, ChunkedReader};
use crate::receive::{Announced, Order, Receiver};
use crate::{Counters, Limits, Options, ReaderError, Role, SettingsSentError};

#[cfg(feature = "alloc")]
impl ChunkedReader<Vec<u8>> {
    /// A reader at the start of a connection, with memory from the allocator: none before the first field that needs it, and no
    /// more than [`Limits::memory_len`] bytes, for a table of at least 4,096.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn new(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        limits.check()?;
        Ok(Self::with_receiver(role, limits, Receiver::growing(role, limits)))
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> ChunkedReader<M> {
    /// A reader at the start of a connection, in your memory, whose contents do not matter. A SETTINGS frame may have 32 settings
    /// at most, and less if the limits say so.
    ///
    /// # Errors
    /// [`ReaderError`] when a limit is 0 or the memory is less than [`Limits::memory_len`].
    #[inline(never)]
    pub fn new_in(role: Role, limits: &Limits, memory: M) -> Result<Self, ReaderError> {
        limits.check()?;
        Ok(Self::with_receiver(role, limits, Receiver::new(role, limits, memory)?))
    }

    /// As [`Reader::settings_sent`](crate::Reader::settings_sent).
    ///
    /// # Errors
    /// [`SettingsSentError`]. Do not send the frame then.
    pub fn settings_sent<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
    ) -> Result<(), SettingsSentError> {
        self.receiver.settings_sent(settings, &mut self.announced)?;
        self.order.push_enabled = self.announced.push_enabled;
        Ok(())
    }

    /// Changes the limits from the next frame on, within the memory of [`new_in`](Self::new_in); that of [`new`](ChunkedReader::new) grows. Raise them before you announce them, lower
    /// them once the peer has acknowledged them: [`Limits::changed_settings`] says which SETTINGS are to be sent.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] if a limit is 0, [`ReaderError::Memory`] if the memory is too small, and
    /// [`ReaderError::FieldBlockOpen`] inside a field block and between its frames. Nothing has changed then.
    pub fn set_limits(&mut self, limits: &Limits) -> Result<(), ReaderError> {
        limits.check()?;
        // Its frame has started, though nothing of it was decoded.
        if matches!(self.stage, ChunkStage::Block(..)) {
            return Err(ReaderError::FieldBlockOpen);
        }
        self.receiver.set_limits(limits)?;
        self.order.set_limits(&limits.with_max_settings(limits.max_settings.min(MOST_SETTINGS)));
        Ok(())
    }
}

impl<M> ChunkedReader<M> {
    pub(super) fn with_receiver(role: Role, limits: &Limits, receiver: Receiver<M>) -> Self {
        Self {
            options: Options::DEFAULT,
            counters: Counters::default(),
            order: Order::new(role, limits).with_most_settings(MOST_SETTINGS),
            announced: Announced::new(role),
            receiver,
            stage: ChunkStage::Opening,
            gathered: Gathered::new(),
        }
    }

    /// The same reader for an observer that knows the role of the receiver, as [`Reader::observing`](crate::Reader::observing).
    #[must_use]
    pub fn observing(mut self) -> Self {
        self.announced.is_observer = true;
        self
    }

    /// The longest payload that the peer may send now: 16,384 bytes, or what was announced.
    #[must_use]
    pub const fn max_frame_size(&self) -> PayloadLength {
        self.announced.max_frame_size
    }

    /// SETTINGS frames of [`settings_sent`](Self::settings_sent) that the peer has not acknowledged.
    #[must_use]
    pub const fn unacknowledged(&self) -> usize {
        self.announced.unacknowledged()
    }
}
