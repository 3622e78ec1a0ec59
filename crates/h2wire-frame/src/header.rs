//! The 9-octet frame header, RFC 9113 §4.1, and the rules it alone decides.
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

use core::fmt;

use crate::frame::{self, Facts};
use crate::{EncodeError, Flags, Frame, FrameError, FrameRule, FrameType, StreamId, wire};

/// The length of a payload in octets: 24 bits. RFC 9113 §4.1.
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

    /// The number of octets.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number of octets for use with slices.
    #[must_use]
    pub fn to_usize(self) -> usize {
        // Only where usize has 16 bits can this be too small, and there no slice is longer.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl TryFrom<usize> for PayloadLength {
    type Error = EncodeError;

    fn try_from(octets: usize) -> Result<Self, Self::Error> {
        u32::try_from(octets).ok().and_then(Self::new).ok_or(EncodeError::PayloadTooLong)
    }
}

/// The header of a frame as it came: undefined flags and the reserved bit are kept for inspectors.
/// RFC 9113 §4.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameHeader {
    /// Octets of the payload, this header not counted.
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
    /// Octets of a frame header.
    pub const LEN: usize = 9;

    /// Reads a header. Every nine octets are one.
    #[must_use]
    pub const fn parse(octets: &[u8; Self::LEN]) -> Self {
        let [l0, l1, l2, frame_type, flags, s0, s1, s2, s3] = *octets;
        Self {
            length: PayloadLength(u32::from_be_bytes([0, l0, l1, l2])),
            frame_type: FrameType(frame_type),
            flags: Flags(flags),
            reserved: s0 & 0x80 != 0,
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

    /// Writes this header and `payload` whatever they are, also where they do not go together: for tests of other
    /// implementations. Nothing is checked. Returns the octets written.
    pub fn encode_raw(&self, payload: &[u8], buf: &mut [u8]) -> Result<usize, EncodeError> {
        let needed = payload.len().saturating_add(Self::LEN);
        let Some(buf) = buf.get_mut(..needed) else { return Err(EncodeError::BufferTooSmall { needed }) };
        wire::Writer::new(buf).put(&self.encode())?.put(payload).map(wire::Writer::finish)
    }

    /// Applies the rules that need no payload, in this order: length limit (§4.2), stream, fixed length.
    ///
    /// A refused frame is known here, before anything of its payload is waited for or stored.
    #[inline(always)]
    pub fn check(self, options: &ParseOptions) -> Result<CheckedHeader, FrameError> {
        let facts = self.check_facts(options)?;
        Ok(CheckedHeader { header: self, facts })
    }

    /// The facts of the type, once they are found to hold. A thin result: a wider one goes through memory.
    #[inline(always)]
    pub(crate) fn check_facts(&self, options: &ParseOptions) -> Result<&'static Facts, FrameError> {
        // §4.2
        if self.length > options.max_frame_size {
            return Err(FrameError::connection(FrameRule::FrameLengthLimit));
        }
        let facts = match Facts::of(self.frame_type) {
            Some(facts) if !facts.is_extension || options.extensions => facts,
            _ => &frame::unknown::FACTS,
        };
        facts.stream.check(self)?;
        facts.length.check(self, self.flags & facts.flags)?;
        Ok(facts)
    }
}

impl fmt::Display for FrameHeader {
    /// One line for logs: `HEADERS stream 1, 31 octets, END_STREAM END_HEADERS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} stream {}, {} octets", self.frame_type, self.stream_id, self.length.get())?;
        for (index, name) in self.flags.names(self.frame_type).enumerate() {
            write!(f, "{}{name}", if index == 0 { ", " } else { " " })?;
        }
        Ok(())
    }
}

/// What a receiver accepts: the defaults, changed where needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ParseOptions {
    /// The longest payload taken, the `SETTINGS_MAX_FRAME_SIZE` this endpoint announced; initially 16,384.
    /// Less than that breaks the promise of §6.5.2, which a small device may have to do.
    pub max_frame_size: PayloadLength,
    /// Whether `PRIORITY_UPDATE` (RFC 9218) is checked. If not it is an unknown frame, which cannot be
    /// wrong. ALTSVC and ORIGIN are always accepted: their rules say to ignore what is invalid.
    pub extensions: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self { max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE, extensions: true }
    }
}

/// A header that [`FrameHeader::check`] has passed: the payload may be read.
#[derive(Clone, Copy, Debug)]
pub struct CheckedHeader {
    header: FrameHeader,
    facts: &'static Facts,
}

impl CheckedHeader {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> FrameHeader {
        self.header
    }

    /// Reads the payload from `octets`, which start behind the header and may go on behind the frame.
    ///
    /// `None` until all `header.length` octets are there.
    #[inline(always)]
    pub fn parse<'a>(&self, octets: &'a [u8]) -> Result<Option<Frame<&'a [u8]>>, FrameError> {
        self.parse_with(octets, |_| Ok(None), |frame| Ok(Some(frame)), Err)
    }

    /// As [`parse`](Self::parse), and makes what the caller needs: of the octets that are missing, of the frame, or of what is
    /// wrong with it. A frame that is not handed on, but put where it belongs at once, takes half the time.
    #[inline(always)]
    pub fn parse_with<'a, R>(
        &self,
        octets: &'a [u8],
        needed: impl FnOnce(usize) -> R,
        ok: impl FnOnce(Frame<&'a [u8]>) -> R,
        err: impl FnOnce(FrameError) -> R,
    ) -> R {
        let length = self.header.length.to_usize();
        match octets.split_at_checked(length) {
            None => needed(length.saturating_sub(octets.len())),
            Some((payload, _)) => Frame::dispatch(&self.header, self.facts, payload, ok, err),
        }
    }

    /// Octets at the start of the payload that [`parse_fields`](Self::parse_fields) has to see: at most 8. `None` for frames
    /// that cannot be read in pieces: PRIORITY, `RST_STREAM`, SETTINGS, PING, `WINDOW_UPDATE`.
    #[must_use]
    pub fn fields_len(&self) -> Option<usize> {
        let len = self.facts.length.fields_len(self.header.flags & self.facts.flags)?;
        usize::try_from(len).ok()
    }

    /// Reads the fields before a payload that comes in pieces, from the first [`fields_len`](Self::fields_len) octets.
    /// `B` is the number of octets that the whole would hold; padding comes behind them.
    ///
    /// For a small memory: a frame need not be there as a whole. A `PRIORITY_UPDATE` is an unknown frame, in whose payload
    /// the fields are counted. `None` when octets are missing, or where `fields_len` is `None`.
    pub fn parse_fields(&self, octets: &[u8]) -> Result<Option<Frame<usize>>, FrameError> {
        match self.fields_len().and_then(|len| octets.get(..len)) {
            Some(octets) => Frame::dispatch_fields(&self.header, self.facts, octets),
            None => Ok(None),
        }
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

    #[test]
    fn raw_frames_may_be_wrong_in_any_way() {
        // A PING on stream 1 that says it has 255 octets, and has 2.
        let header = FrameHeader::parse(&[0, 0, 255, 6, 0xff, 0x80, 0, 0, 1]);
        let mut buf = [0; 12];
        assert_eq!(header.encode_raw(b"hi", &mut buf), Ok(11));
        assert_eq!(buf, [0, 0, 255, 6, 0xff, 0x80, 0, 0, 1, b'h', b'i', 0]);
        assert_eq!(header.encode_raw(b"hello", &mut buf), Err(EncodeError::BufferTooSmall { needed: 14 }));
    }

    #[test]
    fn a_line_for_logs() {
        let line = |octets| FrameHeader::parse(octets).to_string();
        assert_eq!(
            line(b"\0\0\x1f\x01\x05\0\0\0\x01"),
            "HEADERS stream 1, 31 octets, END_STREAM END_HEADERS"
        );
        assert_eq!(line(b"\0\0\x02\xee\x05\0\0\0\0"), "0xee stream 0, 2 octets");
    }

    #[test]
    fn lengths_have_24_bits() {
        assert_eq!(PayloadLength::new(0x00ff_ffff), Some(PayloadLength::MAX));
        assert_eq!(PayloadLength::new(0x0100_0000), None);
        assert!(PayloadLength::try_from(usize::MAX).is_err());
    }

    #[test]
    fn the_length_limit_is_the_first_rule_and_inclusive() {
        let at = |length: u32| {
            let [_, l0, l1, l2] = length.to_be_bytes();
            // A PING on stream 1 whose length is wrong: three rules broken when it is also too long.
            FrameHeader::parse(&[l0, l1, l2, 6, 0, 0, 0, 0, 1]).check(&ParseOptions::default())
        };
        assert_eq!(at(16_384).unwrap_err().rule(), FrameRule::PingStreamId);
        assert_eq!(at(16_385).unwrap_err().rule(), FrameRule::FrameLengthLimit);
    }
}
