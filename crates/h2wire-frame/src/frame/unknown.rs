//! Frames of an unknown type, RFC 9113 §4.1 and §5.5.
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                         Payload (*)                         ...
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, PriorityUpdate, StreamId};

/// A frame of an unknown type. Endpoints ignore it; it is kept for callers that know the type. RFC 9113 §5.5.
///
/// [`AltSvc`](crate::AltSvc), [`Origin`](crate::Origin) and [`PriorityUpdate`](crate::PriorityUpdate) are
/// views of such frames.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Unknown<B> {
    /// Any type but those of the ten frames.
    pub frame_type: FrameType,
    /// All eight bits.
    pub flags: Flags,
    /// The stream, or the connection.
    pub stream_id: StreamId,
    /// The whole payload.
    pub payload: B,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType(0xff), // stands for any: each frame puts its own
    flags: Flags::NONE,
    stream: StreamRule::Anywhere,
    length: LengthRule::Any,
    is_extension: false,
};

impl Unknown<usize> {
    #[inline]
    pub(crate) fn parse_fields(
        header: &FrameHeader,
        shape: &Shape,
        octets: &[u8],
    ) -> Result<Self, FrameError> {
        let FrameHeader { frame_type, flags, stream_id, length, .. } = *header;
        if shape.is_extension {
            PriorityUpdate::parse(octets)?;
        }
        Ok(Self { frame_type, flags, stream_id, payload: length.to_usize() })
    }
}

impl<'a> Unknown<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(header: &FrameHeader, shape: &Shape, payload: &'a [u8]) -> Result<Self, FrameError> {
        Ok(Unknown::parse_fields(header, shape, payload)?.map(|_| payload))
    }
}

impl<B: AsRef<[u8]>> Unknown<B> {
    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        self.payload.as_ref().len().saturating_add(FrameHeader::LEN)
    }

    /// Writes what comes before the payload, for a vectored write. Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        if self.frame_type <= FrameType::CONTINUATION {
            return Err(EncodeError::KnownFrameType(self.frame_type.0));
        }
        // A peer that checks extensions would refuse it.
        if let Some(Err(error)) = PriorityUpdate::from_unknown(self) {
            return Err(EncodeError::Refused(error.rule));
        }
        let shape = Shape { frame_type: self.frame_type, ..SHAPE };
        Writer::frame(buf, &shape, self.flags, self.stream_id, 0, self.payload.as_ref().len())
            .map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), self.payload.as_ref())
    }
}

impl<B> Unknown<B> {
    /// Changes the type that holds the payload.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Unknown<C> {
        let Self { frame_type, flags, stream_id, payload } = self;
        Unknown { frame_type, flags, stream_id, payload: f(payload) }
    }
}

impl<'a> PriorityUpdate<'a> {
    /// Reads `unknown` as `PRIORITY_UPDATE`; `None` if it has another type.
    ///
    /// All rules of RFC 9218 §7.1 but the one about roles are applied, even if
    /// [`ParseOptions::extensions`](crate::ParseOptions) was off.
    pub fn from_unknown<B: AsRef<[u8]>>(unknown: &'a Unknown<B>) -> Option<Result<Self, FrameError>> {
        if unknown.frame_type != FrameType::PRIORITY_UPDATE {
            return None;
        }
        // RFC 9218 §7.1
        if !unknown.stream_id.is_connection() {
            return Some(Err(FrameError::connection(FrameRule::PriorityUpdateStreamId)));
        }
        Some(Self::parse(unknown.payload.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Unknown<&[u8]> = Unknown {
        frame_type: FrameType(0xbe),
        flags: Flags(0xa5),
        stream_id: stream(1),
        payload: b"anything",
    };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("unknown"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("unknown"));
        assert_eq!(encode_vectored(GOLDEN), golden("unknown"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(Unknown { stream_id: StreamId::CONNECTION, payload: b"".as_slice(), ..GOLDEN });
    }

    #[test]
    fn ignores_flags_and_the_reserved_bit() {
        let mut octets = golden("unknown");
        octets[5] |= 0x80;
        assert_eq!(parse(&octets).unwrap(), GOLDEN.into());
    }

    #[test]
    fn refuses_to_encode_a_broken_priority_update() {
        let update = Unknown { frame_type: FrameType::PRIORITY_UPDATE, ..GOLDEN };
        for (stream_id, payload, rule) in [
            (stream(5), b"\0\0\0\x01".as_slice(), FrameRule::PriorityUpdateStreamId),
            (stream(0), b"\0\0", FrameRule::PriorityUpdateLength),
            (stream(0), b"\0\0\0\0", FrameRule::PriorityUpdatePrioritizedStreamId),
        ] {
            let update = Unknown { stream_id, payload, ..update };
            assert_eq!(update.encode(&mut [0; 64]), Err(EncodeError::Refused(rule)));
        }
    }

    #[test]
    fn refuses_to_encode_a_frame_with_a_structure() {
        for frame_type in 0..=9 {
            let unknown = Unknown { frame_type: FrameType(frame_type), ..GOLDEN };
            assert_eq!(unknown.encode(&mut [0; 64]), Err(EncodeError::KnownFrameType(frame_type)));
        }
    }
}
