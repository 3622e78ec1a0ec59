//! `RST_STREAM`, RFC 9113 §6.4.
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                        Error Code (32)                        |
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire;
use crate::{EncodeError, ErrorCode, Flags, FrameError, FrameHeader, FrameRule, FrameType, Scope, StreamId};

/// Ends a stream at once. RFC 9113 §6.4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RstStream {
    /// The stream, not 0.
    pub stream_id: StreamId,
    /// Why. Any number is legal (§7).
    pub error_code: ErrorCode,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::RST_STREAM,
    flags: Flags::NONE,
    stream: StreamRule::OnStream(FrameRule::RstStreamStreamId),
    length: LengthRule::Exactly(4, FrameRule::RstStreamLength),
    is_extension: false,
};

impl RstStream {
    #[inline]
    pub(crate) fn parse(stream_id: StreamId, payload: &[u8]) -> Result<Self, FrameError> {
        let (_, error_code) = wire::read(wire::error_code, payload, FrameRule::RstStreamLength)?;
        Ok(Self { stream_id, error_code })
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        FrameHeader::LEN + 4
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_fixed(buf, &SHAPE, Flags::NONE, self.stream_id, &self.error_code.0.to_be_bytes())
    }
}

impl FrameError {
    /// The `RST_STREAM` frame to send for a stream error; `None` for a connection error. RFC 9113 §6.4.
    #[must_use]
    pub const fn rst_stream(self) -> Option<RstStream> {
        match self.scope {
            Scope::Stream(stream_id) => Some(RstStream { stream_id, error_code: self.code() }),
            Scope::Connection => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: RstStream = RstStream { stream_id: stream(5), error_code: ErrorCode::CANCEL };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("rst_stream"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("rst_stream"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(RstStream { error_code: ErrorCode(u32::MAX), ..GOLDEN });
    }

    #[test]
    fn rejects_rst_stream_stream_id() {
        assert_connection_error(&frame(3, 0, 0, &[0; 4]), FrameRule::RstStreamStreamId);
    }

    #[test]
    fn rejects_rst_stream_length() {
        for len in [0, 3, 5] {
            assert_connection_error(&frame(3, 0, 5, &[0; 5][..len]), FrameRule::RstStreamLength);
        }
    }

    #[test]
    fn ignores_all_flags() {
        assert_eq!(parse(&frame(3, 0xff, 5, &[0, 0, 0, 8])).unwrap(), GOLDEN.into());
    }

    #[test]
    fn answers_a_stream_error() {
        let error = FrameError::stream(stream(5), FrameRule::WindowUpdateIncrement);
        let answer = RstStream { stream_id: stream(5), error_code: ErrorCode::PROTOCOL_ERROR };
        assert_eq!(error.rst_stream(), Some(answer));
        assert_eq!(FrameError::connection(FrameRule::PingLength).rst_stream(), None);
    }
}
