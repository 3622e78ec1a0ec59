#![doc = include_str!("../README.md")]
//!
//! [`Frame::parse`]: frame::Frame::parse
//! [`FrameHeader::encode_raw`]: frame::FrameHeader::encode_raw
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
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

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "tokio")]
extern crate std;

mod announced; // settings that are sent and not acknowledged yet
#[cfg(feature = "bytes")]
mod bytes; // the reader over `BytesMut`
mod chunked_reader; // octets in, in pieces; frames, pieces of payloads and fields out
mod counters; // what has come so far
mod error; // what the peer did wrong
mod fields; // field sections
mod frame_reader; // octets in, frames out
#[cfg(feature = "http")]
pub mod http; // to and from the types of the `http` crate
mod limits; // how much is taken
mod opening; // how a direction starts
mod options; // how a reader judges
mod order; // rules that need a memory of earlier frames
mod reader; // octets in; frames and fields out
mod role; // who receives
#[cfg(feature = "tokio")]
mod tokio; // codecs for `Framed`
mod writer; // frames and fields in, octets out

#[cfg(doc)]
#[doc = include_str!("../docs/when-http2-does-not-start.md")]
pub mod when_http2_does_not_start {}

pub use announced::AnnounceError;
#[cfg(feature = "bytes")]
pub use bytes::{Message, encode_bytes};
pub use chunked_reader::{Chunk, ChunkedReader};
pub use counters::Counters;
pub use error::{ConnectionError, Rule, StreamError};
#[cfg(feature = "alloc")]
pub use fields::FieldList;
pub use fields::{
    Expected, FieldLine, FieldStep, FieldValidator, Fields, Malformed, SectionEnd, SectionHead, SectionKind,
};
pub use frame_reader::{Ending, FrameReader, Item, Progress};
pub use h2wire_frame as frame;
pub use h2wire_hpack::{self as hpack, Encoder, Indexing};
pub use limits::{Limit, LimitIsZero, Limits};
pub use options::Options;
pub use reader::{Event, Reader, ReaderError};
pub use role::Role;
#[cfg(feature = "tokio")]
pub use tokio::{Codec, CodecError, FrameCodec, FrameCodecError, Section};
#[cfg(feature = "alloc")]
pub use writer::Output;
pub use writer::{DataFrames, Padding, SectionWriter, WriteError, Writer};
