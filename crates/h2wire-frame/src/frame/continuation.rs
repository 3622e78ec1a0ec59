//! CONTINUATION, RFC 9113 §6.10.
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                  Field Block Fragment (*)                     |
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameHeader, FrameRule, FrameType, StreamId};

/// Continues a field block. It has no padding. RFC 9113 §6.10.
///
/// Readers check that it follows a frame of the same field block; one frame alone cannot tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Continuation<B> {
    /// The `END_HEADERS` flag: no other CONTINUATION follows.
    pub end_headers: bool,
    /// The stream of the HEADERS or `PUSH_PROMISE` frame, not 0.
    pub stream_id: StreamId,
    /// HPACK data.
    pub field_block_fragment: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::CONTINUATION,
    flags: Flags::END_HEADERS,
    stream: StreamRule::OnStream(FrameRule::ContinuationStreamId),
    length: LengthRule::Any,
    is_extension: false,
};

impl<'a> Continuation<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(flags: Flags, stream_id: StreamId, payload: &'a [u8]) -> Self {
        Self { end_headers: flags.contains(Flags::END_HEADERS), stream_id, field_block_fragment: payload }
    }
}

impl<B: AsRef<[u8]>> Continuation<B> {
    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        self.field_block_fragment.as_ref().len().saturating_add(FrameHeader::LEN)
    }

    /// Writes what comes before the fragment, for a vectored write. Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let flags = Flags::END_HEADERS.when(self.end_headers);
        Writer::frame(buf, &SHAPE, flags, self.stream_id, 0, self.field_block_fragment.as_ref().len())
            .map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let fragment = self.field_block_fragment.as_ref();
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), fragment)
    }
}

impl<B> Continuation<B> {
    /// Changes the type that holds the fragment.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Continuation<C> {
        let Self { end_headers, stream_id, field_block_fragment } = self;
        Continuation { end_headers, stream_id, field_block_fragment: f(field_block_fragment) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Continuation<&[u8]> =
        Continuation { end_headers: true, stream_id: stream(50), field_block_fragment: &[0x84, 0x41] };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("continuation"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("continuation"));
        assert_eq!(encode_vectored(GOLDEN), golden("continuation"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(Continuation {
            field_block_fragment: b"".as_slice(),
            end_headers: false,
            ..GOLDEN
        });
    }

    #[test]
    fn rejects_continuation_stream_id() {
        assert_connection_error(&frame(9, 0x4, 0, &[]), FrameRule::ContinuationStreamId);
    }

    #[test]
    fn ignores_flags_and_knows_no_padding() {
        // PADDED is set, and the first byte is no Pad Length.
        assert_eq!(parse(&frame(9, 0xff, 50, &[0x84, 0x41])).unwrap(), GOLDEN.into());
    }
}
