//! The Huffman code for string literals. RFC 7541 §5.2 and Appendix B.
//!
//! The decoder knows two speeds, told apart by the feature `small-huffman`, and gives the same answers in both.

mod canonical;
mod code;
mod encode;
mod error;
#[cfg_attr(feature = "small-huffman", allow(dead_code, reason = "its tests run in either build"))]
#[cfg(any(test, not(feature = "small-huffman")))]
mod fast;
mod pieces;

pub(crate) use encode::encode_exact;
pub use encode::encoded_len;
pub use error::DecodeError;
pub(crate) use pieces::Pieces;

/// The most octets that `encoded_len` octets can stand for: the shortest code has 5 bits.
#[must_use]
#[inline]
pub const fn max_decoded_len(encoded_len: usize) -> usize {
    // 8n/5 without the intermediate product.
    encoded_len.saturating_add(encoded_len.saturating_mul(3) / 5)
}

/// Decodes a whole string into `buf`; the number of octets written.
///
/// With [`max_decoded_len`] octets of `buf` the string always fits. RFC 7541 §5.2. What is in `buf` behind the string is
/// unspecified.
///
/// # Errors
/// [`DecodeError::Huffman`] for padding that is too long or not all ones and for EOS, [`DecodeError::BufferFull`] when
/// `buf` is too small. What was written before is unspecified.
#[inline]
pub fn decode(string: &[u8], buf: &mut [u8]) -> Result<usize, DecodeError> {
    #[cfg(not(feature = "small-huffman"))]
    return fast::decode(string, buf);
    #[cfg(feature = "small-huffman")]
    pieces::decode(string, buf)
}

/// Encodes a string at the start of `buf`; the number of octets written. RFC 7541 §5.2.
///
/// # Errors
/// [`BufferTooSmall`](crate::BufferTooSmall) when `buf` has less than [`encoded_len`] octets; nothing is written.
pub fn encode(string: &[u8], buf: &mut [u8]) -> Result<usize, crate::BufferTooSmall> {
    let needed = encoded_len(string);
    let buf = buf.get_mut(..needed).ok_or(crate::BufferTooSmall { needed })?;
    encode_exact(string, buf);
    Ok(needed)
}

#[cfg(test)]
mod tests;
