//! Which side this endpoint is on.

/// The side this endpoint is on: who receives what a reader reads, and who sends what a writer writes. It decides which
/// rules apply.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// A server: the bytes are a client's and start with the preface.
    Server,
    /// A client: the bytes are a server's.
    Client,
    /// Someone who listens to either: the bytes may start with the preface, and rules that bind only one side
    /// are not applied.
    Observer,
}
