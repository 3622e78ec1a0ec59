//! What only a connection can find: it knows the states of streams, and the windows.

use alloc::vec;
use alloc::vec::Vec;

use h2wire_frame::{ErrorCode, Flags, FrameType, RfcSection, StreamId};

use super::stage::Stage;
use super::{Breach, Seed, raw};
use crate::Role;
use crate::generate::speaker::INITIAL_WINDOW;

/// A frame that its stream, or a window, is not ready for. The codec does not judge it; RFC 9113 §5.1 says what a connection does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum StreamBreach {
    /// DATA on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleData,
    /// `RST_STREAM` on a stream that nobody opened. §6.4: connection error `PROTOCOL_ERROR`.
    IdleRstStream,
    /// `WINDOW_UPDATE` on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleWindowUpdate,
    /// DATA after `END_STREAM`. §5.1: stream error `STREAM_CLOSED`; of the connection if the stream is closed by now.
    DataAfterEnd,
    /// HEADERS after `END_STREAM`. §5.1: stream error `STREAM_CLOSED`; of the connection if the stream is closed by now.
    HeadersAfterEnd,
    /// DATA after `RST_STREAM` from the same side. §5.1: error `STREAM_CLOSED`, of the stream or the connection.
    DataAfterReset,
    /// HEADERS after `RST_STREAM` from the same side. §5.1: error `STREAM_CLOSED`, of the stream or the connection.
    HeadersAfterReset,
    /// A client opens a stream below one that it opened before. §5.1.1: connection error `PROTOCOL_ERROR`.
    IdNotGrowing,
    /// A server promises a stream below one that it promised before. §5.1.1: connection error `PROTOCOL_ERROR`.
    PromisedIdNotGrowing,
    /// A server responds on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleHeaders,
    /// A section with pseudo-header fields after the head of a request, or a final response. §8.1: stream error `PROTOCOL_ERROR`.
    PseudoFieldInTrailers,
    /// Less content than `content-length` says, or more. §8.1.1: stream error `PROTOCOL_ERROR`.
    ContentLengthMismatch,
    /// DATA before the head of the response. §8.1: stream error `PROTOCOL_ERROR`.
    DataBeforeHeaders,
    /// `WINDOW_UPDATE` that makes the window of the connection larger than 2^31-1. §6.9.1: connection error `FLOW_CONTROL_ERROR`.
    ConnectionWindowOverflow,
    /// `WINDOW_UPDATE` that makes the window of a stream larger than 2^31-1. §6.9.1: stream error `FLOW_CONTROL_ERROR`.
    StreamWindowOverflow,
    /// More content than the first window of the connection, on one stream. §6.9.1: connection error `FLOW_CONTROL_ERROR`. Send
    /// it at once: a receiver may widen its windows between two frames.
    ConnectionWindowExceeded,
    /// More content than the window of a stream, for which the receiver sends `SETTINGS_INITIAL_WINDOW_SIZE` 100. §6.9.1: stream
    /// error `FLOW_CONTROL_ERROR`. Send it at once.
    StreamWindowExceeded,
}

impl StreamBreach {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::IdleData,
        Self::IdleRstStream,
        Self::IdleWindowUpdate,
        Self::DataAfterEnd,
        Self::HeadersAfterEnd,
        Self::DataAfterReset,
        Self::HeadersAfterReset,
        Self::IdNotGrowing,
        Self::PromisedIdNotGrowing,
        Self::IdleHeaders,
        Self::PseudoFieldInTrailers,
        Self::ContentLengthMismatch,
        Self::DataBeforeHeaders,
        Self::ConnectionWindowOverflow,
        Self::StreamWindowOverflow,
        Self::ConnectionWindowExceeded,
        Self::StreamWindowExceeded,
    ];

    /// The error code to expect.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::DataAfterEnd | Self::HeadersAfterEnd | Self::DataAfterReset | Self::HeadersAfterReset => {
                ErrorCode::STREAM_CLOSED
            }
            Self::ConnectionWindowOverflow
            | Self::StreamWindowOverflow
            | Self::ConnectionWindowExceeded
            | Self::StreamWindowExceeded => ErrorCode::FLOW_CONTROL_ERROR,
            _ => ErrorCode::PROTOCOL_ERROR,
        }
    }

    /// The section that says so.
    #[must_use]
    pub const fn section(self) -> RfcSection {
        let number = match self {
            Self::IdNotGrowing | Self::PromisedIdNotGrowing => "5.1.1",
            Self::IdleRstStream => "6.4",
            Self::PseudoFieldInTrailers | Self::DataBeforeHeaders => "8.1",
            Self::ContentLengthMismatch => "8.1.1",
            Self::ConnectionWindowOverflow
            | Self::StreamWindowOverflow
            | Self::ConnectionWindowExceeded
            | Self::StreamWindowExceeded => "6.9.1",
            _ => "5.1",
        };
        RfcSection { rfc: 9113, number }
    }

    /// Whether `sender` can do this.
    #[must_use]
    pub const fn is_possible_for(self, sender: Role) -> bool {
        match self {
            Self::IdNotGrowing => matches!(sender, Role::Client),
            Self::PromisedIdNotGrowing | Self::IdleHeaders | Self::DataBeforeHeaders => {
                matches!(sender, Role::Server)
            }
            _ => !matches!(sender, Role::Observer),
        }
    }
}

/// Field blocks of the static table, which change no table.
const GET: &[u8] = b"\x82\x87\x84\x01\x01a";
const OK: &[u8] = b"\x88";
const ENDS: Flags = Flags::END_STREAM.union(Flags::END_HEADERS);

pub(super) fn breach(breach: StreamBreach, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    use StreamBreach as B;

    let sender = stage.speaker.plan.sender();
    if !breach.is_possible_for(sender) {
        return None;
    }
    let block = if sender == Role::Client { GET } else { OK };
    let content = data(stage.stream_id(), Flags::END_STREAM.when(seed.one_in(2)), b"abc");
    Some(match breach {
        B::IdleData => Breach::connection(data(stage.idle(seed), Flags::NONE, b"abc")),
        B::IdleRstStream => Breach::connection(rst_stream(stage.idle(seed))),
        B::IdleWindowUpdate => Breach::connection(window_update(stage.idle(seed), 1)),
        B::IdleHeaders => Breach::connection(raw::headers(stage.idle(seed), ENDS, OK)),
        B::DataAfterEnd => Breach::stream(stage.open(None, true), content),
        B::HeadersAfterEnd => {
            let id = stage.open(None, true);
            Breach::stream(id, raw::headers(id, ENDS, b"\x00\x01a\x01b"))
        }
        B::DataAfterReset => {
            let id = stage.open(None, false);
            Breach::stream(id, content).after(&rst_stream(id))
        }
        B::HeadersAfterReset => {
            let id = stage.open(None, false);
            Breach::stream(id, raw::headers(id, ENDS, b"\x00\x01a\x01b")).after(&rst_stream(id))
        }
        B::IdNotGrowing => {
            let lower = stage.stream_id();
            let higher = StreamId::new(lower.get().checked_add(2)?)?;
            let before = raw::headers(higher, ENDS, GET);
            Breach::connection(raw::headers(lower, ENDS, GET)).after(&before)
        }
        B::PromisedIdNotGrowing => {
            let (on, lower) = (stage.stream_id(), stage.promised());
            let higher = StreamId::new(lower.get().checked_add(2)?)?;
            let promise = |promised| raw::push_promise(on, promised, GET);
            Breach::connection(promise(lower)).after(&promise(higher))
        }
        B::PseudoFieldInTrailers => {
            let id = stage.open(None, false);
            Breach::stream(id, raw::headers(id, ENDS, block))
        }
        B::ContentLengthMismatch => {
            let len = if seed.one_in(2) { 2 } else { 4 };
            let id = stage.open(Some(len), false);
            Breach::stream(id, data(id, Flags::END_STREAM, b"abc"))
        }
        B::DataBeforeHeaders => Breach::stream(stage.stream_id(), content),
        B::ConnectionWindowOverflow => Breach::connection(window_update(
            StreamId::CONNECTION,
            0x7fff_ffff_u32.saturating_sub(seed.below(1_000)),
        )),
        B::StreamWindowOverflow => {
            let id = stage.open(None, false);
            let update = window_update(id, 0x7fff_ffff);
            // The window may have been 0.
            Breach::stream(id, update.clone()).after(&update)
        }
        B::ConnectionWindowExceeded => {
            let id = stage.open(None, false);
            exceeding(id, usize::try_from(stage.speaker.window.clamp(0, INITIAL_WINDOW)).ok()?, true)
        }
        B::StreamWindowExceeded => {
            let id = stage.open(None, false);
            let window = stage.speaker.initial_window.min(stage.speaker.window);
            let is_connection = stage.speaker.window <= stage.speaker.initial_window;
            exceeding(id, usize::try_from(window).ok()?, is_connection)
        }
    })
}

/// Content that fills a window, and a byte more.
fn exceeding(id: StreamId, window: usize, is_connection: bool) -> Breach {
    const FULL: usize = 16_384;
    let full = vec![b'a'; window];
    let before: Vec<u8> = full.chunks(FULL).flat_map(|content| data(id, Flags::NONE, content)).collect();
    let last = data(id, Flags::NONE, b"!");
    let breach = if is_connection { Breach::connection(last) } else { Breach::stream(id, last) };
    breach.after(&before)
}

fn data(id: StreamId, flags: Flags, content: &[u8]) -> Vec<u8> {
    raw::frame(FrameType::DATA, flags, id, content)
}

fn rst_stream(id: StreamId) -> Vec<u8> {
    raw::frame(FrameType::RST_STREAM, Flags::NONE, id, &ErrorCode::CANCEL.0.to_be_bytes())
}

fn window_update(id: StreamId, increment: u32) -> Vec<u8> {
    raw::frame(FrameType::WINDOW_UPDATE, Flags::NONE, id, &increment.to_be_bytes())
}
