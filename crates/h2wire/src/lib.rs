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

#[cfg(feature = "tokio")]
extern crate std;

#[cfg(feature = "bytes")]
mod bytes; // the reader over `BytesMut`
mod fields; // field sections behind HPACK
mod order; // rules that need a memory of earlier frames
mod reader; // octets in, frames out
mod role; // who receives
#[cfg(feature = "tokio")]
mod tokio; // the reader for `Framed`

#[cfg(feature = "bytes")]
pub use bytes::encode_bytes;
pub use fields::{Expected, FieldValidator, Malformed, SectionKind};
pub use h2wire_frame as frame;
pub use reader::{FrameReader, Item, Progress};
pub use role::Role;
#[cfg(feature = "tokio")]
pub use tokio::{FrameCodec, FrameCodecError};
