//! Flow control. RFC 9113 §5.2, §6.9.

use std::num::NonZeroU32;

use super::broken::Broken;

/// RFC 9113 §6.9.2.
const INITIAL: i64 = 65_535;
/// RFC 9113 §6.9.1.
const MOST: i64 = 0x7fff_ffff;

/// The windows for sending. A change of the peer's settings can make that of the stream negative.
pub(super) struct Sending {
    connection: i64,
    stream: i64,
    initial: i64,
}

impl Sending {
    pub(super) const fn new() -> Self {
        Self { connection: INITIAL, stream: INITIAL, initial: INITIAL }
    }

    /// Bytes that may be sent now.
    pub(super) fn budget(&self) -> usize {
        usize::try_from(self.connection.min(self.stream)).unwrap_or(0)
    }

    pub(super) fn sent(&mut self, octets: usize) {
        let octets = i64::try_from(octets).unwrap_or(i64::MAX);
        self.connection = self.connection.saturating_sub(octets);
        self.stream = self.stream.saturating_sub(octets);
    }

    pub(super) fn set_initial(&mut self, octets: u32) -> Result<(), Broken> {
        let octets = i64::from(octets);
        self.stream = self.stream.saturating_add(octets).saturating_sub(self.initial);
        self.initial = octets;
        if self.stream > MOST { Err(Broken::WindowOverflow) } else { Ok(()) }
    }

    /// The peer raises the window of the connection or of the stream.
    pub(super) fn more(&mut self, on_connection: bool, octets: NonZeroU32) -> Result<(), Broken> {
        let window = if on_connection { &mut self.connection } else { &mut self.stream };
        *window = window.saturating_add(octets.get().into());
        if *window > MOST { Err(Broken::WindowOverflow) } else { Ok(()) }
    }
}

/// A window for receiving: it is refilled when more than half is used.
pub(super) struct Receiving {
    used: i64,
}

impl Receiving {
    pub(super) const fn new() -> Self {
        Self { used: 0 }
    }

    /// The peer has sent content. Returns the increment for a `WINDOW_UPDATE`, if one is due.
    pub(super) fn take(&mut self, octets: usize) -> Result<Option<NonZeroU32>, Broken> {
        self.used = self.used.saturating_add(i64::try_from(octets).unwrap_or(i64::MAX));
        if self.used > INITIAL {
            return Err(Broken::WindowExceeded);
        }
        if self.used <= INITIAL >> 1 {
            return Ok(None);
        }
        let used = std::mem::take(&mut self.used);
        Ok(u32::try_from(used).ok().and_then(NonZeroU32::new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(octets: u32) -> NonZeroU32 {
        NonZeroU32::new(octets).unwrap()
    }

    #[test]
    fn settings_change_the_stream_alone_and_may_make_it_negative() {
        let mut windows = Sending::new();
        windows.sent(60_000);
        windows.set_initial(10_000).unwrap();
        assert_eq!(windows.budget(), 0);
        windows.more(false, octets(60_000)).unwrap();
        assert_eq!(windows.budget(), 5_535); // the connection's
        windows.more(true, octets(100_000)).unwrap();
        assert_eq!(windows.budget(), 10_000);
    }

    #[test]
    fn a_window_has_a_most() {
        let mut windows = Sending::new();
        assert_eq!(windows.more(true, octets(0x7fff_ffff - 65_535)), Ok(()));
        assert_eq!(windows.more(true, octets(1)), Err(Broken::WindowOverflow));
        let mut windows = Sending::new();
        windows.more(false, octets(1)).unwrap();
        assert_eq!(windows.set_initial(0x7fff_ffff), Err(Broken::WindowOverflow));
    }

    #[test]
    fn what_is_used_is_given_back_and_no_more_may_be_used() {
        let mut window = Receiving::new();
        assert_eq!(window.take(32_767), Ok(None));
        assert_eq!(window.take(1), Ok(Some(octets(32_768))));
        assert_eq!(window.take(65_536), Err(Broken::WindowExceeded));
    }
}
