//! ALTSVC, RFC 7838 §4.
//!
//! ```text
//! +-------------------------------+-------------------------------+
//! |         Origin-Len (16)       | Origin? (*)                 ...
//! +-------------------------------+-------------------------------+
//! |                   Alt-Svc-Field-Value (*)                   ...
//! +---------------------------------------------------------------+
//! ```

use crate::frame::unknown;
use crate::shape::Shape;
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameHeader, FrameType, PayloadTooLong, StreamId, Unknown};

/// A server names an alternative service: a view of an [`Unknown`] frame. RFC 7838 §4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AltSvc<'a> {
    /// Stream 0 with an origin, or the stream of a request without one.
    pub stream_id: StreamId,
    /// The origin that the service is for, empty for that of the stream's request; bytes, not checked.
    pub origin: &'a [u8],
    /// An Alt-Svc field value, `h3=":443"` for example; bytes, not checked.
    pub alt_svc_field_value: &'a [u8],
}

const SHAPE: Shape = Shape { frame_type: FrameType::ALTSVC, ..unknown::SHAPE };

/// Bytes of Origin-Len.
const ORIGIN_LEN: usize = 2;

impl<'a> AltSvc<'a> {
    /// Reads `unknown`; `None` when it has another type or must be ignored: its lengths do not add up, or it is
    /// on stream 0 without an origin or on another with one. A server ignores all of them.
    pub fn from_unknown<B: AsRef<[u8]>>(unknown: &'a Unknown<B>) -> Option<Self> {
        if unknown.frame_type != FrameType::ALTSVC {
            return None;
        }
        let (len, rest) = unknown.payload.as_ref().split_first_chunk::<ORIGIN_LEN>()?;
        let (origin, alt_svc_field_value) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
        let view = Self { stream_id: unknown.stream_id, origin, alt_svc_field_value };
        view.is_meaningful().then_some(view)
    }

    /// RFC 7838 §4
    const fn is_meaningful(&self) -> bool {
        self.stream_id.is_connection() != self.origin.is_empty()
    }

    /// Bytes before the value.
    fn fields_len(&self) -> usize {
        self.origin.len().saturating_add(ORIGIN_LEN)
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.fields_len().saturating_add(self.alt_svc_field_value.len()).saturating_add(FrameHeader::LEN)
    }

    /// Writes the frame. Returns the number of bytes written. Refuses a frame that its receiver would ignore.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        if !self.is_meaningful() {
            return Err(EncodeError::StreamId(self.stream_id));
        }
        let origin_len = u16::try_from(self.origin.len()).map_err(|_| PayloadTooLong)?;
        let head = |buf: &mut _| {
            Writer::frame(
                buf,
                &SHAPE,
                Flags::NONE,
                self.stream_id,
                self.fields_len(),
                self.alt_svc_field_value.len(),
            )?
            .put(&origin_len.to_be_bytes())?
            .put(self.origin)
            .map(Writer::finish)
        };
        wire::encode_whole(buf, self.encoded_len(), head, self.alt_svc_field_value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: AltSvc<'_> = AltSvc {
        stream_id: StreamId::CONNECTION,
        origin: b"https://example.test",
        alt_svc_field_value: b"h3=\":443\"",
    };

    fn view(octets: &[u8]) -> Option<(StreamId, usize, usize)> {
        let Frame::Unknown(unknown) = parse(octets).unwrap() else { panic!("not unknown") };
        AltSvc::from_unknown(&unknown)
            .map(|view| (view.stream_id, view.origin.len(), view.alt_svc_field_value.len()))
    }

    #[test]
    fn parses_golden() {
        let octets = golden("altsvc");
        let Frame::Unknown(unknown) = parse(&octets).unwrap() else { panic!("not unknown") };
        assert_eq!(AltSvc::from_unknown(&unknown), Some(GOLDEN));
    }

    #[test]
    fn encodes_golden() {
        let mut buf = [0; 64];
        let written = GOLDEN.encode(&mut buf).unwrap();
        assert_eq!(buf[..written], golden("altsvc"));
        assert_eq!(written, GOLDEN.encoded_len());
    }

    #[test]
    fn ignores_what_has_no_meaning() {
        assert_eq!(view(&frame(0x0a, 0, 0, &[0, 0, b'x'])), None, "stream 0 without an origin");
        assert_eq!(view(&frame(0x0a, 0, 1, &[0, 1, b'o', b'x'])), None, "a stream with an origin");
        assert_eq!(view(&frame(0x0a, 0, 0, &[0, 2, b'o'])), None, "an origin beyond the end");
        assert_eq!(view(&frame(0x0a, 0, 0, &[0])), None, "no Origin-Len");
        assert_eq!(view(&frame(0x0c, 0, 0, &[0, 1, b'o', b'x'])), None, "another type");
        assert_eq!(view(&frame(0x0a, 0, 1, &[0, 0, b'x'])), Some((stream(1), 0, 1)));
    }

    #[test]
    fn refuses_to_encode_what_has_no_meaning() {
        let altsvc = AltSvc { stream_id: stream(1), ..GOLDEN };
        assert_eq!(altsvc.encode(&mut [0; 64]), Err(EncodeError::StreamId(stream(1))));
    }
}
