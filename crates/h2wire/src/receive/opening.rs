//! How a direction starts: with the preface, with frames, or in another protocol. RFC 9113 §3.4.

use h2wire_frame::{FrameHeader, FrameRule, Opening, PrefaceMatch, PrefaceMatcher};

use crate::Role;

/// What a direction starts with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Start {
    /// The client connection preface.
    Preface,
    /// A frame.
    Frame,
    /// This many more bytes are needed for the preface or the header of a frame; fewer if it is neither.
    Needed(usize),
    /// Neither.
    Broken(FrameRule),
}

impl Start {
    /// This many bytes are enough to decide: those of the preface.
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

/// Whether the bytes should have been the preface: a client's, or what an observer recognises as a damaged preface.
fn expects_preface(role: Role, input: &[u8]) -> bool {
    match role {
        Role::Server => true,
        Role::Client => false,
        Role::Observer => input.starts_with(b"PRI * HTTP/"),
    }
}
