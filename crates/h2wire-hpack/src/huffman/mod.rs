//! The Huffman code for string literals. RFC 7541 §5.2 and Appendix B.
//!
//! There are two decoders with the same results: a fast one, and with the feature `small-huffman` a small one.

mod canonical;
mod code;
mod encode;
mod error;
#[cfg_attr(feature = "small-huffman", allow(dead_code, reason = "its tests run in either build"))]
#[cfg(any(test, not(feature = "small-huffman")))]
mod fast;
mod pieces;

pub(crate) use encode::encode_to;
pub use encode::encoded_len;
pub use error::DecodeError;
pub(crate) use pieces::Pieces;

/// The most bytes that `encoded_len` bytes can decode to: the shortest code has 5 bits.
#[must_use]
#[inline]
pub const fn max_decoded_len(encoded_len: usize) -> usize {
    // 8n/5 without the intermediate product.
    encoded_len.saturating_add(encoded_len.saturating_mul(3) / 5)
}

/// Decodes a whole string into `buf`. Returns the number of bytes written. RFC 7541 §5.2.
///
/// A string always fits in [`max_decoded_len`] bytes. The rest of `buf` may be overwritten.
///
/// ```
/// use h2wire_hpack::huffman;
///
/// let encoded = b"\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";
/// let mut buf = [0; huffman::max_decoded_len(12)];
/// let len = huffman::decode(encoded, &mut buf)?;
/// assert_eq!(&buf[..len], b"www.example.com");
/// # Ok::<(), huffman::DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError::Huffman`] if the padding is too long or not all ones, or if the string contains EOS;
/// [`DecodeError::BufferFull`] if `buf` is too small. `buf` may be overwritten then.
#[inline]
pub fn decode(string: &[u8], buf: &mut [u8]) -> Result<usize, DecodeError> {
    #[cfg(not(feature = "small-huffman"))]
    if let Some(written) = fast::decode(string, buf) {
        return Ok(written);
    }
    pieces::decode(string, buf)
}

/// As [`decode`]; `None` for any error, which `decode` finds. A small build has only one decoder.
#[cfg(not(feature = "small-huffman"))]
#[inline]
pub(crate) fn decode_fast(string: &[u8], buf: &mut [u8]) -> Option<usize> {
    fast::decode(string, buf)
}

#[cfg(feature = "small-huffman")]
#[inline]
pub(crate) fn decode_fast(string: &[u8], buf: &mut [u8]) -> Option<usize> {
    pieces::decode(string, buf).ok()
}

/// Encodes a string at the start of `buf`. Returns the number of bytes written. RFC 7541 §5.2.
///
/// # Errors
/// [`BufferTooSmall`](crate::BufferTooSmall) if `buf` has less than [`encoded_len`] bytes. Nothing is written then.
pub fn encode(string: &[u8], buf: &mut [u8]) -> Result<usize, crate::BufferTooSmall> {
    let needed = encoded_len(string);
    let buf = buf.get_mut(..needed).ok_or(crate::BufferTooSmall { needed })?;
    encode_to(string, buf);
    Ok(needed)
}

#[cfg(test)]
mod tests;
