//! The rules about the order of frames and about who may send them: a few octets of memory.

use h2wire_frame::{ConnectionError, Flags, FrameHeader, FrameType, Rule, SettingId, SettingList, StreamId};

use crate::Role;

/// What must be remembered of earlier frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Order {
    first_frame_seen: bool,
    /// The stream of a field block that goes on. The next frame must be its CONTINUATION.
    open_field_block: Option<StreamId>,
}

impl Order {
    /// Whether a frame with this header may come now. Decided before the rules of the frame itself.
    #[inline]
    pub(crate) fn check_header(&self, header: &FrameHeader) -> Result<(), ConnectionError> {
        let is_continuation = header.frame_type == FrameType::CONTINUATION;
        let rule = match self.open_field_block {
            // §6.10
            Some(_) if !is_continuation => Rule::FrameInsideFieldBlock,
            // §6.10
            Some(stream_id) if header.stream_id != stream_id => Rule::ContinuationOtherStream,
            // §3.4
            None if !self.first_frame_seen && !is_preface_settings(header) => Rule::FirstFrame,
            // §6.10
            None if is_continuation => Rule::ContinuationWithoutHeaders,
            _ => return Ok(()),
        };
        Err(ConnectionError { rule })
    }

    /// Whether the sender may send such a frame at all. Decided after the rules that the header alone decides.
    #[inline]
    pub(crate) fn check_sender(
        role: Role,
        header: &FrameHeader,
        extensions: bool,
    ) -> Result<(), ConnectionError> {
        let rule = match (role, header.frame_type) {
            // §8.4
            (Role::Server, FrameType::PUSH_PROMISE) => Rule::PushPromiseToServer,
            // RFC 9218 §7.1
            (Role::Client, FrameType::PRIORITY_UPDATE) if extensions => Rule::PriorityUpdateToClient,
            _ => return Ok(()),
        };
        Err(ConnectionError { rule })
    }

    /// Takes note of a frame that is complete.
    #[inline(always)]
    pub(crate) fn take(&mut self, header: &FrameHeader) {
        self.first_frame_seen = true;
        let ends = header.flags.contains(Flags::END_HEADERS);
        match header.frame_type {
            FrameType::HEADERS | FrameType::PUSH_PROMISE if !ends => {
                self.open_field_block = Some(header.stream_id);
            }
            FrameType::CONTINUATION if ends => self.open_field_block = None,
            _ => {}
        }
    }

    /// Whether a server may send such settings.
    pub(crate) fn check_server_settings(settings: &SettingList<&[u8]>) -> Result<(), ConnectionError> {
        // §6.5.2
        if settings.iter().any(|setting| setting.id == SettingId::ENABLE_PUSH && setting.value == 1) {
            return Err(ConnectionError { rule: Rule::SettingsEnablePushByServer });
        }
        Ok(())
    }
}

/// Whether this is the SETTINGS frame of a connection preface: one that does not acknowledge. §3.4
fn is_preface_settings(header: &FrameHeader) -> bool {
    header.frame_type == FrameType::SETTINGS && !header.flags.contains(Flags::ACK)
}
