//! The request, and the events of the response.

use h2wire::frame::{ErrorCode, SettingId, StreamId};
use h2wire::{FieldList, StreamError};

use super::broken::Broken;

/// The request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

/// An event of the connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum SessionEvent {
    /// SETTINGS that are not an acknowledgment, in their order.
    Settings(Vec<(SettingId, u32)>),
    /// The fields of a response with this status; below 200, another response follows.
    Response {
        status: u16,
        fields: FieldList,
    },
    /// Bytes of content.
    Content(usize),
    /// The response is complete.
    End,
    /// The peer reset the request.
    Reset(ErrorCode),
    GoAway {
        last_stream_id: StreamId,
        error_code: ErrorCode,
        additional_debug_data: Vec<u8>,
    },
    /// The response cannot be used.
    StreamBroken {
        error: StreamError,
        /// The field that is wrong, and its index.
        field: Option<String>,
    },
    /// The connection cannot be used; the bytes are those available of the frame.
    Broken {
        broken: Broken,
        octets: Vec<u8>,
    },
}
