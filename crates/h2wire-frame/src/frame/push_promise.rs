//! `PUSH_PROMISE`, RFC 9113 §6.6.
//!
//! ```text
//! +---------------+-+---------------------------------------------+
//! |[Pad Length(8)]|R|      Promised Stream ID (31)              ...
//! +---------------+-+-------------+-------------------------------+
//! |          ...  |          Field Block Fragment (*)           ...
//! +---------------+-----------------------------------------------+
//! |                          [Padding (*)]                      ...
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// Announces a stream that the server will open, with the request it answers. RFC 9113 §6.6.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PushPromise<B> {
    /// The `END_HEADERS` flag: no CONTINUATION follows.
    pub end_headers: bool,
    /// The stream of the client's request, odd: readers check that. CONTINUATION frames are on this one too.
    pub stream_id: StreamId,
    /// Bytes of padding; `None` without the PADDED flag.
    pub pad_length: Option<u8>,
    /// The stream to be opened, even and not 0.
    pub promised_stream_id: StreamId,
    /// HPACK data, without padding.
    pub field_block_fragment: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::PUSH_PROMISE,
    flags: Flags::END_HEADERS.union(Flags::PADDED),
    stream: StreamRule::OnStream(FrameRule::PushPromiseStreamId),
    length: LengthRule::AtLeast(4, FrameRule::PushPromiseLength),
    is_extension: false,
};

impl PushPromise<usize> {
    #[inline]
    pub(crate) fn parse_fields(
        flags: Flags,
        stream_id: StreamId,
        octets: &[u8],
        length: usize,
    ) -> Result<(Self, &[u8]), FrameError> {
        let (rest, (pad_length, promised_stream_id)) =
            wire::read((wire::pad_length(flags), wire::stream_id), octets, FrameRule::PushPromiseLength)?;
        let behind = length.saturating_sub(octets.len().saturating_sub(rest.len()));
        // §6.6
        let field_block_fragment = wire::unpadded_len(behind, pad_length, FrameRule::PushPromisePadding)?;
        // §6.6, §5.1.1
        if !promised_stream_id.is_server_initiated() {
            return Err(FrameError::connection(FrameRule::PushPromisePromisedStreamId));
        }
        let end_headers = flags.contains(Flags::END_HEADERS);
        Ok((Self { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment }, rest))
    }
}

impl<'a> PushPromise<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(flags: Flags, stream_id: StreamId, payload: &'a [u8]) -> Result<Self, FrameError> {
        let (fields, rest) = PushPromise::parse_fields(flags, stream_id, payload, payload.len())?;
        Ok(fields.map(|len| wire::content(rest, len)))
    }
}

impl<B: AsRef<[u8]>> PushPromise<B> {
    /// Bytes before the fragment, and bytes from there on.
    fn lens(&self) -> (usize, usize) {
        let fields = wire::pad_length_len(self.pad_length).saturating_add(4);
        (fields, wire::padded_len(self.field_block_fragment.as_ref(), self.pad_length))
    }

    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        let (fields, rest) = self.lens();
        fields.saturating_add(rest).saturating_add(FrameHeader::LEN)
    }

    /// Writes what comes before the fragment, for a vectored write: then send the fragment, then
    /// [`padding`](Self::padding). Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        if !self.promised_stream_id.is_server_initiated() {
            return Err(EncodeError::PromisedStreamId(self.promised_stream_id));
        }
        let flags = Flags::END_HEADERS.when(self.end_headers) | Flags::PADDED.when(self.pad_length.is_some());
        let (fields, rest) = self.lens();
        Writer::frame(buf, &SHAPE, flags, self.stream_id, fields, rest)?
            .put_pad_length(self.pad_length)?
            .put(&self.promised_stream_id.to_wire())
            .map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let fragment = self.field_block_fragment.as_ref();
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), fragment)
    }
}

impl<B> PushPromise<B> {
    /// The padding to send after the fragment: zeros.
    pub fn padding(&self) -> &'static [u8] {
        wire::padding(self.pad_length)
    }

    /// Changes the type that holds the fragment.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> PushPromise<C> {
        let Self { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment } = self;
        let field_block_fragment = f(field_block_fragment);
        PushPromise { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: PushPromise<&[u8]> = PushPromise {
        end_headers: true,
        stream_id: stream(11),
        pad_length: Some(4),
        promised_stream_id: stream(12),
        field_block_fragment: &[0x82, 0x86],
    };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("push_promise_padded"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("push_promise_padded"));
        assert_eq!(encode_vectored(GOLDEN), golden("push_promise_padded"));
    }

    #[test]
    fn round_trips() {
        for pad_length in [None, Some(0), Some(255)] {
            assert_round_trip(PushPromise { pad_length, ..GOLDEN });
        }
    }

    #[test]
    fn rejects_push_promise_stream_id() {
        assert_connection_error(&frame(5, 0x4, 0, &[0, 0, 0, 4]), FrameRule::PushPromiseStreamId);
    }

    #[test]
    fn accepts_a_stream_of_the_server() {
        // Readers refuse it: they know that it is a server that sends.
        assert_eq!(parse_golden("push_promise_even_stream").stream_id(), stream(10));
        assert_round_trip(PushPromise { stream_id: stream(10), ..GOLDEN });
    }

    #[test]
    fn rejects_push_promise_length() {
        assert_connection_error(&frame(5, 0x4, 1, &[0, 0, 0]), FrameRule::PushPromiseLength);
        assert_connection_error(&frame(5, 0xc, 1, &[0, 0, 0, 2]), FrameRule::PushPromiseLength);
    }

    #[test]
    fn rejects_push_promise_padding() {
        // Padding that reaches into the promised stream identifier.
        assert_connection_error(&frame(5, 0xc, 1, &[1, 0, 0, 0, 2]), FrameRule::PushPromisePadding);
        assert_connection_error(&frame(5, 0xc, 1, &[3, 0, 0, 0, 2, 0x82, 0]), FrameRule::PushPromisePadding);
    }

    #[test]
    fn rejects_push_promise_promised_stream_id() {
        for id in [0, 1] {
            assert_connection_error(
                &frame(5, 0x4, 1, &[0, 0, 0, id]),
                FrameRule::PushPromisePromisedStreamId,
            );
        }
        // The reserved bit does not make it more than 0.
        assert_connection_error(&frame(5, 0x4, 1, &[0x80, 0, 0, 0]), FrameRule::PushPromisePromisedStreamId);
    }

    #[test]
    fn accepts_an_empty_fragment() {
        for flags in [0, 0x4] {
            let octets = frame(5, flags, 1, &[0, 0, 0, 2]);
            let Frame::PushPromise(promise) = parse(&octets).unwrap() else { panic!("not PUSH_PROMISE") };
            assert!(promise.field_block_fragment.is_empty());
            assert_eq!(promise.end_headers, flags == 0x4);
        }
    }

    #[test]
    fn ignores_undefined_flags_and_the_reserved_bit() {
        let octets = frame(5, 0xff, 11, &[4, 0x80, 0, 0, 12, 0x82, 0x86, 0, 0, 0, 0]);
        assert_eq!(parse(&octets).unwrap(), GOLDEN.into());
    }

    #[test]
    fn refuses_to_encode_streams_that_cannot_be() {
        let promise = PushPromise { stream_id: stream(0), ..GOLDEN };
        assert_eq!(promise.encode(&mut [0; 64]), Err(EncodeError::StreamId(stream(0))));
        let promise = PushPromise { promised_stream_id: stream(13), ..GOLDEN };
        assert_eq!(promise.encode(&mut [0; 64]), Err(EncodeError::PromisedStreamId(stream(13))));
    }
}
