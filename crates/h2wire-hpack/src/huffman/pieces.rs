//! Decodes strings that arrive in pieces, cut anywhere, one symbol at a time. No octet is read twice.

use super::canonical;
use crate::HpackError;

/// What is kept between two pieces: the bits that are not a whole code yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Pieces {
    /// Left-aligned; zeros below.
    window: u64,
    /// How many bits the window has: fewer than 30 between two pieces.
    bits: u32,
}

impl Pieces {
    /// Decodes a piece. Calls `put` with each octet.
    pub(crate) fn decode(&mut self, piece: &[u8], mut put: impl FnMut(u8)) -> Result<(), HpackError> {
        for octet in piece {
            // At most 29 bits are left of the octets before.
            self.window |= u64::from(*octet).wrapping_shl(56_u32.wrapping_sub(self.bits));
            self.bits = self.bits.wrapping_add(8);
            while let Some(octet) = self.symbol()? {
                put(octet);
            }
        }
        Ok(())
    }

    /// Takes the next symbol, if its code is complete.
    #[inline]
    fn symbol(&mut self) -> Result<Option<u8>, HpackError> {
        // Fewer than the shortest code has.
        if self.bits < 5 {
            return Ok(None);
        }
        let (symbol, len) = canonical::symbol(top(self.window));
        if len > self.bits {
            return Ok(None);
        }
        self.window = self.window.wrapping_shl(len);
        self.bits = self.bits.wrapping_sub(len);
        // §5.2
        symbol.map(Some).ok_or(HpackError::HuffmanEos)
    }

    /// Ends the string. The rest must be padding.
    pub(crate) const fn finish(self) -> Result<(), HpackError> {
        check_padding(self.window | u64::MAX.wrapping_shr(self.bits), self.bits)
    }
}

/// Checks the rest of a string, which is no code: `bits` bits at the top of `window`, followed by ones.
pub(super) const fn check_padding(window: u64, bits: u32) -> Result<(), HpackError> {
    // §5.2
    if window != u64::MAX {
        Err(HpackError::HuffmanPaddingNotOnes)
    } else if bits > 7 {
        Err(HpackError::HuffmanPaddingTooLong)
    } else {
        Ok(())
    }
}

/// The first 32 bits of the window.
#[inline]
pub(super) fn top(window: u64) -> u32 {
    u32::try_from(window >> 32).unwrap_or(u32::MAX)
}

/// Decodes a whole string with the small decoder, which also tells what is wrong with it.
#[cfg_attr(not(feature = "small-huffman"), cold)]
pub(super) fn decode(string: &[u8], buf: &mut [u8]) -> Result<usize, super::error::DecodeError> {
    let mut written = 0_usize;
    let mut pieces = Pieces::default();
    pieces.decode(string, |octet| {
        if let Some(place) = buf.get_mut(written) {
            *place = octet;
        }
        written = written.wrapping_add(1);
    })?;
    pieces.finish()?;
    if written <= buf.len() { Ok(written) } else { Err(super::error::DecodeError::BufferFull) }
}
