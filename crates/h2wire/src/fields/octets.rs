//! Which bytes names, values and pseudo-header fields are made of.

/// A byte of a token. RFC 9110 §5.6.2.
pub(crate) const fn is_token(octet: u8) -> bool {
    octet.is_ascii_uppercase() || is_lower_token(octet)
}

/// A byte of a token that is no upper-case letter. RFC 9113 §8.2.1.
pub(super) const fn is_lower_token(octet: u8) -> bool {
    matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}

/// RFC 3986 §3.1
pub(super) fn is_scheme(value: &[u8]) -> bool {
    let is_scheme_octet = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    value.first().is_some_and(u8::is_ascii_alphabetic) && value.iter().all(is_scheme_octet)
}

pub(super) const fn is_space_or_control(octet: &u8) -> bool {
    *octet <= b' ' || *octet == 0x7f
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
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
