//! What a watcher reports.

use core::fmt;

use h2wire::Role;
use h2wire::frame::{Scope, StreamId};

use crate::Cause;

/// Who broke which rule, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The side that broke it: [`Role::Client`] or [`Role::Server`].
    pub by: Role,
    /// The rule, with its section and remedy.
    pub cause: Cause,
    /// What an endpoint has to end because of it: the connection or one stream.
    pub scope: Scope,
    /// The stream of the frame; 0 if it is of the connection.
    pub stream_id: StreamId,
    /// Where the frame starts, in bytes since the start of its direction. Of a field section: where its first frame does.
    pub offset: u64,
}

impl fmt::Display for Finding {
    /// One line: `client, byte 48, stream 1: DATA came on ...`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.by == Role::Client { "client" } else { "server" };
        write!(f, "{by}, byte {}, stream {}: {}", self.offset, self.stream_id, self.cause)
    }
}

/// A stream that is open: a message of it is not complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OpenStream {
    /// The stream.
    pub stream_id: StreamId,
    /// Whether the client has sent all of its message. So it has on a promised stream.
    pub client_ended: bool,
    /// Whether the server has sent all of its message.
    pub server_ended: bool,
}
