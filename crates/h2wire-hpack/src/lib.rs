//! h
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

mod error; // what goes wrong
pub mod huffman; // the code for strings
mod integer; // N-bit prefix, then 7 bits an octet

pub use error::{BufferTooSmall, Error, MemoryTooSmall, TableLimitTooLarge};
