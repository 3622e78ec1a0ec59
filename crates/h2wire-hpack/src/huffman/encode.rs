//! Octets to codes: four at a time without a branch on their lengths, gathered in 64 bits and written 8 octets at once.

use super::code::CODES;

static BITS: [u32; 256] = bits();
static LENGTHS: [u8; 256] = lengths();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn bits() -> [u32; 256] {
    let mut table = [0; 256];
    let mut symbol = 0;
    while symbol < 256 {
        table[symbol] = CODES[symbol].bits;
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

/// The code of an octet, and its length.
#[inline]
fn code_of(octet: u8) -> (u64, u32) {
    (u64::from(BITS.get(usize::from(octet)).copied().unwrap_or(0)), u32::from(len_of(octet)))
}

/// Encodes a string into a buffer of exactly [`encoded_len`] octets.
#[inline]
pub(crate) fn encode_exact(string: &[u8], buf: &mut [u8]) {
    let mut writer = Writer { bits: 0, count: 0, at: 0 };
    let (groups, rest) = string.as_chunks::<4>();
    for group in groups {
        let [a, b, c, d] = group.map(code_of);
        let (front, back) = (a.1.wrapping_add(b.1), c.1.wrapping_add(d.1));
        if front.wrapping_add(back) <= MAX_GROUP {
            let codes = (a.0.wrapping_shl(b.1) | b.0).wrapping_shl(back) | c.0.wrapping_shl(d.1) | d.0;
            writer.put((codes, front.wrapping_add(back)), buf);
        } else {
            for code in [a, b, c, d] {
                writer.put(code, buf);
            }
        }
    }
    for octet in rest {
        writer.put(code_of(*octet), buf);
    }
    writer.finish(buf);
}

/// Bits of codes that can be put at once; up to 7 are there already.
const MAX_GROUP: u32 = 56;

/// The last 64 bits written, of which the last `count` (0 to 7) are not in the buffer yet.
struct Writer {
    bits: u64,
    count: u32,
    at: usize,
}

impl Writer {
    #[inline]
    fn put(&mut self, (code, len): (u64, u32), buf: &mut [u8]) {
        self.bits = self.bits.wrapping_shl(len) | code;
        self.count = self.count.wrapping_add(len);
        // Where 8 octets do not fit any more is what `finish` writes.
        if let Some(place) = buf.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *place = self.bits.wrapping_shl(64_u32.wrapping_sub(self.count)).to_be_bytes();
        }
        self.at = self.at.wrapping_add(usize::try_from(self.count >> 3).unwrap_or(0));
        self.count &= 7;
    }

    /// Pads with ones (§5.2) and writes the last 8 octets, the ones before once more.
    #[inline]
    fn finish(self, buf: &mut [u8]) {
        let pad = 8_u32.wrapping_sub(self.count) & 7;
        let bits = self.bits.wrapping_shl(pad) | (1_u64.wrapping_shl(pad)).wrapping_sub(1);
        if let Some(place) = buf.last_chunk_mut::<8>() {
            *place = bits.to_be_bytes();
        } else {
            buf.iter_mut().rev().zip(bits.to_le_bytes()).for_each(|(place, octet)| *place = octet);
        }
    }
}
