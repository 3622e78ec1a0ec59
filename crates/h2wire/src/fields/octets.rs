//! Which bytes names, values and pseudo-header fields are made of.

/// Bits of [`CLASSES`].
pub(super) const LOWER_TOKEN: u8 = 1;
pub(super) const TOKEN: u8 = 2;
pub(super) const SCHEME: u8 = 4;
pub(super) const REG_NAME: u8 = 8;
pub(super) const HEX_DIGIT: u8 = 16;
pub(super) const DIGIT: u8 = 32;
/// No space, no control character, no `#`.
pub(super) const PATH: u8 = 64;
/// No space, no control character, and none of `/ ? # \`, which end an authority in a URI or are taken for an end.
pub(super) const BOUNDED: u8 = 128;

/// What each byte may be part of. One table takes less flash than a pattern for each.
static CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing, clippy::as_conversions, reason = "a constant, and within its bounds")]
const fn classes() -> [u8; 256] {
    let mut classes = [PATH | BOUNDED; 256];
    let mut octet = 0_u8;
    loop {
        let class = &mut classes[octet as usize];
        *class |= match octet {
            b'0'..=b'9' => LOWER_TOKEN | TOKEN | SCHEME | REG_NAME | HEX_DIGIT | DIGIT,
            b'a'..=b'f' => LOWER_TOKEN | TOKEN | SCHEME | REG_NAME | HEX_DIGIT,
            b'A'..=b'F' => TOKEN | SCHEME | REG_NAME | HEX_DIGIT,
            b'G'..=b'Z' => TOKEN | SCHEME | REG_NAME,
            // RFC 9110 §5.6.2, RFC 3986 §3.1, §3.2.2
            b'g'..=b'z' | b'-' | b'.' | b'+' => LOWER_TOKEN | TOKEN | SCHEME | REG_NAME,
            b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'*' => LOWER_TOKEN | TOKEN | REG_NAME,
            b'#' | b'%' | b'^' | b'`' | b'|' => LOWER_TOKEN | TOKEN,
            b'(' | b')' | b',' | b';' | b'=' => REG_NAME,
            _ => 0,
        };
        match octet {
            0..=b' ' | 0x7f | b'#' => *class &= !(PATH | BOUNDED),
            b'/' | b'?' | b'\\' => *class &= !BOUNDED,
            255 => return classes,
            _ => {}
        }
        octet = octet.wrapping_add(1);
    }
}

/// Whether all bytes are of a class.
pub(super) fn all(octets: &[u8], class: u8) -> bool {
    octets.iter().all(|octet| CLASSES.get(usize::from(*octet)).is_some_and(|classes| classes & class != 0))
}

/// A token. RFC 9110 §5.6.2.
pub(crate) fn is_token(value: &[u8]) -> bool {
    !value.is_empty() && all(value, TOKEN)
}

/// What is left without the white space at both ends. RFC 9110 §5.5.
pub(crate) const fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// A decimal number; `None` if it is empty, has other characters or is above 2^64-1. RFC 9110 §8.6.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // No number of 19 digits is too large.
        number = if digits.len() < 20 {
            number.wrapping_mul(10).wrapping_add(digit.into())
        } else {
            number.checked_mul(10)?.checked_add(digit.into())?
        };
    }
    (!digits.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_classes() {
        for octet in 0..=255_u8 {
            let is = |class| all(&[octet], class);
            let has = |text: &str| text.as_bytes().contains(&octet);
            assert_eq!(is(TOKEN), octet.is_ascii_alphanumeric() || has("!#$%&'*+-.^_`|~"), "{octet:#04x}");
            assert_eq!(is(LOWER_TOKEN), is(TOKEN) && !octet.is_ascii_uppercase(), "{octet:#04x}");
            assert_eq!(is(SCHEME), octet.is_ascii_alphanumeric() || has("+-."), "{octet:#04x}");
            assert_eq!(is(REG_NAME), octet.is_ascii_alphanumeric() || has("-._~!$&'()*+,;="), "{octet:#04x}");
            assert_eq!(is(HEX_DIGIT), octet.is_ascii_hexdigit(), "{octet:#04x}");
            assert_eq!(is(DIGIT), octet.is_ascii_digit(), "{octet:#04x}");
            assert_eq!(is(PATH), octet > b' ' && octet != 0x7f && octet != b'#', "{octet:#04x}");
            assert_eq!(is(BOUNDED), is(PATH) && !has("/?\\"), "{octet:#04x}");
        }
    }

    #[test]
    fn numbers_end_at_64_bits() {
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        for digits in ["18446744073709551616", "99999999999999999999", "", "1 ", "-1", "+1", "\u{661}"] {
            assert_eq!(decimal(digits.as_bytes()), None, "{digits}");
        }
    }
}
