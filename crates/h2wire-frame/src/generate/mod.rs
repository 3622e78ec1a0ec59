//! Generators for tests and fuzzing: valid frames, and frames that break one rule, with the error to expect.
//!
//! With the feature `arbitrary`, [`Frame<Vec<u8>>`](crate::Frame) and [`BrokenFrame`] implement its trait `Arbitrary`;
//! with `proptest` there are strategies in the module `strategy`. Both make frames of the same ingredients.

mod broken;
mod ingredients;
#[cfg(feature = "proptest")]
pub mod strategy;
#[cfg(feature = "arbitrary")]
mod unstructured;

pub use broken::{BREAKABLE, BrokenFrame};
pub(crate) use ingredients::Ingredients;
