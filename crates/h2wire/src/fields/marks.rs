//! The classes of fields, kept with the entries of the tables. A small build has none.

#[cfg(not(feature = "small-huffman"))]
use h2wire_hpack::Marks;

#[cfg(feature = "small-huffman")]
pub(crate) use h2wire_hpack::NoMarks as FieldMarks;

#[cfg(not(feature = "small-huffman"))]
use super::authority::SchemeKind;
#[cfg(not(feature = "small-huffman"))]
use super::class::{self, Class, Method, PathKind};
#[cfg(not(feature = "small-huffman"))]
use super::octets::{self, all};

/// Finds the classes of fields.
#[cfg(not(feature = "small-huffman"))]
#[derive(Clone, Copy)]
pub(crate) struct FieldMarks;

/// By index; there is no entry 0.
#[cfg(not(feature = "small-huffman"))]
static FIXED: [u8; 62] = fixed();

#[cfg(not(feature = "small-huffman"))]
#[allow(clippy::indexing_slicing, reason = "a constant, and within its bounds")]
const fn fixed() -> [u8; 62] {
    let mut marks = [class::PLAIN; 62];
    marks[0] = 0;
    // Empty values, where there are none.
    marks[1] = class::AUTHORITY;
    (marks[2], marks[3]) = (class::METHOD | Method::Get.bits(), class::METHOD | Method::Other.bits());
    (marks[4], marks[5]) = (class::PATH | PathKind::Absolute.bits(), class::PATH | PathKind::Absolute.bits());
    (marks[6], marks[7]) =
        (class::SCHEME | SchemeKind::Http.bits(), class::SCHEME | SchemeKind::Https.bits());
    let mut status = 8;
    while status <= 14 {
        marks[status] = class::STATUS;
        status = status.wrapping_add(1);
    }
    marks[28] = class::CONTENT_LENGTH;
    marks[38] = class::HOST;
    marks[57] = class::CONNECTION_SPECIFIC;
    marks
}

#[cfg(not(feature = "small-huffman"))]
impl Marks for FieldMarks {
    #[inline(always)]
    fn fixed(self, index: u32) -> u8 {
        usize::try_from(index).ok().and_then(|index| FIXED.get(index)).copied().unwrap_or(0)
    }

    #[inline(never)]
    fn literal(self, static_name: u32, name: &[u8], value: &[u8]) -> u8 {
        match self.fixed(static_name) {
            0 => Class::new(name, value),
            // An encoder makes no entry of it; in a decoder the mark holds for an entry too.
            class::CONTENT_LENGTH if value.iter().all(u8::is_ascii_digit) => return class::CONTENT_LENGTH,
            // It has nothing then that no value may have: its bytes are looked at once.
            kind if kind & class::NAME_BITS == class::PATH && all(value, octets::PATH) => {
                return class::PATH | PathKind::new(value).bits();
            }
            kind => Class::of_value(kind & class::NAME_BITS, 0, value),
        }
        .mark()
    }
}

#[cfg(all(test, not(feature = "small-huffman")))]
mod tests {
    use super::*;

    #[test]
    fn static_entries_have_their_classes() {
        for index in 1..=h2wire_hpack::STATIC_TABLE_LEN {
            let (name, value) = h2wire_hpack::static_entry(index).unwrap();
            let class = Class::new(name, value);
            assert_eq!(FieldMarks.fixed(index), class.mark(), "{index}");
            assert_eq!(FieldMarks.literal(index, name, value), class.mark(), "{index}");
            for value in [
                "", "a", " a", "a ", "a\0", "/a#", "/a b", "/\x7f", "*", "100", "101", "2000", "GET", "/",
                "http", "a:1", "a@b", "trailers", "\x01",
            ] {
                let class = Class::new(name, value.as_bytes());
                assert_eq!(
                    FieldMarks.literal(index, name, value.as_bytes()),
                    class.mark(),
                    "{index} {value:?}"
                );
            }
        }
        assert_eq!((FieldMarks.fixed(0), FieldMarks.fixed(62)), (0, 0));
    }
}
