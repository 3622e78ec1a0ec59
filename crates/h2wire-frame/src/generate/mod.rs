//! Generators for tests and fuzzing: valid frames, and frames that break one rule, with the error to expect.
//!
//! With the feature `arbitrary`, [`Frame<Vec<u8>>`](crate::Frame) and [`BrokenFrame`] implement its trait `Arbitrary`;
//! with `proptest` there are strategies in the module `strategy`. Both make frames of the same ingredients.
//!
//! [`BrokenFrame::breaking`] breaks a rule of your choice on a stream of your choice; [`BREAKABLE`] lists the rules. Send such a
//! frame on a stream that is open: on an idle one the peer may complain of the stream first. Whole conversations, with a breach
//! that is in its place, are in the module `generate` of the crate `h2wire`.
//!
//! ```
//! use h2wire_frame::generate::{BREAKABLE, BrokenFrame, Seed};
//! use h2wire_frame::{Frame, ParseOptions, StreamId};
//!
//! let stream_id = StreamId::try_from(5)?;
//! for rule in BREAKABLE {
//!     let broken = BrokenFrame::breaking(*rule, stream_id, &mut Seed::new(b"any bytes")).unwrap();
//!     assert_eq!(Frame::parse(&broken.octets, &ParseOptions::DEFAULT), Err(broken.error));
//! }
//! # Ok::<(), h2wire_frame::StreamIdTooLarge>(())
//! ```

mod broken;
mod ingredients;
mod seed;
#[cfg(feature = "proptest")]
pub mod strategy;
#[cfg(feature = "arbitrary")]
mod unstructured;

pub use broken::{BREAKABLE, BrokenFrame};
pub(crate) use ingredients::Ingredients;
pub use seed::Seed;
