//! What flags are called, and a frame header in one line.

use core::fmt;

use crate::frame::table::shape_of;
use crate::{Flags, FrameHeader, FrameType, GoAway};

impl FrameType {
    /// The flags that this type defines; none for an unknown type. Receivers ignore all others. RFC 9113 §4.1.
    #[must_use]
    pub const fn defined_flags(self) -> Flags {
        match shape_of(self) {
            Some(shape) => shape.flags,
            None => Flags::NONE,
        }
    }
}

impl Flags {
    /// The names of the flags that are set and that `frame_type` defines, lowest bit first.
    pub fn names(self, frame_type: FrameType) -> impl Iterator<Item = &'static str> {
        let set = self & frame_type.defined_flags();
        let one =
            if matches!(frame_type, FrameType::SETTINGS | FrameType::PING) { "ACK" } else { "END_STREAM" };
        [
            (Self::END_STREAM, one),
            (Self::END_HEADERS, "END_HEADERS"),
            (Self::PADDED, "PADDED"),
            (Self::PRIORITY, "PRIORITY"),
        ]
        .into_iter()
        .filter_map(move |(flag, name)| set.contains(flag).then_some(name))
    }
}

impl<B: AsRef<[u8]>> fmt::Display for GoAway<B> {
    /// The error code and, if there is any, the debug data, escaped: `ENHANCE_YOUR_CALM: "too_many_pings"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error_code.fmt(f)?;
        match self.additional_debug_data.as_ref() {
            [] => Ok(()),
            text => write!(f, ": \"{}\"", text.escape_ascii()),
        }
    }
}

impl fmt::Display for FrameHeader {
    /// One line for logs: `HEADERS stream 1, 31 bytes, END_STREAM END_HEADERS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} stream {}, {} bytes", self.frame_type, self.stream_id, self.length.get())?;
        for (index, name) in self.flags.names(self.frame_type).enumerate() {
            write!(f, "{}{name}", if index == 0 { ", " } else { " " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_depend_on_the_type() {
        let names = |frame_type| Flags(0xff).names(frame_type).collect::<Vec<_>>();
        assert_eq!(names(FrameType::DATA), ["END_STREAM", "PADDED"]);
        assert_eq!(names(FrameType::HEADERS), ["END_STREAM", "END_HEADERS", "PADDED", "PRIORITY"]);
        assert_eq!(names(FrameType::PUSH_PROMISE), ["END_HEADERS", "PADDED"]);
        assert_eq!(names(FrameType::CONTINUATION), ["END_HEADERS"]);
        assert_eq!(names(FrameType::SETTINGS), ["ACK"]);
        assert_eq!(names(FrameType::PING), ["ACK"]);
        for frame_type in [FrameType::PRIORITY, FrameType::RST_STREAM, FrameType::GOAWAY, FrameType(0xee)] {
            assert!(names(frame_type).is_empty());
        }
    }

    #[test]
    fn a_line_for_logs() {
        let line = |octets| FrameHeader::parse(octets).to_string();
        assert_eq!(line(b"\0\0\x1f\x01\x05\0\0\0\x01"), "HEADERS stream 1, 31 bytes, END_STREAM END_HEADERS");
        assert_eq!(line(b"\0\0\x02\xee\x05\0\0\0\0"), "0xee stream 0, 2 bytes");
    }
}
