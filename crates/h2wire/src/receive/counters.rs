//! Counts of received frames, for flood-protection policies.

use h2wire_frame::{Data, Frame, FrameType, Ping, Settings};

/// Counts of received frames, for flood-protection policies. Check them, or reset them with `core::mem::take`, as
/// often as you like. RFC 9113 §10.5.
///
/// ```
/// use h2wire::Counters;
/// use h2wire::frame::FrameType;
///
/// /// Whether a client resets streams faster than it could use them.
/// fn is_rapid_reset(last_second: &Counters) -> bool {
///     let resets = last_second.frames(FrameType::RST_STREAM);
///     resets > 100 && resets * 2 > last_second.sections
/// }
/// assert!(!is_rapid_reset(&Counters::default()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Counters {
    /// Frames of the ten types, by the number of the type.
    frames: [u64; 10],
    /// Frames of other types.
    pub unknown: u64,
    /// DATA frames without content that do not end their stream: they cost work and carry nothing.
    pub empty_data: u64,
    /// CONTINUATION frames without any payload.
    pub empty_continuations: u64,
    /// PING frames to be answered.
    pub pings: u64,
    /// SETTINGS frames to be acknowledged.
    pub settings: u64,
    /// Acknowledgments of SETTINGS that were not passed to `settings_sent`. They change nothing. If the peer is honest, the
    /// caller has forgotten `settings_sent`.
    pub unexpected_acks: u64,
    /// Complete field sections, valid or not.
    pub sections: u64,
    /// Stream errors: of frames, of malformed and of too large field sections.
    pub stream_errors: u64,
}

/// What is counted besides the type of a frame.
#[derive(Clone, Copy)]
enum Also {
    EmptyData,
    EmptyContinuation,
    Ping,
    Settings,
}

impl Counters {
    /// The frames of a type; of all unknown types together for one that is not of the ten.
    ///
    /// `RST_STREAM` frames are `counters.frames(FrameType::RST_STREAM)`.
    #[must_use]
    pub fn frames(&self, frame_type: FrameType) -> u64 {
        self.frames.get(usize::from(frame_type.0)).copied().unwrap_or(self.unknown)
    }

    /// Counts a frame; `payload_len` are the bytes in `B`.
    #[inline]
    pub(crate) fn count<B>(&mut self, frame: &Frame<B>, payload_len: usize) {
        let also = match frame {
            Frame::Data(Data { end_stream: false, .. }) if payload_len == 0 => Some(Also::EmptyData),
            Frame::Continuation(_) if payload_len == 0 => Some(Also::EmptyContinuation),
            Frame::Ping(Ping { ack: false, .. }) => Some(Also::Ping),
            Frame::Settings(Settings::List(_)) => Some(Also::Settings),
            _ => None,
        };
        self.add(frame.frame_type(), also);
    }

    /// Not generic over `B`, so it is compiled once.
    fn add(&mut self, frame_type: FrameType, also: Option<Also>) {
        add_one(self.frames.get_mut(usize::from(frame_type.0)).unwrap_or(&mut self.unknown));
        add_one(match also {
            Some(Also::EmptyData) => &mut self.empty_data,
            Some(Also::EmptyContinuation) => &mut self.empty_continuations,
            Some(Also::Ping) => &mut self.pings,
            Some(Also::Settings) => &mut self.settings,
            None => return,
        });
    }

    pub(crate) fn count_stream_error(&mut self) {
        add_one(&mut self.stream_errors);
    }

    pub(crate) fn count_unexpected_ack(&mut self) {
        add_one(&mut self.unexpected_acks);
    }

    pub(crate) fn count_section(&mut self) {
        add_one(&mut self.sections);
    }
}

#[inline]
fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}
