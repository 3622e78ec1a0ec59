//! A server in 16 KiB of memory: the same code on the device and on the host.
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod crc; // sums of what came
mod server; // octets in, octets out
mod streams; // the requests that are not answered yet
mod text; // lines without a formatter

pub use server::{Failure, Memory, Outside, Server, serve};

/// What clients sent, by the name of the file.
pub const RECORDINGS: [(&str, &[u8]); 3] = [
    ("curl", include_bytes!("../recordings/curl.h2c")),
    ("nghttp", include_bytes!("../recordings/nghttp.h2c")),
    ("fields", include_bytes!("../recordings/fields.h2c")),
];

/// The most octets that come at a time: no power of two, so that every frame is cut somewhere.
pub const PIECE: usize = 61;
