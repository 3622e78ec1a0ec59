//! Streams that are not complete.

use h2wire::Role;
use h2wire::frame::StreamId;

use super::Watcher;
use crate::streams::Progress;

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

impl Watcher {
    /// The streams that are open, in no order: at the end of a connection those that were left open.
    pub fn open_streams(&self) -> impl Iterator<Item = OpenStream> {
        // The client's side knows of every stream: it opens them, or they are promised to it.
        let client = &self.server.receiver;
        debug_assert_eq!(client.role, Role::Client);
        let open = client.streams.iter().map(|stream| OpenStream {
            stream_id: stream.id,
            client_ended: stream.sending == Progress::Ended,
            server_ended: stream.receiving == Progress::Ended,
        });
        open.filter(|open| !(open.client_ended && open.server_ended))
    }
}
