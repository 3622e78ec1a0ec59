//! SETTINGS, RFC 9113 §6.5.
//!
//! ```text
//! +-------------------------------+
//! |       Identifier (16)         |
//! +-------------------------------+-------------------------------+
//! |                        Value (32)                             |
//! +---------------------------------------------------------------+
//! |                            ...                                |
//! ```

use crate::shape::{LengthRule, Shape, StreamRule};
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameError, FrameHeader, FrameRule, FrameType, SettingList, StreamId};

/// The sender's settings, or an acknowledgment of the peer's. RFC 9113 §6.5.
///
/// Closed: a SETTINGS frame carries settings or acknowledges them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Settings<B> {
    /// The ACK flag: the peer's settings are applied. There is no payload.
    Ack,
    /// Settings, perhaps none.
    List(SettingList<B>),
}

pub(crate) const SHAPE: Shape = Shape {
    frame_type: FrameType::SETTINGS,
    flags: Flags::ACK,
    stream: StreamRule::OnConnection(FrameRule::SettingsStreamId),
    length: LengthRule::Settings,
    is_extension: false,
};

impl<'a> Settings<&'a [u8]> {
    #[inline]
    pub(crate) fn parse(flags: Flags, payload: &'a [u8]) -> Result<Self, FrameError> {
        if flags.contains(Flags::ACK) {
            return Ok(Self::Ack);
        }
        Ok(Self::List(SettingList::parse(payload)?))
    }
}

impl<B: AsRef<[u8]>> Settings<B> {
    fn payload(&self) -> &[u8] {
        match self {
            Self::Ack => &[],
            Self::List(list) => list.octets(),
        }
    }

    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        self.payload().len().saturating_add(FrameHeader::LEN)
    }

    /// Writes what comes before the settings, for a vectored write. Returns the number of bytes written.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let flags = Flags::ACK.when(matches!(self, Self::Ack));
        // `Frame::map` may have put other bytes in the place of those that were checked.
        SettingList::parse(self.payload()).map_err(|error| EncodeError::Refused(error.rule))?;
        Writer::frame(buf, &SHAPE, flags, StreamId::CONNECTION, 0, self.payload().len()).map(Writer::finish)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        wire::encode_whole(buf, self.encoded_len(), |buf| self.encode_head(buf), self.payload())
    }
}

impl<B> Settings<B> {
    /// Changes the type that holds the bytes, which must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Settings<C> {
        match self {
            Self::Ack => Settings::Ack,
            Self::List(list) => Settings::List(list.map(f)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const OCTETS: [u8; 12] = [0, 1, 0, 0, 0x20, 0, 0, 3, 0, 0, 0x13, 0x88];

    fn list() -> Settings<&'static [u8]> {
        Settings::List(SettingList::parse(OCTETS.as_slice()).unwrap())
    }

    #[test]
    fn parses_golden() {
        assert_eq!(parse_golden("settings"), list().into());
        assert_eq!(parse_golden("settings_ack"), Settings::Ack.into());
    }

    #[test]
    fn encodes_golden() {
        assert_eq!(encode_frame(list()), golden("settings"));
        assert_eq!(encode_vectored(list()), golden("settings"));
        assert_eq!(encode_frame(Settings::Ack), golden("settings_ack"));
    }

    #[test]
    fn round_trips() {
        assert_round_trip(Settings::List(SettingList::parse(b"".as_slice()).unwrap()));
    }

    #[test]
    fn rejects_settings_stream_id() {
        assert_connection_error(&frame(4, 0, 1, &[]), FrameRule::SettingsStreamId);
        assert_connection_error(&frame(4, 1, 1, &[]), FrameRule::SettingsStreamId);
    }

    #[test]
    fn rejects_settings_length() {
        for len in [1, 5, 7, 11] {
            assert_connection_error(&frame(4, 0, 0, &OCTETS[..len]), FrameRule::SettingsLength);
        }
    }

    #[test]
    fn rejects_settings_ack_length() {
        for len in [1, 6] {
            assert_connection_error(&frame(4, 1, 0, &OCTETS[..len]), FrameRule::SettingsAckLength);
        }
    }

    #[test]
    fn rejects_values() {
        for (id, value, rule) in [
            (2, 2, FrameRule::SettingsEnablePush),
            (4, 0x8000_0000, FrameRule::SettingsInitialWindowSize),
            (5, 0x3fff, FrameRule::SettingsMaxFrameSize),
            (8, 2, FrameRule::SettingsEnableConnectProtocol),
            (9, 2, FrameRule::SettingsNoRfc7540Priorities),
        ] {
            let setting = crate::Setting { id: crate::SettingId(id), value };
            assert_connection_error(&frame(4, 0, 0, &setting.encode()), rule);
        }
    }

    #[test]
    fn ignores_undefined_flags() {
        assert_eq!(parse(&frame(4, 0xfe, 0, &OCTETS)).unwrap(), list().into());
    }

    #[test]
    fn refuses_to_encode_octets_that_map_made_invalid() {
        let broken = list().map(|_| [0, 2, 0, 0, 0, 7]);
        assert_eq!(broken.encode(&mut [0; 64]), Err(EncodeError::Refused(FrameRule::SettingsEnablePush)));
    }
}
