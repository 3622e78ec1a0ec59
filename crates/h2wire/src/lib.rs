#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::arithmetic_side_effects,
        clippy::as_conversions
    )
)]

mod fields; // field sections behind HPACK
mod order; // rules that need a memory of earlier frames
mod reader; // octets in, frames out
mod role; // who receives

pub use fields::{Expected, FieldValidator, Malformed, SectionKind};
pub use h2wire_frame as frame;
pub use reader::{FrameReader, Item, Progress};
pub use role::Role;
