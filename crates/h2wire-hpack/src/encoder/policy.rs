//! Which fields become entries, and which strings are Huffman-coded.

use super::index::Key;
use crate::dynamic_table::{ENTRY_OVERHEAD, to_u32};

/// How to encode a field. RFC 7541 §6.2, §7.1.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Indexing {
    /// The encoder decides. It indexes a field unless values of that name rarely repeat (`:path`, `etag`,
    /// `content-length` and the like) or the field would evict most of the table. It never indexes credentials
    /// (`authorization`, `proxy-authorization`) and cookies of less than 20 bytes. Names of values that rarely repeat may not even be looked
    /// up in the dynamic table: [`Incremental`](Self::Incremental) uses an entry that it has made.
    #[default]
    Auto,
    /// A literal becomes an entry. §6.2.1.
    Incremental,
    /// A literal does not become an entry. §6.2.2.
    Without,
    /// The field is always sent as a literal, marked so that proxies do not index it either. For secrets. §6.2.3.
    Never,
}

/// When strings are Huffman-coded. RFC 7541 §5.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum HuffmanPolicy {
    /// If that is shorter.
    #[default]
    Auto,
    /// Always, even if that is longer.
    Always,
    /// Never. That takes less time and more bytes.
    Never,
}

/// Names whose values rarely repeat, by index in the static table: `:path`, age, content-length, etag,
/// if-modified-since, if-none-match, location, set-cookie. Their entries would only evict others.
const VOLATILE: u64 = 1 << 4 | 1 << 21 | 1 << 28 | 1 << 34 | 1 << 40 | 1 << 41 | 1 << 46 | 1 << 55;
/// authorization, proxy-authorization. §7.1.3
const CREDENTIALS: u64 = 1 << 23 | 1 << 49;
const COOKIE: u64 = 1 << 32;
/// A shorter cookie can be guessed octet by octet through a shared table. §7.1.3
const SHORT_COOKIE: usize = 20;

/// Replaces `Auto` by a decision. `static_name` is the index of the name in the static table, or 0.
#[inline(always)]
pub(super) fn decide(indexing: Indexing, static_name: u32, key: &Key<'_>, capacity: u32) -> Indexing {
    if indexing != Indexing::Auto {
        return indexing;
    }
    let bit = 1_u64.wrapping_shl(static_name);
    if never(indexing, static_name, key.value) {
        return Indexing::Never;
    }
    let size = to_u32(key.name.len()).saturating_add(to_u32(key.value.len())).saturating_add(ENTRY_OVERHEAD);
    if VOLATILE & bit != 0 || size > capacity.wrapping_sub(capacity >> 2) {
        return Indexing::Without;
    }
    Indexing::Incremental
}

/// Whether a field must not even be looked up. §7.1.3
#[inline(always)]
pub(super) fn never(indexing: Indexing, static_name: u32, value: &[u8]) -> bool {
    let bit = 1_u64.wrapping_shl(static_name);
    match indexing {
        Indexing::Auto => CREDENTIALS & bit != 0 || (COOKIE & bit != 0 && value.len() < SHORT_COOKIE),
        Indexing::Never => true,
        Indexing::Incremental | Indexing::Without => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::static_table::{STATIC_TABLE_LEN, find_volatile, static_entry};

    #[test]
    fn what_is_not_looked_for_never_becomes_an_entry() {
        for index in 1..=STATIC_TABLE_LEN {
            let (name, _) = static_entry(index).unwrap();
            if let Some(found) = find_volatile(name) {
                assert_eq!(static_entry(found).unwrap().0, name);
                assert!(VOLATILE & 1 << found != 0, "{index}");
                let decided = decide(Indexing::Auto, found, &Key::new(name, b"1"), 4_096);
                assert_eq!(decided, Indexing::Without);
            }
        }
    }

    #[test]
    fn names_are_decided_by_what_their_values_are_like() {
        let changing = [
            ":path",
            "age",
            "content-length",
            "etag",
            "if-modified-since",
            "if-none-match",
            "location",
            "set-cookie",
        ];
        for index in 1..=STATIC_TABLE_LEN {
            let (name, _) = static_entry(index).unwrap();
            // Of several entries with a name the first is used.
            let first = (1..=index).find(|index| static_entry(*index).unwrap().0 == name).unwrap();
            let expected = match core::str::from_utf8(name).unwrap() {
                "authorization" | "proxy-authorization" | "cookie" => Indexing::Never,
                name if changing.contains(&name) => Indexing::Without,
                _ => Indexing::Incremental,
            };
            assert_eq!(
                decide(Indexing::Auto, first, &Key::new(name, b"a short one"), 4_096),
                expected,
                "{index}"
            );
        }
        let cookie = |value: &[u8]| decide(Indexing::Auto, 32, &Key::new(b"cookie", value), 4_096);
        assert_eq!((cookie(&[b'a'; 19]), cookie(&[b'a'; 20])), (Indexing::Never, Indexing::Incremental));
    }

    /// It would evict too much of the rest.
    #[test]
    fn what_takes_more_than_three_quarters_of_the_table_is_no_entry() {
        let of_size = |size: usize| {
            let value = vec![b'v'; size - 33];
            decide(Indexing::Auto, 0, &Key::new(b"n", &value), 4_096)
        };
        assert_eq!((of_size(3_072), of_size(3_073)), (Indexing::Incremental, Indexing::Without));
    }
}
