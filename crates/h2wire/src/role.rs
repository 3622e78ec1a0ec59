//! Which side this endpoint is on.

/// The side this endpoint is on: for a reader the side that receives, for a writer the side that sends. It decides
/// which rules apply. Closed: a connection has two sides, and observers are on neither.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// A server. What it reads comes from a client and starts with the preface.
    Server,
    /// A client. What it reads comes from a server.
    Client,
    /// An observer of either side. What it reads may start with the preface, and rules that bind only one side are
    /// not applied.
    Observer,
}
