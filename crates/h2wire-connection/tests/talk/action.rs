//! What an application does, and the messages that it sends.

use bytes::{Bytes, BytesMut};
use h2wire_connection::frame::StreamId;

pub(crate) const GET: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")];
pub(crate) const POST: [(&str, &str); 4] =
    [(":method", "POST"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")];

/// What an application does. Streams are chosen among those that are open.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// The client sends a request.
    Open {
        has_content: bool,
    },
    /// A side sends content, and perhaps the end.
    Send {
        by: usize,
        stream: usize,
        len: usize,
        end: bool,
    },
    /// The server promises a response.
    Push {
        stream: usize,
    },
    Trailers {
        by: usize,
        stream: usize,
    },
    Reset {
        by: usize,
        stream: usize,
    },
    /// A side deals with what it holds.
    Release {
        by: usize,
    },
    Prioritise {
        stream: usize,
        urgency: u8,
        incremental: bool,
    },
    Window {
        by: usize,
        size: u32,
    },
    Ping {
        by: usize,
    },
    ShutDown {
        by: usize,
    },
    /// Time goes by.
    Wait {
        millis: u64,
    },
    /// So many bytes of each direction move on.
    Move {
        to_server: usize,
        to_client: usize,
    },
}

/// What a side sends on a stream, from a place on: cheap to make, and another one everywhere.
pub(crate) fn content(by: usize, id: StreamId, at: usize, len: usize) -> Bytes {
    let start = at + by * 17 + usize::try_from(id.get()).unwrap() * 3;
    PATTERN.with(|pattern| {
        let (mut out, mut from) = (BytesMut::with_capacity(len), start % PERIOD);
        while out.len() < len {
            let step = (PERIOD - from).min(len - out.len());
            out.extend_from_slice(&pattern[from..from + step]);
            from = 0;
        }
        out.freeze()
    })
}

const PERIOD: usize = 65_521;

std::thread_local! {
    static PATTERN: Vec<u8> = (0..PERIOD as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
}
