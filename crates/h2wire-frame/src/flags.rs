//! Frame flags, RFC 9113 §4.1 and §6.

use core::fmt;
use core::ops::{BitAnd, BitOr};

/// The flags byte of a frame header, raw. What a bit means depends on the frame type. RFC 9113 §4.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// SETTINGS and PING: this acknowledges the peer's frame.
    pub const ACK: Self = Self(0x01);
    /// DATA and HEADERS: the last frame the sender sends on the stream.
    pub const END_STREAM: Self = Self(0x01);
    /// HEADERS, `PUSH_PROMISE`, CONTINUATION: the field block ends here.
    pub const END_HEADERS: Self = Self(0x04);
    /// DATA, HEADERS, `PUSH_PROMISE`: a Pad Length byte and padding are there.
    pub const PADDED: Self = Self(0x08);
    /// HEADERS: the priority fields are there.
    pub const PRIORITY: Self = Self(0x20);

    /// Whether every bit of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These flags if `on`, else none.
    #[must_use]
    pub const fn when(self, on: bool) -> Self {
        if on { self } else { Self::NONE }
    }

    /// The flags of both, for constants.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Flags {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#04x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bit that both have stays set.
    #[test]
    fn union_keeps_every_bit() {
        let (a, b) = (Flags(0b0011), Flags(0b0110));
        assert_eq!((a | b, a.union(b), a & b), (Flags(0b0111), Flags(0b0111), Flags(0b0010)));
    }

    #[test]
    fn debug_shows_the_byte() {
        assert_eq!(std::format!("{:?}", Flags::PADDED), "Flags(0x08)");
    }
}
