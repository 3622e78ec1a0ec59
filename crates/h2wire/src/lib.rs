#![doc = include_str!("../README.md")]
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod order; // rules that need a memory of earlier frames
mod reader; // octets in, frames out
mod role; // who receives

pub use h2wire_frame as frame;
pub use reader::{FrameReader, Item, Progress};
pub use role::Role;
