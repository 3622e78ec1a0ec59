//! Integers with an N-bit prefix. RFC 7541 §5.1.

use crate::HpackError;

/// An integer that is being read. It may be cut anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Integer {
    value: u64,
    shift: u32,
}

/// The most bits that continuation octets carry: 5 of them, 7 bits each.
const MAX_SHIFT: u32 = 35;

impl Integer {
    /// Reads the octet that holds the prefix of `bits` bits (1 to 8). `Ok` is the value, `Err` an integer that
    /// continues.
    #[inline]
    pub(crate) fn start(octet: u8, bits: u32) -> Result<u32, Self> {
        let max = prefix_max(bits);
        let prefix = octet & max;
        if prefix < max { Ok(u32::from(prefix)) } else { Err(Self { value: u64::from(max), shift: 0 }) }
    }

    /// Reads one continuation octet. Returns the value if the octet is the last one: its top bit is clear.
    #[inline]
    pub(crate) fn push(&mut self, octet: u8) -> Result<Option<u32>, HpackError> {
        // At most 7 bits shifted by 28, so nothing is lost in 64 bits.
        let bits = u64::from(octet & 0x7f).wrapping_shl(self.shift);
        self.value = self.value.wrapping_add(bits);
        self.shift = self.shift.wrapping_add(7);
        // §5.1
        let value = u32::try_from(self.value).map_err(|_| HpackError::IntegerOverflow)?;
        if octet & 0x80 == 0 {
            Ok(Some(value))
        } else if self.shift >= MAX_SHIFT {
            Err(HpackError::IntegerOverflow)
        } else {
            Ok(None)
        }
    }
}

/// Reads an integer with a prefix of `prefix_bits` bits, 1 to 8, for tools that show blocks byte by byte. RFC 7541 §5.1.
///
/// Returns the integer and the bytes after it. Returns `None` if it is cut off or larger than [`u32::MAX`], or if no prefix has so
/// many bits.
///
/// ```
/// use h2wire_hpack::decode_integer;
///
/// // 1337 with a prefix of 5 bits, after the 3 bits of a size update. RFC 7541 §C.1.2
/// assert_eq!(decode_integer(b"\x3f\x9a\x0a\x82", 5), Some((1337, b"\x82".as_slice())));
/// assert_eq!(decode_integer(b"\x3f\x9a", 5), None);
/// ```
#[must_use]
pub fn decode_integer(octets: &[u8], prefix_bits: u32) -> Option<(u32, &[u8])> {
    if !matches!(prefix_bits, 1..=8) {
        return None;
    }
    decode(octets, prefix_bits)
}

/// Reads a whole integer. Returns it and the octets after it; `None` if it is cut off or overflows.
#[inline]
pub(crate) fn decode(octets: &[u8], bits: u32) -> Option<(u32, &[u8])> {
    let (first, rest) = octets.split_first()?;
    match (Integer::start(*first, bits), rest) {
        (Ok(value), _) => Some((value, rest)),
        // Most entries of the dynamic table, and strings of some length.
        (Err(_), [second @ 0..0x80, rest @ ..]) => {
            Some((u32::from(prefix_max(bits)).wrapping_add(u32::from(*second)), rest))
        }
        (Err(integer), _) => decode_continued(integer, rest),
    }
}

#[cold]
#[inline(never)]
fn decode_continued(mut integer: Integer, mut octets: &[u8]) -> Option<(u32, &[u8])> {
    while let Some((octet, rest)) = octets.split_first() {
        match integer.push(*octet) {
            Ok(Some(value)) => return Some((value, rest)),
            Ok(None) => octets = rest,
            Err(_) => return None,
        }
    }
    None
}

/// Writes an integer after the pattern bits of `first`, to a `buf` of at least [`encoded_len`] octets. Returns the
/// number of octets written.
#[inline]
pub(crate) fn encode(value: u32, bits: u32, first: u8, buf: &mut [u8]) -> usize {
    let max = prefix_max(bits);
    match u8::try_from(value) {
        Ok(value) if value < max => put(buf, 0, first | value),
        _ => encode_continued(value.wrapping_sub(u32::from(max)), first | max, buf),
    }
}

fn encode_continued(mut rest: u32, first: u8, buf: &mut [u8]) -> usize {
    let mut written = put(buf, 0, first);
    while rest >= 0x80 {
        let [low, ..] = rest.to_le_bytes();
        written = put(buf, written, low | 0x80);
        rest >>= 7;
    }
    let [low, ..] = rest.to_le_bytes();
    put(buf, written, low)
}

#[inline]
fn put(buf: &mut [u8], at: usize, octet: u8) -> usize {
    if let Some(place) = buf.get_mut(at) {
        *place = octet;
    }
    at.wrapping_add(1)
}

/// The number of octets of an integer with a prefix of `bits` bits.
#[inline]
pub(crate) const fn encoded_len(value: u32, bits: u32) -> usize {
    match value.checked_sub(max_u32(bits)) {
        None => 1,
        Some(rest) if rest < 0x80 => 2,
        Some(rest) if rest < 0x4000 => 3,
        Some(rest) if rest < 0x20_0000 => 4,
        Some(rest) if rest < 0x1000_0000 => 5,
        Some(_) => 6,
    }
}

const fn max_u32(bits: u32) -> u32 {
    0xff_u32.wrapping_shr(8_u32.wrapping_sub(bits))
}

#[inline]
const fn prefix_max(bits: u32) -> u8 {
    0xff_u8.wrapping_shr(8_u32.wrapping_sub(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(value: u32, bits: u32) -> Vec<u8> {
        let mut buf = [0; 6];
        let written = encode(value, bits, 0, &mut buf);
        assert_eq!(written, encoded_len(value, bits), "{value} in {bits} bits");
        buf[..written].to_vec()
    }

    /// RFC 7541 §C.1.
    #[test]
    fn encodes_the_examples() {
        assert_eq!(octets(10, 5), [0b01010]);
        assert_eq!(octets(1337, 5), [0b11111, 0b1001_1010, 0b0000_1010]);
        assert_eq!(octets(42, 8), [42]);
    }

    #[test]
    fn round_trips_around_every_length() {
        let edges = (0..32).flat_map(|bit| [1_u32 << bit, (1 << bit) - 1, (1 << bit) + 1]);
        for value in edges.chain([u32::MAX, u32::MAX - 1]).chain(0..600) {
            for bits in 1..=8 {
                let octets = octets(value, bits);
                assert_eq!(decode(&octets, bits), Some((value, &[][..])));
                assert_eq!(decode_integer(&octets, bits), Some((value, &[][..])));
                for cut in 0..octets.len() {
                    assert_eq!(decode(&octets[..cut], bits), None);
                }
            }
        }
    }

    #[test]
    fn no_prefix_has_other_lengths() {
        for bits in [0, 9, 32, 64, u32::MAX] {
            assert_eq!(decode_integer(b"\0", bits), None);
        }
    }

    fn push_all(octets: &[u8]) -> Result<Option<u32>, HpackError> {
        let mut integer = Integer::start(0x7f, 7).unwrap_err();
        let mut value = None;
        for octet in octets {
            assert_eq!(value, None);
            value = integer.push(*octet)?;
        }
        Ok(value)
    }

    #[test]
    fn accepts_zero_padding_up_to_five_octets() {
        assert_eq!(push_all(b"\x00"), Ok(Some(127)));
        assert_eq!(push_all(b"\x80\x80\x80\x80\x00"), Ok(Some(127)));
        assert_eq!(push_all(b"\x80\x80\x80\x80\x80"), Err(HpackError::IntegerOverflow));
    }

    #[test]
    fn rejects_integer_overflow() {
        assert_eq!(push_all(b"\x80\xff\xff\xff\x0f"), Ok(Some(u32::MAX)));
        assert_eq!(push_all(b"\x81\xff\xff\xff\x0f"), Err(HpackError::IntegerOverflow));
        assert_eq!(push_all(b"\x80\x80\x80\x80\x10"), Err(HpackError::IntegerOverflow));
    }
}
