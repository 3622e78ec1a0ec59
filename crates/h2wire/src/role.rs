//! Who receives the octets.

/// Who receives the octets that are read. It decides which rules apply to them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// A server: the octets are a client's and start with the preface.
    Server,
    /// A client: the octets are a server's.
    Client,
    /// Someone who listens to either: the octets may start with the preface, and rules that bind only one side
    /// are not applied.
    Observer,
}
