//! nghttp2 as a safe engine: its HPACK, its sessions for fuzzing, and a server of its. Everything that calls C is in this crate.
#![allow(unsafe_code, reason = "calls C")]

mod hpack;
mod server;
mod session;

pub use hpack::{Deflater, Fields, Inflater, Line};
pub use server::{Content, Server, Visit};
pub use session::Session;

/// nghttp2 refuses: one of its negative error codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused(pub i64);
