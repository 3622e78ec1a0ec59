//! Octets to codes, gathered in 64 bits and written 4 octets at a time.

use super::code::CODES;

/// Code and length of each octet: the code from bit 8 on, its length below.
static PACKED: [u64; 256] = packed();
static LENGTHS: [u8; 256] = lengths();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn packed() -> [u64; 256] {
    let mut table = [0; 256];
    let mut symbol = 0;
    while symbol < 256 {
        table[symbol] = (CODES[symbol].bits as u64) << 8 | CODES[symbol].len as u64;
        symbol += 1;
    }
    table
}

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn lengths() -> [u8; 256] {
    let mut table = [0; 256];
    let mut symbol = 0;
    while symbol < 256 {
        table[symbol] = CODES[symbol].len;
        symbol += 1;
    }
    table
}

/// The number of octets of a string when Huffman-coded, its padding included. RFC 7541 §5.2.
#[must_use]
#[inline]
pub fn encoded_len(string: &[u8]) -> usize {
    let bits = string.iter().map(|octet| usize::from(len_of(*octet))).fold(0, usize::wrapping_add);
    bits.div_ceil(8)
}

#[inline]
fn len_of(octet: u8) -> u8 {
    LENGTHS.get(usize::from(octet)).copied().unwrap_or(0)
}

/// Encodes a string into a buffer of exactly [`encoded_len`] octets.
#[inline]
pub(crate) fn encode_exact(string: &[u8], mut buf: &mut [u8]) {
    let (mut gathered, mut bits) = (0_u64, 0_u32);
    for octet in string {
        let packed = PACKED.get(usize::from(*octet)).copied().unwrap_or(0);
        // The low 6 bits of the shift are the length.
        gathered = gathered.wrapping_shl(low(packed)) | packed >> 8;
        bits = bits.wrapping_add(low(packed) & 0x3f);
        if bits >= 32 {
            bits = bits.wrapping_sub(32);
            let Some((place, rest)) = buf.split_first_chunk_mut() else { return };
            *place = low(gathered.wrapping_shr(bits)).to_be_bytes();
            buf = rest;
        }
    }
    // §5.2: padded with ones.
    let padded = gathered.wrapping_shl(32_u32.wrapping_sub(bits)) | u64::from(u32::MAX.wrapping_shr(bits));
    for (place, octet) in buf.iter_mut().zip(low(padded).to_be_bytes()) {
        *place = octet;
    }
}

/// The low 32 bits.
#[inline]
fn low(word: u64) -> u32 {
    u32::try_from(word & 0xffff_ffff).unwrap_or(0)
}
