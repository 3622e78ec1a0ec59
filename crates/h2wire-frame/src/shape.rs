//! Rules of a frame type that the header alone decides: its flags, its stream, its length.

use crate::error::FrameError;
use crate::{Flags, FrameHeader, FrameRule, FrameType, PriorityFields, StreamId};

/// What a frame type fixes before its payload is read.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) frame_type: FrameType,
    /// The flags the type defines. All others are ignored on receipt (§4.1).
    pub(crate) flags: Flags,
    pub(crate) stream: StreamRule,
    pub(crate) length: LengthRule,
    /// Whether a receiver may leave the type unknown.
    pub(crate) is_extension: bool,
}

/// Which streams a frame may be on.
#[derive(Debug)]
pub(crate) enum StreamRule {
    /// Stream 0 breaks the rule.
    OnStream(FrameRule),
    /// Any stream but 0 breaks the rule.
    OnConnection(FrameRule),
    Anywhere,
}

/// How long a payload may be.
#[derive(Debug)]
pub(crate) enum LengthRule {
    /// Another length is a connection error.
    Exactly(u32, FrameRule),
    /// Another length is an error of the frame's stream.
    ExactlyOnStream(u32, FrameRule),
    /// Fixed fields of this many bytes, and those that PADDED and PRIORITY say are there.
    AtLeast(u32, FrameRule),
    /// Entries of 6 bytes; none in an acknowledgment.
    Settings,
    Any,
}

impl StreamRule {
    #[inline(always)]
    pub(crate) fn check(&self, header: &FrameHeader) -> Result<(), FrameError> {
        match *self {
            Self::OnStream(rule) if header.stream_id.is_connection() => Err(FrameError::connection(rule)),
            Self::OnConnection(rule) if !header.stream_id.is_connection() => {
                Err(FrameError::connection(rule))
            }
            _ => Ok(()),
        }
    }
}

impl LengthRule {
    /// Bytes of the fields before a payload that may come in pieces; `None` for frames that are fields alone.
    #[inline]
    pub(crate) fn fields_len(&self, flags: Flags) -> Option<u32> {
        match *self {
            Self::AtLeast(octets, _) => Some(octets.saturating_add(flagged_len(flags))),
            Self::Any => Some(0),
            Self::Exactly(..) | Self::ExactlyOnStream(..) | Self::Settings => None,
        }
    }

    /// `flags` are those the type defines.
    #[inline(always)]
    pub(crate) fn check(&self, header: &FrameHeader, flags: Flags) -> Result<(), FrameError> {
        let length = header.length.get();
        match *self {
            Self::Exactly(octets, rule) if length != octets => Err(FrameError::connection(rule)),
            Self::ExactlyOnStream(octets, rule) if length != octets => {
                Err(stream_error(header.stream_id, rule))
            }
            Self::AtLeast(octets, rule) if length < octets.saturating_add(flagged_len(flags)) => {
                Err(FrameError::connection(rule))
            }
            // §6.5
            Self::Settings if flags.contains(Flags::ACK) && length != 0 => {
                Err(FrameError::connection(FrameRule::SettingsAckLength))
            }
            // §6.5
            Self::Settings if !length.is_multiple_of(6) => {
                Err(FrameError::connection(FrameRule::SettingsLength))
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of the fields that PADDED and PRIORITY say are there.
#[inline]
fn flagged_len(flags: Flags) -> u32 {
    const PRIORITY: u32 = 5;
    const { assert!(PriorityFields::LEN == 5) }
    let padded = u32::from(flags.contains(Flags::PADDED));
    let priority = if flags.contains(Flags::PRIORITY) { PRIORITY } else { 0 };
    padded.saturating_add(priority)
}

/// An error of `stream_id`, or of the connection if that is what it is. §5.4.2
#[inline]
pub(crate) fn stream_error(stream_id: StreamId, rule: FrameRule) -> FrameError {
    if stream_id.is_connection() { FrameError::connection(rule) } else { FrameError::stream(stream_id, rule) }
}
