//! PRIORITY, RFC 9113 §6.3 (deprecated).
//!
//! ```text
//! +-+-------------------------------------------------------------+
//! |E|                  Stream Dependency (31)                     |
//! +-+-------------+-----------------------------------------------+
//! |  Weight (8)   |
//! +---------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire;
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, PriorityFields, StreamId};

/// The sender's advised priority of a stream in the scheme of RFC 7540. RFC 9113 §6.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Priority {
    /// The stream, not 0.
    pub stream_id: StreamId,
    /// The payload.
    pub priority: PriorityFields,
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::PRIORITY,
    flags: Flags::NONE,
    stream: StreamRule::OnStream(FrameRule::PriorityStreamId),
    length: LengthRule::ExactlyOnStream(5, FrameRule::PriorityLength),
    is_extension: false,
};

impl Priority {
    #[inline]
    pub(crate) fn parse(stream_id: StreamId, payload: &[u8]) -> Result<Self, FrameError> {
        let (_, priority) = wire::read(wire::priority_fields, payload, FrameRule::PriorityLength)?;
        Ok(Self { stream_id, priority })
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        FrameHeader::LEN + PriorityFields::LEN
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_fixed(buf, &SHAPE, Flags::NONE, self.stream_id, &self.priority.encode())
    }

    /// Whether the stream depends on itself; see [`Headers::depends_on_itself`](crate::Headers::depends_on_itself).
    #[must_use]
    pub fn depends_on_itself(&self) -> bool {
        self.priority.stream_dependency == self.stream_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const GOLDEN: Priority = Priority {
        stream_id: stream(9),
        priority: PriorityFields { exclusive: false, stream_dependency: stream(11), weight: 7 },
    };

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("priority"), GOLDEN.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(GOLDEN), golden("priority"));
    }

    #[test]
    fn round_trips() {
        let exclusive = PriorityFields { exclusive: true, stream_dependency: stream(0), weight: 255 };
        assert_round_trip(Priority { priority: exclusive, ..GOLDEN });
        assert_round_trip(Priority { stream_id: StreamId::MAX, ..GOLDEN });
    }

    #[test]
    fn rejects_priority_stream_id() {
        assert_connection_error(&frame(2, 0, 0, &[0; 5]), FrameRule::PriorityStreamId);
    }

    #[test]
    fn rejects_priority_length() {
        for len in [0, 4, 6] {
            assert_stream_error(&frame(2, 0, 9, &[0; 6][..len]), 9, FrameRule::PriorityLength);
        }
    }

    #[test]
    fn tells_that_a_stream_depends_on_itself() {
        assert!(!GOLDEN.depends_on_itself());
        assert!(Priority { stream_id: stream(11), ..GOLDEN }.depends_on_itself());
    }

    #[test]
    fn ignores_all_flags() {
        assert_eq!(parse(&frame(2, 0xff, 9, &GOLDEN.priority.encode())).unwrap(), GOLDEN.into());
    }
}
