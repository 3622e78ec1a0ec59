//! `WINDOW_UPDATE`, RFC 9113 §6.9.
//!
//! ```text
//! +-+-------------------------------------------------------------+
//! |R|              Window Size Increment (31)                     |
//! +-+-------------------------------------------------------------+
//! ```

use core::num::NonZeroU32;

use crate::shape::{LengthRule, Shape, StreamRule, stream_error};
use crate::wire;
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// Lets the peer send more DATA. RFC 9113 §6.9.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WindowUpdate {
    /// The stream, or the connection.
    pub stream_id: StreamId,
    /// Bytes to add to the window, up to 2^31-1. The caller, who tracks the window, checks that it stays below 2^31
    /// (§6.9.1).
    pub window_size_increment: NonZeroU32,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::WINDOW_UPDATE,
    flags: Flags::NONE,
    stream: StreamRule::Anywhere,
    length: LengthRule::Exactly(4, FrameRule::WindowUpdateLength),
    is_extension: false,
};

/// 2^31-1.
const MAX_INCREMENT: u32 = 0x7fff_ffff;

impl WindowUpdate {
    #[inline]
    pub(crate) fn parse(stream_id: StreamId, payload: &[u8]) -> Result<Self, FrameError> {
        let (_, [i0, i1, i2, i3]) = wire::read(wire::octets, payload, FrameRule::WindowUpdateLength)?;
        let increment = u32::from_be_bytes([i0 & 0x7f, i1, i2, i3]);
        // §6.9
        let window_size_increment =
            NonZeroU32::new(increment).ok_or(stream_error(stream_id, FrameRule::WindowUpdateIncrement))?;
        Ok(Self { stream_id, window_size_increment })
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        FrameHeader::LEN + 4
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let increment = self.window_size_increment.get();
        if increment > MAX_INCREMENT {
            return Err(EncodeError::WindowSizeIncrement(increment));
        }
        wire::encode_fixed(buf, &SHAPE, Flags::NONE, self.stream_id, &increment.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: WindowUpdate =
        WindowUpdate { stream_id: stream(50), window_size_increment: NonZeroU32::new(1000).unwrap() };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("window_update"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("window_update"));
    }

    #[test]
    fn round_trips() {
        let window_size_increment = NonZeroU32::new(MAX_INCREMENT).unwrap();
        assert_round_trip(WindowUpdate { window_size_increment, ..GOLDEN });
        assert_round_trip(WindowUpdate { stream_id: StreamId::CONNECTION, ..GOLDEN });
    }

    #[test]
    fn rejects_window_update_length() {
        for (len, id) in [(0, 0), (3, 0), (5, 0), (0, 1), (3, 1), (5, 1)] {
            assert_connection_error(&frame(8, 0, id, &[1; 5][..len]), FrameRule::WindowUpdateLength);
        }
    }

    #[test]
    fn rejects_window_update_increment() {
        // The reserved bit does not make it more than 0.
        for payload in [[0, 0, 0, 0], [0x80, 0, 0, 0]] {
            assert_connection_error(&frame(8, 0, 0, &payload), FrameRule::WindowUpdateIncrement);
            assert_stream_error(&frame(8, 0, 7, &payload), 7, FrameRule::WindowUpdateIncrement);
        }
    }

    #[test]
    fn ignores_flags_and_the_reserved_bit() {
        assert_eq!(parse(&frame(8, 0xff, 50, &[0x80, 0, 3, 0xe8])).unwrap(), GOLDEN.into());
    }

    #[test]
    fn refuses_to_encode_32_bits() {
        let increment = 0x8000_0000;
        let update = WindowUpdate { window_size_increment: NonZeroU32::new(increment).unwrap(), ..GOLDEN };
        assert_eq!(update.encode(&mut [0; 13]), Err(EncodeError::WindowSizeIncrement(increment)));
    }
}
