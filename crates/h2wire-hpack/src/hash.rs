//! The hash that finds fields in the tables: 8 octets a step, folded products. It has no key: a search looks at a
//! bounded number of entries, so that collisions cost octets on the wire and never time.

const MULTIPLIER: u64 = 0xa076_1d64_78bd_642f;
const NAME: u64 = 0xe703_7ed1_a0b4_28db;
const VALUE: u64 = 0x8ebc_6af0_9c88_c6e3;

/// The hash of a name. Never 0.
#[inline]
pub(crate) const fn name(name: &[u8]) -> u64 {
    octets(NAME, name) | 1
}

/// The hash of a field whose name has the hash `name`. Never 0.
#[inline]
pub(crate) const fn value(name: u64, value: &[u8]) -> u64 {
    octets(name ^ VALUE, value) | 1
}

#[inline]
#[allow(clippy::as_conversions, reason = "usize to u64 in a const fn: nothing is lost")]
const fn octets(seed: u64, octets: &[u8]) -> u64 {
    let seed = seed ^ (octets.len() as u64).wrapping_mul(MULTIPLIER);
    if let (Some(first), Some(last)) = (octets.first_chunk::<8>(), octets.last_chunk::<8>()) {
        let mut state = seed;
        if octets.len() > 16 {
            let mut rest = octets;
            while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
                state = fold(state ^ u64::from_le_bytes(*chunk), MULTIPLIER);
                rest = behind;
            }
        } else {
            state = fold(state ^ u64::from_le_bytes(*first), MULTIPLIER);
        }
        fold(state ^ u64::from_le_bytes(*last), MULTIPLIER)
    } else {
        fold(seed ^ short(octets), MULTIPLIER)
    }
}

/// Fewer than 8 octets as one word; the length is hashed besides.
#[inline]
#[allow(clippy::as_conversions, reason = "widening in a const fn")]
const fn short(octets: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        return (u32::from_le_bytes(*first) as u64) << 32 | u32::from_le_bytes(*last) as u64;
    }
    match octets {
        [] => 0,
        [a] => *a as u64,
        [a, b] => (*a as u64) << 8 | *b as u64,
        [a, b, c, ..] => (*a as u64) << 16 | (*b as u64) << 8 | *c as u64,
    }
}

/// The two halves of a product, added without a carry.
#[inline]
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "widening, and the halves of a product, in a const fn"
)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    product as u64 ^ (product >> 64) as u64
}
