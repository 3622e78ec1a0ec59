//! The encoder: takes eight octets at a time, gathers their codes in 64 bits, and writes 8 octets at once.

use super::code::CODES;

/// For each octet its code, and in the low 8 bits the length of the code.
static ENTRIES: [u64; 256] = entries();
static LENGTHS: [u8; 256] = lengths();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn entries() -> [u64; 256] {
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

/// The length of a string when it is Huffman-coded, padding included. RFC 7541 §5.2.
#[must_use]
#[inline]
pub fn encoded_len(string: &[u8]) -> usize {
    let (groups, rest) = string.as_chunks::<8>();
    let bits = groups.iter().map(|group| usize::from(bits_of(group))).fold(0, usize::wrapping_add);
    let bits = bits.wrapping_add(usize::from(bits_of(rest)));
    bits.div_ceil(8)
}

/// The bits of up to 8 octets: at most 240.
#[inline(always)]
fn bits_of(octets: &[u8]) -> u8 {
    octets
        .iter()
        .fold(0, |sum: u8, octet| sum.wrapping_add(LENGTHS.get(usize::from(*octet)).copied().unwrap_or(0)))
}

/// The codes of up to 8 octets, and how many bits they have. Of more than 64 bits the first ones are lost.
#[inline(always)]
fn gather(octets: &[u8]) -> (u64, u32) {
    let (mut codes, mut sum) = (0_u64, 0_u64);
    for octet in octets {
        let entry = ENTRIES.get(usize::from(*octet)).copied().unwrap_or(0);
        // Shifts are modulo 64, so the code in the high bits does no harm.
        codes = codes.wrapping_shl(low(entry)) | entry >> 8;
        sum = sum.wrapping_add(entry);
    }
    (codes, low(sum & 0xff))
}

/// The low 32 bits.
#[inline(always)]
fn low(entry: u64) -> u32 {
    u32::try_from(entry & 0xffff_ffff).unwrap_or(0)
}

/// Encodes a string into a buffer of exactly [`encoded_len`] octets.
#[inline]
pub(crate) fn encode_exact(string: &[u8], buf: &mut [u8]) {
    let mut writer = BitWriter { bits: 0, count: 0, at: 0 };
    let (groups, rest) = string.as_chunks::<8>();
    for group in groups {
        let (front, back) = group.split_at_checked(4).unwrap_or_default();
        let (front, back) = (gather(front), gather(back));
        let len = front.1.wrapping_add(back.1);
        if len <= MAX_GROUP {
            writer.put((front.0.wrapping_shl(back.1) | back.0, len), buf);
        } else {
            writer = writer.one_by_one(group, buf);
        }
    }
    let codes = gather(rest);
    if codes.1 <= MAX_GROUP {
        writer.put(codes, buf);
    } else {
        writer = writer.one_by_one(rest, buf);
    }
    writer.finish(buf);
}

/// The bits of codes that can be written at once, after up to 7 that are not written yet.
const MAX_GROUP: u32 = 56;

/// The last 64 bits. The last `count` of them (0 to 7) are not in the buffer yet.
struct BitWriter {
    bits: u64,
    count: u32,
    at: usize,
}

impl BitWriter {
    #[inline]
    fn put(&mut self, (code, len): (u64, u32), buf: &mut [u8]) {
        self.bits = self.bits.wrapping_shl(len) | code;
        self.count = self.count.wrapping_add(len);
        // The end of the buffer, where 8 octets no longer fit, is written by `finish`.
        if let Some(place) = buf.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *place = self.bits.wrapping_shl(64_u32.wrapping_sub(self.count)).to_be_bytes();
        }
        self.at = self.at.wrapping_add(usize::try_from(self.count >> 3).unwrap_or(0));
        self.count &= 7;
    }

    /// Writes codes that are too long to be gathered.
    #[cold]
    #[inline(never)]
    fn one_by_one(mut self, octets: &[u8], buf: &mut [u8]) -> Self {
        for octet in octets {
            self.put(gather(core::slice::from_ref(octet)), buf);
        }
        self
    }

    /// Pads with ones (§5.2) and writes the last 8 octets, some of them again.
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
