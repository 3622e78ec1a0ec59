//! The encoder: gathers the codes of six octets in 64 bits, and writes 8 octets at once.

use super::code::CODES;

/// For each octet its code, left-aligned, and in the low bits the length of the code.
static ENTRIES: [u64; 256] = entries();
static LENGTHS: [u8; 256] = lengths();

/// The bits of the length: the longest code has 30 bits.
const LEN_BITS: u64 = 0x1f;

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
        let len = CODES[symbol].len as u64;
        table[symbol] = (CODES[symbol].bits as u64) << (64 - len) | len;
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

/// Encodes a string at the start of a buffer that is long enough. Returns the number of octets. Up to 7 octets after them may be
/// overwritten. In a buffer that is too short the end of the code is left out.
#[inline]
pub(crate) fn encode_to(string: &[u8], buf: &mut [u8]) -> usize {
    let mut place = Place(0, 0);
    let (groups, rest) = string.as_chunks::<6>();
    for group in groups {
        place = place.group(group, buf);
    }
    place.group(rest, buf).finish(buf)
}

/// The bits that are not in the buffer yet, 0 to 7, left-aligned; and the number of all bits so far. Two words stay in registers.
#[derive(Clone, Copy)]
struct Place(u64, u64);

impl Place {
    /// Writes the codes of up to 6 octets.
    #[inline(always)]
    fn group(self, octets: &[u8], buf: &mut [u8]) -> Self {
        let Self(mut bits, all) = self;
        let Some((first, others)) = octets.split_first() else { return self };
        let first = ENTRIES.get(usize::from(*first)).copied().unwrap_or(0);
        let left = all & 7;
        bits |= (first & !LEN_BITS).wrapping_shr(low(left));
        // The code in the high bits does no harm.
        let mut sum = left.wrapping_add(first);
        for octet in others {
            let entry = ENTRIES.get(usize::from(*octet)).copied().unwrap_or(0);
            // Shifts are modulo 64, and shift the length out, as there are at least 5 bits before. What is beyond 64 bits is
            // lost, but seen in the sum.
            bits |= entry.wrapping_shr(low(sum));
            sum = sum.wrapping_add(entry);
        }
        let count = sum & 0xff;
        if count > 63 {
            return self.one_by_one(octets, buf);
        }
        let rest = buf.get_mut(at(all)..).unwrap_or_default();
        if let Some(place) = rest.first_chunk_mut::<8>() {
            *place = bits.to_be_bytes();
        } else {
            put_some(bits, rest);
        }
        Self(bits.wrapping_shl(low(count & 0x38)), all.wrapping_sub(left).wrapping_add(count))
    }

    /// Writes codes that are too long to be gathered.
    #[cold]
    #[inline(never)]
    fn one_by_one(mut self, octets: &[u8], buf: &mut [u8]) -> Self {
        for octet in octets {
            // 7 bits and 30 at most.
            self = self.group(core::slice::from_ref(octet), buf);
        }
        self
    }

    /// Pads with ones (§5.2). Returns the number of octets.
    #[inline(always)]
    fn finish(self, buf: &mut [u8]) -> usize {
        let Self(bits, all) = self;
        match low(all & 7) {
            0 => at(all),
            left => {
                if let (Some(place), [first, ..]) = (buf.get_mut(at(all)), bits.to_be_bytes()) {
                    *place = first | 0xff_u8.wrapping_shr(left);
                }
                at(all).wrapping_add(1)
            }
        }
    }
}

/// Writes the first octets at the end of the buffer.
#[cold]
#[inline(never)]
fn put_some(bits: u64, rest: &mut [u8]) {
    rest.iter_mut().zip(bits.to_be_bytes()).for_each(|(place, octet)| *place = octet);
}

/// The octet that a bit is in.
#[inline(always)]
fn at(bit: u64) -> usize {
    usize::try_from(bit >> 3).unwrap_or(usize::MAX)
}

/// The low 32 bits.
#[inline(always)]
fn low(value: u64) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(0)
}
