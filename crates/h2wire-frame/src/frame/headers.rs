//! HEADERS, RFC 9113 §6.2.
//!
//! ```text
//! +---------------+-+---------------------------------------------+
//! |[Pad Length(8)]|[E] [Stream Dependency (31)]               ...
//! +---------------+-+-------------+-------------------------------+
//! |          ...  |[Weight (8)]   | Field Block Fragment (*)    ...
//! +---------------+---------------+-------------------------------+
//! |                          [Padding (*)]                      ...
//! +---------------------------------------------------------------+
//! ```

use nom::combinator::cond;

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, PriorityFields, StreamId};

/// Carries a request, a response or trailers: the first fragment of their field block. RFC 9113 §6.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Headers<B> {
    /// The `END_STREAM` flag.
    pub end_stream: bool,
    /// The `END_HEADERS` flag: no CONTINUATION follows.
    pub end_headers: bool,
    /// The stream, not 0.
    pub stream_id: StreamId,
    /// Bytes of padding; `None` without the PADDED flag.
    pub pad_length: Option<u8>,
    /// The deprecated priority; `None` without the PRIORITY flag.
    pub priority: Option<PriorityFields>,
    /// HPACK data, without padding.
    pub field_block_fragment: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::HEADERS,
    flags: Flags::END_STREAM.union(Flags::END_HEADERS).union(Flags::PADDED).union(Flags::PRIORITY),
    stream: StreamRule::OnStream(FrameRule::HeadersStreamId),
    length: LengthRule::AtLeast(0, FrameRule::HeadersLength),
    is_extension: false,
};

impl Headers<usize> {
    #[inline(always)]
    pub(crate) fn parse_fields(
        flags: Flags,
        stream_id: StreamId,
        octets: &[u8],
        length: usize,
    ) -> Result<(Self, &[u8]), FrameError> {
        let priority_fields = cond(flags.contains(Flags::PRIORITY), wire::priority_fields);
        let (rest, (pad_length, priority)) =
            wire::read((wire::pad_length(flags), priority_fields), octets, FrameRule::HeadersLength)?;
        let behind = length.saturating_sub(octets.len().saturating_sub(rest.len()));
        // §6.2
        let field_block_fragment = wire::unpadded_len(behind, pad_length, FrameRule::HeadersPadding)?;
        let headers = Self {
            end_stream: flags.contains(Flags::END_STREAM),
            end_headers: flags.contains(Flags::END_HEADERS),
            stream_id,
            pad_length,
            priority,
            field_block_fragment,
        };
        Ok((headers, rest))
    }
}

impl<'a> Headers<&'a [u8]> {
    #[inline(always)]
    pub(crate) fn parse(flags: Flags, stream_id: StreamId, payload: &'a [u8]) -> Result<Self, FrameError> {
        let (fields, rest) = Headers::parse_fields(flags, stream_id, payload, payload.len())?;
        Ok(fields.map(|len| wire::content(rest, len)))
    }
}

impl<B: AsRef<[u8]>> Headers<B> {
    /// Bytes before the fragment, and bytes from there on.
    fn lens(&self) -> (usize, usize) {
        let priority = self.priority.map_or(0, |_| PriorityFields::LEN);
        let fields = wire::pad_length_len(self.pad_length).saturating_add(priority);
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
        let flags = Flags::END_STREAM.when(self.end_stream)
            | Flags::END_HEADERS.when(self.end_headers)
            | Flags::PADDED.when(self.pad_length.is_some())
            | Flags::PRIORITY.when(self.priority.is_some());
        let (fields, rest) = self.lens();
        let head = Writer::frame(buf, &SHAPE, flags, self.stream_id, fields, rest)?
            .put_pad_length(self.pad_length)?;
        match &self.priority {
            Some(priority) => head.put(&priority.encode()).map(Writer::finish),
            None => Ok(head.finish()),
        }
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let fragment = self.field_block_fragment.as_ref();
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), fragment)
    }
}

impl<B> Headers<B> {
    /// Whether the stream depends on itself. That is no error in RFC 9113; peers that follow RFC 7540 §5.3.1 treat it as a
    /// stream error. The field block must be decoded either way.
    pub fn depends_on_itself(&self) -> bool {
        self.priority.is_some_and(|priority| priority.stream_dependency == self.stream_id)
    }

    /// The padding to send after the fragment: zeros.
    pub fn padding(&self) -> &'static [u8] {
        wire::padding(self.pad_length)
    }

    /// Changes the type that holds the fragment.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Headers<C> {
        let Self { end_stream, end_headers, stream_id, pad_length, priority, field_block_fragment } = self;
        let field_block_fragment = f(field_block_fragment);
        Headers { end_stream, end_headers, stream_id, pad_length, priority, field_block_fragment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Headers<&[u8]> = Headers {
        end_stream: true,
        end_headers: true,
        stream_id: stream(1),
        pad_length: None,
        priority: None,
        field_block_fragment: &[0x82, 0x86, 0x84],
    };
    const WITH_ALL: Headers<&[u8]> = Headers {
        pad_length: Some(3),
        priority: Some(PriorityFields { exclusive: true, stream_dependency: stream(11), weight: 200 }),
        ..GOLDEN
    };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("headers"), GOLDEN.into());
        assert_eq!(parse_golden("headers_padded_priority"), WITH_ALL.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("headers"));
        assert_eq!(encode_frame(WITH_ALL), golden("headers_padded_priority"));
        assert_eq!(encode_vectored(WITH_ALL), golden("headers_padded_priority"));
    }

    #[test]
    fn round_trips() {
        for pad_length in [None, Some(0), Some(255)] {
            for priority in [None, WITH_ALL.priority] {
                assert_round_trip(Headers { pad_length, priority, ..GOLDEN });
            }
        }
        assert_round_trip(Headers { field_block_fragment: b"".as_slice(), ..WITH_ALL });
    }

    #[test]
    fn rejects_headers_stream_id() {
        assert_connection_error(&frame(1, 0x4, 0, &[0x82]), FrameRule::HeadersStreamId);
    }

    #[test]
    fn rejects_headers_length() {
        assert_connection_error(&frame(1, 0x8, 1, &[]), FrameRule::HeadersLength);
        assert_connection_error(&frame(1, 0x20, 1, &[0; 4]), FrameRule::HeadersLength);
        assert_connection_error(&frame(1, 0x28, 1, &[0; 5]), FrameRule::HeadersLength);
    }

    #[test]
    fn rejects_headers_padding() {
        assert_connection_error(&frame(1, 0x8, 1, &[1]), FrameRule::HeadersPadding);
        // Padding that reaches into the priority fields.
        assert_connection_error(&frame(1, 0x28, 1, &[1, 0, 0, 0, 3, 15]), FrameRule::HeadersPadding);
    }

    #[test]
    fn accepts_an_empty_fragment() {
        let octets = frame(1, 0x28, 1, &[2, 0, 0, 0, 3, 15, 0, 0]);
        let Frame::Headers(headers) = parse(&octets).unwrap() else { panic!("not HEADERS") };
        assert!(headers.field_block_fragment.is_empty() && !headers.end_headers);
    }

    #[test]
    fn tells_that_a_stream_depends_on_itself() {
        assert!(!WITH_ALL.depends_on_itself() && !GOLDEN.depends_on_itself());
        assert!(Headers { stream_id: stream(11), ..WITH_ALL }.depends_on_itself());
    }

    #[test]
    fn ignores_undefined_flags() {
        let octets = frame(1, 0xd2 | 0x5, 1, GOLDEN.field_block_fragment);
        assert_eq!(parse(&octets).unwrap(), GOLDEN.into());
    }
}
