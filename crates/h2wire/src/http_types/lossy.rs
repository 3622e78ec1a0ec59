//! A message, and what has no place in it.

use alloc::vec::Vec;

use super::{ToHttpError, UnplacedField};

/// A message, and the fields that `http` has no place for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Lossy<T> {
    /// The message without those fields.
    pub message: T,
    /// The fields without a place, in their order.
    pub unplaced: Vec<UnplacedField>,
}

impl<T> Lossy<T> {
    pub(super) fn strict(self) -> Result<T, ToHttpError> {
        match self.unplaced.into_iter().next() {
            Some(field) => Err(field.into()),
            None => Ok(self.message),
        }
    }
}
