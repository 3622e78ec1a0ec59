//! Frame flags, RFC 9113 §4.1 and §6.

use core::fmt;
use core::ops::{BitAnd, BitOr};

use crate::FrameType;
use crate::frame::Facts;

/// The flags octet of a frame header, raw. What a bit means depends on the frame type. RFC 9113 §4.1.
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
    /// DATA, HEADERS, `PUSH_PROMISE`: a Pad Length octet and padding are there.
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

    /// The names of the flags that are set and that `frame_type` defines, lowest bit first.
    pub fn names(self, frame_type: FrameType) -> impl Iterator<Item = &'static str> {
        let set = self & Facts::of(frame_type).map_or(Self::NONE, |facts| facts.flags);
        let one =
            if matches!(frame_type, FrameType::SETTINGS | FrameType::PING) { "ACK" } else { "END_STREAM" };
        [
            (Self::END_STREAM, one),
            (Self::END_HEADERS, "END_HEADERS"),
            (Self::PADDED, "PADDED"),
            (Self::PRIORITY, "PRIORITY"),
        ]
        .into_iter()
        .filter_map(move |(flag, name)| set.contains(flag).then_some(name))
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

    #[test]
    fn names_depend_on_the_type() {
        let names = |frame_type| Flags(0xff).names(frame_type).collect::<Vec<_>>();
        assert_eq!(names(FrameType::DATA), ["END_STREAM", "PADDED"]);
        assert_eq!(names(FrameType::HEADERS), ["END_STREAM", "END_HEADERS", "PADDED", "PRIORITY"]);
        assert_eq!(names(FrameType::PUSH_PROMISE), ["END_HEADERS", "PADDED"]);
        assert_eq!(names(FrameType::CONTINUATION), ["END_HEADERS"]);
        assert_eq!(names(FrameType::SETTINGS), ["ACK"]);
        assert_eq!(names(FrameType::PING), ["ACK"]);
        for frame_type in [FrameType::PRIORITY, FrameType::RST_STREAM, FrameType::GOAWAY, FrameType(0xee)] {
            assert!(names(frame_type).is_empty());
        }
    }
}
