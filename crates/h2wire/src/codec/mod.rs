//! Frames, and messages with their fields, for `tokio_util::codec`.

mod answer; // what a decoder returns for what a reader says
mod frames; // frames alone
mod messages; // frames and field sections

pub use answer::GoAwayFirst;
pub use frames::{FrameCodec, FrameCodecError};
pub use messages::{Codec, CodecError, Outgoing, OutgoingSection};
