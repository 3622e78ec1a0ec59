// The guide's examples allocate, and are tests.
#![cfg_attr(feature = "alloc", doc = include_str!("../docs/guide.md"))]
#![cfg_attr(not(feature = "alloc"), doc = "An HTTP/2 codec, here without an allocator.")]
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

mod error; // the peer broke a rule: an error of the connection or of a stream
mod fields; // field sections: what they are, what they may contain
mod limit; // what is too much
mod limits; // how much is accepted
mod options; // how a reader judges
mod reader; // bytes in; frames, payloads and fields out
mod receive; // what a receiver remembers
mod role; // who receives
mod rule; // the rules of all layers
mod writer; // frames and fields in, bytes out

#[cfg(any(feature = "arbitrary", feature = "proptest"))]
pub mod generate; // whole conversations, valid or with one breach

// Adapters come last, so that the docs show the essentials first.
#[cfg(feature = "tokio")]
mod codec; // codecs for `Framed`
#[cfg(feature = "http")]
pub mod http_types; // to and from the types of the `http` crate
#[cfg(feature = "bytes")]
mod owned; // the readers over `BytesMut`

#[cfg(doc)]
#[doc = include_str!("../docs/when-http2-does-not-start.md")]
pub mod when_http2_does_not_start {}

#[cfg(all(doc, feature = "alloc"))]
#[doc = include_str!("../docs/relay.md")]
pub mod relay {}

#[cfg(all(doc, feature = "alloc"))]
#[doc = include_str!("../docs/late-observers.md")]
pub mod late_observers {}

#[cfg(doc)]
#[doc = include_str!("../docs/small-devices.md")]
pub mod small_devices {}

#[cfg(all(doc, feature = "arbitrary", feature = "proptest", feature = "tokio"))]
#[doc = include_str!("../docs/fuzzing.md")]
pub mod fuzzing {}

#[cfg(all(doc, feature = "tokio"))]
#[doc = include_str!("../docs/from-h2-codec.md")]
pub mod from_h2_codec {}

#[cfg(feature = "tokio")]
pub use codec::{Codec, CodecError, FrameCodec, FrameCodecError, GoAwayFirst, Outgoing, OutgoingSection};
pub use error::{ConnectionError, StreamError};
pub use fields::{
    Breach, Expected, FieldLine, FieldValidator, Malformed, MalformedSet, SectionEnd, SectionHead,
    SectionKind,
};
#[cfg(feature = "alloc")]
pub use fields::{FieldList, FieldListIter};
pub use h2wire_frame::{self as frame, Progress};
pub use h2wire_hpack::{self as hpack, Indexing};
pub use limit::Limit;
pub use limits::{LimitIsZero, Limits};
pub use options::Options;
pub use reader::{Chunk, ChunkedReader, Event, FrameEvent, FrameReader, Reader, ReaderError};
#[cfg(feature = "alloc")]
pub use reader::{LostError, Message};
pub use receive::{Counters, EndOfInput, FieldStep, Fields, SettingsSentError};
pub use role::Role;
pub use rule::Rule;
pub use writer::{DataFrames, Padding, SectionWriter, WriteError, Writer};
#[cfg(feature = "alloc")]
pub use writer::{Output, SectionTemplate, append_frame_unchecked};
