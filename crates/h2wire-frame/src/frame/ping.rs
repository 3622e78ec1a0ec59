//! PING, RFC 9113 §6.7.
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                      Opaque Data (64)                         |
//! |                                                               |
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire;
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// Measures a round trip, or answers such a measurement. RFC 9113 §6.7.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
// In a frame the data lies where the payload of other types does. Else it is put together in memory, and the processor waits.
#[cfg_attr(target_pointer_width = "64", repr(C, align(8)))]
pub struct Ping {
    /// Eight bytes of the sender's choice; an answer repeats them.
    pub opaque_data: [u8; 8],
    /// The ACK flag: this is an answer.
    pub ack: bool,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::PING,
    flags: Flags::ACK,
    stream: StreamRule::OnConnection(FrameRule::PingStreamId),
    length: LengthRule::Exactly(8, FrameRule::PingLength),
    is_extension: false,
};

impl Ping {
    #[inline]
    pub(crate) fn parse(flags: Flags, payload: &[u8]) -> Result<Self, FrameError> {
        let (_, opaque_data) = wire::read(wire::octets, payload, FrameRule::PingLength)?;
        Ok(Self { ack: flags.contains(Flags::ACK), opaque_data })
    }

    /// The answer to this frame: the same data with the ACK flag. Do not answer a frame that has the flag.
    #[must_use]
    pub const fn answer(&self) -> Self {
        Self { ack: true, opaque_data: self.opaque_data }
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        FrameHeader::LEN + 8
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_fixed(buf, &SHAPE, Flags::ACK.when(self.ack), StreamId::CONNECTION, &self.opaque_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Ping = Ping { ack: false, opaque_data: *b"deadbeef" };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("ping"), GOLDEN.into());
        assert_eq!(parse_golden("ping_ack"), GOLDEN.answer().into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("ping"));
        assert_eq!(encode_frame(Ping { ack: true, ..GOLDEN }), golden("ping_ack"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(Ping { opaque_data: [0xff; 8], ..GOLDEN });
    }

    #[test]
    fn rejects_ping_stream_id() {
        assert_connection_error(&frame(6, 0, 1, &[0; 8]), FrameRule::PingStreamId);
    }

    #[test]
    fn rejects_ping_length() {
        for len in [0, 7, 9] {
            assert_connection_error(&frame(6, 0, 0, &[0; 9][..len]), FrameRule::PingLength);
        }
    }

    #[test]
    fn ignores_undefined_flags() {
        assert_eq!(parse(&frame(6, 0xfe, 0, b"deadbeef")).unwrap(), GOLDEN.into());
    }

    /// The longest head there is, [`MAX_HEAD_LEN`](crate::MAX_HEAD_LEN).
    #[test]
    fn is_all_head() {
        let ping: Frame<&[u8]> = Frame::Ping(Ping { ack: false, opaque_data: [0; 8] });
        assert_eq!(ping.encode_head(&mut [0; 64]), Ok(crate::MAX_HEAD_LEN));
    }
}
