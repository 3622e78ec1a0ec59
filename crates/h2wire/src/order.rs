//! The rules about the order of frames and about who may send them: a few octets of memory.

use h2wire_frame::{
    ConnectionError, Flags, Frame, FrameHeader, FrameType, Rule, SettingId, Settings, StreamId,
};

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

    /// Takes note of a frame that is complete, and checks what its payload decides.
    #[inline]
    pub(crate) fn take(&mut self, role: Role, frame: &Frame<&[u8]>) -> Result<(), ConnectionError> {
        self.first_frame_seen = true;
        match frame {
            Frame::Headers(headers) if !headers.end_headers => {
                self.open_field_block = Some(headers.stream_id);
            }
            Frame::PushPromise(promise) if !promise.end_headers => {
                self.open_field_block = Some(promise.stream_id);
            }
            Frame::Continuation(continuation) if continuation.end_headers => self.open_field_block = None,
            Frame::Settings(settings) if role == Role::Client => check_server_settings(settings)?,
            _ => {}
        }
        Ok(())
    }
}

/// Whether this is the SETTINGS frame of a connection preface: one that does not acknowledge. §3.4
fn is_preface_settings(header: &FrameHeader) -> bool {
    header.frame_type == FrameType::SETTINGS && !header.flags.contains(Flags::ACK)
}

fn check_server_settings(settings: &Settings<&[u8]>) -> Result<(), ConnectionError> {
    let Settings::List(list) = settings else { return Ok(()) };
    // §6.5.2
    if list.iter().any(|setting| setting.id == SettingId::ENABLE_PUSH && setting.value == 1) {
        return Err(ConnectionError { rule: Rule::SettingsEnablePushByServer });
    }
    Ok(())
}
