//! Why a string is not decoded.

use crate::HpackError;

/// Why a string could not be decoded.
///
/// This enum is closed: the string is at fault, or the buffer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The string breaks a rule of RFC 7541 §5.2.
    #[error(transparent)]
    Huffman(#[from] HpackError),
    /// The caller's buffer is too small for the decoded string.
    #[error("the buffer is too small for the decoded string")]
    BufferFull,
}
