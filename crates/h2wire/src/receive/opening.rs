//! How a direction starts: with the preface, with frames, or in another protocol. RFC 9113 §3.4.

use h2wire_frame::{FrameHeader, FrameRule, Opening, PrefaceMatch, PrefaceMatcher};

use crate::Role;

/// What the first bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Start {
    /// The client connection preface.
    Preface,
    /// A frame.
    Frame,
    /// So many more bytes are needed for the preface, or for the header of a frame; less if they are neither.
    Needed(usize),
    /// Neither.
    Broken(FrameRule),
}

impl Start {
    /// Bytes that are enough to tell: those of the preface.
    pub(crate) const MAX_LEN: usize = h2wire_frame::PREFACE.len();

    /// Looks at the first bytes that `role` receives.
    pub(crate) fn detect(role: Role, input: &[u8]) -> Self {
        if role != Role::Client {
            match PrefaceMatcher::new().advance(input) {
                PrefaceMatch::Complete { .. } => return Self::Preface,
                PrefaceMatch::Needed(octets) if role == Role::Server || !input.is_empty() => {
                    return Self::Needed(octets);
                }
                _ => {}
            }
        }
        match Opening::detect(input) {
            // §3.4
            Opening::Foreign(rule) => Self::Broken(rule),
            Opening::Undecided => Self::Needed(FrameHeader::LEN.saturating_sub(input.len())),
            // §3.4
            Opening::Other if expects_preface(role, input) => Self::Broken(FrameRule::Preface),
            Opening::Other => Self::Frame,
        }
    }
}

/// Whether the bytes should have been the preface: a client's, or damaged ones that whoever listens takes for it.
fn expects_preface(role: Role, input: &[u8]) -> bool {
    match role {
        Role::Server => true,
        Role::Client => false,
        Role::Observer => input.starts_with(b"PRI * HTTP/"),
    }
}
