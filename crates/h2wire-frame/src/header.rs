//! The 9-byte frame header, RFC 9113 §4.1.
//!
//! ```text
//! +-----------------------------------------------+
//! |                  Length (24)                  |
//! +---------------+---------------+---------------+
//! |   Type (8)    |   Flags (8)   |
//! +-+-------------+---------------+-------------------------------+
//! |R|                  Stream Identifier (31)                     |
//! +-+-------------------------------------------------------------+
//! ```

use crate::{Flags, FrameType, StreamId};

/// The length of a payload in bytes: 24 bits. RFC 9113 §4.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PayloadLength(u32);

impl PayloadLength {
    /// 2^24-1, the longest payload there is.
    pub const MAX: Self = Self(0x00ff_ffff);
    /// 2^14, what every endpoint takes: the initial `SETTINGS_MAX_FRAME_SIZE`. RFC 9113 §6.5.2.
    pub const INITIAL_MAX_FRAME_SIZE: Self = Self(0x4000);

    /// The length `octets`; `None` when it does not fit in 24 bits.
    #[must_use]
    pub const fn new(octets: u32) -> Option<Self> {
        if octets <= Self::MAX.0 { Some(Self(octets)) } else { None }
    }

    /// The number of bytes.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number of bytes for use with slices.
    #[must_use]
    pub fn to_usize(self) -> usize {
        // Only where usize has 16 bits can this be too small, and there no slice is longer.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The payload is longer than 2^24-1 bytes, the most that a frame can hold. RFC 9113 §4.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the payload is longer than the 16,777,215 bytes of the largest frame")]
pub struct PayloadTooLong;

impl TryFrom<usize> for PayloadLength {
    type Error = PayloadTooLong;

    fn try_from(octets: usize) -> Result<Self, Self::Error> {
        u32::try_from(octets).ok().and_then(Self::new).ok_or(PayloadTooLong)
    }
}

/// The header of a frame as it came: undefined flags and the reserved bit are kept for inspectors.
/// RFC 9113 §4.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameHeader {
    /// Bytes of the payload, this header not counted.
    pub length: PayloadLength,
    /// The frame type.
    pub frame_type: FrameType,
    /// All eight bits.
    pub flags: Flags,
    /// The reserved bit before the stream identifier. It has no meaning; senders leave it unset.
    pub reserved: bool,
    /// The stream, or the connection.
    pub stream_id: StreamId,
}

impl FrameHeader {
    /// Bytes of a frame header.
    pub const LEN: usize = 9;

    /// What the frame takes from the windows of its stream and of the connection: of DATA the whole payload, padding included; of
    /// other frames nothing. It also holds for a frame whose payload comes in pieces, or that is a stream error. RFC 9113 §6.9.1.
    ///
    /// ```
    /// use h2wire_frame::FrameHeader;
    ///
    /// let padded_data = FrameHeader::parse(&[0, 0, 8, 0, 8, 0, 0, 0, 1]);
    /// assert_eq!(padded_data.flow_controlled_len(), 8);
    /// let ping = FrameHeader::parse(&[0, 0, 8, 6, 0, 0, 0, 0, 0]);
    /// assert_eq!(ping.flow_controlled_len(), 0);
    /// ```
    #[must_use]
    pub const fn flow_controlled_len(&self) -> u32 {
        if self.frame_type.0 == FrameType::DATA.0 { self.length.0 } else { 0 }
    }

    /// Reads a header. Any nine bytes are a valid header.
    #[must_use]
    pub const fn parse(octets: &[u8; Self::LEN]) -> Self {
        let [l0, l1, l2, frame_type, flags, s0, s1, s2, s3] = *octets;
        // Four bytes at once, of which the length is three: fewer loads.
        let length_and_type = u32::from_be_bytes([l0, l1, l2, frame_type]);
        Self {
            length: PayloadLength(length_and_type >> 8),
            frame_type: FrameType(frame_type),
            flags: Flags(flags),
            reserved: u32::from_be_bytes([s0, s1, s2, s3]) >> 31 != 0,
            stream_id: StreamId::from_wire([s0, s1, s2, s3]),
        }
    }

    /// Writes the header, all bits as they are.
    #[must_use]
    pub const fn encode(&self) -> [u8; Self::LEN] {
        let [_, l0, l1, l2] = self.length.0.to_be_bytes();
        let [s0, s1, s2, s3] = self.stream_id.to_wire();
        let r = if self.reserved { 0x80 } else { 0 };
        [l0, l1, l2, self.frame_type.0, self.flags.0, s0 | r, s1, s2, s3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_survives() {
        let octets = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x12];
        let header = FrameHeader::parse(&octets);
        assert_eq!(header.length.get(), 0x0012_3456);
        assert_eq!((header.frame_type, header.flags), (FrameType(0x78), Flags(0x9a)));
        assert!(header.reserved);
        assert_eq!(header.stream_id.get(), 0x3cde_f012);
        assert_eq!(header.encode(), octets);
    }

    /// §6.9
    #[test]
    fn only_data_counts_against_windows() {
        let header = |frame_type| FrameHeader::parse(&[0, 1, 2, frame_type, 0, 0, 0, 0, 1]);
        assert_eq!((0..=255).find(|frame_type| header(*frame_type).flow_controlled_len() != 0), Some(0));
        assert_eq!(header(0).flow_controlled_len(), 258);
        assert!((1..=255).all(|frame_type| header(frame_type).flow_controlled_len() == 0));
    }

    #[test]
    fn lengths_have_24_bits() {
        assert_eq!(PayloadLength::new(0x00ff_ffff), Some(PayloadLength::MAX));
        assert_eq!(PayloadLength::new(0x0100_0000), None);
        assert!(PayloadLength::try_from(usize::MAX).is_err());
    }
}
