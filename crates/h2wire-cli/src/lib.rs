//! The `h2wire` command as a library, so that fuzz targets can call it. Its API is not stable: programs use the `h2wire`
//! crate.
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]
#![cfg_attr(not(feature = "command"), allow(dead_code, unused_imports, reason = "the command uses it"))]

mod anatomy; // field blocks byte by byte
#[cfg(feature = "command")]
mod args; // the command line
mod bounds; // bounds of the command itself
#[cfg(feature = "command")]
mod command; // the command line of the process
#[cfg(feature = "command")]
mod decode; // bytes, hexadecimal text or captures, printed
#[cfg(feature = "command")]
mod encode; // JSON to bytes
mod event; // frames, field sections and errors
mod explain; // the meaning of names
mod finding; // what `probe` finds beyond the rules of HTTP/2
#[cfg(feature = "command")]
mod generate; // completions and manual pages
mod hidden; // characters that text hides
#[cfg(feature = "command")]
mod hpack; // field blocks alone
mod inspect; // bytes or captures to events
mod io; // files, standard input, notes
mod moment; // when something was captured
mod order; // what has a number, sorted
pub mod page; // what a page of its own shows
#[cfg(feature = "command")]
mod probe; // a real connection
mod render; // events to text or JSON
mod screen; // the width of the terminal
mod status; // the exit status
mod style; // colours
mod upgrade; // the HTTP/1.1 request of an upgrade

#[cfg(feature = "command")]
pub use command::{Decode, main};
