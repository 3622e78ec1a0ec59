//! Three ways to read one direction of a connection, made of the same parts.

mod chunked; // bytes in pieces that nobody keeps
mod fields; // contiguous bytes to frames and fields
mod frames; // contiguous bytes to frames

pub use chunked::{Chunk, ChunkedReader};
pub use fields::{Event, Reader, ReaderError};
pub use frames::{FrameEvent, FrameReader};
