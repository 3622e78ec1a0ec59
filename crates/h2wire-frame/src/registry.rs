//! The open registries of HTTP/2: frame types, error codes, settings. RFC 9113 §11.
//!
//! Each is a number with named constants. A number nobody has named is a legal value and survives.

use core::fmt;

/// A frame type. RFC 9113 §6 and §11.2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameType(pub u8);

impl FrameType {
    /// §6.1
    pub const DATA: Self = Self(0x00);
    /// §6.2
    pub const HEADERS: Self = Self(0x01);
    /// §6.3
    pub const PRIORITY: Self = Self(0x02);
    /// §6.4
    pub const RST_STREAM: Self = Self(0x03);
    /// §6.5
    pub const SETTINGS: Self = Self(0x04);
    /// §6.6
    pub const PUSH_PROMISE: Self = Self(0x05);
    /// §6.7
    pub const PING: Self = Self(0x06);
    /// §6.8
    pub const GOAWAY: Self = Self(0x07);
    /// §6.9
    pub const WINDOW_UPDATE: Self = Self(0x08);
    /// §6.10
    pub const CONTINUATION: Self = Self(0x09);
    /// RFC 7838 §4
    pub const ALTSVC: Self = Self(0x0a);
    /// RFC 8336 §2
    pub const ORIGIN: Self = Self(0x0c);
    /// RFC 9218 §7.1
    pub const PRIORITY_UPDATE: Self = Self(0x10);

    /// The registered name, `None` for a type this crate does not know.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::DATA => "DATA",
            Self::HEADERS => "HEADERS",
            Self::PRIORITY => "PRIORITY",
            Self::RST_STREAM => "RST_STREAM",
            Self::SETTINGS => "SETTINGS",
            Self::PUSH_PROMISE => "PUSH_PROMISE",
            Self::PING => "PING",
            Self::GOAWAY => "GOAWAY",
            Self::WINDOW_UPDATE => "WINDOW_UPDATE",
            Self::CONTINUATION => "CONTINUATION",
            Self::ALTSVC => "ALTSVC",
            Self::ORIGIN => "ORIGIN",
            Self::PRIORITY_UPDATE => "PRIORITY_UPDATE",
            _ => return None,
        })
    }
}

/// An error code, as sent in `RST_STREAM` and GOAWAY. RFC 9113 §7.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// Not the result of an error, as in a graceful shutdown.
    pub const NO_ERROR: Self = Self(0x00);
    /// An unspecific protocol error.
    pub const PROTOCOL_ERROR: Self = Self(0x01);
    /// An unexpected internal error.
    pub const INTERNAL_ERROR: Self = Self(0x02);
    /// The flow-control protocol was violated.
    pub const FLOW_CONTROL_ERROR: Self = Self(0x03);
    /// No SETTINGS acknowledgment came in time.
    pub const SETTINGS_TIMEOUT: Self = Self(0x04);
    /// A frame came after the stream was half-closed.
    pub const STREAM_CLOSED: Self = Self(0x05);
    /// A frame had an invalid size.
    pub const FRAME_SIZE_ERROR: Self = Self(0x06);
    /// The stream was refused before any processing.
    pub const REFUSED_STREAM: Self = Self(0x07);
    /// The stream is no longer needed.
    pub const CANCEL: Self = Self(0x08);
    /// The field section compression context cannot be maintained.
    pub const COMPRESSION_ERROR: Self = Self(0x09);
    /// The connection of a CONNECT request was reset or closed.
    pub const CONNECT_ERROR: Self = Self(0x0a);
    /// The peer generates excessive load.
    pub const ENHANCE_YOUR_CALM: Self = Self(0x0b);
    /// The transport does not meet the security requirements.
    pub const INADEQUATE_SECURITY: Self = Self(0x0c);
    /// HTTP/1.1 is required instead of HTTP/2.
    pub const HTTP_1_1_REQUIRED: Self = Self(0x0d);

    /// The registered name, `None` for a code this crate does not know.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NO_ERROR => "NO_ERROR",
            Self::PROTOCOL_ERROR => "PROTOCOL_ERROR",
            Self::INTERNAL_ERROR => "INTERNAL_ERROR",
            Self::FLOW_CONTROL_ERROR => "FLOW_CONTROL_ERROR",
            Self::SETTINGS_TIMEOUT => "SETTINGS_TIMEOUT",
            Self::STREAM_CLOSED => "STREAM_CLOSED",
            Self::FRAME_SIZE_ERROR => "FRAME_SIZE_ERROR",
            Self::REFUSED_STREAM => "REFUSED_STREAM",
            Self::CANCEL => "CANCEL",
            Self::COMPRESSION_ERROR => "COMPRESSION_ERROR",
            Self::CONNECT_ERROR => "CONNECT_ERROR",
            Self::ENHANCE_YOUR_CALM => "ENHANCE_YOUR_CALM",
            Self::INADEQUATE_SECURITY => "INADEQUATE_SECURITY",
            Self::HTTP_1_1_REQUIRED => "HTTP_1_1_REQUIRED",
            _ => return None,
        })
    }
}

/// The identifier of a setting. RFC 9113 §6.5.2 and §11.3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingId(pub u16);

impl SettingId {
    /// Bytes of the sender's HPACK decoder table; initially 4,096.
    pub const HEADER_TABLE_SIZE: Self = Self(0x01);
    /// Whether the server may push: 0 or 1; initially 1.
    pub const ENABLE_PUSH: Self = Self(0x02);
    /// Streams the sender lets its peer have open; initially unlimited.
    pub const MAX_CONCURRENT_STREAMS: Self = Self(0x03);
    /// Bytes of the initial stream window, up to 2^31-1; initially 65,535.
    pub const INITIAL_WINDOW_SIZE: Self = Self(0x04);
    /// Bytes of the largest payload the sender takes, 2^14 to 2^24-1; initially 2^14.
    pub const MAX_FRAME_SIZE: Self = Self(0x05);
    /// Bytes of the largest field section the sender takes, advisory; initially unlimited.
    pub const MAX_HEADER_LIST_SIZE: Self = Self(0x06);
    /// Whether extended CONNECT may be used: 0 or 1; initially 0. RFC 8441 §3.
    pub const ENABLE_CONNECT_PROTOCOL: Self = Self(0x08);
    /// Whether RFC 7540 priorities are ignored: 0 or 1; initially 0. RFC 9218 §2.1.
    pub const NO_RFC7540_PRIORITIES: Self = Self(0x09);

    /// The registered name, `None` for a setting this crate does not know.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::HEADER_TABLE_SIZE => "HEADER_TABLE_SIZE",
            Self::ENABLE_PUSH => "ENABLE_PUSH",
            Self::MAX_CONCURRENT_STREAMS => "MAX_CONCURRENT_STREAMS",
            Self::INITIAL_WINDOW_SIZE => "INITIAL_WINDOW_SIZE",
            Self::MAX_FRAME_SIZE => "MAX_FRAME_SIZE",
            Self::MAX_HEADER_LIST_SIZE => "MAX_HEADER_LIST_SIZE",
            Self::ENABLE_CONNECT_PROTOCOL => "ENABLE_CONNECT_PROTOCOL",
            Self::NO_RFC7540_PRIORITIES => "NO_RFC7540_PRIORITIES",
            _ => return None,
        })
    }
}

/// Writes the name, or the number in hexadecimal where there is none.
fn name_or_number(f: &mut fmt::Formatter<'_>, name: Option<&str>, number: u32) -> fmt::Result {
    match name {
        Some(name) => f.pad(name),
        None => write!(f, "{number:#04x}"),
    }
}

impl fmt::Display for FrameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_or_number(f, self.name(), self.0.into())
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_or_number(f, self.name(), self.0)
    }
}

impl fmt::Display for SettingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name_or_number(f, self.name(), self.0.into())
    }
}

impl fmt::Debug for FrameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SettingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_registered_ones() {
        let named = (0..=u8::MAX).filter(|t| FrameType(*t).name().is_some()).count();
        assert_eq!(named, 13);
        let named: Vec<_> = (0..=0xff).filter_map(|code| ErrorCode(code).name()).collect();
        assert_eq!(
            (named.len(), named.first(), named.last()),
            (14, Some(&"NO_ERROR"), Some(&"HTTP_1_1_REQUIRED"))
        );
        let named: Vec<u16> = (0..=u16::MAX).filter(|id| SettingId(*id).name().is_some()).collect();
        assert_eq!(named, [1, 2, 3, 4, 5, 6, 8, 9]);
    }

    #[test]
    fn unknown_values_survive() {
        assert_eq!(FrameType(0xfe).to_string(), "0xfe");
        assert_eq!(ErrorCode(0xdead_beef).to_string(), "0xdeadbeef");
        assert_eq!(SettingId(0x0a).to_string(), "0x0a");
    }

    #[test]
    fn debug_shows_the_name_too() {
        let shown = std::format!("{:?} {:?} {:?}", FrameType::PING, ErrorCode::CANCEL, SettingId(0x0a));
        assert_eq!(shown, "PING CANCEL 0x0a");
    }
}
