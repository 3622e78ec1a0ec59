//! Ways to read one direction of a connection, made of the same parts.

mod chunked; // bytes in pieces that nobody keeps
mod event; // frames and fields, as they are yielded
mod fields; // contiguous bytes to frames and fields
mod frames; // contiguous bytes to frames
#[cfg(feature = "alloc")]
mod joined; // the same from the middle of a connection
mod judge; // what is not just a frame
#[cfg(feature = "alloc")]
mod message; // contiguous bytes to frames and field sections
mod plain; // HEADERS and DATA without anything special

#[cfg(feature = "alloc")]
pub use chunked::LostError;
pub use chunked::{Chunk, ChunkedReader};
#[cfg(feature = "bytes")]
pub(crate) use event::Block;
pub use event::{Event, ReaderError};
pub use fields::Reader;
pub use frames::{FrameEvent, FrameReader};
#[cfg(feature = "alloc")]
pub use message::Message;
#[cfg(feature = "bytes")]
pub(crate) use message::Step;
