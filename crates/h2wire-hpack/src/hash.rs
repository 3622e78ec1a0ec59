//! The hash that finds fields in the tables. It takes constant time: of long strings it reads the head, the middle
//! and the tail. It has no key: a search looks at a bounded number of entries, so collisions cost octets, not time.

const MULTIPLIER: u64 = 0xa076_1d64_78bd_642f;
const SAMPLE: u64 = 0x5896_5b1d_9d1f_3a27;
const NAME: u64 = 0xe703_7ed1_a0b4_28db;
const VALUE: u64 = 0x8ebc_6af0_9c88_c6e3;

/// The hash of a name. Never 0.
#[inline(always)]
pub(crate) const fn name(name: &[u8]) -> u32 {
    octets(NAME, name) | 1
}

/// The hash of a field whose name has the hash `name`. Never 0. It needs `name` last, so both hashes run in parallel.
#[inline(always)]
pub(crate) const fn value(name: u32, value: &[u8]) -> u32 {
    (octets(VALUE, value) ^ name.rotate_left(11)) | 1
}

#[inline(always)]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "the low half, in a const fn")]
const fn octets(seed: u64, octets: &[u8]) -> u32 {
    let hash = mixed(seed, octets);
    (hash ^ hash >> 32) as u32
}

#[inline(always)]
#[allow(clippy::as_conversions, reason = "usize to u64 in a const fn: nothing is lost")]
const fn mixed(seed: u64, octets: &[u8]) -> u64 {
    let seed = seed ^ (octets.len() as u64).wrapping_mul(MULTIPLIER);
    match octets.len() {
        0..8 => fold(seed ^ short(octets), MULTIPLIER),
        8..=16 => fold(seed ^ word(octets, 0), MULTIPLIER ^ word(octets, octets.len().wrapping_sub(8))),
        len => {
            let tail = len.wrapping_sub(16);
            let middle = tail >> 1;
            let head = fold(seed ^ word(octets, 0), MULTIPLIER ^ word(octets, 8));
            let tail = fold(seed ^ word(octets, tail), SAMPLE ^ word(octets, tail.wrapping_add(8)));
            if len <= 32 {
                return head ^ tail.rotate_left(29);
            }
            let middle = fold(seed ^ word(octets, middle), MULTIPLIER ^ word(octets, middle.wrapping_add(8)));
            head ^ tail.rotate_left(29) ^ middle.rotate_left(13)
        }
    }
}

/// The 8 octets from `at` on; 0 if there are fewer.
#[inline(always)]
const fn word(octets: &[u8], at: usize) -> u64 {
    let Some((_, rest)) = octets.split_at_checked(at) else { return 0 };
    match rest.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => 0,
    }
}

/// Whether two strings are the same. Most are short, and calling `memcmp` costs more than comparing them here.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        0..8 => short(a) == short(b),
        len @ 8..=16 => {
            let tail = len.wrapping_sub(8);
            word(a, 0) == word(b, 0) && word(a, tail) == word(b, tail)
        }
        len @ 17..=32 => {
            let (next, last) = (len.wrapping_sub(16), len.wrapping_sub(8));
            word(a, 0) == word(b, 0)
                && word(a, 8) == word(b, 8)
                && word(a, next) == word(b, next)
                && word(a, last) == word(b, last)
        }
        _ => a == b,
    }
}

/// Fewer than 8 octets as one word. The length is hashed separately.
#[inline(always)]
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

/// The two halves of a product, combined by exclusive or.
#[inline(always)]
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "widening, and the halves of a product, in a const fn"
)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings of each length up to 40, and each with one bit that differs.
    fn nearly_the_same() -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        (0..=40_u8).flat_map(|len| {
            let string: Vec<u8> = (0..len).map(|n| n.wrapping_mul(37)).collect();
            (0..usize::from(len) * 8).map(move |bit| {
                let mut other = string.clone();
                other[bit / 8] ^= 1 << (bit % 8);
                (string.clone(), other)
            })
        })
    }

    #[test]
    fn no_bit_may_differ() {
        for (string, other) in nearly_the_same() {
            assert!(same(&string, &string.clone()));
            assert!(!same(&string, &other), "{string:?} {other:?}");
            assert!(!same(&string, &string[1..]) && !same(&string[1..], &string));
        }
        assert!(same(b"", b""));
    }

    /// Up to 32 bytes each bit counts; a length counts too.
    #[test]
    fn each_bit_changes_the_hash() {
        for (string, other) in nearly_the_same().filter(|(string, _)| string.len() <= 32) {
            assert_ne!(name(&string), name(&other), "{string:?} {other:?}");
            assert_ne!(value(1, &string), value(1, &other), "{string:?} {other:?}");
            assert_ne!(value(1, &string), value(3, &string));
        }
        // Of longer ones the head, the middle and the tail.
        let long: Vec<u8> = (0..100_u8).map(|n| n.wrapping_mul(37)).collect();
        for bit in
            [0..16, 42..58, 84..100].into_iter().flatten().flat_map(|at| (0..8).map(move |bit| (at, bit)))
        {
            let mut other = long.clone();
            other[bit.0] ^= 1 << bit.1;
            assert_ne!(name(&long), name(&other), "{bit:?}");
        }
        let zeros = [0; 64];
        let mut hashes: Vec<_> = (0..=64).map(|len| name(&zeros[..len])).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 65);
        assert!(hashes.iter().all(|hash| *hash != 0));
    }

    /// Of short and of long strings, and in each bit but the lowest, which is set so that no hash is 0.
    #[test]
    fn bits_are_set_as_often_as_not() {
        const STRINGS: u32 = 4_000;
        for len in [3, 7, 12, 16, 20, 32, 40, 100] {
            let strings = (0..STRINGS).map(|number| {
                let digits = number.to_le_bytes();
                (0..len).map(|at| b'a' + digits[at % 2] % 16).chain(digits).collect::<Vec<u8>>()
            });
            let hashes: Vec<_> = strings.flat_map(|string| [name(&string), value(1, &string)]).collect();
            for bit in 1..32 {
                let set = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
                let share = set * 100 / hashes.len();
                assert!((45..=55).contains(&share), "{len} bytes: bit {bit} is set in {share} of 100");
            }
        }
    }
}
