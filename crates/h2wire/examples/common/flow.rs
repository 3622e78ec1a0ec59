//! Flow-control windows, of a stream or of the connection. RFC 9113 §5.2, §6.9.

use std::num::NonZeroU32;

/// The size of every window at the start of a connection. §6.9.2
pub const INITIAL_WINDOW_SIZE: u32 = 65_535;

/// The largest size of a window. §6.9.1
const MAX_WINDOW_SIZE: i64 = 0x7fff_ffff;

/// A window is exceeded, or made larger than it can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlowControlError;

/// The bytes of DATA that may be sent. Below 0 after the peer made its `SETTINGS_INITIAL_WINDOW_SIZE` smaller. §6.9.2
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SendWindow(i64);

impl SendWindow {
    pub fn new(size: u32) -> Self {
        Self(size.into())
    }

    /// The number of bytes that may be sent now.
    pub fn octets(self) -> usize {
        usize::try_from(self.0).unwrap_or(0)
    }

    /// Bytes were sent, within the window.
    pub fn take(&mut self, octets: usize) {
        self.0 = self.0.saturating_sub(i64::try_from(octets).unwrap_or(i64::MAX));
    }

    /// The peer has sent `WINDOW_UPDATE`.
    pub fn grow(&mut self, window_size_increment: NonZeroU32) -> Result<(), FlowControlError> {
        self.change(window_size_increment.get().into())
    }

    /// The peer has changed its `SETTINGS_INITIAL_WINDOW_SIZE`.
    pub fn resize(&mut self, before: u32, after: u32) -> Result<(), FlowControlError> {
        self.change(i64::from(after).saturating_sub(before.into()))
    }

    fn change(&mut self, by: i64) -> Result<(), FlowControlError> {
        let size = self.0.saturating_add(by);
        // §6.9.1
        if size > MAX_WINDOW_SIZE {
            return Err(FlowControlError);
        }
        self.0 = size;
        Ok(())
    }
}

/// The bytes of DATA that the peer may send, and those it gets back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceiveWindow {
    size: u32,
    available: u32,
    /// Dealt with, and not given back yet.
    released: u32,
}

impl ReceiveWindow {
    pub const fn new(size: u32) -> Self {
        Self { size, available: size, released: 0 }
    }

    /// The peer has sent DATA: its whole payload counts, padding too. §6.9.1
    pub fn receive(&mut self, octets: u32) -> Result<(), FlowControlError> {
        // §6.9.1
        self.available = self.available.checked_sub(octets).ok_or(FlowControlError)?;
        Ok(())
    }

    /// Bytes are dealt with. Gives the increment of a `WINDOW_UPDATE` when it is worth a frame: half of the window.
    pub fn release(&mut self, octets: u32) -> Option<NonZeroU32> {
        self.released = self.released.saturating_add(octets);
        if self.released < self.size.div_ceil(2) {
            return None;
        }
        let increment = NonZeroU32::new(std::mem::take(&mut self.released))?;
        self.available = self.available.saturating_add(increment.get());
        Some(increment)
    }
}
