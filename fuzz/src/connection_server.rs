//! A server's connection against anything that a client sends, an application does and time brings: see `connection/mod.rs`.
//!
//! Input: two octets of configuration, one that chooses a conversation, four lengths of pieces, the conversation's cause, length and
//! seed, and steps: the next of the conversation, frames, octets, calls.

use h2wire::Role;

/// See the module.
pub fn target(octets: &[u8]) {
    crate::connection::check(Role::Server, octets);
}
