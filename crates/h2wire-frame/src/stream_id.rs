//! Stream identifiers, RFC 9113 §5.1.1.

use core::fmt;

/// A stream identifier: 31 bits; 0 is the connection itself. RFC 9113 §5.1.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StreamId(u32);

/// A number that is no stream identifier: it does not fit in 31 bits. RFC 9113 §5.1.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("{0} is not a stream identifier: 2,147,483,647 is the largest")]
pub struct StreamIdTooLarge(pub u32);

impl StreamId {
    /// Stream 0: the connection as a whole.
    pub const CONNECTION: Self = Self(0);
    /// The largest identifier, 2^31-1.
    pub const MAX: Self = Self(0x7fff_ffff);

    /// The first stream that a client opens.
    pub const FIRST_CLIENT: Self = Self(1);
    /// The first stream that a server opens, by a push.
    pub const FIRST_SERVER: Self = Self(2);

    /// The identifier `id`; `None` when it does not fit in 31 bits.
    #[must_use]
    pub const fn new(id: u32) -> Option<Self> {
        if id <= Self::MAX.0 { Some(Self(id)) } else { None }
    }

    /// The identifier in four bytes of a frame. The reserved bit above it is ignored (§4.1).
    #[must_use]
    pub const fn from_wire(octets: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(octets) & Self::MAX.0)
    }

    /// The four bytes of a frame, reserved bit unset.
    #[must_use]
    pub const fn to_wire(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    /// The next identifier that the same side may use; `None` after the last one, when a new connection is needed, and for
    /// stream 0, which nobody opens.
    ///
    /// ```
    /// use h2wire_frame::StreamId;
    ///
    /// assert_eq!(StreamId::FIRST_CLIENT.next(), StreamId::new(3));
    /// assert_eq!(StreamId::MAX.next(), None);
    /// ```
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        if self.is_connection() { None } else { Self::new(self.0.saturating_add(2)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether this is stream 0.
    #[must_use]
    pub const fn is_connection(self) -> bool {
        self.0 == 0
    }

    /// Whether a client opens this stream: odd (§5.1.1).
    #[must_use]
    pub const fn is_client_initiated(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether a server opens this stream: even and not 0 (§5.1.1).
    #[must_use]
    pub const fn is_server_initiated(self) -> bool {
        self.0 != 0 && self.0 & 1 == 0
    }
}

impl TryFrom<u32> for StreamId {
    type Error = StreamIdTooLarge;

    /// As [`new`](Self::new), for `?`.
    fn try_from(id: u32) -> Result<Self, Self::Error> {
        Self::new(id).ok_or(StreamIdTooLarge(id))
    }
}

impl From<StreamId> for u32 {
    fn from(id: StreamId) -> Self {
        id.get()
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamId({})", self.0)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_31_bits() {
        assert_eq!(StreamId::new(0x7fff_ffff), Some(StreamId::MAX));
        assert_eq!(StreamId::new(0x8000_0000), None);
        assert_eq!(StreamId::try_from(0x8000_0000), Err(StreamIdTooLarge(0x8000_0000)));
        assert_eq!(StreamId::from_wire([0x80, 0, 0, 5]).get(), 5);
        assert_eq!(StreamId::MAX.to_wire(), [0x7f, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn debug_shows_the_number() {
        assert_eq!(std::format!("{:?} {}", StreamId::MAX, StreamId::MAX), "StreamId(2147483647) 2147483647");
    }

    #[test]
    fn knows_who_opens_it() {
        let of = |id| {
            let id = StreamId::new(id).unwrap();
            (id.is_connection(), id.is_client_initiated(), id.is_server_initiated())
        };
        assert_eq!(of(0), (true, false, false));
        assert_eq!(of(1), (false, true, false));
        assert_eq!(of(2), (false, false, true));
        assert_eq!(of(0x7fff_ffff), (false, true, false));
    }
}
