//! DATA, RFC 9113 §6.1.
//!
//! ```text
//! +---------------+-----------------------------------------------+
//! |[Pad Length(8)]|                    Data (*)                 ...
//! +---------------+-----------------------------------------------+
//! |                          [Padding (*)]                      ...
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// Content of a request or response. RFC 9113 §6.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Data<B> {
    /// The `END_STREAM` flag.
    pub end_stream: bool,
    /// The stream, not 0.
    pub stream_id: StreamId,
    /// Bytes of padding; `None` without the PADDED flag.
    pub pad_length: Option<u8>,
    /// The content, without padding.
    pub data: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::DATA,
    flags: Flags::END_STREAM.union(Flags::PADDED),
    stream: StreamRule::OnStream(FrameRule::DataStreamId),
    length: LengthRule::AtLeast(0, FrameRule::DataLength),
    is_extension: false,
};

impl Data<usize> {
    #[inline]
    pub(crate) fn parse_fields(
        flags: Flags,
        stream_id: StreamId,
        octets: &[u8],
        length: usize,
    ) -> Result<(Self, &[u8]), FrameError> {
        let (rest, pad_length) = wire::read(wire::pad_length(flags), octets, FrameRule::DataLength)?;
        let behind = length.saturating_sub(wire::pad_length_len(pad_length));
        // §6.1
        let data = wire::unpadded_len(behind, pad_length, FrameRule::DataPadding)?;
        Ok((Self { end_stream: flags.contains(Flags::END_STREAM), stream_id, pad_length, data }, rest))
    }
}

impl<'a> Data<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(flags: Flags, stream_id: StreamId, payload: &'a [u8]) -> Result<Self, FrameError> {
        let (fields, rest) = Data::parse_fields(flags, stream_id, payload, payload.len())?;
        Ok(fields.map(|len| wire::content(rest, len)))
    }
}

impl<B: AsRef<[u8]>> Data<B> {
    /// Bytes that this frame takes from the flow-control windows, Pad Length and padding included. RFC 9113 §6.9.1.
    pub fn flow_controlled_len(&self) -> usize {
        wire::padded_len(self.data.as_ref(), self.pad_length)
            .saturating_add(wire::pad_length_len(self.pad_length))
    }

    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        self.flow_controlled_len().saturating_add(FrameHeader::LEN)
    }

    /// Writes what comes before the data, for a vectored write: then send the data, then
    /// [`padding`](Self::padding). Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let flags = Flags::END_STREAM.when(self.end_stream) | Flags::PADDED.when(self.pad_length.is_some());
        let rest = wire::padded_len(self.data.as_ref(), self.pad_length);
        Writer::frame(buf, &SHAPE, flags, self.stream_id, wire::pad_length_len(self.pad_length), rest)?
            .put_pad_length(self.pad_length)
            .map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), self.data.as_ref())
    }
}

impl<B> Data<B> {
    /// The padding to send after the data: zeros.
    pub fn padding(&self) -> &'static [u8] {
        wire::padding(self.pad_length)
    }

    /// Changes the type that holds the content.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Data<C> {
        let Self { end_stream, stream_id, pad_length, data } = self;
        Data { end_stream, stream_id, pad_length, data: f(data) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Data<&[u8]> =
        Data { end_stream: true, stream_id: stream(3), pad_length: Some(2), data: b"octets" };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("data_padded"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("data_padded"));
        assert_eq!(encode_vectored(GOLDEN), golden("data_padded"));
    }

    #[test]
    fn round_trips() {
        for pad_length in [None, Some(0), Some(255)] {
            assert_round_trip(Data { pad_length, ..GOLDEN });
        }
        assert_round_trip(Data { data: b"".as_slice(), ..GOLDEN });
    }

    #[test]
    fn rejects_data_stream_id() {
        assert_connection_error(&frame(0, 0x0, 0, b"x"), FrameRule::DataStreamId);
    }

    #[test]
    fn rejects_data_length() {
        assert_connection_error(&frame(0, 0x8, 1, b""), FrameRule::DataLength);
    }

    #[test]
    fn rejects_data_padding() {
        assert_connection_error(&frame(0, 0x8, 1, &[4, 0, 0, 0]), FrameRule::DataPadding);
        assert_connection_error(&frame(0, 0x8, 1, &[1]), FrameRule::DataPadding);
    }

    #[test]
    fn accepts_nothing_but_padding() {
        let octets = frame(0, 0x8, 1, &[3, 0, 0, 0]);
        let Frame::Data(data) = parse(&octets).unwrap() else { panic!("not DATA") };
        assert_eq!((data.data.len(), data.pad_length, data.flow_controlled_len()), (0, Some(3), 4));
    }

    #[test]
    fn ignores_undefined_flags_and_octets_of_padding() {
        let octets = frame(0, 0xfe, 3, &[2, b'h', b'i', 0xaa, 0xbb]);
        assert_eq!(
            parse(&octets).unwrap(),
            Data { end_stream: false, stream_id: stream(3), pad_length: Some(2), data: b"hi".as_slice() }
                .into()
        );
    }

    #[test]
    fn refuses_to_encode_stream_0() {
        let data = Data { stream_id: StreamId::CONNECTION, ..GOLDEN };
        assert_eq!(data.encode(&mut [0; 64]), Err(EncodeError::StreamId(StreamId::CONNECTION)));
    }
}
