//! What a literal will look like: decided and measured before anything is written or changed.

use super::policy::HuffmanPolicy;
use crate::dynamic_table::{to_u32, to_usize};
use crate::static_table::STATIC_TABLE_LEN;
use crate::{huffman, integer};

/// A literal field. §6.2
#[derive(Clone, Copy)]
pub(super) struct Literal<'a> {
    /// The pattern in the first octet, and the number of bits after it.
    pub(super) pattern: u8,
    pub(super) bits: u32,
    pub(super) name_index: u32,
    pub(super) name: Option<StringPlan<'a>>,
    pub(super) value: StringPlan<'a>,
}

/// A string, and how it will be written. §5.2
#[derive(Clone, Copy)]
pub(super) struct StringPlan<'a> {
    octets: &'a [u8],
    huffman: bool,
    len: u32,
}

/// The largest index: no memory is enough for a table of 2^30 octets, and an entry is counted with 32 at least.
const MAX_INDEX: u32 = STATIC_TABLE_LEN + (1 << 25);

/// Strings of 2^30 octets are never encoded: lengths are 32 bits, and a code has up to 30 bits.
pub(super) const MAX_STRING_LEN: usize = (1 << 30) - 1;

/// The most octets of a field with a name and a value of these lengths; `usize::MAX` if it is never encoded.
pub(super) const fn max_field_len(name_len: usize, value_len: usize, policy: HuffmanPolicy) -> usize {
    // An index of name and value is at most as long as one of the name, with its shorter prefix.
    let index = integer::encoded_len(MAX_INDEX, 4);
    let name = max_string_len(name_len, policy).saturating_add(1);
    let name = if name > index { name } else { index };
    name.saturating_add(max_string_len(value_len, policy))
}

const fn max_string_len(len: usize, policy: HuffmanPolicy) -> usize {
    if len > MAX_STRING_LEN {
        return usize::MAX;
    }
    let octets = match policy {
        // The longest code has 30 bits: 3.75 octets, rounded up.
        HuffmanPolicy::Always => len.saturating_mul(4).saturating_sub(len / 4),
        HuffmanPolicy::Auto | HuffmanPolicy::Never => len,
    };
    integer::encoded_len(to_u32_const(octets), 7).saturating_add(octets)
}

#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "usize to u32 in a const fn, of less than 2^32"
)]
const fn to_u32_const(len: usize) -> u32 {
    len as u32
}

/// A literal whose strings are shorter than this has at most [`SHORT_ROOM`] octets.
pub(super) const SHORT_STRING: usize = 127;

/// A name index, two strings of less than 127 octets with their lengths, and what coding writes after them.
pub(super) const SHORT_ROOM: usize = 6 + 2 * SHORT_STRING + 8;

/// Writes a literal with strings shorter than [`SHORT_STRING`] to a buffer of at least [`SHORT_ROOM`] octets, as
/// [`HuffmanPolicy::Auto`] has it. Returns the number of octets.
#[inline(always)]
pub(super) fn write_short(
    (pattern, bits): (u8, u32),
    name_index: u32,
    name: &[u8],
    value: &[u8],
    buf: &mut [u8],
) -> usize {
    let mut written = integer::encode(name_index, bits, pattern, buf);
    if name_index == 0 {
        written = written.wrapping_add(write_short_string(name, buf.get_mut(written..).unwrap_or_default()));
    }
    written.wrapping_add(write_short_string(value, buf.get_mut(written..).unwrap_or_default()))
}

/// Codes a string first, and copies it if that is not shorter.
#[inline(always)]
fn write_short_string(octets: &[u8], buf: &mut [u8]) -> usize {
    let Some((head, place)) = buf.split_first_mut() else { return 0 };
    let (coded, plain) = (huffman::encode_to(octets, place), octets.len());
    let [len, ..] = coded.min(plain).to_le_bytes();
    if coded < plain {
        *head = 0x80 | len;
    } else {
        *head = len;
        if let Some(place) = place.get_mut(..plain) {
            place.copy_from_slice(octets);
        }
    }
    usize::from(len).wrapping_add(1)
}

impl Literal<'_> {
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        integer::encoded_len(self.name_index, self.bits)
            .wrapping_add(self.name.as_ref().map_or(0, StringPlan::len))
            .wrapping_add(self.value.len())
    }

    /// Writes it to a buffer of exactly `len` octets.
    #[inline(always)]
    pub(super) fn write(&self, buf: &mut [u8]) {
        let written = integer::encode(self.name_index, self.bits, self.pattern, buf);
        let mut rest = buf.get_mut(written..).unwrap_or_default();
        if let Some(name) = &self.name {
            rest = name.write(rest);
        }
        self.value.write(rest);
    }
}

impl<'a> StringPlan<'a> {
    #[inline(always)]
    pub(super) fn new(octets: &'a [u8], policy: HuffmanPolicy) -> Self {
        let plain = octets.len();
        let (huffman, len) = match policy {
            HuffmanPolicy::Never => (false, plain),
            HuffmanPolicy::Always => (true, huffman::encoded_len(octets)),
            HuffmanPolicy::Auto => {
                let coded = huffman::encoded_len(octets);
                (coded < plain, coded.min(plain))
            }
        };
        Self { octets, huffman, len: to_u32(len) }
    }

    /// Less than 2^32: strings are shorter than 2^30 octets, and a code has at most 30 bits.
    #[inline(always)]
    fn len(&self) -> usize {
        integer::encoded_len(self.len, 7).wrapping_add(to_usize(self.len))
    }

    /// Writes it. Returns the rest of the buffer.
    #[inline(always)]
    fn write<'b>(&self, buf: &'b mut [u8]) -> &'b mut [u8] {
        let written = integer::encode(self.len, 7, if self.huffman { 0x80 } else { 0 }, buf);
        let rest = buf.get_mut(written..).unwrap_or_default();
        let (place, rest) = rest.split_at_mut_checked(to_usize(self.len)).unwrap_or_default();
        if self.huffman {
            huffman::encode_to(self.octets, place);
        } else if place.len() == self.octets.len() {
            place.copy_from_slice(self.octets);
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_are_never_encoded_have_no_length() {
        let len = |len| max_string_len(len, HuffmanPolicy::Never);
        // The length takes six octets.
        assert_eq!((len(MAX_STRING_LEN), len(MAX_STRING_LEN + 1)), (MAX_STRING_LEN + 6, usize::MAX));
    }
}
