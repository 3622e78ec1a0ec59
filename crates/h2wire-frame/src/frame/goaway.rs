//! GOAWAY, RFC 9113 §6.8.
//!
//! ```text
//! +-+-------------------------------------------------------------+
//! |R|                  Last-Stream-ID (31)                        |
//! +-+-------------------------------------------------------------+
//! |                      Error Code (32)                          |
//! +---------------------------------------------------------------+
//! |                  Additional Debug Data (*)                    |
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, ErrorCode, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// Announces that no new streams are accepted: a graceful shutdown, or the end of the connection by an error. RFC 9113 §6.8.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GoAway<B> {
    /// The highest stream of the peer that was or may be processed; 0 for none.
    pub last_stream_id: StreamId,
    /// Why. Any number is legal (§7).
    pub error_code: ErrorCode,
    /// Debug data, often text but not always.
    pub additional_debug_data: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::GOAWAY,
    flags: Flags::NONE,
    stream: StreamRule::OnConnection(FrameRule::GoAwayStreamId),
    length: LengthRule::AtLeast(8, FrameRule::GoAwayLength),
    is_extension: false,
};

/// Bytes of the last stream identifier and the error code.
const FIELDS: usize = 8;

impl GoAway<usize> {
    #[inline]
    pub(crate) fn parse_fields(octets: &[u8], length: usize) -> Result<(Self, &[u8]), FrameError> {
        let (rest, (last_stream_id, error_code)) =
            wire::read((wire::stream_id, wire::error_code), octets, FrameRule::GoAwayLength)?;
        let additional_debug_data = length.saturating_sub(FIELDS);
        Ok((Self { last_stream_id, error_code, additional_debug_data }, rest))
    }
}

impl<'a> GoAway<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, FrameError> {
        let (fields, rest) = GoAway::parse_fields(payload, payload.len())?;
        Ok(fields.map(|len| wire::content(rest, len)))
    }
}

impl<B: AsRef<[u8]>> GoAway<B> {
    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        self.additional_debug_data.as_ref().len().saturating_add(FrameHeader::LEN + FIELDS)
    }

    /// Writes what comes before the debug data, for a vectored write. Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let rest = self.additional_debug_data.as_ref().len();
        Writer::frame(buf, &SHAPE, Flags::NONE, StreamId::CONNECTION, FIELDS, rest)?
            .put(&self.last_stream_id.to_wire())?
            .put(&self.error_code.0.to_be_bytes())
            .map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let debug_data = self.additional_debug_data.as_ref();
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), debug_data)
    }
}

impl<B> GoAway<B> {
    /// Changes the type that holds the debug data.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> GoAway<C> {
        let Self { last_stream_id, error_code, additional_debug_data } = self;
        GoAway { last_stream_id, error_code, additional_debug_data: f(additional_debug_data) }
    }
}

impl FrameError {
    /// The GOAWAY frame to send, with the name of the rule as debug data. `last_stream_id` is the highest stream of the peer
    /// that was or may be processed, 0 for none. RFC 9113 §6.8.
    #[must_use]
    pub const fn go_away(self, last_stream_id: StreamId) -> GoAway<&'static [u8]> {
        GoAway { last_stream_id, error_code: self.code(), additional_debug_data: self.rule.name().as_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: GoAway<&[u8]> = GoAway {
        last_stream_id: stream(30),
        error_code: ErrorCode::COMPRESSION_ERROR,
        additional_debug_data: b"hpack is broken",
    };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("goaway"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("goaway"));
        assert_eq!(encode_vectored(GOLDEN), golden("goaway"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(GoAway { error_code: ErrorCode(0xffff_ffff), ..GOLDEN });
        assert_round_trip(GoAway { additional_debug_data: b"\xff\xfe".as_slice(), ..GOLDEN });
        assert_round_trip(GoAway {
            additional_debug_data: b"".as_slice(),
            last_stream_id: stream(0),
            ..GOLDEN
        });
    }

    #[test]
    fn rejects_goaway_stream_id() {
        assert_connection_error(&frame(7, 0, 1, &[0; 8]), FrameRule::GoAwayStreamId);
    }

    #[test]
    fn rejects_goaway_length() {
        for len in [0, 7] {
            assert_connection_error(&frame(7, 0, 0, &[0; 8][..len]), FrameRule::GoAwayLength);
        }
    }

    #[test]
    fn ignores_flags_and_the_reserved_bit() {
        let mut octets = golden("goaway");
        octets[4] = 0xff;
        octets[9] |= 0x80;
        assert_eq!(parse(&octets).unwrap(), GOLDEN.into());
    }

    #[test]
    fn answers_an_error_with_the_name_of_its_rule() {
        let answer = FrameError::connection(FrameRule::PingLength).go_away(StreamId::MAX);
        assert_eq!((answer.error_code, answer.last_stream_id), (ErrorCode::FRAME_SIZE_ERROR, StreamId::MAX));
        assert_eq!(answer.additional_debug_data, b"ping_length");
    }
}
