//! `PRIORITY_UPDATE`, RFC 9218 §7.1.
//!
//! ```text
//! +-+-------------------------------------------------------------+
//! |R|              Prioritized Stream ID (31)                     |
//! +-+-------------------------------------------------------------+
//! |                  Priority Field Value (*)                   ...
//! +---------------------------------------------------------------+
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, StreamId};

/// A client changes the priority of a request or push: a view of an [`Unknown`](crate::Unknown) frame. RFC 9218 §7.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PriorityUpdate<'a> {
    /// The stream that is meant, not 0. The frame itself is on stream 0.
    pub prioritized_stream_id: StreamId,
    /// A Priority field value, `u=1, i` for example; bytes, not checked.
    pub priority_field_value: &'a [u8],
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::PRIORITY_UPDATE,
    flags: Flags::NONE,
    stream: StreamRule::OnConnection(FrameRule::PriorityUpdateStreamId),
    length: LengthRule::AtLeast(4, FrameRule::PriorityUpdateLength),
    is_extension: true,
};

impl<'a> PriorityUpdate<'a> {
    #[inline]
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, FrameError> {
        let (priority_field_value, prioritized_stream_id) =
            wire::read(wire::stream_id, payload, FrameRule::PriorityUpdateLength)?;
        // RFC 9218 §7.1
        if prioritized_stream_id.is_connection() {
            return Err(FrameError::connection(FrameRule::PriorityUpdatePrioritizedStreamId));
        }
        Ok(Self { prioritized_stream_id, priority_field_value })
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        self.priority_field_value.len().saturating_add(FrameHeader::LEN + 4)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let value = self.priority_field_value;
        if self.prioritized_stream_id.is_connection() {
            return Err(EncodeError::StreamId(self.prioritized_stream_id));
        }
        let head = |buf: &mut _| {
            Writer::frame(buf, &SHAPE, Flags::NONE, StreamId::CONNECTION, 4, value.len())?
                .put(&self.prioritized_stream_id.to_wire())
                .map(Writer::finish)
        };
        wire::encode_whole(buf, self.encoded_len(), head, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{ParseOptions, Progress, Unknown};

    const GOLDEN: PriorityUpdate<'_> =
        PriorityUpdate { prioritized_stream_id: stream(7), priority_field_value: b"u=1, i" };

    #[test]
    fn parses_golden() {
        let octets = golden("priority_update");
        let Frame::Unknown(unknown) = parse(&octets).unwrap() else { panic!("not unknown") };
        assert_eq!(PriorityUpdate::from_unknown(&unknown), Some(Ok(GOLDEN)));
        assert_eq!(PriorityUpdate::from_unknown(&Unknown { frame_type: FrameType(0x11), ..unknown }), None);
    }

    #[test]
    fn encodes_golden() {
        let mut buf = [0; 64];
        let written = GOLDEN.encode(&mut buf).unwrap();
        assert_eq!(buf[..written], golden("priority_update"));
        assert_eq!(written, GOLDEN.encoded_len());
    }

    #[test]
    fn rejects_priority_update_stream_id() {
        let octets = frame(0x10, 0, 1, &[0, 0, 0, 1]);
        assert_connection_error(&octets, FrameRule::PriorityUpdateStreamId);
        assert_eq!(view_with_extensions_off(&octets).rule, FrameRule::PriorityUpdateStreamId);
    }

    #[test]
    fn rejects_priority_update_length() {
        let octets = frame(0x10, 0, 0, &[0, 0, 0]);
        assert_connection_error(&octets, FrameRule::PriorityUpdateLength);
        assert_eq!(view_with_extensions_off(&octets).rule, FrameRule::PriorityUpdateLength);
    }

    #[test]
    fn rejects_priority_update_prioritized_stream_id() {
        let octets = frame(0x10, 0, 0, &[0x80, 0, 0, 0]);
        assert_connection_error(&octets, FrameRule::PriorityUpdatePrioritizedStreamId);
        assert_eq!(view_with_extensions_off(&octets).rule, FrameRule::PriorityUpdatePrioritizedStreamId);
    }

    #[test]
    fn refuses_to_encode_stream_0() {
        let update = PriorityUpdate { prioritized_stream_id: StreamId::CONNECTION, ..GOLDEN };
        assert_eq!(update.encode(&mut [0; 64]), Err(EncodeError::StreamId(StreamId::CONNECTION)));
    }

    /// Reads the frame with extensions off, which makes it an unknown frame, then looks at it all the same.
    fn view_with_extensions_off(octets: &[u8]) -> FrameError {
        let options = ParseOptions::DEFAULT.with_extensions(false);
        match Frame::parse(octets, &options).unwrap() {
            Progress::Item { item: (_, Frame::Unknown(unknown)), .. } => {
                PriorityUpdate::from_unknown(&unknown).unwrap().unwrap_err()
            }
            other => panic!("{other:?}"),
        }
    }
}
