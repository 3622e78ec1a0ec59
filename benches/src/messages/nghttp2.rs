//! A server's session of nghttp2.

use h2wire_nghttp2::{Server, Visit};

use super::visit::Count;

/// Reads all of a connection.
pub(super) fn read<V: Visit + Default>(octets: &[u8]) -> V {
    let mut visitor = V::default();
    Server::new().receive(octets, &mut visitor).expect("valid");
    visitor
}

/// A server that has read these requests, and what it sent as the connection was set up.
#[must_use]
pub fn prepare<'a>(requests: &[u8]) -> (Server<'a, Count>, Vec<u8>) {
    let (mut server, mut sent) = (Server::new(), Vec::new());
    server.submit_settings();
    server.receive(requests, &mut Count::default()).expect("valid");
    server.send(|octets| sent.extend_from_slice(octets));
    (server, sent)
}
