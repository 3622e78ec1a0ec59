//! The rules that depend on earlier frames or on the sender: a few bytes of state.

use h2wire_frame::{
    CheckedHeader, Flags, Frame, FrameError, FrameHeader, FrameRule, FrameType, ParseOptions, Scope, Setting,
    SettingId, SettingList, Settings, StreamId,
};

use super::EndOfInput;
use crate::{ConnectionError, Limit, Limits, Role, Rule, SectionHead, StreamError};

/// Bytes of a setting in a SETTINGS frame. §6.5.1
const SETTING_LEN: u32 = 6;

/// Why a frame is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    Connection(ConnectionError),
    Stream(StreamError),
}

impl From<FrameError> for Refused {
    #[inline]
    fn from(error: FrameError) -> Self {
        let rule = Rule::Frame(error.rule);
        match error.scope {
            Scope::Connection => Self::Connection(ConnectionError::new(rule)),
            Scope::Stream(stream_id) => Self::Stream(StreamError::new(stream_id, rule)),
        }
    }
}

/// Whether there was a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Begun {
    /// No: SETTINGS come first.
    No,
    /// None was seen that came before the next one, which may continue a field block.
    #[cfg(feature = "alloc")]
    Unseen,
    Yes,
}

/// What must be remembered of earlier frames of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    role: Role,
    max_block_len: u32,
    max_continuations: u32,
    max_settings: u32,
    /// Whether the sender may push: it has not acknowledged the contrary.
    pub(crate) push_enabled: bool,
    begun: Begun,
    /// The stream of a field block that goes on. The next frame must be its CONTINUATION.
    open_field_block: Option<StreamId>,
    /// Bytes of the field block so far.
    block_len: u32,
    /// CONTINUATION frames of the field block so far.
    continuations: u32,
}

impl Order {
    /// At the start of a connection whose bytes `role` receives.
    pub(crate) const fn new(role: Role, limits: &Limits) -> Self {
        Self {
            role,
            max_block_len: limits.block_len(),
            max_continuations: limits.continuations(),
            max_settings: limits.max_settings,
            push_enabled: true,
            begun: Begun::No,
            open_field_block: None,
            block_len: 0,
            continuations: 0,
        }
    }

    /// Changes the limits.
    pub(crate) const fn set_limits(&mut self, limits: &Limits) {
        self.max_block_len = limits.block_len();
        self.max_continuations = limits.continuations();
        self.max_settings = limits.max_settings;
    }

    /// The same without room for more settings in a frame.
    pub(crate) fn with_most_settings(mut self, most: u32) -> Self {
        self.max_settings = self.max_settings.min(most);
        self
    }

    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    /// What is missing if no more frames come.
    pub(crate) const fn end_of_input(&self) -> EndOfInput {
        match self.open_field_block {
            Some(stream_id) => EndOfInput::InsideFieldBlock { stream_id },
            None if matches!(self.begun, Begun::No) => EndOfInput::BeforeSettings,
            None => EndOfInput::Clean,
        }
    }

    /// All that a header decides: open block, length limit, stream, fixed length, sender, limits.
    #[inline(always)]
    pub(crate) fn check(
        &self,
        header: &FrameHeader,
        options: &ParseOptions,
    ) -> Result<CheckedHeader, Refused> {
        let broken = |rule| Refused::Connection(ConnectionError::frame(rule));
        self.check_place(header).map_err(broken)?;
        let checked = header.check(options)?;
        self.check_sender(header, options.extensions).map_err(broken)?;
        self.check_limits(header).map_err(|limit| Refused::Connection(ConnectionError::limit(limit)))?;
        Ok(checked)
    }

    /// Whether a frame with this header may come now, if its type allows it, and leaves nothing to [`accept`](Self::accept).
    /// If not, [`check`](Self::check) says whether it may come.
    #[inline(always)]
    pub(crate) fn is_plain(&self, header: &FrameHeader) -> bool {
        const OTHERS: u32 = 1 << FrameType::HEADERS.0
            | 1 << FrameType::SETTINGS.0
            | 1 << FrameType::PUSH_PROMISE.0
            | 1 << FrameType::CONTINUATION.0
            | 1 << FrameType::PRIORITY_UPDATE.0;
        let (frame_type, length) = (header.frame_type, header.length.get());
        if self.begun != Begun::Yes || self.open_field_block.is_some() {
            return false;
        }
        // One test for the types that nothing else is to be known of.
        if OTHERS.checked_shr(u32::from(frame_type.0)).is_none_or(|types| types & 1 == 0) {
            return true;
        }
        match frame_type {
            FrameType::HEADERS => {
                header.flags.contains(Flags::END_HEADERS)
                    && length <= self.max_block_len
                    && (self.role != Role::Server || !header.stream_id.is_server_initiated())
            }
            FrameType::SETTINGS => {
                !header.flags.contains(Flags::ACK)
                    && self.role != Role::Client
                    && length <= self.max_settings.saturating_mul(SETTING_LEN)
            }
            _ => false,
        }
    }

    /// Whether a frame with this header may come now.
    #[inline(always)]
    fn check_place(&self, header: &FrameHeader) -> Result<(), FrameRule> {
        let is_continuation = header.frame_type == FrameType::CONTINUATION;
        match self.open_field_block {
            // §6.10
            Some(_) if !is_continuation => Err(FrameRule::FrameInsideFieldBlock),
            // §6.10
            Some(stream_id) if header.stream_id != stream_id => Err(FrameRule::ContinuationOtherStream),
            None if self.begun != Begun::Yes => self.check_first(header),
            // §6.10
            None if is_continuation => Err(FrameRule::ContinuationWithoutHeaders),
            _ => Ok(()),
        }
    }

    /// Whether a frame with this header may be the first one. A reader that joins late may see the rest of a block first.
    #[cold]
    fn check_first(&self, header: &FrameHeader) -> Result<(), FrameRule> {
        // §3.4
        if self.begun == Begun::No && !is_preface_settings(header) {
            return Err(FrameRule::FirstFrame);
        }
        Ok(())
    }

    /// Whether the sender may send such a frame at all.
    #[inline(always)]
    fn check_sender(&self, header: &FrameHeader, extensions: bool) -> Result<(), FrameRule> {
        match (self.role, header.frame_type) {
            // §8.4
            (Role::Server, FrameType::PUSH_PROMISE) => Err(FrameRule::PushPromiseToServer),
            // §6.6
            (_, FrameType::PUSH_PROMISE) if header.stream_id.is_server_initiated() => {
                Err(FrameRule::PushPromiseStreamId)
            }
            // §6.5.2
            (_, FrameType::PUSH_PROMISE) if !self.push_enabled => Err(FrameRule::PushPromiseDisabled),
            // §5.1.1
            (Role::Server, FrameType::HEADERS) if header.stream_id.is_server_initiated() => {
                Err(FrameRule::HeadersServerStream)
            }
            // RFC 9218 §7.1
            (Role::Client, FrameType::PRIORITY_UPDATE) if extensions => {
                Err(FrameRule::PriorityUpdateToClient)
            }
            _ => Ok(()),
        }
    }

    /// Whether the frame goes beyond a limit by its header alone. §10.5
    #[inline(always)]
    fn check_limits(&self, header: &FrameHeader) -> Result<(), Limit> {
        match header.frame_type {
            FrameType::CONTINUATION if self.continuations >= self.max_continuations => {
                Err(Limit::Continuations)
            }
            FrameType::CONTINUATION => self.check_block_len(header.length.get()),
            FrameType::SETTINGS if header.length.get() / SETTING_LEN > self.max_settings => {
                Err(Limit::Settings)
            }
            _ => Ok(()),
        }
    }

    fn check_block_len(&self, more: u32) -> Result<(), Limit> {
        if more > self.max_block_len.saturating_sub(self.block_len) {
            Err(Limit::BlockLength)
        } else {
            Ok(())
        }
    }

    /// Accepts a whole frame whose header was checked, if its content is allowed.
    #[inline(always)]
    pub(crate) fn accept(
        &mut self,
        header: &FrameHeader,
        frame: &Frame<&[u8]>,
    ) -> Result<(), ConnectionError> {
        match frame {
            Frame::Settings(Settings::List(list)) => self.check_settings(list)?,
            Frame::Headers(frame) => self.start_block(frame.field_block_fragment.len())?,
            Frame::PushPromise(frame) => self.start_block(frame.field_block_fragment.len())?,
            _ => {}
        }
        self.record(header);
        Ok(())
    }

    /// Accepts the start of a frame whose payload comes in pieces; `payload_len` is without padding.
    pub(crate) fn accept_start(
        &mut self,
        header: &FrameHeader,
        head: Option<&SectionHead>,
        payload_len: usize,
    ) -> Result<(), ConnectionError> {
        if head.is_some() {
            self.start_block(payload_len)?;
        }
        self.record_once(header);
        Ok(())
    }

    /// Whether the sender may send such settings.
    pub(crate) fn check_settings<B: AsRef<[u8]>>(
        &self,
        settings: &SettingList<B>,
    ) -> Result<(), ConnectionError> {
        let enables_push = |setting: Setting| setting.id == SettingId::ENABLE_PUSH && setting.value == 1;
        // §6.5.2
        if self.role == Role::Client && settings.iter().any(enables_push) {
            return Err(ConnectionError::frame(FrameRule::SettingsEnablePushByServer));
        }
        Ok(())
    }

    /// Starts a field block with the bytes in its HEADERS or `PUSH_PROMISE` frame.
    fn start_block(&mut self, fragment_len: usize) -> Result<(), ConnectionError> {
        let len = u32::try_from(fragment_len).unwrap_or(u32::MAX);
        self.check_block_len(len).map_err(ConnectionError::limit)?;
        self.block_len = len;
        Ok(())
    }

    /// As [`record`](Self::record), compiled once: for devices.
    #[inline(never)]
    pub(crate) fn record_once(&mut self, header: &FrameHeader) {
        self.record(header);
    }

    /// Records a frame that was accepted.
    #[inline(always)]
    pub(crate) fn record(&mut self, header: &FrameHeader) {
        self.begun = Begun::Yes;
        let ends = header.flags.contains(Flags::END_HEADERS);
        match header.frame_type {
            FrameType::HEADERS | FrameType::PUSH_PROMISE | FrameType::CONTINUATION if ends => {
                (self.open_field_block, self.block_len, self.continuations) = (None, 0, 0);
            }
            FrameType::HEADERS | FrameType::PUSH_PROMISE => self.open_field_block = Some(header.stream_id),
            FrameType::CONTINUATION => {
                self.continuations = self.continuations.saturating_add(1);
                self.block_len = self.block_len.saturating_add(header.length.get());
                // Its start may not have been seen.
                #[cfg(feature = "alloc")]
                {
                    self.open_field_block = Some(header.stream_id);
                }
            }
            _ => {}
        }
    }
}

#[cfg(feature = "alloc")]
impl Order {
    /// The next frame is anywhere in a connection.
    pub(crate) const fn join(&mut self) {
        self.begun = Begun::Unseen;
        (self.open_field_block, self.block_len, self.continuations) = (None, 0, 0);
    }
}

impl Order {
    /// Whether HEADERS of a message, without priority, may be written now whatever its length: on a stream of a client only that it
    /// is the wrong time can be wrong. If not, [`check`](Self::check) says why, or that they may.
    #[inline]
    pub(crate) fn takes_headers(&self, stream_id: StreamId) -> bool {
        self.begun == Begun::Yes && self.open_field_block.is_none() && stream_id.is_client_initiated()
    }

    /// Records frames of a field block that were written; `ends` says that the last one ends it.
    pub(crate) fn record_block(&mut self, stream_id: StreamId, ends: bool) {
        self.open_field_block = if ends { None } else { Some(stream_id) };
    }
}

/// Whether this is the SETTINGS frame of a connection preface: one that does not acknowledge. §3.4
fn is_preface_settings(header: &FrameHeader) -> bool {
    header.frame_type == FrameType::SETTINGS && !header.flags.contains(Flags::ACK)
}
