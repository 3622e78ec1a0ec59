//! What has come so far, for whoever decides when it is too much.

use h2wire_frame::{Data, Frame, FrameType, Ping, Settings};

/// Counts of what a peer sent, for policies against floods: an embedder looks at them, or sets them back with
/// `core::mem::take`, at intervals of its choice. RFC 9113 §10.5.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Frames of the ten types, by the number of the type.
    pub frames: [u64; 10],
    /// Frames of other types.
    pub unknown: u64,
    /// DATA frames without content that do not end their stream: nothing but work.
    pub empty_data: u64,
    /// CONTINUATION frames without an octet.
    pub empty_continuations: u64,
    /// PING frames to be answered.
    pub pings: u64,
    /// SETTINGS frames to be acknowledged.
    pub settings: u64,
    /// Field sections that are complete, whether right or wrong.
    pub sections: u64,
    /// Stream errors: of frames, of malformed and of too large field sections.
    pub stream_errors: u64,
}

impl Counters {
    /// The frames of a type; of all unknown types together for one that is not of the ten.
    ///
    /// `RST_STREAM` frames are `counters.of(FrameType::RST_STREAM)`.
    #[must_use]
    pub fn of(&self, frame_type: FrameType) -> u64 {
        self.frames.get(usize::from(frame_type.0)).copied().unwrap_or(self.unknown)
    }

    /// Counts a frame; `payload_len` are the octets in `B`.
    #[inline]
    pub(crate) fn count<B>(&mut self, frame: &Frame<B>, payload_len: usize) {
        let frame_type = usize::from(frame.frame_type().0);
        add_one(self.frames.get_mut(frame_type).unwrap_or(&mut self.unknown));
        add_one(match frame {
            Frame::Data(Data { end_stream: false, .. }) if payload_len == 0 => &mut self.empty_data,
            Frame::Continuation(_) if payload_len == 0 => &mut self.empty_continuations,
            Frame::Ping(Ping { ack: false, .. }) => &mut self.pings,
            Frame::Settings(Settings::List(_)) => &mut self.settings,
            _ => return,
        });
    }

    pub(crate) fn count_stream_error(&mut self) {
        add_one(&mut self.stream_errors);
    }

    pub(crate) fn count_section(&mut self) {
        add_one(&mut self.sections);
    }
}

#[inline]
fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}
