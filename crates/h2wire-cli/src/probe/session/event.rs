//! What is asked for, and what comes.

use h2wire::frame::{ErrorCode, SettingId, StreamId};
use h2wire::{FieldList, StreamError};

use super::broken::Broken;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

/// What came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// SETTINGS that are not an acknowledgment, in their order.
    Settings(Vec<(SettingId, u32)>),
    /// The head of a response with this status; below 200 another one follows.
    Response {
        status: u16,
        fields: FieldList,
    },
    /// Bytes of content.
    Content(usize),
    /// The response is complete.
    End,
    /// The request was given up.
    Reset(ErrorCode),
    GoAway {
        last_stream_id: StreamId,
        error_code: ErrorCode,
        additional_debug_data: Vec<u8>,
    },
    /// The response cannot be used.
    StreamBroken(StreamError),
    /// The connection cannot be used; the bytes are those of the frame, as many as are at hand.
    Broken {
        broken: Broken,
        octets: Vec<u8>,
    },
}
