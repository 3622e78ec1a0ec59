//! The static table, and how to find a field in it without scanning it. RFC 7541 §2.3.1 and Appendix A.

use crate::hash;

/// The number of entries in the static table. Their indices are 1 to 61.
pub const STATIC_TABLE_LEN: u32 = 61;

const LEN: usize = 61;

/// The entries, index 1 first. Entries of the same name are neighbours.
#[rustfmt::skip]
static ENTRIES: [(&[u8], &[u8]); LEN] = TABLE;

#[rustfmt::skip]
const TABLE: [(&[u8], &[u8]); LEN] = [
    (b":authority", b""), (b":method", b"GET"), (b":method", b"POST"), (b":path", b"/"),
    (b":path", b"/index.html"), (b":scheme", b"http"), (b":scheme", b"https"), (b":status", b"200"),
    (b":status", b"204"), (b":status", b"206"), (b":status", b"304"), (b":status", b"400"),
    (b":status", b"404"), (b":status", b"500"), (b"accept-charset", b""), (b"accept-encoding", b"gzip, deflate"),
    (b"accept-language", b""), (b"accept-ranges", b""), (b"accept", b""), (b"access-control-allow-origin", b""),
    (b"age", b""), (b"allow", b""), (b"authorization", b""), (b"cache-control", b""),
    (b"content-disposition", b""), (b"content-encoding", b""), (b"content-language", b""), (b"content-length", b""),
    (b"content-location", b""), (b"content-range", b""), (b"content-type", b""), (b"cookie", b""),
    (b"date", b""), (b"etag", b""), (b"expect", b""), (b"expires", b""),
    (b"from", b""), (b"host", b""), (b"if-match", b""), (b"if-modified-since", b""),
    (b"if-none-match", b""), (b"if-range", b""), (b"if-unmodified-since", b""), (b"last-modified", b""),
    (b"link", b""), (b"location", b""), (b"max-forwards", b""), (b"proxy-authenticate", b""),
    (b"proxy-authorization", b""), (b"range", b""), (b"referer", b""), (b"refresh", b""),
    (b"retry-after", b""), (b"server", b""), (b"set-cookie", b""), (b"strict-transport-security", b""),
    (b"transfer-encoding", b""), (b"user-agent", b""), (b"vary", b""), (b"via", b""),
    (b"www-authenticate", b""),
];

/// The name and value of an entry in the static table, by its index of 1 to 61. RFC 7541 Appendix A.
#[must_use]
#[inline]
pub fn static_entry(index: u32) -> Option<(&'static [u8], &'static [u8])> {
    let at = usize::try_from(index).ok()?.checked_sub(1)?;
    ENTRIES.get(at).copied()
}

/// The lowest index of a name whose hash is `hash`.
#[inline(always)]
pub(crate) fn find_name(name: &[u8], hash: u32) -> Option<u32> {
    let index = u32::from(NAMES.get(hash));
    let (found, _) = static_entry(index)?;
    hash::same(found, name).then_some(index)
}

/// The index of a field that most sections begin with; looking for these by hash costs more.
#[inline(always)]
pub(crate) fn find_frequent(name: &[u8], value: &[u8]) -> Option<u32> {
    // Of a length that is known, strings are compared by words.
    let is = |a: &[u8], b: &[u8]| a == b;
    match (name.len(), value.len()) {
        (7, 3) if is(name, b":status") && is(value, b"200") => Some(8),
        (7, 3) if is(name, b":method") && is(value, b"GET") => Some(2),
        (7, 4) if is(name, b":method") && is(value, b"POST") => Some(3),
        (7, 5) if is(name, b":scheme") && is(value, b"https") => Some(7),
        (7, 4) if is(name, b":scheme") && is(value, b"http") => Some(6),
        (5, 1) if is(name, b":path") && is(value, b"/") => Some(4),
        (5, 11) if is(name, b":path") && is(value, b"/index.html") => Some(5),
        _ => None,
    }
}

/// The lowest index of a name that many messages have with a value that seldom repeats.
#[inline(always)]
pub(crate) fn find_volatile(name: &[u8]) -> Option<u32> {
    let is = |b: &[u8]| name == b;
    match name.len() {
        5 if is(b":path") => Some(4),
        14 if is(b"content-length") => Some(28),
        4 if is(b"etag") => Some(34),
        _ => None,
    }
}

/// The index of a name and value whose hash is `hash`.
#[inline(always)]
pub(crate) fn find(name: &[u8], value: &[u8], hash: u32) -> Option<u32> {
    let index = u32::from(FIELDS.get(hash));
    let found = static_entry(index)?;
    (hash::same(found.1, value) && hash::same(found.0, name)).then_some(index)
}

/// A hash table without collisions. The compiler finds the multiplier. 0 is an empty slot.
struct Perfect<const SLOTS: usize> {
    multiplier: u64,
    indices: [u8; SLOTS],
}

static NAMES: Perfect<512> = perfect(false);
static FIELDS: Perfect<512> = perfect(true);

impl<const SLOTS: usize> Perfect<SLOTS> {
    #[inline(always)]
    fn get(&self, hash: u32) -> u8 {
        let slot = usize::try_from(slot(hash, self.multiplier, SLOTS)).unwrap_or(usize::MAX);
        self.indices.get(slot).copied().unwrap_or(0)
    }
}

/// The top bits of the product, as many as a slot number has.
#[inline]
#[allow(clippy::as_conversions, reason = "u32 to u64 in a const fn: nothing is lost")]
const fn slot(hash: u32, multiplier: u64, slots: usize) -> u64 {
    (hash as u64).wrapping_mul(multiplier).wrapping_shr(64_u32.wrapping_sub(slots.trailing_zeros()))
}

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn perfect<const SLOTS: usize>(with_values: bool) -> Perfect<SLOTS> {
    let mut hashes = [0; LEN];
    let mut at = 0;
    while at < LEN {
        let (name, value) = TABLE[at];
        let name_hash = hash::name(name);
        // The first entry of a name stands for the name.
        let repeated = at > 0 && hash::name(TABLE[at - 1].0) == name_hash;
        hashes[at] = match (with_values, repeated) {
            (true, _) => hash::value(name_hash, value),
            (false, true) => 0,
            (false, false) => name_hash,
        };
        at += 1;
    }
    let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
    'next: loop {
        multiplier = multiplier.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(2);
        let mut indices = [0; SLOTS];
        let mut at = 0;
        while at < LEN {
            if hashes[at] != 0 {
                let slot = slot(hashes[at], multiplier | 1, SLOTS) as usize;
                if indices[slot] != 0 {
                    continue 'next;
                }
                indices[slot] = at as u8 + 1;
            }
            at += 1;
        }
        return Perfect { multiplier: multiplier | 1, indices };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(name: &[u8], value: &[u8]) -> (u32, u32) {
        let name = hash::name(name);
        (name, hash::value(name, value))
    }

    #[test]
    fn finds_every_entry() {
        for index in 1..=STATIC_TABLE_LEN {
            let (name, value) = static_entry(index).unwrap();
            let (name_hash, field_hash) = hashes(name, value);
            let first = ENTRIES.iter().position(|entry| entry.0 == name).unwrap();
            let first = u32::try_from(first).unwrap() + 1;
            assert_eq!(find_name(name, name_hash), Some(first));
            let is_volatile =
                [":path", "content-length", "etag"].iter().any(|volatile| name == volatile.as_bytes());
            assert_eq!(find_volatile(name), is_volatile.then_some(first));
            assert_eq!(find(name, value, field_hash), Some(index));
            let frequent = (2..=8).contains(&index).then_some(index);
            assert_eq!(find_frequent(name, value), frequent);
        }
        assert_eq!((static_entry(0), static_entry(62)), (None, None));
    }

    #[test]
    fn finds_nothing_else() {
        let frequent: Vec<_> = (2..=8).map(|index| static_entry(index).unwrap()).collect();
        for (name, _) in &frequent {
            for (_, value) in &frequent {
                let index = frequent.iter().position(|entry| entry == &(*name, *value));
                assert_eq!(find_frequent(name, value), index.map(|at| u32::try_from(at).unwrap() + 2));
            }
        }
        for (name, value) in [("", ""), (":path", ""), (":path", "/x"), ("accept", "*/*"), ("x", "GET")] {
            let (_, field_hash) = hashes(name.as_bytes(), value.as_bytes());
            assert_eq!(find(name.as_bytes(), value.as_bytes(), field_hash), None);
        }
        for name in ["", "x", "Accept", "acceptt", "dnt", ":statuS"] {
            assert_eq!(find_name(name.as_bytes(), hashes(name.as_bytes(), b"").0), None);
        }
    }
}
