//! Flow-control windows, of a stream or of the connection. RFC 9113 §5.2, §6.9.

use core::num::NonZeroU32;

/// The size of every window at the start of a connection, in bytes. RFC 9113 §6.9.2.
pub const INITIAL_WINDOW_SIZE: u32 = 65_535;

/// The largest size of a window, in bytes. RFC 9113 §6.9.1.
pub const MAX_WINDOW_SIZE: u32 = 0x7fff_ffff;

/// More than a connection can carry.
const UNKNOWN: i64 = i64::MAX / 2;

/// A window is exceeded, or would be larger than [`MAX_WINDOW_SIZE`]: `FLOW_CONTROL_ERROR` of the stream or, for the window of
/// the connection, of the connection. RFC 9113 §6.9.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("a flow-control window is exceeded, or larger than 2^31-1")]
pub struct FlowControlError;

/// The bytes of DATA that may be sent. Below 0 after the peer made its `SETTINGS_INITIAL_WINDOW_SIZE` smaller (RFC 9113 §6.9.2).
///
/// For those who keep streams themselves; a [`Connection`](crate::Connection) has its own.
///
/// ```
/// use h2wire_connection::SendWindow;
///
/// let mut window = SendWindow::new(100);
/// window.take(60);
/// window.resize(100, 10)?; // the peer's SETTINGS_INITIAL_WINDOW_SIZE
/// assert_eq!(window.available(), 0);
/// window.grow(60.try_into()?)?; // its WINDOW_UPDATE: 40 - 90 + 60
/// assert_eq!(window.available(), 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SendWindow(i64);

impl SendWindow {
    /// A window at the start of a stream or connection.
    #[must_use]
    pub fn new(size: u32) -> Self {
        Self(size.min(MAX_WINDOW_SIZE).into())
    }

    pub(crate) const fn initial() -> Self {
        Self(65_535)
    }

    /// The window of somebody else who may have any: it cannot get too large.
    pub(crate) const fn unknown() -> Self {
        Self(-UNKNOWN)
    }

    /// The number of bytes that may be sent now.
    #[must_use]
    pub fn available(self) -> usize {
        usize::try_from(self.0).unwrap_or(0)
    }

    /// Bytes were sent, within the window. The whole payload of DATA counts, padding too (RFC 9113 §6.9.1).
    pub fn take(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// The peer has sent `WINDOW_UPDATE`.
    ///
    /// # Errors
    /// [`FlowControlError`] if the window would be larger than it can be; it is unchanged then.
    pub fn grow(&mut self, window_size_increment: NonZeroU32) -> Result<(), FlowControlError> {
        self.change(window_size_increment.get().into())
    }

    /// The peer has changed its `SETTINGS_INITIAL_WINDOW_SIZE`: the window of each stream, not that of the connection.
    ///
    /// # Errors
    /// [`FlowControlError`] if the window would be larger than it can be: an error of the connection (RFC 9113 §6.9.2).
    pub fn resize(&mut self, before: u32, after: u32) -> Result<(), FlowControlError> {
        self.change(i64::from(after).saturating_sub(before.into()))
    }

    fn change(&mut self, by: i64) -> Result<(), FlowControlError> {
        let size = self.0.saturating_add(by);
        // §6.9.1
        if size > MAX_WINDOW_SIZE.into() {
            return Err(FlowControlError);
        }
        self.0 = size;
        Ok(())
    }
}

/// The bytes of DATA that the peer may send, and those that it gets back.
///
/// ```
/// use h2wire_connection::ReceiveWindow;
///
/// let mut window = ReceiveWindow::new(100);
/// window.receive(60, 0)?;
/// assert_eq!(window.release(40), None); // less than half of the window is not worth a frame
/// assert_eq!(window.release(20).map(|increment| increment.get()), Some(60));
/// assert!(window.receive(101, 0).is_err());
/// # Ok::<(), h2wire_connection::FlowControlError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReceiveWindow {
    /// What it is when everything is released.
    size: u32,
    /// Below 0 after the initial size was made smaller. §6.9.2
    available: i64,
    /// Released, and not given back to the peer yet.
    released: u32,
}

impl ReceiveWindow {
    /// A window at the start of a stream or connection.
    #[must_use]
    pub fn new(size: u32) -> Self {
        Self { size, available: size.into(), released: 0 }
    }

    pub(crate) const fn initial() -> Self {
        Self { size: INITIAL_WINDOW_SIZE, available: 65_535, released: 0 }
    }

    /// The window of somebody else who may have any: it cannot be exceeded.
    pub(crate) const fn unknown() -> Self {
        Self { size: INITIAL_WINDOW_SIZE, available: UNKNOWN, released: 0 }
    }

    /// `WINDOW_UPDATE` was sent, whatever was released.
    pub(crate) fn grant(&mut self, increment: NonZeroU32) {
        self.available = self.available.saturating_add(increment.get().into());
    }

    /// The peer has sent DATA: its whole payload counts, padding too. `slack` is what it may send beyond the window because a
    /// larger `SETTINGS_INITIAL_WINDOW_SIZE` is not acknowledged yet, which it may have seen all the same.
    ///
    /// # Errors
    /// [`FlowControlError`] if it is more than the window; nothing is taken then.
    pub fn receive(&mut self, bytes: u32, slack: u32) -> Result<(), FlowControlError> {
        let left = self.available.saturating_sub(bytes.into());
        // §6.9.1
        if bytes > 0 && left.saturating_add(slack.into()) < 0 {
            return Err(FlowControlError);
        }
        self.available = left;
        Ok(())
    }

    /// Bytes are dealt with. Returns the increment of a `WINDOW_UPDATE` when it is worth a frame: half of the window.
    pub fn release(&mut self, bytes: u32) -> Option<NonZeroU32> {
        self.released = self.released.saturating_add(bytes);
        if self.released < self.size.div_ceil(2) {
            return None;
        }
        // §6.9.1: an increment of 2^31-1 is the largest there is.
        let increment = NonZeroU32::new(self.released.min(MAX_WINDOW_SIZE))?;
        self.released = self.released.saturating_sub(increment.get());
        self.grant(increment);
        Some(increment)
    }

    /// This side's `SETTINGS_INITIAL_WINDOW_SIZE` has changed, and the peer has acknowledged it. RFC 9113 §6.9.2. Returns the increment of
    /// a `WINDOW_UPDATE` if what was released is half of the new window: a peer whose window is below 0 can send nothing that would lead
    /// to one later.
    pub fn resize(&mut self, before: u32, after: u32) -> Option<NonZeroU32> {
        self.size = after;
        self.available = self.available.saturating_add(i64::from(after).saturating_sub(before.into()));
        self.release(0)
    }

    /// Makes the window of a connection larger: the increment to send. It cannot be made smaller.
    pub fn widen(&mut self, size: u32) -> Option<NonZeroU32> {
        let increment = NonZeroU32::new(size.min(MAX_WINDOW_SIZE).checked_sub(self.size)?)?;
        self.size = self.size.saturating_add(increment.get());
        self.grant(increment);
        Some(increment)
    }

    /// The bytes that the peer may send now.
    #[must_use]
    pub fn available(self) -> usize {
        usize::try_from(self.available).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn increment(bytes: u32) -> NonZeroU32 {
        NonZeroU32::new(bytes).unwrap()
    }

    #[test]
    fn a_send_window_goes_up_to_2_31_and_below_0() {
        let mut window = SendWindow::new(1);
        assert_eq!(window.grow(increment(MAX_WINDOW_SIZE)), Err(FlowControlError));
        assert_eq!((window.grow(increment(MAX_WINDOW_SIZE - 1)), window.available()), (Ok(()), 0x7fff_ffff));
        window.take(0x7fff_ffff);
        assert_eq!((window.resize(5, 0), window.available()), (Ok(()), 0));
        assert_eq!((window.grow(increment(5)), window.available()), (Ok(()), 0));
        assert_eq!((window.grow(increment(1)), window.available()), (Ok(()), 1));
        assert_eq!(window.resize(0, MAX_WINDOW_SIZE), Err(FlowControlError));
    }

    #[test]
    fn a_receive_window_is_exact_and_gives_back_what_is_released() {
        let mut window = ReceiveWindow::new(10);
        assert_eq!(window.receive(11, 0), Err(FlowControlError));
        assert_eq!(window.receive(10, 0), Ok(()));
        assert_eq!((window.receive(0, 0), window.receive(1, 0)), (Ok(()), Err(FlowControlError)));
        assert_eq!((window.release(4), window.release(1)), (None, Some(increment(5))));
        // Smaller than what is in flight: below 0, where a frame without content still may come.
        assert_eq!((window.resize(10, 2), window.receive(0, 0)), (None, Ok(())));
        assert_eq!((window.available(), window.receive(1, 0)), (0, Err(FlowControlError)));
        assert_eq!(window.release(5), Some(increment(5)));
        assert_eq!(
            (window.receive(3, 0), window.receive(3, 1), window.receive(2, 0)),
            (Err(FlowControlError), Ok(()), Err(FlowControlError))
        );
    }

    #[test]
    fn a_receive_window_that_gets_smaller_gives_back_what_was_released() {
        let mut window = ReceiveWindow::new(100);
        assert_eq!((window.receive(40, 0), window.release(40)), (Ok(()), None));
        assert_eq!((window.resize(100, 81), window.resize(81, 80)), (None, Some(increment(40))));
        assert_eq!((window.available(), window.resize(80, 0), window.resize(0, 1)), (80, None, None));
    }

    #[test]
    fn the_window_of_a_connection_only_grows() {
        let mut window = ReceiveWindow::new(INITIAL_WINDOW_SIZE);
        assert_eq!((window.widen(10), window.widen(INITIAL_WINDOW_SIZE)), (None, None));
        assert_eq!(window.widen(u32::MAX), Some(increment(MAX_WINDOW_SIZE - INITIAL_WINDOW_SIZE)));
        assert_eq!(window.available(), 0x7fff_ffff);
    }
}
