//! nghttp2 as a safe engine: its HPACK, its sessions for fuzzing, and a server and a client of its. Everything that calls C is in this crate.
#![allow(unsafe_code, reason = "calls C")]

mod client;
mod hpack;
mod server;
mod session;
mod visit;

pub use client::Client;
pub use hpack::{Deflater, Fields, Inflater, Line};
pub use server::Server;
pub use session::Session;
pub use visit::{Content, Visit};

/// nghttp2 refuses: one of its negative error codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused(pub i64);
